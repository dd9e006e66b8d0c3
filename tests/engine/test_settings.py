from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine.errors import SettingsError
from engine.settings import line_of, read_member, read_settings


class OwnSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str = "1.1"


MEMBER = """\
system = "own"
url = "http://library.example/sru"

[name]
vi = "Thư viện"
en = "Library"

[manners]
parallel = 2

[own]
version = "1.2"
"""


def written(folder: Path, text: str, name: str = "lienthu.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[service]\nport = "eighty"\n', 2, "`service.port` must be a whole number, found 'eighty'"),
        ("[search]\n\ndeadlin_s = 3\n", 3, "unknown key `deadlin_s`; did you mean `deadline_s`?"),
        ("[serch]\n", 1, "unknown key `serch`; did you mean `search`?"),
        ("[service\n", 1, "this is not TOML"),
        ('[service]\nhost = "a"\nhost = "b"\n', 3, "this is not TOML"),
        ("[service]\nport = 70000\n", 2, "`service.port` is 70000, expected 1 to 65535"),
        ("[service]\nworkers = 0\n", 2, "`service.workers` is 0, expected 1 to 64 processes"),
        ("[search]\ndeadline_s = -1\n", 2, "`search.deadline_s` is -1.0, expected more than 0, at most 120 seconds"),
        ("[search]\npage_size = 0\n", 2, "`search.page_size` is 0, expected 1 to 100 titles"),
        ("[search]\ninstant = -5\n", 2, "`search.instant` is -5, expected 0 to 1000 records"),
    ],
)
def test_a_wrong_setting_is_told_with_file_line_and_what_was_expected(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as told:
        read_settings(path)
    assert (told.value.file, told.value.line) == (str(path), line)
    assert words in told.value.problem


def test_an_empty_file_is_the_settings_as_they_are_shipped(tmp_path: Path) -> None:
    shipped = read_settings(Path(__file__).parents[2] / "config" / "lienthu.toml")
    empty = read_settings(written(tmp_path, ""))
    assert msgspec.structs.replace(shipped, index=empty.index) == empty


def test_a_member_is_its_file(tmp_path: Path) -> None:
    member, own = read_member(written(tmp_path, MEMBER, "hanoi-law.toml"), {"own": OwnSettings})
    assert member.id == "hanoi-law"
    assert member.name.vi == "Thư viện"
    assert own == OwnSettings(version="1.2")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('system = "own"', 'system = "owm"', 1, "`system` is 'owm', expected one of: own"),
        ("url =", "adress =", 2, "unknown key `adress`"),
        ("parallel = 2", "paralel = 2", 9, "unknown key `paralel`; did you mean `parallel`?"),
        ("parallel = 2", "parallel = 0", 9, "`manners.parallel` is 0, expected 1 to 16 requests at once"),
        ("parallel = 2", 'quiet_hours = "24:00-25:00"', 9, "expected HH:MM-HH:MM"),
        ('version = "1.2"', 'versoin = "1.2"', 12, "unknown key `versoin`; did you mean `version`?"),
        ('version = "1.2"', "version = 1.2", 12, '`own.version` must be text in "quotes", found 1.2'),
        ('en = "Library"\n', "", 4, "`en` is missing in the table `[name]`"),
    ],
)
def test_a_wrong_member_file_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in MEMBER
    path = written(tmp_path, MEMBER.replace(old, new), "law.toml")
    with pytest.raises(SettingsError) as told:
        read_member(path, {"own": OwnSettings})
    assert words in told.value.problem
    assert told.value.line == line


def test_a_line_is_found_below_its_table_only() -> None:
    text = "[a]\nx = 1\n[b]\nx = 2\n[b.c]\nx = 3\n"
    assert [line_of(text, path) for path in ("a.x", "b.x", "b.c.x", "b.y", "z")] == [2, 4, 6, 3, None]
