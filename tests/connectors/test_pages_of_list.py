from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.lists.by_page import Batch, Fetch, answer_by_pages, listed
from connectors.lists.by_place import Listed, Lister, answer_by_place
from connectors.questions.expressions import folded
from connectors.questions.simpler import Abilities, simpler
from connectors.reading.web_address import below, linked, with_pairs
from engine.errors import TimedOutError, UnreadableError, UnsupportedError
from engine.model import And, Answer, Clause, Expression, Field, Filters, Not, Or, Query, Reason, Record, Window

EVERYTHING = Abilities(frozenset(Field), has_or=True, has_not=True, has_phrases=True, has_truncation=True)
WORDS = Abilities(frozenset({Field.ANY}))


def _record(place: int) -> Record:
    return Record(member="m", id=str(place), title=f"Title {place}", year=2000 + place)


def _server(length: int, size: int, *, tells_total: bool = True) -> Fetch:
    """A list of so many records in pages of a size."""

    async def fetch(place: int, _count: int) -> Batch:
        first = (place - 1) // size * size + 1
        rows = tuple(_record(at) for at in range(first, min(first + size, length + 1)))
        return Batch(first, rows, length if tells_total else None, goes_on=first + size <= length)

    return fetch


@given(st.integers(1, 60), st.integers(1, 25), st.integers(1, 70), st.integers(1, 20), st.booleans())
async def test_any_window_of_any_list_holds_its_places_in_order(
    length: int, size: int, start: int, count: int, tells_total: bool
) -> None:
    found = await listed(Window(start, count), _server(length, size, tells_total=tells_total), most_requests=99)
    assert [placed.place for placed in found.placed] == list(range(start, min(start + count, length + 1)))
    assert all(placed.record.id == str(placed.place) for placed in found.placed)
    if found.placed:
        assert found.has_more == (start + count <= length)


async def test_a_server_that_gives_one_page_whatever_is_asked_does_not_hold_a_search_up() -> None:
    asked: list[int] = []

    async def fetch(place: int, _count: int) -> Batch:
        asked.append(place)
        return Batch(place, (_record(1), _record(2)))

    found = await listed(Window(1, 20), fetch)
    assert [placed.place for placed in found.placed] == [1, 2]
    assert (asked, found.has_more) == ([1, 3], False)


async def test_what_came_is_kept_where_a_later_page_fails() -> None:
    async def fetch(place: int, _count: int) -> Batch:
        if place > 1:
            raise TimedOutError("x")
        return Batch(1, (_record(1),), 9)

    found = await listed(Window(1, 5), fetch)
    assert [placed.place for placed in found.placed] == [1]
    assert [notice.code for notice in found.notices] == ["notice.partial"]


async def test_a_failure_of_the_first_page_is_a_failure() -> None:
    async def fetch(_place: int, _count: int) -> Batch:
        raise TimedOutError("x")

    with pytest.raises(TimedOutError):
        await listed(Window(), fetch)


@pytest.mark.parametrize("total", [None, 7])
async def test_no_rows_without_a_count_of_none_is_unreadable(total: int | None) -> None:
    async def fetch(_place: int, _count: int) -> Batch:
        return Batch(1, (), total)

    with pytest.raises(UnreadableError):
        await listed(Window(), fetch)


async def test_notices_that_count_are_added_up() -> None:
    async def fetch(place: int, _count: int) -> Batch:
        return Batch(place, (_record(place), None), 4, notices=(Reason("notice.brief-records", {"count": 1}),))

    found = await listed(Window(1, 4), fetch)
    told = {notice.code: notice.values for notice in found.notices}
    assert told == {"notice.brief-records": {"count": 2}, "notice.records-unreadable": {"count": 2}}


async def test_where_a_list_ends_is_told_once() -> None:
    async def fetch(place: int, _count: int) -> Batch:
        return Batch(place, (_record(place),), 9, notices=(Reason("notice.list-capped", {"count": 4}),))

    found = await listed(Window(1, 3), fetch)
    assert found.notices == (Reason("notice.list-capped", {"count": 4}),)


