"""The two guides, for a librarian and for a developer, speak of what is there, and their examples run."""

from __future__ import annotations

import importlib
import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.declared import SYSTEM as DECLARED
from engine.cli import app
from engine.scaffold import scaffold_connector
from engine.settings import read_member

ROOT = Path(__file__).parents[2]
SYSTEM_GUIDE = (ROOT / "docs/add-a-system.md").read_text("utf-8")
LIBRARY_GUIDE = (ROOT / "docs/add-a-library.md").read_text("utf-8")


def named_modules() -> set[str]:
    return set(re.findall(r"`((?:connectors|engine)\.[a-z0-9_.]+)`", SYSTEM_GUIDE))


@pytest.mark.parametrize("name", sorted(named_modules()))
def test_what_a_developer_is_sent_to_is_there(name: str) -> None:
    importlib.import_module(name)


def test_every_path_that_the_developer_guide_names_is_there() -> None:
    paths = set(re.findall(r"(?<![\w/.])((?:engine|connectors|tests|docs|scripts)/[A-Za-z0-9_./-]+)", SYSTEM_GUIDE))
    made = (
        "tests/connectors/test_opals_web.py",
        "connectors/opals_web",
        "tests/recordings/",
        "docs/systems/opals-web.md",
        "engine/phrases/sign_",
    )
    missing = [path for path in paths if not path.startswith(made) and not (ROOT / path).exists()]
    assert len(paths) > 5
    assert missing == []


def test_the_python_of_the_developer_guide_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", SYSTEM_GUIDE, flags=re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "add-a-system.md", "exec"), {"__name__": "guide"})


def test_the_entry_point_of_another_package_is_of_the_right_group() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", SYSTEM_GUIDE, flags=re.DOTALL)
    own = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    groups = tomllib.loads(text)["project"]["entry-points"]
    assert set(groups) == {"lienthu.connectors", "lienthu.phrases"}
    assert "lienthu.connectors" in own


def test_the_files_that_the_developer_guide_lists_are_those_of_the_scaffold(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project.entry-points."lienthu.connectors"]\n', "utf-8")
    files = {path.name for path in scaffold_connector(tmp_path, "opals-web")}
    told = SYSTEM_GUIDE.partition("## 2.")[2].partition("## 3.")[0]
    for name in ("request.py", "reading.py", "settings.py", "connector.py", "signs.py"):
        assert name in files
        assert f"`{name}`" in told


@pytest.mark.parametrize("guide", [SYSTEM_GUIDE, LIBRARY_GUIDE], ids=["system", "library"])
def test_every_command_of_a_guide_has_the_options_that_it_is_given(guide: str) -> None:
    lines = re.findall(r"\.venv/bin/lienthu ((?:member )?[a-z]+)([^\n`]*)", guide)
    assert lines
    for command, rest in lines:
        told = CliRunner().invoke(app, [*command.split(), "--help"], env={"COLUMNS": "200"})
        assert told.exit_code == 0, command
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in told.output, f"{command} {option}"


def test_the_declared_source_of_the_librarian_guide_can_be_read(tmp_path: Path) -> None:
    text = LIBRARY_GUIDE.partition("tells all keys:\n")[2].partition("If you know the system")[0]
    path = tmp_path / "suoi-mo.toml"
    path.write_text("\n".join(line.removeprefix("    ") for line in text.splitlines()), "utf-8")
    member, _ = read_member(path, {"declared": DECLARED.settings})
    assert member.name.en == "Suoi Mo College Library"
