"""One search of a member that gives its list by place: asked once, and once more without marks where nothing is found.

What every such connector does alike stands here: the window, the second try, filters that could not be asked, places,
notices. What is asked and how it is read is the connector's own.

For systems that give rows from any place on, and whose connector says a whole query with its filters in their own
language, telling what it gave up (`Said`). For numbered pages, or a question that `simpler` makes fit what the system
can: `connectors.lists.by_page`. They fill a window by different signs (here the count, there also what a page says of
the next), and tell what was given up differently where nothing is found: neither can stand in for the other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, Protocol, TypeVar

import msgspec

from connectors.lists.narrow import narrowed
from connectors.questions.expressions import is_marked, rewritten
from connectors.questions.notices import once
from engine.errors import LienThuError, UnreadableError
from engine.model import Answer, Filters, Placed, Query, Reason, Record, Window
from engine.ports import Clock
from engine.text import clean, unmarked

MOST_LETTERS: Final = 500
"""No clause is asked with more: an address has to bear it three times over, percent-encoded."""

MOST_WORDS: Final = 40

MOST_REQUESTS: Final = 10
"""Most requests that fill one window."""


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

    `total` is None if it did not say. `has_more` is None where only the numbers tell.
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

    Raises UnreadableError where rows came of which none can be read, or where hits are told and none comes.
    """
    asked_at = lister.clock()
    said = say(query)
    window = _bounded(window, lister.max_place)
    if not window.count:
        capped = Reason("notice.list-capped", {"count": lister.max_place})
        return Answer(lister.member, (), None, asked_at, 0.0, notices=(*said.notices, capped))
    listed = await ask(said, window)
    notices: list[Reason] = []
    if listed.total == 0 and not lister.folds_marks and query.expression is not None and is_marked(query.expression):
        again = say(msgspec.structs.replace(query, expression=rewritten(query.expression, unmarked)))
        other = await ask(again, window)
        if other.total != 0:
            said, listed = again, other
            notices.append(Reason("notice.folded"))
    listed = await _filled(listed, said, window, ask)
    took_s = max(0.0, lister.clock() - asked_at)
    rows = listed.rows[: window.count]
    placed = _placed(rows, window, listed.total)
    if len(rows) > sum(row is not None for row in rows):
        notices.append(Reason("notice.records-unreadable", {"count": rows.count(None)}))
    placed, filtered = narrowed(placed, said.unasked)
    notices += filtered
    if listed.total is None and placed:
        notices.append(Reason("notice.total-unknown"))
    has_more = _has_more(listed, len(rows), window)
    if has_more and lister.max_place and window.start + len(rows) > lister.max_place:
        has_more = False
        notices.append(Reason("notice.list-capped", {"count": lister.max_place}))
    return Answer(
        member=lister.member,
        placed=placed,
        total=listed.total,
        asked_at=asked_at,
        took_s=took_s,
        has_more=has_more,
        notices=once([*said.notices, *notices, *listed.notices]),
    )


async def _filled(
    listed: Listed, said: _Said, window: Window, ask: Callable[[_Said, Window], Awaitable[Listed]]
) -> Listed:
    """Return a list that fills the window, where the member gives fewer rows at once than were asked for."""
    requests = 1
    while (
        listed.rows
        and len(listed.rows) < window.count
        and listed.has_more is not False
        and listed.total is not None
        and window.start + len(listed.rows) <= listed.total
        and requests < MOST_REQUESTS
    ):
        requests += 1
        came = len(listed.rows)
        try:
            other = await ask(said, Window(window.start + came, window.count - came))
        except LienThuError:
            # What came is worth more than what did not.
            return listed._replace(notices=(*listed.notices, Reason("notice.partial")), has_more=False)
        if not other.rows:
            break
        listed = listed._replace(rows=listed.rows + other.rows, notices=listed.notices + other.notices)
    return listed


def _bounded(window: Window, max_place: int) -> Window:
    if not max_place:
        return window
    return Window(window.start, max(0, min(window.count, max_place + 1 - window.start)))


def _placed(rows: tuple[Record | None, ...], window: Window, total: int | None) -> tuple[Placed, ...]:
    """Return the records at their places, each once: some lists repeat one."""
    known: dict[str, Placed] = {}
    for at, row in enumerate(rows):
        if row is not None:
            known.setdefault(row.id, Placed(window.start + at, row))
    if rows and not known:
        raise UnreadableError(f"none of {len(rows)} records can be read")
    if not rows and total and window.start <= total:
        raise UnreadableError(f"{total} hits are told, and none is there from place {window.start} on")
    return tuple(known.values())


def _has_more(listed: Listed, came: int, window: Window) -> bool:
    if listed.has_more is not None:
        return listed.has_more
    if listed.total is None:
        return came >= window.count
    return came > 0 and window.start + came <= listed.total


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
