from __future__ import annotations

import asyncio
import gc
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from engine.errors import FaultError, QueryError, TimedOutError, UnreadableError
from engine.matching.nodes import Entry, Node, Work
from engine.model import Snapshot, State
from engine.ports import TitleIndex
from engine.query import parse
from engine.search import Search
from engine.web.views import snapshot_view
from index.embedded import index as open_index
from tests.engine.simulated import Clock, Library, asked, library

VI_MO = "Giáo trình kinh tế vi mô / Nguyễn Văn Ngọc / 2012"


@asynccontextmanager
async def searching(
    clock: Clock, *libraries: Library, index: TitleIndex | None = None, deadline_s: float = 20.0
) -> AsyncIterator[Search]:
    async with Search(asked(*libraries), index, clock=clock, deadline_s=deadline_s) as search:
        yield search


def states(snapshot: Snapshot) -> dict[str, State]:
    return {report.member: report.state for report in snapshot.reports}


def names(snapshot: Snapshot) -> list[str]:
    return [title.editions[0].merged.title for title in snapshot.titles]


async def test_one_title_of_the_same_book_in_two_libraries_with_both_named() -> None:
    clock = Clock()
    one, two = (
        library(clock, "one", [VI_MO]),
        library(clock, "two", ["Giao trinh kinh te vi mo / Nguyễn Văn Ngọc / 2012"]),
    )
    async with searching(clock, one, two) as search:
        snapshot = await search.settled(parse("kinh te vi mo"))
    assert snapshot.title_count == 1
    assert snapshot.titles[0].members == ("one", "two")
    assert snapshot.is_settled


async def test_the_first_snapshot_comes_before_any_member_has_answered() -> None:
    clock = Clock()
    slow = library(clock, "slow", [VI_MO], opened=False)
    async with searching(clock, slow) as search:
        snapshots = search.run(parse("kinh tế"))
        first = await anext(snapshots)
        assert states(first) == {"slow": State.WAITING}
        assert first.titles == ()
        slow.gate.set()
        last = await anext(snapshots)
        assert names(last) == ["Giáo trình kinh tế vi mô"]
        assert last.is_settled


@pytest.mark.parametrize("total", [10**30, 10**400, -1], ids=["long", "longer", "negative"])
async def test_a_count_that_no_catalogue_can_have_is_unknown_and_the_records_are_shown(
    total: int, tmp_path: Path
) -> None:
    clock = Clock()
    honest, boasting = library(clock, "honest", [VI_MO]), library(clock, "boasting", [VI_MO])
    boasting.total = total
    index = await open_index({"path": str(tmp_path / "index.sqlite")}, clock)
    async with searching(clock, honest, boasting, index=index) as search:
        snapshot = await search.settled(parse("kinh tế"))
        members = {one.member.id: one.member for one in (honest, boasting)}
        shown = msgspec.json.encode(snapshot_view(snapshot, members))
        await index.flush()
        assert (await index.state()).answers == 2
    assert str(total).encode() not in shown
    assert snapshot.titles[0].members == ("boasting", "honest")
    assert snapshot.hit_count == 1
    reports = {report.member: report for report in snapshot.reports}
    assert reports["boasting"].total is None
    assert [notice.code for notice in reports["boasting"].notices] == ["notice.total-unknown"]


async def test_a_member_that_hangs_costs_its_own_line_only() -> None:
    clock = Clock()
    well, hanging = library(clock, "well", [VI_MO]), library(clock, "hanging", [VI_MO], opened=False, timeout_s=0.05)
    async with searching(clock, well, hanging) as search:
        snapshot = await search.settled(parse("kinh tế"))
    assert states(snapshot) == {"well": State.ANSWERED, "hanging": State.FAILED}
    report = next(report for report in snapshot.reports if report.member == "hanging")
    assert report.failure is not None
    assert report.failure.code == TimedOutError.code
    assert snapshot.title_count == 1


async def test_a_bug_in_a_connector_costs_one_member_and_is_named_ours() -> None:
    clock = Clock()
    well, broken = library(clock, "well", [VI_MO]), library(clock, "broken", [VI_MO])
    broken.failure = KeyError("subfield")
    async with searching(clock, well, broken) as search:
        snapshot = await search.settled(parse("kinh tế"))
    failure = next(report.failure for report in snapshot.reports if report.member == "broken")
    assert failure is not None
    assert (failure.code, failure.who) == ("bug", "us")
    assert snapshot.title_count == 1


