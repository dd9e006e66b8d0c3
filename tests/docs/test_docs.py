"""The docs speak of everything that is there, and their commands are real."""

from __future__ import annotations

import re
import string
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from engine import errors, ports, settings
from engine.cli import app
from engine.sentences import LANGUAGES, sentences
from index.elastic.settings import ElasticSettings

ROOT = Path(__file__).parents[2]


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def error_kinds() -> list[type[errors.LienThuError]]:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    return [kind for kind in kinds if kind is not errors.LienThuError]


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_is_there_in_both_languages_with_the_same_holes() -> None:
    for code, texts in sentences().items():
        assert set(texts) == set(LANGUAGES), code
        assert all(texts.values()), code
        assert holes(texts["vi"]) == holes(texts["en"]), code


@pytest.mark.parametrize("kind", error_kinds(), ids=lambda kind: kind.__name__)
def test_every_failure_has_a_sentence_and_stands_in_the_docs(kind: type[errors.LienThuError]) -> None:
    assert kind.code in page("docs/failures.md")
    assert f"failure.{kind.code}" in sentences()


def keys(shape: type[msgspec.Struct], under: str = "") -> list[str]:
    found = []
    for field in msgspec.structs.fields(shape):
        if isinstance(field.type, type) and issubclass(field.type, settings.Settings):
            found += keys(field.type, f"{field.name}.")
        else:
            found.append(under + field.name)
    return found


@pytest.mark.parametrize("key", [*keys(settings.LienThuSettings), *keys(ports.Member), *keys(ports.Manners)], ids=str)
def test_every_setting_stands_in_the_docs(key: str) -> None:
    assert f"`{key}`" in page("docs/configuration.md")


@pytest.mark.parametrize("key", ElasticSettings.__struct_fields__)
def test_every_setting_of_elasticsearch_stands_in_the_docs(key: str) -> None:
    assert f"`{key}`" in page("docs/elasticsearch.md")


def test_every_trouble_of_the_index_stands_in_the_docs() -> None:
    docs = page("docs/index.md") + page("docs/elasticsearch.md")
    states = [code for code in sentences() if code.startswith("index.") and code != "index.migrating"]
    assert len(states) > 15
    assert [code for code in states if f"`{code}`" not in docs] == []


def test_every_command_answers_to_help_and_stands_in_the_readme_or_docs() -> None:
    docs = "\n".join(path.read_text("utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    for command in (
        "search",
        "serve",
        "demo",
        "harvest",
        "index stats",
        "index purge",
        "index warm",
        "index export",
        "index import",
        "index migrate",
        "member list",
        "member check",
        "member detect",
        "member record",
        "member new",
    ):
        assert f"lienthu {command}" in docs
        assert CliRunner().invoke(app, [*command.split(), "--help"]).exit_code == 0


def test_the_member_file_of_add_a_library_can_be_read(tmp_path: Path) -> None:
    from connectors.sru import SYSTEM  # noqa: PLC0415 - for this test alone

    (text,) = re.findall(r"```toml\n(.*?)```", page("docs/add-a-library.md"), flags=re.DOTALL)
    path = tmp_path / "song-hong.toml"
    path.write_text("\n".join(line.removeprefix("   ") for line in text.splitlines()), "utf-8")
    member, _ = settings.read_member(path, {"sru": SYSTEM.settings})
    assert member.name.en == "Red River University Library"
