"""Member files that are wrong are refused with file, line and the mend; new ones are written so that they load."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.app import Shapes, Systems
from engine.cli import app
from engine.errors import SettingsError
from engine.scaffold import scaffold_connector, scaffold_member
from engine.scaffold.connector import with_entry_point
from engine.settings import read_member

ROOT = Path(__file__).parents[2]

GOOD = """\
system = "declared"
url = "https://thuvien.example.org"

[name]
vi = "Thư viện"
en = "Library"

[declared.search.any]
path = "/tim"
parameters = { q = "{words}" }

[declared.rows]
point = "div.row"

[declared.total]
point = "span.total"
pattern = "([0-9]+)"

[declared.record]
title = { point = "a.title" }
"""


def refusal(folder: Path, text: str) -> SettingsError:
    file = folder / "thu-vien.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as told:
        read_member(file, Shapes(Systems()))
    assert told.value.file == str(file)
    return told.value


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ('url = "https', 'urll = "https', 2, "did you mean `url`"),
        ('system = "declared"', 'system = "declare"', 1, "did you mean `declared`?"),
        ('system = "declared"', 'system = "unicorn"', 1, "expected one of: aleph, bookworm"),
        ('system = "declared"', 'system = "declared', 1, "a text begins here that has no closing quote"),
        ('system = "declared"', 'system = "declared"\nenabled = yes', 2, "true or false"),
        ('system = "declared"', 'system = "declared"\nenabled = "yes"', 2, "must be true or false, found 'yes'"),
        ('url = "https://thuvien', 'url = "thuvien', 2, "expected a whole address"),
        ("[declared.rows]", "[koha]\nwindow = 3\n[declared.rows]", 12, "`[koha]` is the table of another system"),
        ("[declared.rows]", '[place]\ncity = "Huế"\nlatitude = 107.6\n[declared.rows]', 14, "-90 to 90 degrees"),
        ("[declared.rows]", '[place]\ncity = "Huế"\nlongitude = "đông"\n[declared.rows]', 14, "must be a number"),
        ("[declared.rows]", "[manners]\nparallel = 2.5\n[declared.rows]", 13, "must be a whole number, found 2.5"),
        ('[name]\nvi = "Thư viện"', '[name]\nvn = "Thư viện"', 5, "unknown key `vn`"),
        ("[declared.rows]\npoint", "[declared.rows]\npiont", 13, "did you mean `point`"),
        ('point = "div.row"', 'point = "div..row"', 13, "CSS selector"),
        ('point = "div.row"', 'point = ""', None, "point"),
        ('pattern = "([0-9]+)"', 'pattern = "([0-9]+"', 17, "pattern"),
        ('[declared.rows]\npoint = "div.row"\n', "", None, "rows"),
        ('q = "{words}"', 'q = "{word}"', None, "{words}"),
        ('title = { point = "a.title" }', "", None, "title"),
    ],
)
def test_a_bad_member_file_is_refused_with_its_line_and_the_mend(
    tmp_path: Path, before: str, after: str, line: int | None, words: str
) -> None:
    assert before in GOOD
    told = refusal(tmp_path, GOOD.replace(before, after))
    if line is not None:
        assert told.line == line
    assert words in told.problem


def test_the_good_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "thu-vien.toml"
    file.write_text(GOOD, "utf-8")
    assert read_member(file, Shapes(Systems()))[0].system == "declared"


def member(folder: Path, *arguments: str, typed: str = "") -> tuple[int, str]:
    (folder / "members").mkdir(exist_ok=True)
    (folder / "lienthu.toml").touch()
    result = CliRunner().invoke(
        app, ["member", *arguments, "--config", str(folder / "lienthu.toml"), "--lang", "en"], input=typed
    )
    return result.exit_code, result.output + str(result.exception or "")


def test_a_new_member_file_loads_and_is_not_enabled(tmp_path: Path) -> None:
    status, told = member(
        tmp_path, "new", typed="thu-vien\nsru\nhttps://lib.example.org/sru\nThư viện Mẫu\nModel Library\n"
    )
    assert status == 0, told
    file = tmp_path / "members" / "thu-vien.toml"
    found, _ = read_member(file, Shapes(Systems()))
    assert (found.system, found.enabled, found.name.en) == ("sru", False, "Model Library")
    assert '# profile = "generic"' in file.read_text("utf-8")
    status, told = member(tmp_path, "new", "thu-vien", "--system", "sru", "--url", "x", "--vi", "a", "--en", "b")
    assert status != 0
    assert "--force" in told


def test_every_known_system_has_a_scaffold_that_is_toml() -> None:
    systems = Systems()
    for name in systems:
        try:
            system = systems[name]
        except (ImportError, AttributeError):
            continue  # a part that is not installed here
        text = scaffold_member(system, url="https://lib.example.org/", vi='Thư viện "A"', en="A", city="Hà Nội")
        table = tomllib.loads(text)
        assert table["system"] == name
        commented = [line.removeprefix("# ") for line in text.partition(f"[{name}]")[2].splitlines()[1:]]
        tomllib.loads("\n".join(line for line in commented if not line.endswith(" =")))


@pytest.mark.parametrize("wrong", ["Thu", "a_b", "-a", "../a", ""])
def test_an_id_that_is_none_is_refused(tmp_path: Path, wrong: str) -> None:
    status, told = member(
        tmp_path, "new", "--system", "sru", "--url", "x", "--vi", "a", "--en", "b", typed=f"{wrong}\n"
    )
    assert status != 0
    assert wrong == "" or "letters a-z" in told


def test_check_and_record_of_nobody_name_who_is_there(tmp_path: Path) -> None:
    member(tmp_path, "new", "mot", "--system", "sru", "--url", "http://a.example/", "--vi", "a", "--en", "b")
    for command in (["check", "hai"], ["record", "hai", "kinh tế"]):
        status, told = member(tmp_path, *command)
        assert status != 0
        assert "no member is called 'hai'; there are: mot" in told
    assert member(tmp_path, "check")[0] != 0
    assert member(tmp_path, "check", "mot", "--all")[0] != 0


def test_the_commands_need_nothing_that_only_tests_need() -> None:
    code = (
        "import sys; sys.modules['pytest'] = None; from engine.tools import detect_tool, record_tool;"
        "detect_tool(); record_tool(); import engine.cli"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


# A new system ----------------------------------------------------------------------------

PROJECT = """\
[project]
name = "x"

