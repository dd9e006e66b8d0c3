"""What an operator does, and how the store is."""

from __future__ import annotations

import pytest

from engine.model import (
    Clause,
    Query,
)
from tests.index.contract.shelf import DAY_S, FULL, SHELF, Opened, answer, book, filled, found, harvested, question


class OperatingContract:
    """What an operator does, and how the store is."""

    # What an operator does --------------------------------------------------------------

    async def test_what_is_kept_can_be_carried_to_another_index(self, opened: Opened) -> None:
        index = await opened()
        kept = {question(f"câu {number}"): answer(book(f"{number}"), FULL) for number in range(120)}
        kept[question("trống", member="dhbk")] = answer(total=0, member="dhbk")
        for asked, told in kept.items():
            index.keep(asked, told)
        await index.flush()
        assert {asked: told async for asked, told in index.exported()} == kept

    async def test_how_often_several_asked_can_be_carried_and_taken_twice_counts_once(self, opened: Opened) -> None:
        index = await opened(half_life_s=DAY_S)
        for terms, asks in (("kinh tế", 8), ("vật lý", 3), ("chỉ mình tôi hỏi", 2)):
            for _ in range(asks):
                index.count(terms)
        await index.flush()
        opened.clock.go(DAY_S / 2)
        asked = {one.terms: one async for one in index.exported_demand()}
        assert {terms: one.asks for terms, one in asked.items()} == {"kinh tế": 8, "vật lý": 3}
        assert asked["kinh tế"].demand == pytest.approx(8 / 2**0.5)
        await index.purge()
        index.count("vật lý")
        await index.flush()
        opened.clock.go(DAY_S / 2)
        for _ in range(2):
            await index.take_demand(list(asked.values()))
        assert await index.demand("kinh tế") == pytest.approx(4)
        assert await index.demand("vật lý") == pytest.approx(1.5)  # what was asked there, which is more
        assert {one.terms: one.asks async for one in index.exported_demand()} == {"kinh tế": 8, "vật lý": 3}
        assert "kinh tế" in await index.suggest("kinh", 5)
        for _ in range(4):
            index.count("kinh tế")
        await index.flush()
        assert await index.demand("kinh tế") == pytest.approx(8)  # counted on

    async def test_every_harvested_record_can_be_carried(self, opened: Opened) -> None:
        index = await opened()
        records = tuple(book(f"{number}", f"Sách {number}") for number in range(130))
        await harvested(index, *records)
        await harvested(index, book("x", member="dhbk"), member="dhbk")
        carried = [record async for record in index.exported_harvest("dhqg")]
        assert sorted(carried, key=lambda one: int(one.id)) == list(records)
        assert [record async for record in index.exported_harvest("nobody")] == []

    async def test_what_a_member_answered_can_be_deleted_and_everything_can(self, opened: Opened) -> None:
        index = await opened()
        await harvested(index, book("h", "Thu gom"))
        index.keep(question(), answer(book("1", "Kinh tế một")))
        index.keep(question(member="dhbk"), answer(book("1", "Kinh tế hai", member="dhbk"), member="dhbk"))
        for _ in range(5):
            index.count("kinh tế")
        await index.flush()
        assert await index.purge("dhqg") == 1
        assert set(await index.answers([question(), question(member="dhbk")])) == {question(member="dhbk")}
        assert await found(index, "kinh te") == ["1"]
        assert await index.record("dhqg", "1") is None
        assert await index.demand("kinh tế") == pytest.approx(5)
        assert await index.purge() == 1
        assert await found(index, "kinh te") == []
        assert await index.demand("kinh tế") == 0
        assert await index.suggest("kinh", 5) == ()
        assert await index.harvest_count("dhqg") == 1  # that is `forget_harvest`'s

    async def test_an_index_of_this_version_needs_no_move(self, opened: Opened) -> None:
        assert await (await filled(opened)).migrate(lambda *_: None) == ()

    # The store --------------------------------------------------------------------------

    async def test_the_state_tells_what_is_kept(self, opened: Opened) -> None:
        index = await filled(opened)
        index.keep(question("khác"), answer(SHELF[0], book("neu")))
        await index.flush()
        state = await index.state()
        assert state.is_ready
        assert state.problem is None
        assert (state.answers, state.records) == (2, len(SHELF) + 1)
        assert 0 < state.bytes_used <= state.bytes_bound

    async def test_a_closed_index_holds_nobody_up(self, opened: Opened) -> None:
        index = await filled(opened)
        index.keep(question("cuối"), answer(book("cuoi")))
        await index.close()
        await index.close()
        index.keep(question("sau"), answer(book()))
        index.count("sau")
        await index.flush()
        assert await index.answers([question("cả kệ")]) == {}
        assert await index.search(Query(expression=Clause("kinh te")), 5) == ()
        assert await index.refresh_due(5) == ()
        assert not (await index.state()).is_ready
        again = await opened()
        assert await again.record("dhqg", "cuoi") is not None  # close writes what was taken
        assert await again.answers([question("sau")]) == {}
