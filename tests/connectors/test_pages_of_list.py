from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.lists.by_page import Batch, Fetch, answer_by_pages, listed
from connectors.questions.expressions import folded
from connectors.questions.simpler import Abilities, simpler
from connectors.reading.web_address import below, linked, with_pairs
from engine.errors import TimedOutError, UnreadableError, UnsupportedError
from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Query, Reason, Record, Window

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
