"""The embedded index: the contract, and what is SQLite's own."""

from __future__ import annotations

import logging
import random
import sqlite3
import statistics
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.errors import SettingsError
from engine.model import Answer, Clause, Query
from engine.sentences import say, sentences
from index.embedded import index as open_embedded
from index.embedded.harvest_file import harvest_file
from index.embedded.settings import EmbeddedSettings
from tests.index.contract import IndexContract
from tests.index.contract.shelf import DAY_S, HOUR_S, NOON, Hand, Opened, answer, book, found, harvested, question


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index" / "titles.sqlite"


@pytest.fixture
async def opened(path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Opened]:
    opened = Opened(lambda options, clock: open_embedded({"path": str(path), **options}, clock))
    yield opened
    await opened.close()
    # A fault of ours while writing is logged and costs what it is about: no test may pass over one.
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


class TestEmbeddedIndex(IndexContract):
    """The contract on SQLite."""


# Settings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sise_mb": 5}, ("sise_mb", "size_mb")),
        ({"size_mb": "5"}, ("size_mb", "str", "float")),
        ({"size_mb": 0}, ("size_mb", "0", "2 or more")),
        ({"keep_s": -1.0}, ("keep_s", "-1", "1 or more")),
        ({"fresh_s": float("nan")}, ("fresh_s", "nan")),
        ({"path": " "}, ("path", "empty")),
    ],
)
async def test_a_wrong_setting_says_what_was_found_and_what_was_expected(
    options: dict[str, object], words: tuple[str, ...]
) -> None:
    with pytest.raises(SettingsError) as caught:
        await open_embedded(options, Hand())
    assert all(word in str(caught.value) for word in words), str(caught.value)


# Size and worth -------------------------------------------------------------------------


def shelf(number: int, size: int = 20) -> Answer:
    """An answer of about 40 kB in the store, of words that repeat as titles do."""
    chance = random.Random(number)
    syllables = [
        f"{first}{rest}" for first in ("k", "th", "ng", "m", "tr") for rest in ("inh", "ế", "ươi", "ạch", "ung")
    ]
    return answer(
        *(
            book(
                f"{number}-{place}",
                " ".join(chance.choices(syllables, k=8)),
                summary=" ".join(chance.choices(syllables, k=60)),
            )
            for place in range(size)
        )
    )


def bytes_on_disk(path: Path) -> int:
    return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*") if not file.name.endswith("-shm"))


async def test_five_times_as_much_as_may_be_kept_stays_within_the_bound(opened: Opened, path: Path) -> None:
    index = await opened(size_mb=2)
    taken = largest = 0
    number = 0
    while taken < 5 * 2_000_000:
        number += 1
        kept = shelf(number)
        index.keep(question(f"câu {number}"), kept)
        taken += sum(len(str(placed.record.summary).encode()) for placed in kept.placed) * 3  # and more, with all else
        if number % 10 == 0:
            await index.flush()
            largest = max(largest, bytes_on_disk(path))
    await index.flush()
    state = await index.state()
    assert 0.5 * 2_000_000 < largest <= 1.1 * 2_000_000
    assert state.bytes_used <= state.bytes_bound
    assert 20 <= state.answers < number
    assert state.records >= 20 * 20
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO found (found, rank) VALUES ('integrity-check', 1)")
    connection.close()


async def test_what_is_asked_every_day_outlasts_a_flood_of_what_is_asked_once(opened: Opened) -> None:
    index = await opened(size_mb=2)
    index.keep(question("hỏi nhiều"), shelf(0))
    for _ in range(30):
        index.count("hỏi nhiều")
    await index.flush()
    for number in range(1, 90):
        opened.clock.go(10)
        index.keep(question(f"hỏi một lần {number}"), Answer("dhqg", shelf(number).placed, 500, opened.clock.now, 0.1))
        index.count(f"hỏi một lần {number}")
        if number % 10 == 0:
            await index.flush()
    await index.flush()
    assert question("hỏi nhiều") in await index.answers([question("hỏi nhiều")])
    assert await index.record("dhqg", "0-1") is not None
    assert await index.answers([question("hỏi một lần 1")]) == {}
    assert await index.record("dhqg", "1-1") is None


