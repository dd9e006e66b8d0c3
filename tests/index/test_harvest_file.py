"""The file of what was harvested, when something is wrong with it: told as a failure, never as no hits."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.errors import StoreError
from engine.model import Clause, Query, Window
from index.embedded import index as open_embedded
from tests.index.contract.shelf import SHELF, Opened, answer, book, harvested, question


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index" / "titles.sqlite"


@pytest.fixture
async def opened(path: Path) -> AsyncIterator[Opened]:
    opened = Opened(lambda options, clock: open_embedded({"path": str(path), **options}, clock))
    yield opened
    await opened.close()


def beside(path: Path) -> Path:
    return path.with_name("titles-harvest.sqlite")


ASKED = Query(Clause("kinh tế"))


async def test_it_belongs_to_the_user_of_the_service_alone(opened: Opened, path: Path) -> None:
    await harvested(await opened(), *SHELF)
    assert stat.S_IMODE(beside(path).stat().st_mode) == 0o600


async def test_a_database_of_something_else_is_left_alone(opened: Opened, path: Path) -> None:
    index = await opened()
    connection = sqlite3.connect(beside(path))
    connection.execute("CREATE TABLE loans (borrower TEXT)")
    connection.commit()
    connection.close()
    before = beside(path).read_bytes()
    with pytest.raises(StoreError, match="something else"):
        await harvested(index, *SHELF)
    with pytest.raises(StoreError):
        await index.harvested("dhqg", ASKED, Window())
    assert beside(path).read_bytes() == before


async def test_a_file_of_another_version_is_left_alone(opened: Opened, path: Path) -> None:
    index = await opened()
    await harvested(index, *SHELF)
    connection = sqlite3.connect(beside(path))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="99"):
        await harvested(index, *SHELF)
    other = await opened()
    with pytest.raises(StoreError):
        await other.harvested("dhqg", ASKED, Window())


async def test_a_damaged_file_is_a_failure_and_all_else_goes_on(opened: Opened, path: Path) -> None:
    index = await opened()
    await harvested(index, *SHELF)
    await index.close()
    beside(path).write_bytes(b"SQLite format 3\0" + b"rubbish" * 5000)
    other = await opened()
    with pytest.raises(StoreError):
        await other.harvested("dhqg", ASKED, Window())
    with pytest.raises(StoreError):
        await harvested(other, *SHELF)
    other.keep(question(), answer(book("1", "Kinh tế")))
    await other.flush()
    assert [aged.record.id for aged in await other.search(ASKED, 5)] == ["1"]
    assert await other.record("dhqg", "vi-mo") is None
    state = await other.state()
    assert state.is_ready
    assert state.problem is not None
    assert state.problem.code == "failure.store"
    assert beside(path).exists()


async def test_a_lock_that_cannot_be_made_is_told(opened: Opened, path: Path) -> None:
    index = await opened()
    path.with_name("titles-harvest.sqlite.dhqg.lock").mkdir()
    with pytest.raises(StoreError, match="lock"):
        await harvested(index, *SHELF)