async def test_the_order_of_arrival_does_not_change_the_settled_answer() -> None:
    seen = set()
    for order in itertools.permutations(range(3)):
        clock = Clock()
        libraries = [
            library(clock, "a", [VI_MO, "Kinh tế vĩ mô / Trần Thị B / 2015", "Kinh tế học"], opened=False),
            library(clock, "b", ["Kinh te vi mo / Ngoc / 2012", VI_MO, "Kinh tế lượng"], opened=False),
            library(clock, "c", ["Kinh tế lượng", "KINH TẾ VĨ MÔ / Tran Thi B / 2015", VI_MO], opened=False),
        ]
        async with searching(clock, *libraries) as search:
            snapshots = search.run(parse("kinh tế vi mô"))
            snapshot = await anext(snapshots)
            for number in order:
                libraries[number].gate.set()
                snapshot = await anext(snapshots)
            assert snapshot.is_settled
            seen.add(tuple((title.id, title.members, round(title.score, 9)) for title in snapshot.titles))
    assert len(seen) == 1


async def test_equal_questions_in_flight_ask_a_member_once() -> None:
    clock = Clock()
    slow = library(clock, "slow", [VI_MO], opened=False)
    async with searching(clock, slow) as search:
        readers = [asyncio.create_task(search.settled(parse("kinh tế"))) for _ in range(5)]
        await slow.was_asked.wait()
        slow.gate.set()
        counts = [(await reader).title_count for reader in readers]
    assert counts == [1] * 5
    assert len(slow.asked) == 1


async def test_the_answer_for_a_reader_who_has_left_still_goes_to_the_index(tmp_path: Path) -> None:
    clock = Clock()
    slow = library(clock, "slow", [VI_MO], opened=False)
    index = await open_index({"path": str(tmp_path / "index.sqlite")}, clock)
    async with searching(clock, slow, index=index) as search:
        snapshots = search.run(parse("kinh tế"))
        await anext(snapshots)
        await snapshots.aclose()
        slow.gate.set()
        again = await search.settled(parse("kinh tế"))
        assert again.title_count == 1
        assert len(slow.asked) == 1
        assert slow.cancelled == 0


async def test_after_the_deadline_the_late_answer_is_there_for_the_next_reader() -> None:
    clock = Clock()
    slow = library(clock, "slow", [VI_MO], opened=False)
    async with searching(clock, slow) as search:
        first = await search.settled(parse("kinh tế"), deadline_s=0.05)
        assert states(first) == {"slow": State.FAILED}
        slow.gate.set()
        second = await search.settled(parse("kinh tế"))
    assert second.title_count == 1
    assert len(slow.asked) == 1


async def test_a_fresh_answer_of_the_index_is_not_asked_again_and_tells_its_age(tmp_path: Path) -> None:
    clock = Clock()
    index = await open_index({"path": str(tmp_path / "index.sqlite")}, clock)
    async with searching(clock, library(clock, "one", [VI_MO]), index=index) as search:
        await search.settled(parse("kinh tế"))
        await index.flush()
    clock.now += 600
    again = library(clock, "one", [VI_MO])
    index = await open_index({"path": str(tmp_path / "index.sqlite")}, clock)
    async with searching(clock, again, index=index) as search:
        snapshot = await search.settled(parse("kinh tế"))
    assert again.asked == []
    assert states(snapshot) == {"one": State.CACHED}
    assert snapshot.reports[0].age_s == pytest.approx(600)
    assert snapshot.titles[0].age_s == pytest.approx(600)


async def test_a_stale_answer_is_shown_at_once_and_asked_again(tmp_path: Path) -> None:
    clock = Clock()
    index = await open_index({"path": str(tmp_path / "index.sqlite")}, clock)
    async with searching(clock, library(clock, "one", [VI_MO]), index=index) as search:
        await search.settled(parse("kinh tế"))
        await index.flush()
    clock.now += 2 * 3600
    index = await open_index({"path": str(tmp_path / "index.sqlite")}, clock)
    again = library(clock, "one", [VI_MO, "Kinh tế lượng"], opened=False)
    async with searching(clock, again, index=index) as search:
        snapshots = search.run(parse("kinh tế"))
        first = await anext(snapshots)
        assert names(first) == ["Giáo trình kinh tế vi mô"]
        assert states(first) == {"one": State.WAITING}
        again.gate.set()
        last = await anext(snapshots)
    assert sorted(names(last)) == ["Giáo trình kinh tế vi mô", "Kinh tế lượng"]
    assert states(last) == {"one": State.ANSWERED}
    assert last.titles[0].age_s is None