async def test_when_too_much_waits_the_least_asked_is_dropped_and_counted(opened: Opened) -> None:
    index = await opened(queue_mb=0.5, batch_s=60.0)
    asked_often = question("hỏi nhiều")
    for _ in range(3):
        index.count(asked_often.terms)
    index.keep(asked_often, shelf(0))
    for number in range(1, 40):
        index.count(f"câu {number}")
        index.keep(question(f"câu {number}"), shelf(number))
    dropped = (await index.state()).dropped
    await index.flush()
    state = await index.state()
    assert state.dropped == dropped > 0
    assert state.answers == 40 - dropped
    assert asked_often in await index.answers([asked_often])


# What is private ------------------------------------------------------------------------


def places_of(text: str, folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if text.encode() in file.read_bytes()]


async def test_no_byte_of_a_private_question_stays_in_the_file(opened: Opened, path: Path) -> None:
    index = await opened()
    index.keep(question("chứng bệnh hiếm"), answer(book()))
    index.count("chứng bệnh hiếm")
    await index.flush()
    assert places_of("chứng bệnh hiếm", path.parent) != []
    opened.clock.go(DAY_S)
    await index.flush()
    assert places_of("chứng bệnh hiếm", path.parent) == places_of("chung benh hiem", path.parent) == []


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def test_nobody_else_on_the_machine_may_read_the_file(opened: Opened, path: Path) -> None:
    await opened()
    assert mode(path) == 0o600


# The file -------------------------------------------------------------------------------


def spoil(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"This is no database. " * 1000)


def is_spoilt(path: Path) -> bool:
    return path.read_bytes().startswith(b"This is no database")