async def _answer(
    expression: Expression | None, holds: str, *, folds: bool = False, filters: Filters | None = None
) -> list[str]:
    """Return the words that were asked for, and the notices."""
    told: list[str] = []

    def ask(said: Expression | None) -> Fetch:
        text = said.text if isinstance(said, Clause) else "?"
        told.append(text)

        async def fetch(_place: int, _count: int) -> Batch:
            return Batch(1, (_record(1), _record(9)), 2) if text == holds else Batch(1, (), 0)

        return fetch

    filters = filters or Filters()
    answer = await answer_by_pages(
        "m",
        Query(expression, filters),
        Window(),
        clock=lambda: 0.0,
        can=WORDS,
        ask=ask,
        unasked=filters,
        folds_marks=folds,
    )
    return [*told, *(notice.code for notice in answer.notices)]


async def test_words_are_asked_again_without_marks_only_where_nothing_is_found() -> None:
    assert await _answer(Clause("kinh tế"), "kinh tế") == ["kinh tế"]
    assert await _answer(Clause("kinh tế"), "kinh te") == ["kinh tế", "kinh te", "notice.folded"]
    assert await _answer(Clause("kinh tế"), "kinh te", folds=True) == ["kinh tế"]
    assert await _answer(Clause("kinh te"), "kinh tế") == ["kinh te", "notice.marks-needed"]


async def test_filters_that_were_not_asked_are_applied_and_told() -> None:
    said = await _answer(Clause("a"), "a", filters=Filters(year_from=2005))
    assert said == ["a", "notice.filtered-here"]


@pytest.mark.parametrize(
    ("expression", "left", "codes"),
    [
        (Or((Clause("a"), Clause("b"))), Clause("a"), ["notice.dropped-alternatives"]),
        (And((Clause("a"), Not(Clause("b")))), Clause("a"), ["notice.dropped-exclusion"]),
        (Clause("a b", Field.TITLE, is_phrase=True), Clause("a b"), ["notice.any-field", "notice.no-phrases"]),
        (Clause("a", is_truncated=True), Clause("a"), ["notice.no-truncation"]),
        (And((Clause("a"), Clause("!!"))), Clause("a"), ["notice.dropped-clause"]),
        (And((Clause("a"), Or((And((Clause("b"), Clause("c"))), Clause("d"))))),
         And((Clause("a"), Clause("b"), Clause("c"))), ["notice.dropped-alternatives"]),
    ],
)  # fmt: skip
def test_what_a_system_cannot_be_asked_is_given_up_and_told(
    expression: Expression, left: Expression, codes: list[str]
) -> None:
    found = simpler(expression, WORDS)
    assert found.expression == left
    assert [notice.code for notice in found.notices] == codes


def test_a_question_of_which_nothing_is_left_is_unsupported() -> None:
    with pytest.raises(UnsupportedError):
        simpler(Clause("???"), EVERYTHING)


@given(st.text(min_size=1, max_size=3000).filter(lambda text: any(letter.isalnum() for letter in text)))
def test_any_words_are_cut_and_hold_no_control_characters(text: str) -> None:
    try:
        left = simpler(Clause(text), WORDS).expression
    except UnsupportedError:
        return
    assert isinstance(left, Clause)
    assert len(left.text.encode()) <= 1200
    assert not any(ord(letter) < 32 for letter in left.text)


def test_numbers_are_not_folded() -> None:
    assert folded(And((Clause("Đề án"), Clause("123X", Field.ISBN)))) == And(
        (Clause("de an"), Clause("123X", Field.ISBN))
    )


def test_addresses_keep_what_a_member_file_says() -> None:
    assert with_pairs("https://x.org/a?lang=vi&q=1", [("q", "a&b")]) == "https://x.org/a?lang=vi&q=a%26b"
    assert below("https://x.org/a/?lang=vi", "/b") == "https://x.org/a/b"
    assert linked("https://x.org/a/b", "//evil.org/x") == "https://evil.org/x"
    assert linked("https://x.org/", "http://[") is None


# Lists by place -----------------------------------------------------------------------


class _Said(NamedTuple):
    """A query as the server below takes it: its words."""

    text: str
    notices: tuple[Reason, ...] = ()
    unasked: Filters = Filters()


async def _by_place(
    ask: Callable[[_Said, Window], Awaitable[Listed]],
    *,
    window: Window | None = None,
    words: str = "kinh tế",
    notices: tuple[Reason, ...] = (),
    max_place: int = 0,
    folds_marks: bool = False,
) -> Answer:
    def say(query: Query) -> _Said:
        assert isinstance(query.expression, Clause)
        return _Said(query.expression.text, notices)

    lister = Lister("m", lambda: 0.0, folds_marks=folds_marks, max_place=max_place)
    return await answer_by_place(lister, Query(Clause(words)), window or Window(1, 20), say, ask)