[project.entry-points."lienthu.connectors"]
koha = "connectors.koha:SYSTEM"
sru = "connectors.sru:SYSTEM"

[tool.other]
a = 1
"""


def test_a_new_system_is_registered_in_its_place() -> None:
    table = tomllib.loads(with_entry_point(PROJECT, "opals-web"))
    points = table["project"]["entry-points"]["lienthu.connectors"]
    assert list(points) == ["koha", "opals-web", "sru"]
    assert points["opals-web"] == "connectors.opals_web:SYSTEM"
    assert table["tool"] == {"other": {"a": 1}}


@pytest.mark.parametrize("name", ["Opals", "a b", "../x", "1a", "a--b", ""])
def test_a_name_that_makes_no_module_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError):
        scaffold_connector(tmp_path, name)


def test_a_name_like_a_known_one_is_asked_about(tmp_path: Path) -> None:
    status, told = member(tmp_path, "new", "--system", "kohaa", "--into", str(tmp_path))
    assert status != 0
    assert "did you mean 'koha'" in told


def test_nothing_is_written_over_and_nothing_outside_of_a_project(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--into"):
        scaffold_connector(tmp_path, "opals-web")
    (tmp_path / "pyproject.toml").write_text(PROJECT, "utf-8")
    scaffold_connector(tmp_path, "opals-web")
    before = (tmp_path / "pyproject.toml").read_text("utf-8")
    with pytest.raises(SettingsError, match="already"):
        scaffold_connector(tmp_path, "opals-web")
    assert (tmp_path / "pyproject.toml").read_text("utf-8") == before


@pytest.mark.parametrize("name", ["opals-web", "aaa"])
def test_a_new_connector_is_born_with_tests_that_pass(tmp_path: Path, name: str) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT, "utf-8")
    status, told = member(tmp_path, "new", "--system", name, "--into", str(tmp_path))
    assert status == 0, told
    module = name.replace("-", "_")
    # As if it were installed: its package stands beside those that are there.
    (tmp_path / "conftest.py").write_text(
        f"import connectors\nconnectors.__path__.append({str(tmp_path / 'connectors')!r})\n", "utf-8"
    )
    run = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null",
            "--rootdir", str(tmp_path),
            "--import-mode=importlib", "--doctest-modules", "-o", "asyncio_mode=auto",
            "-o", "asyncio_default_fixture_loop_scope=function",
            str(tmp_path / "conftest.py"), str(tmp_path / "tests"), str(tmp_path / "connectors" / module),
        ],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]
    passed = int(run.stdout.split(" passed")[0].rsplit(maxsplit=1)[-1])
    assert passed >= 18
    lint = subprocess.run(
        [
            sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), "--no-cache",
            "--ignore", "FIX,TD,D,INP001", str(tmp_path / "connectors"), str(tmp_path / "tests"),
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert lint.returncode == 0, lint.stdout
