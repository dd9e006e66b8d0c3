"""One search of a member that gives rows from any place on, and is asked in a language of its own.

A connector says a whole query with its filters, telling what it gave up (`Said`), and asks for a window.
`connectors.lists.by_page` is for numbered pages, and for questions that are made to fit what a system can.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, Protocol, TypeVar

import msgspec

from connectors.lists.answering import Asked, answered
from connectors.lists.filling import Batch, listed
from connectors.questions.expressions import is_marked, rewritten
from engine.model import Answer, Expression, Filters, Query, Reason, Record, Window
from engine.ports import Clock
from engine.text import clean, unmarked

MOST_LETTERS: Final = 500
"""No clause is asked with more: an address has to bear it three times over, percent-encoded."""

MOST_WORDS: Final = 40


class Said(Protocol):
    """A query in a member's own terms: what was given up to say it, and the filters that it does not hold."""

    @property
    def notices(self) -> tuple[Reason, ...]:
        """What was given up."""

    @property
    def unasked(self) -> Filters:
        """The filters to apply here."""


_Said = TypeVar("_Said", bound=Said)


class Listed(NamedTuple):
    """What a member gave of its list: a record for each place from the one asked for on, None for one unreadable.

    `total` is None if it did not say. `has_more` is None where only the numbers tell; False: no more can be had.
    """

    rows: tuple[Record | None, ...]
    total: int | None
    notices: tuple[Reason, ...] = ()
    has_more: bool | None = None


class Lister(NamedTuple):
    """Whose list it is. `folds_marks`: it finds marked words without their marks. `max_place` 0: no bound known."""

    member: str
    clock: Clock
    folds_marks: bool = False
    max_place: int = 0


async def answer_by_place(
    lister: Lister,
    query: Query,
    window: Window,
    say: Callable[[Query], _Said],
    ask: Callable[[_Said, Window], Awaitable[Listed]],
) -> Answer:
    """Ask for a window of a list and return it as an answer.

    Raises UnreadableError where rows came of which none can be read, or where hits are told and none comes. Where
    nothing is found and the server does not fold marks, the words are asked again without them, and else as they are.
    """
    whole = window
    window = _bounded(window, lister.max_place)
    if not window.count:
        capped = Reason("notice.list-capped", {"count": lister.max_place})
        notices = (*say(query).notices, capped)
        return Answer(lister.member, (), None, lister.clock(), 0.0, notices=notices)

    async def once(expression: Expression | None) -> Asked:
        said = say(msgspec.structs.replace(query, expression=expression))

        async def fetch(place: int, count: int) -> Batch:
            return _batch(await ask(said, Window(place, count)), place, count)

        return Asked(await listed(window, fetch), said.notices, said.unasked)

    def bare(expression: Expression) -> Expression | None:
        return rewritten(expression, unmarked) if is_marked(expression) else None

    answer = await answered(
        lister.member, query.expression, once, clock=lister.clock, folds_marks=lister.folds_marks, bare=bare
    )
    if answer.has_more and lister.max_place and whole.start + whole.count > lister.max_place:
        capped = Reason("notice.list-capped", {"count": lister.max_place})
        return msgspec.structs.replace(answer, has_more=False, notices=(*answer.notices, capped))
    return answer


def _batch(came: Listed, place: int, count: int) -> Batch:
    goes_on = came.has_more
    if goes_on is None and came.total is None:
        goes_on = len(came.rows) >= count
    return Batch(place, came.rows, came.total, goes_on, came.notices, is_last=came.has_more is False)


def _bounded(window: Window, max_place: int) -> Window:
    if not max_place:
        return window
    return Window(window.start, max(0, min(window.count, max_place + 1 - window.start)))


def shortened(text: str) -> tuple[str, bool]:
    r"""Return text without control characters and no longer than may be asked, and whether something was cut off.

    >>> shortened("kinh\x00 tế"), shortened("a" * 900)[1]
    (('kinh tế', False), True)
    """
    words = clean(text).split()
    kept: list[str] = []
    letters = 0
    for word in words[:MOST_WORDS]:
        if letters + len(word) > MOST_LETTERS:
            if not kept:
                kept.append(word[:MOST_LETTERS])
            break
        kept.append(word)
        letters += len(word) + 1
    return " ".join(kept), kept != words