def _codes(answer: Answer) -> list[str]:
    return [notice.code for notice in answer.notices]


@given(st.integers(1, 60), st.integers(1, 25), st.integers(1, 70), st.integers(1, 20))
async def test_any_window_of_any_list_by_place_holds_its_places_in_order(
    length: int, most: int, start: int, count: int
) -> None:
    async def ask(_said: _Said, window: Window) -> Listed:
        end = min(window.start + min(window.count, most), length + 1)
        return Listed(tuple(_record(at) for at in range(window.start, end)), length)

    answer = await _by_place(ask, window=Window(start, count))
    until = min(start + count, length + 1, start + 10 * most)
    assert [placed.place for placed in answer.placed] == list(range(start, until))
    assert answer.has_more == (bool(answer.placed) and until <= length)


async def test_a_server_that_gives_its_first_rows_whatever_place_is_asked_promises_no_more() -> None:
    asked: list[int] = []

    async def ask(_said: _Said, window: Window) -> Listed:
        asked.append(window.start)
        return Listed((_record(1), _record(2)), 100)

    answer = await _by_place(ask)
    assert (asked, [placed.place for placed in answer.placed], answer.has_more) == ([1, 3], [1, 2], False)


async def test_without_a_total_a_short_answer_is_the_end_and_a_full_one_is_not() -> None:
    async def ask(_said: _Said, window: Window) -> Listed:
        return Listed(tuple(_record(at) for at in range(window.start, min(window.start + window.count, 4))), None)

    assert (await _by_place(ask, window=Window(1, 3))).has_more
    short = await _by_place(ask, window=Window(1, 5))
    assert (len(short.placed), short.has_more, _codes(short)) == (3, False, ["notice.total-unknown"])


async def test_what_comes_after_the_last_place_that_is_given_is_not_promised() -> None:
    async def ask(_said: _Said, window: Window) -> Listed:
        return Listed(tuple(_record(window.start + at) for at in range(window.count)), 500)

    answer = await _by_place(ask, window=Window(1, 20), max_place=15)
    assert (len(answer.placed), answer.has_more, _codes(answer)) == (15, False, ["notice.list-capped"])
    behind = await _by_place(ask, window=Window(21, 20), max_place=15)
    assert (behind.placed, behind.total, _codes(behind)) == ((), None, ["notice.list-capped"])


@pytest.mark.parametrize(("start", "total"), [(1, 3), (1, None), (2, 3)])
async def test_hits_of_which_none_comes_are_unreadable(start: int, total: int | None) -> None:
    async def ask(_said: _Said, _window: Window) -> Listed:
        return Listed((), total)

    with pytest.raises(UnreadableError):
        await _by_place(ask, window=Window(start, 5))


async def test_only_what_was_given_up_to_ask_for_less_is_told_where_nothing_is_found() -> None:
    async def ask(_said: _Said, _window: Window) -> Listed:
        return Listed((), 0)

    given_up = (Reason("notice.no-phrases"), Reason("notice.dropped-alternatives"))
    assert _codes(await _by_place(ask, notices=given_up)) == ["notice.dropped-alternatives"]


async def test_both_kinds_of_list_try_again_without_marks_and_tell_who_typed_none() -> None:
    async def ask(said: _Said, _window: Window) -> Listed:
        return Listed((_record(1),), 1) if said.text == "kinh te" else Listed((), 0)

    assert _codes(await _by_place(ask)) == ["notice.folded"]
    assert _codes(await _by_place(ask, folds_marks=True)) == []
    assert _codes(await _by_place(ask, words="lich su")) == ["notice.marks-needed"]
    assert _codes(await _by_place(ask, words="1234")) == []


async def test_a_list_that_says_why_it_is_empty_is_not_told_to_want_marks() -> None:
    async def ask(_said: _Said, _window: Window) -> Listed:
        return Listed((), 0, (Reason("notice.records-withheld", {"count": 2}),))

    assert _codes(await _by_place(ask, words="lich su")) == ["notice.records-withheld"]
