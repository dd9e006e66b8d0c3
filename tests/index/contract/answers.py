"""Answers and their ages."""

from __future__ import annotations

from engine.model import (
    Answer,
    Placed,
    Reason,
)
from tests.index.contract.shelf import FULL, HOUR_S, NOON, Opened, answer, book, found, question


class AnswersContract:
    """Answers and their ages."""

    # Answers ----------------------------------------------------------------------------

    async def test_an_answer_comes_back_as_it_was_kept_before_and_after_it_is_written(self, opened: Opened) -> None:
        index = await opened()
        kept = Answer(
            member="dhqg",
            placed=(Placed(place=21, record=FULL), Placed(place=22, record=book("2"))),
            total=None,
            asked_at=NOON - 60,
            took_s=0.25,
            has_more=True,
            notices=(Reason(code="query.dropped", values={"field": "series", "count": 1}),),
        )
        asked = question(start=21)
        index.keep(asked, kept)
        assert await index.answers([asked]) == {asked: kept}
        await index.flush()
        assert await index.answers([asked]) == {asked: kept}
        assert await (await opened()).answers([asked]) == {asked: kept}

    async def test_no_hits_is_an_answer_that_is_kept(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(total=0))
        await index.flush()
        assert await index.answers([question()]) == {question(): answer(total=0)}

    async def test_another_member_query_or_window_is_another_question(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(book()))
        await index.flush()
        others = [question("kinh te"), question(member="dhbk"), question(start=21), question(count=50)]
        assert await index.answers(others) == {}
        assert await index.answers([]) == {}

    async def test_ten_questions_are_looked_up_at_once(self, opened: Opened) -> None:
        index = await opened()
        answers = {
            question(member=f"m{number}"): answer(book(member=f"m{number}"), member=f"m{number}") for number in range(8)
        }
        for asked, kept in answers.items():
            index.keep(asked, kept)
        await index.flush()
        assert await index.answers([*answers, question("khác"), question(member="m9")]) == answers

    async def test_the_newer_answer_stays_whatever_the_order_they_come_in(self, opened: Opened) -> None:
        index = await opened()
        newer = answer(book("1"), book("2"), at=NOON)
        older = answer(book("3"), at=NOON - 60)
        for kept in (older, newer, older):
            index.keep(question(), kept)
            await index.flush()
        assert await index.answers([question()]) == {question(): newer}

    async def test_a_newer_answers_record_replaces_an_older_one(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question("a"), answer(book("1", "Tên mới"), at=NOON))
        await index.flush()
        index.keep(question("b"), answer(book("1", "Tên cũ"), at=NOON - 60))
        await index.flush()
        aged = await index.record("dhqg", "1")
        assert aged is not None
        assert (aged.record.title, aged.asked_at) == ("Tên mới", NOON)
        index.keep(question("c"), answer(book("1", "Tên mới nhất"), at=NOON + 1))
        await index.flush()
        aged = await index.record("dhqg", "1")
        assert aged is not None
        assert (aged.record.title, aged.asked_at) == ("Tên mới nhất", NOON + 1)
        assert await found(index, "nhất") == ["1"]
        assert await found(index, "cũ") == []

    async def test_records_of_two_members_with_one_id_are_two(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(book("1", "Một")))
        index.keep(question(member="dhbk"), answer(book("1", "Hai", member="dhbk"), member="dhbk"))
        await index.flush()
        one, two = await index.record("dhqg", "1"), await index.record("dhbk", "1")
        assert one is not None
        assert two is not None
        assert (one.record.title, two.record.title) == ("Một", "Hai")
        assert await index.record("dhbk", "2") is None

    async def test_a_record_missing_from_a_later_complete_answer_is_gone(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question("a"), answer(book("1"), book("2"), total=2))
        index.keep(question("b"), answer(book("2"), total=500))
        await index.flush()
        index.keep(question("a"), answer(at=NOON + 1, total=0))
        await index.flush()
        assert await index.record("dhqg", "1") is None
        assert await index.record("dhqg", "2") is not None  # another answer still holds it

    async def test_a_record_missing_from_one_page_of_many_stays(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(book("1"), book("2"), total=500))
        await index.flush()
        index.keep(question(), answer(book("2"), at=NOON + 1, total=501))
        await index.flush()
        assert await index.record("dhqg", "1") is not None

    # Ages -------------------------------------------------------------------------------

    async def test_an_answer_is_given_whatever_its_age_until_it_is_too_old_to_keep(self, opened: Opened) -> None:
        index = await opened(keep_s=10 * HOUR_S, fresh_s=HOUR_S)
        index.keep(question(), answer(book()))
        await index.flush()
        opened.clock.go(9 * HOUR_S)
        assert await index.answers([question()]) == {question(): answer(book())}
        assert await found(index, "kinh tế") == ["1"]
        opened.clock.go(1.1 * HOUR_S)
        assert await index.answers([question()]) == {}
        assert await found(index, "kinh tế") == []
        await index.flush()
        state = await index.state()
        assert (state.answers, state.records) == (0, 0)

    async def test_an_answer_that_is_too_old_when_it_comes_is_not_kept(self, opened: Opened) -> None:
        index = await opened(keep_s=HOUR_S)
        index.keep(question(), answer(book(), at=NOON - 2 * HOUR_S))
        await index.flush()
        assert await index.answers([question()]) == {}
