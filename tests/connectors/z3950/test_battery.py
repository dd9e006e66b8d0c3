"""The battery over made-up libraries, and what recordings are."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.battery import Battery
from connectors.z3950 import SYSTEM
from connectors.z3950.recording import RecordingDial, ReplayDial
from connectors.z3950.transcript import Passed, read_conversation, written
from engine.errors import SettingsError, TimedOutError
from engine.model import Window
from tests.connectors.z3950.speaking import RECORDINGS, Library, asked, ids, serving, words


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS): ...


async def test_what_is_recorded_is_replayed_without_user_and_password(tmp_path: Path) -> None:
    from connectors.line import open_dial  # noqa: PLC0415 -- only here
    from tests.connectors.z3950.speaking import member  # noqa: PLC0415 -- as above

    secret = tmp_path / "secret"
    secret.write_text("rất bí mật\n", "utf-8")
    folder = tmp_path / "case"
    said = {"user": "nala", "password_file": str(secret), "chunk": 2, "keep_s": 0}
    async with serving(Library(5).talk) as url:
        dial = RecordingDial(open_dial(member(url), clock=lambda: 0.0), folder)
        async with asked(url, dial=dial, **said) as library:
            there = await library.search(words("kinh tế"), Window(1, 5))
    (file,) = folder.iterdir()
    text = file.read_text("utf-8")
    assert '> searchRequest @attr 1=1016 @attr 4=6 "kinh tế"' in text
    assert "nala" not in text
    assert "mật" not in text
    replay = ReplayDial(folder)
    async with asked("z3950://nowhere.example.org/x", dial=replay, **said | {"databases": ["Default"]}) as library:
        here = await library.search(words("kinh tế"), Window(1, 5))
        with pytest.raises(LookupError, match="no recording answers"):
            await library.search(words("văn học"), Window(1, 5))
    assert ids(there) == ids(here) == ["r1", "r2", "r3", "r4", "r5"]
    assert replay.asked[1:5] == [
        'searchRequest @attr 1=1016 @attr 4=6 "kinh tế"',
        "presentRequest 2 from 1", "presentRequest 2 from 3", "presentRequest 1 from 5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "octets", [bytes(range(256)), "Kinh tế \\ x \x1e\x1d \U0001f600".encode(), b"a" * 300, b" \n "]
)
def test_any_octets_are_written_and_read_again(octets: bytes) -> None:
    passed = (Passed(is_ours=True, octets=octets, note="a b"), Passed(is_ours=False, octets=b"", note="hangs up"))
    assert read_conversation(written(passed, "odd\nnote"), name="x") == passed


def test_a_line_that_is_none_is_refused_with_its_number() -> None:
    with pytest.raises(SettingsError, match=r"x:2: .*expected a line that begins with"):
        read_conversation("> a\nb\n", name="x")


async def test_a_server_that_says_nothing_in_a_recording_is_timed_out(tmp_path: Path) -> None:
    (source,) = (RECORDINGS / "z3950-laichau" / "no-hits").glob("*.conversation")
    lines = source.read_text("utf-8").partition("< searchResponse")[0] + "< says nothing\n"
    (tmp_path / "001.conversation").write_text(lines, "utf-8")
    said = {"user": "nala", "words": "and", "databases": ["DHLC"], "syntaxes": ["opac", "unimarc"]}
    async with asked("z3950://nowhere.example.org/x", dial=ReplayDial(tmp_path), **said) as library:
        with pytest.raises(TimedOutError):
            await library.search(words("đường sắt"), Window())
