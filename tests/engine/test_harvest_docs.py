"""The pages about harvesting speak of everything that is there, and their examples run."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
from typer.testing import CliRunner

from connectors.oai_pmh import OaiSettings
from demo.federation import start
from engine.app import open_harvest, open_search, read_house
from engine.cli import app
from engine.model import State
from engine.query import parse
from engine.settings import read_member

DOCS = Path(__file__).parents[2] / "docs"


def example(page: Path) -> str:
    (text,) = re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), flags=re.DOTALL)
    return str(text)


def test_every_key_stands_in_the_docs_and_the_example_can_be_read(tmp_path: Path) -> None:
    page = DOCS / "systems" / "oai-pmh.md"
    for field in msgspec.structs.fields(OaiSettings):
        assert f"| `{field.name}` |" in page.read_text("utf-8")
    file = tmp_path / "kho.toml"
    file.write_text(example(page), "utf-8")
    member, settings = read_member(file, {"oai-pmh": OaiSettings})
    assert member.name.en == "Sample Digital Library"
    assert settings == OaiSettings(prefix="dim", sets=("col_123456789_2",))


def test_every_option_of_the_command_stands_in_the_docs() -> None:
    said = CliRunner().invoke(app, ["harvest", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).output
    page = (DOCS / "harvest.md").read_text("utf-8")
    for option in ("--full", "--all", "--forget", "--json"):
        assert option in said
        assert option in page


async def test_a_library_of_the_demo_becomes_a_harvested_member_as_the_page_says(tmp_path: Path) -> None:
    federation = await start()
    try:
        port = next(library.port for library in federation.libraries if library.id == "song-cau")
        (tmp_path / "members").mkdir()
        text = example(DOCS / "harvest.md").replace(":7104/", f":{port}/")
        (tmp_path / "members" / "song-cau-so.toml").write_text(text, "utf-8")
        (tmp_path / "lienthu.toml").write_text(f'[index.options]\npath = "{tmp_path / "index.sqlite"}"\n', "utf-8")
        house = read_house(tmp_path / "lienthu.toml")
        async with open_harvest(house, "song-cau-so", holder="a test", tell=lambda _: None) as harvest:
            outcome = await harvest.run()
        assert outcome.records == federation.entry_count("song-cau")
        async with open_search(house) as search:
            snapshot = await search.settled(parse("kinh te"))
        (report,) = snapshot.reports
        assert report.state is State.CACHED
        assert report.total is not None
        assert report.total > 20
    finally:
        await federation.stop()
