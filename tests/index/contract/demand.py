"""What is wanted: how often it was asked, what becomes due, who asks the member."""

from __future__ import annotations

import asyncio

import pytest

from tests.index.contract.shelf import DAY_S, HOUR_S, NOON, Opened, answer, book, found, question


class DemandContract:
    """What is wanted: how often it was asked, what becomes due, who asks the member."""

    # Demand -----------------------------------------------------------------------------

    async def test_demand_halves_in_a_half_life(self, opened: Opened) -> None:
        index = await opened(half_life_s=7 * DAY_S)
        for _ in range(8):
            index.count("kinh tế")
        assert await index.demand("kinh tế") == pytest.approx(8)
        await index.flush()
        assert await index.demand("kinh tế") == pytest.approx(8)
        opened.clock.go(7 * DAY_S)
        await index.flush()
        assert await index.demand("kinh tế") == pytest.approx(4)
        index.count("kinh tế")
        await index.flush()
        assert await index.demand("kinh tế") == pytest.approx(5)
        assert await index.demand("chưa ai hỏi") == 0

    async def test_two_indexes_add_to_one_count_without_losing_any(self, opened: Opened) -> None:
        one, two = await opened(), await opened()
        for _ in range(20):
            for _ in range(5):
                one.count("kinh tế")
                two.count("kinh tế")
            await asyncio.gather(one.flush(), two.flush())
        assert await one.demand("kinh tế") == pytest.approx(200)
        assert await two.demand("kinh tế") == pytest.approx(200)

    async def test_demand_outlives_years(self, opened: Opened) -> None:
        index = await opened(half_life_s=DAY_S)
        for _ in range(8):
            index.count("xưa")
        await index.flush()
        opened.clock.go(400 * DAY_S)
        for _ in range(8):
            index.count("nay")
        await index.flush()
        assert await index.demand("nay") == pytest.approx(8)
        assert await index.demand("xưa") == pytest.approx(0, abs=1e-9)

    # What is private --------------------------------------------------------------------

    async def test_what_fewer_than_three_asked_is_forgotten_after_a_day(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question("bệnh của tôi"), answer(book()))
        index.count("bệnh của tôi")
        index.count("bệnh của tôi")
        await index.flush()
        assert await index.demand("bệnh của tôi") == pytest.approx(2)
        opened.clock.go(DAY_S)
        await index.flush()
        assert await index.demand("bệnh của tôi") == 0
        assert await index.answers([question("bệnh của tôi")]) == {}
        assert await found(index, "kinh tế") == ["1"]  # what the member has is no secret

    async def test_what_three_asked_is_remembered(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(book()))
        for _ in range(3):
            index.count("kinh tế")
        await index.flush()
        opened.clock.go(2 * DAY_S)
        await index.flush()
        assert await index.demand("kinh tế") > 2
        assert await index.answers([question()]) == {question(): answer(book())}

    async def test_what_was_asked_often_once_is_forgotten_when_nobody_asks_any_more(self, opened: Opened) -> None:
        index = await opened(half_life_s=DAY_S, keep_s=30 * DAY_S)
        index.keep(question(), answer(book()))
        for _ in range(3):
            index.count("kinh tế")
        await index.flush()
        opened.clock.go(5 * DAY_S)
        await index.flush()
        assert await index.demand("kinh tế") == 0
        assert await index.answers([question()]) == {}

    async def test_what_fewer_than_three_asked_is_offered_to_nobody(self, opened: Opened) -> None:
        index = await opened()
        index.count("kinh nghiệm riêng")
        index.count("kinh nghiệm riêng")
        await index.flush()
        assert await index.suggest("kinh", 5) == ()
        index.count("kinh nghiệm riêng")
        await index.flush()
        assert await index.suggest("kinh", 5) == ("kinh nghiệm riêng",)

    # Refreshing -------------------------------------------------------------------------

    async def test_what_is_in_demand_is_due_before_it_grows_old_the_most_wanted_first(self, opened: Opened) -> None:
        index = await opened(fresh_s=HOUR_S)
        for terms, asks in (("ít", 2), ("vừa", 4), ("nhiều", 9)):
            index.keep(question(terms), answer(book()))
            for _ in range(asks):
                index.count(terms)
        await index.flush()
        opened.clock.go(0.5 * HOUR_S)
        assert await index.refresh_due(10) == ()
        opened.clock.go(0.4 * HOUR_S)
        assert await index.refresh_due(10) == (question("nhiều"), question("vừa"))

    async def test_what_is_due_is_given_to_one_only_for_a_while(self, opened: Opened) -> None:
        one, two = await opened(fresh_s=HOUR_S), await opened(fresh_s=HOUR_S)
        one.keep(question(), answer(book()))
        for _ in range(5):
            one.count("kinh tế")
        await one.flush()
        opened.clock.go(0.9 * HOUR_S)
        given_out = await asyncio.gather(one.refresh_due(5), two.refresh_due(5))
        assert sorted(given_out) == [(), (question(),)]
        opened.clock.go(HOUR_S / 2)  # nobody brought a newer answer
        assert await two.refresh_due(5) == (question(),)
        two.keep(question(), answer(book(), at=opened.clock.now))
        await two.flush()
        opened.clock.go(HOUR_S / 2)
        assert await one.refresh_due(5) == ()

    # What is being asked ----------------------------------------------------------------

    async def test_a_question_is_asked_by_one_and_the_others_get_its_answer(self, opened: Opened) -> None:
        one, two, three = await opened(), await opened(), await opened()
        assert await one.claim(question(), 8.0)
        assert await one.claim(question("khác"), 8.0)
        assert not await two.claim(question(), 8.0)
        waiting = [asyncio.create_task(index.brought(question())) for index in (two, three)]
        await asyncio.sleep(0)
        one.keep(question(), answer(book(), at=opened.clock.now))
        assert await asyncio.gather(*waiting) == [answer(book()), answer(book())]

    async def test_a_question_that_got_no_answer_may_be_asked_by_the_next(self, opened: Opened) -> None:
        one, two = await opened(), await opened()
        two.keep(question(), answer(book(), at=NOON - HOUR_S))  # an older answer is not what is waited for
        await two.flush()
        assert await one.claim(question(), 8.0)
        waiting = asyncio.create_task(two.brought(question()))
        await asyncio.sleep(0)
        one.let_go(question())
        assert await waiting is None
        assert await two.claim(question(), 8.0)
        assert not await one.claim(question(), 8.0)

    async def test_of_many_who_want_to_ask_one_may(self, opened: Opened) -> None:
        indexes = [await opened() for _ in range(4)]
        taken = await asyncio.gather(*(index.claim(question(), 8.0) for index in indexes))
        assert sorted(taken) == [False, False, False, True]

    async def test_a_claim_ends_with_its_holder(self, opened: Opened) -> None:
        one, two = await opened(), await opened()
        assert await one.claim(question(), 8.0)
        await one.close()
        opened.clock.go(9.0)
        assert await two.claim(question(), 8.0)