async def test_a_member_that_is_down_is_shown_from_the_index_with_its_age_and_its_failure(tmp_path: Path) -> None:
    clock = Clock()
    index = await open_index({"path": str(tmp_path / "index.sqlite")}, clock)
    async with searching(clock, library(clock, "one", [VI_MO]), index=index) as search:
        await search.settled(parse("kinh tế"))
        await index.flush()
    clock.now += 2 * 3600
    down = library(clock, "one", [])
    down.failure = FaultError("500")
    index = await open_index({"path": str(tmp_path / "index.sqlite")}, clock)
    async with searching(clock, down, index=index) as search:
        snapshot = await search.settled(parse("kinh tế"))
    assert names(snapshot) == ["Giáo trình kinh tế vi mô"]
    report = snapshot.reports[0]
    assert (report.state, report.failure and report.failure.code, report.records) == (State.FAILED, "fault", 1)
    assert report.age_s == pytest.approx(7200)


async def test_a_member_that_fails_three_times_rests_and_one_quiet_probe_ends_it() -> None:
    clock = Clock()
    sick = library(clock, "sick", [VI_MO])
    sick.failure = UnreadableError("an HTML page")
    async with searching(clock, sick) as search:
        for words in ("một", "hai", "ba"):
            await search.settled(parse(words))
        assert len(sick.asked) == 3
        resting = await search.settled(parse("bốn"))
        assert states(resting) == {"sick": State.SKIPPED}
        assert resting.reports[0].reason is not None
        assert resting.reports[0].reason.code == "failure.resting"
        assert len(sick.asked) == 3
        clock.now += 31
        sick.failure = None
        assert states(await search.settled(parse("năm"))) == {"sick": State.SKIPPED}
        await search.tend_once()
        assert sick.probed == 1
        assert states(await search.settled(parse("sáu"))) == {"sick": State.ANSWERED}


async def test_the_second_page_asks_for_the_next_records_and_leaves_the_first_page_as_it_was() -> None:
    clock = Clock()
    big = library(
        clock, "big", [f"Kinh tế số {number} / Tác giả {number} / 2010" for number in range(1, 51)], window=20
    )
    async with searching(clock, big) as search:
        first = await search.settled(parse("kinh tế"))
        query = parse("kinh tế")
        second = await search.settled(type(query)(query.expression, query.filters, page=2))
        first_again = await search.settled(parse("kinh tế"))
    assert [(window.start, window.count) for _, window in big.asked] == [(1, 20), (21, 20)]
    assert names(first) == names(first_again)
    assert len(second.titles) == 20
    assert set(names(first)).isdisjoint(names(second))
    assert second.has_more


async def test_only_the_libraries_named_are_asked() -> None:
    clock = Clock()
    one, two = library(clock, "one", [VI_MO]), library(clock, "two", [VI_MO])
    async with searching(clock, one, two) as search:
        snapshot = await search.settled(parse("kinh tế library:two"))
        assert states(snapshot) == {"two": State.ANSWERED}
        assert one.asked == []
        with pytest.raises(QueryError):
            await search.settled(parse("kinh tế library:three"))


async def test_a_title_is_found_again_by_the_id_of_any_of_its_records(tmp_path: Path) -> None:
    clock = Clock()
    index = await open_index({"path": str(tmp_path / "index.sqlite")}, clock)
    one, two = library(clock, "one", [VI_MO]), library(clock, "two", [VI_MO])
    async with searching(clock, one, two, index=index) as search:
        shown = (await search.settled(parse("kinh tế"))).titles[0]
        await index.flush()
        assert await search.title(shown.id) == shown
        other = await search.title("two~1")
        assert other is not None
        assert other.members == ("one", "two")
        assert await search.title("two~999") is None
        assert await search.title("nonsense") is None


async def test_telex_keys_typed_as_letters_are_offered_as_what_was_meant() -> None:
    clock = Clock()
    async with searching(clock, library(clock, "one", [])) as search:
        snapshot = await search.settled(parse("tieengs vieetj"))
    assert snapshot.suggestions == ("tiếng việt",)


async def test_a_search_that_is_over_leaves_nothing_for_the_collector_of_cycles() -> None:
    clock = Clock()
    libraries = [library(clock, name, [VI_MO, "Kinh tế / B / 2001", f"Kinh tế {name}"]) for name in ("one", "two")]
    async with searching(clock, *libraries) as search:
        await search.settled(parse("kinh te"))
        gc.collect()
        gc.disable()
        try:
            snapshot = await search.settled(parse("kinh te vi mo"))
            assert snapshot.title_count == 4
            left = [kept for kept in gc.get_objects() if isinstance(kept, Node | Work | Entry)]
        finally:
            gc.enable()
    assert left == []
