"""What can be had now: asked lazily, in one batch a member, kept briefly, each word with its age."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from engine.availability import KEPT_S, Refreshed
from engine.errors import BusyError, FaultError, UnsupportedError
from engine.model import Availability, Holding, Service
from engine.query import parse
from engine.search import Search
from tests.engine.simulated import Clock, LendingLibrary, Library, asked, lending, library

BOOKS = ("Giáo trình kinh tế vi mô / Nguyễn Văn Ngọc / 2012", "Kinh tế vĩ mô / Trần Minh / 2015")


def shelves(clock: Clock) -> LendingLibrary:
    return lending(library(clock, "hust", BOOKS))


@asynccontextmanager
async def shown(clock: Clock, *libraries: Library) -> AsyncIterator[tuple[Search, list[str]]]:
    """A search whose titles stand on a reader's screen, and their ids."""
    async with Search(asked(*libraries), None, clock=clock) as search:
        snapshot = await search.settled(parse("kinh tế"))
        yield search, [title.id for title in snapshot.titles]


def free(refreshed: tuple[Refreshed, ...]) -> dict[str, list[bool]]:
    return {
        one.title.id: [
            told.available
            for edition in one.title.editions
            for record in edition.records
            for holding in record.holdings
            for told in holding.availability or ()
        ]
        for one in refreshed
    }


async def test_all_titles_of_a_screen_cost_a_member_one_batch() -> None:
    clock = Clock()
    desk = shelves(clock)
    desk.lent = {"2"}
    async with shown(clock, desk) as (search, ids):
        assert desk.batches == []
        found = await search.refreshed(ids)
    assert free(found) == {"hust~1": [True], "hust~2": [False]}
    assert [sorted(batch) for batch in desk.batches] == [["1", "2"]]


async def test_a_word_is_kept_for_two_minutes_and_has_its_age() -> None:
    clock = Clock()
    desk = shelves(clock)
    async with shown(clock, desk) as (search, ids):
        await search.refreshed(ids)
        desk.lent = {"1", "2"}
        clock.now += KEPT_S - 1
        (first, *_) = await search.refreshed(["hust~1"])
        assert (free((first,)), first.told["hust", "1"].age_s) == ({"hust~1": [True]}, KEPT_S - 1)
        clock.now += 2
        (first, *_) = await search.refreshed(["hust~1"])
        assert (free((first,)), first.told["hust", "1"].age_s) == ({"hust~1": [False]}, 0.0)
    assert len(desk.batches) == 2


async def test_two_readers_who_look_at_once_ask_once() -> None:
    clock = Clock()
    desk = shelves(clock)
    desk.desk.clear()
    async with shown(clock, desk) as (search, ids):
        readers = [asyncio.create_task(search.refreshed(ids)) for _ in range(5)]
        await desk.desk_was_asked.wait()
        readers[0].cancel()
        desk.desk.set()
        found = await asyncio.gather(*readers[1:])
    assert {tuple(free(one)["hust~1"]) for one in found} == {(True,)}
    assert len(desk.batches) == 1


async def test_what_a_library_just_told_is_not_asked_again() -> None:
    clock = Clock()
    desk = shelves(clock)
    told = Holding("Kho", availability=(Availability(Service.LOAN, available=True),))
    desk.records = [msgspec.structs.replace(record, holdings=(told,)) for record in desk.records]
    async with shown(clock, desk) as (search, ids):
        await search.refreshed(ids)
        assert desk.batches == []
        clock.now += KEPT_S + 1
        await search.refreshed(ids)
        assert len(desk.batches) == 1


async def test_a_failure_costs_a_sentence_and_the_copies_stay_as_described() -> None:
    clock = Clock()
    desk = shelves(clock)
    desk.records = [msgspec.structs.replace(record, holdings=(Holding("Kho mở"),)) for record in desk.records]
    desk.desk_failure = FaultError("500")
    async with shown(clock, desk) as (search, _):
        clock.now += 10
        found = await search.refreshed(["hust~1"])
        assert search.health("hust").failures == 1
    word = found[0].told["hust", "1"]
    assert word.problem is not None
    assert (word.problem.code, word.age_s) == ("failure.fault", 10)
    assert found[0].title.editions[0].records[0].holdings == (Holding("Kho mở"),)


async def test_a_resting_library_is_not_asked() -> None:
    clock = Clock()
    desk = shelves(clock)
    async with shown(clock, desk) as (search, ids):
        desk.desk_failure = BusyError(retry_after_s=60)
        await search.refreshed(ids)
        (first,) = await search.refreshed(["hust~1"])
        assert len(desk.batches) == 1
    assert first.told["hust", "1"].problem is not None


async def test_a_library_that_cannot_tell_is_not_asked_again_and_again() -> None:
    clock = Clock()
    plain, desk = library(clock, "neu", BOOKS), shelves(clock)
    desk.desk_failure = UnsupportedError("no items here")
    async with shown(clock, plain, desk) as (search, ids):
        for _ in range(3):
            found = await search.refreshed(ids)
    assert len(desk.batches) == 1
    assert all(word.problem is None for one in found for word in one.told.values())


async def test_a_record_that_is_gone_from_the_library_has_no_copies_and_one_untold_keeps_its_own() -> None:
    clock = Clock()
    desk = shelves(clock)
    desk.unknown = {"2"}
    desk.records = [msgspec.structs.replace(record, holdings=(Holding("Kho mở"),)) for record in desk.records]
    async with shown(clock, desk) as (search, ids):
        found = {one.title.id: one for one in await search.refreshed(ids)}
    assert found["hust~2"].title.editions[0].merged.holdings == (Holding("Kho mở"),)
    assert found["hust~1"].title.editions[0].merged.holdings[0].branch == "Kho mượn"


async def test_a_title_that_nobody_knows_is_left_out() -> None:
    clock = Clock()
    async with shown(clock, shelves(clock)) as (search, _):
        assert await search.refreshed(["hust~99"]) == ()