def scramble(path: Path) -> None:
    """Overwrite all but the first page, which holds the schema."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


async def test_a_damaged_file_is_moved_aside_and_a_new_one_begun(opened: Opened, path: Path) -> None:
    spoil(path)
    index = await opened()
    index.keep(question(), answer(book()))
    await index.flush()
    assert await found(index, "kinh tế") == ["1"]
    state = await index.state()
    assert state.is_ready
    assert state.problem is not None
    assert state.problem.code == "index.corrupt"
    assert f"{path}.corrupt" in say(state.problem, "vi")
    assert is_spoilt(path.with_name(f"{path.name}.corrupt"))
    opened.clock.go(2 * HOUR_S)
    assert (await index.state()).problem is None


async def test_a_file_that_is_damaged_while_it_is_open_is_replaced(opened: Opened, path: Path) -> None:
    one, two = await opened(), await opened()
    for number in range(20):
        one.keep(question(f"câu {number}"), shelf(number))
    await one.close()
    scramble(path)
    assert await two.answers([question("câu 3")]) == {}
    assert await two.search(Query(expression=Clause("kinh")), 5) == ()
    await two.flush()
    two.keep(question(), answer(book()))
    await two.flush()
    state = await two.state()
    assert state.is_ready
    assert state.problem is not None
    assert state.problem.code == "index.corrupt"
    assert await found(two, "kinh tế vi mô") == ["1"]
    assert await (await opened()).answers([question()]) == {question(): answer(book())}


async def test_a_file_that_is_deleted_under_it_is_made_again(opened: Opened, path: Path) -> None:
    index = await opened()
    index.keep(question(), answer(book()))
    await index.flush()
    for file in path.parent.iterdir():
        file.unlink()
    assert await index.answers([question()]) == {}
    index.keep(question(), answer(book()))
    await index.flush()
    assert await index.answers([question()]) == {question(): answer(book())}
    assert (await index.state()).problem is None


async def test_an_index_that_cannot_be_written_says_so_and_takes_up_when_it_can(opened: Opened, path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    index = await opened()
    index.keep(question(), answer(book()))
    index.count("kinh tế")
    await index.flush()
    state = await index.state()
    assert not state.is_ready
    assert state.problem is not None
    assert state.problem.code == "index.unwritable"
    assert str(path) in say(state.problem, "en")
    assert await index.search(Query(expression=Clause("kinh te")), 5) == ()
    assert await index.suggest("kinh", 5) == ()
    assert await index.refresh_due(5) == ()
    assert await index.record("dhqg", "1") is None
    assert await index.answers([question()]) == {question(): answer(book())}  # it waits in memory
    path.parent.unlink()
    await index.flush()
    assert (await index.state()).problem is None
    assert await found(index, "kinh tế") == ["1"]
    assert await index.demand("kinh tế") == pytest.approx(1)


async def test_a_database_of_something_else_is_left_alone(opened: Opened, path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE borrowers (name TEXT)")
        other.execute("INSERT INTO borrowers VALUES ('Lan')")
    other.close()
    index = await opened()
    index.keep(question(), answer(book()))
    await index.flush()
    state = await index.state()
    assert state.problem is not None
    assert state.problem.code == "index.foreign"
    await index.close()
    other = sqlite3.connect(path)
    assert other.execute("SELECT name FROM borrowers").fetchall() == [("Lan",)]
    assert other.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (1,)
    other.close()


async def test_an_index_of_a_newer_version_is_left_alone(opened: Opened, path: Path) -> None:
    await (await opened()).close()
    set_version(path, 999)
    index = await opened()
    state = await index.state()
    assert not state.is_ready
    assert state.problem is not None
    assert state.problem.code == "index.newer"
    assert "999" in say(state.problem, "vi")
    await index.close()


async def test_an_index_of_the_version_before_is_brought_up_and_keeps_everything(opened: Opened, path: Path) -> None:
    index = await opened()
    index.keep(question(), answer(book("1", "Kinh tế vùng")))
    await harvested(index, book("2", "Kinh tế học"))
    await index.close()
    for file in (path, harvest_file(path)):
        connection = sqlite3.connect(file)
        for column in ("folded", "exact"):  # as the first release made them
            connection.execute(f"DROP INDEX titles_{column}")
            connection.execute(f"CREATE INDEX titles_{column} ON titles ({column})")
        connection.commit()
        connection.close()
        set_version(file, 1)
    index = await opened()
    assert set(await index.answers([question()])) == {question()}
    assert await index.suggest("kinh", 5) == ("Kinh tế học", "Kinh tế vùng")
    assert await index.harvest_count("dhqg") == 1
    for file in (path, harvest_file(path)):
        with sqlite3.connect(file) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (2,)


async def test_an_index_of_an_unknown_older_version_begins_anew(opened: Opened, path: Path) -> None:
    index = await opened()
    index.keep(question(), answer(book()))
    await index.close()
    set_version(path, 0)
    index = await opened()
    assert (await index.state()).problem is None
    assert await index.answers([question()]) == {}
    index.keep(question(), answer(book()))
    await index.flush()
    assert await found(index, "kinh tế") == ["1"]


def set_version(path: Path, version: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


async def test_a_record_of_other_nouns_is_as_if_it_were_not_there(opened: Opened, path: Path) -> None:
    index = await opened()
    index.keep(question("a"), answer(book("1")))
    index.keep(question("b"), answer(book("2")))
    await index.flush()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE bodies SET body = x'81a2' WHERE id = (SELECT id FROM records WHERE record_id = '1')")
    connection.commit()
    connection.close()
    assert await index.record("dhqg", "1") is None
    assert await index.answers([question("a"), question("b")]) == {question("b"): answer(book("2"))}
    assert await found(index, "kinh te") == ["2"]
    assert (await index.state()).problem is None


async def test_a_new_half_life_counts_what_was_counted_before(opened: Opened) -> None:
    index = await opened(half_life_s=7 * DAY_S)
    for _ in range(8):
        index.count("kinh tế")
    await index.close()
    opened.clock.go(7 * DAY_S)
    index = await opened(half_life_s=DAY_S)
    assert await index.demand("kinh tế") == pytest.approx(4)
    opened.clock.go(DAY_S)
    assert await index.demand("kinh tế") == pytest.approx(2)
    assert opened.clock.now == NOON + 8 * DAY_S


# Speed and docs -------------------------------------------------------------------------


async def test_ten_hot_answers_are_looked_up_in_a_moment_and_decoded_once(opened: Opened) -> None:
    index = await opened()
    asked = [question(member=f"m{number}") for number in range(10)]
    for one in asked:
        index.keep(one, answer(*(placed.record for placed in shelf(0).placed), member=one.member))
    await index.flush()
    first = await index.answers(asked)
    took_s = []
    for _ in range(50):
        began = time.perf_counter()
        again = await index.answers(asked)
        took_s.append(time.perf_counter() - began)
    assert all(again[one] is first[one] for one in asked)
    assert statistics.median(took_s) < 0.0015


def test_every_setting_stands_in_the_docs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "index.md").read_text("utf-8")
    for setting in EmbeddedSettings.__struct_fields__:
        assert f"`{setting}`" in page


@pytest.mark.parametrize("code", ["unwritable", "unreadable", "full", "busy", "corrupt", "newer", "foreign"])
def test_every_problem_has_a_sentence_and_stands_in_the_docs(code: str) -> None:
    assert f"index.{code}" in sentences()
    assert f"`index.{code}`" in (Path(__file__).parents[2] / "docs" / "index.md").read_text("utf-8")
