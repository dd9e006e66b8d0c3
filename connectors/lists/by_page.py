"""One search of a member whose list comes in pages: filled page by page, asked again without marks, filtered here.

A connector says how an expression is asked and how a page is read; the places, the end of the list, what is given up
and the second try are the same for all of them. For lists in numbered pages, and for questions that `simpler` makes fit
what a system can; see `connectors.lists.by_place` for the others.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from connectors.lists.narrow import narrowed
from connectors.questions.expressions import folded, has_letters, may_fold
from connectors.questions.notices import once
from connectors.questions.simpler import Abilities, simpler
from engine.errors import LienThuError, UnreadableError
from engine.model import Answer, Expression, Filters, Placed, Query, Reason, Record, Window
from engine.ports import Clock

MOST_REQUESTS = 10
"""Most pages of one search: to fill a window from a server whose own pages are small."""


class Batch(msgspec.Struct, frozen=True):
    """Some rows of a member's list, as one page gave them.

    `first_place` is the place of the first row, counted from 1; a row that cannot be read is None. `total` is None
    where the page does not say; 0 is the system's own word for no hits. `goes_on` is what the page itself says about a
    next one, None if nothing.
    """

    first_place: int
    rows: tuple[Record | None, ...]
    total: int | None = None
    goes_on: bool | None = None
    notices: tuple[Reason, ...] = ()


Fetch = Callable[[int, int], Awaitable[Batch]]
"""Asks for a page that holds a place, and if it can for no more rows than a count."""


class Listed(msgspec.Struct, frozen=True):
    """A window of a member's list."""

    placed: tuple[Placed, ...]
    total: int | None
    has_more: bool
    notices: tuple[Reason, ...]


class _Filling:
    """A window being filled."""

    def __init__(self, window: Window) -> None:
        self.place, self.end = window.start, window.start + window.count
        self.placed: list[Placed] = []
        self.total: int | None = None
        self.has_more = True
        self.notices: list[Reason] = []
        self.unreadable = 0
        self._ids: set[str] = set()

    def take(self, batch: Batch) -> None:
        """Take the rows of a page that stand in what is left of the window."""
        self.total = batch.total if batch.total is not None else self.total
        self.notices += batch.notices
        if batch.rows and all(row is None for row in batch.rows):
            raise UnreadableError(f"none of {len(batch.rows)} rows can be read")
        if not batch.rows and self.place == 1 and batch.total != 0:
            raise UnreadableError(f"{'no count' if batch.total is None else f'{batch.total} hits'} and not one row")
        ids = {row.id for row in batch.rows if row is not None}
        if ids and ids <= self._ids:  # some give the same page whatever place is asked for
            self.has_more = False
            return
        rows = batch.rows[max(0, self.place - batch.first_place) :]
        place = max(self.place, batch.first_place)
        wanted = rows[: max(0, self.end - place)]
        for at, row in enumerate(wanted):
            if row is None:
                self.unreadable += 1
            elif row.id not in self._ids:
                self._ids.add(row.id)
                self.placed.append(Placed(place + at, row))
        self.place = place + len(wanted)
        self.has_more = bool(wanted) and self._has_more(batch, len(rows) > len(wanted))

    def _has_more(self, batch: Batch, is_left_over: bool) -> bool:
        if self.total is not None:
            return self.place <= self.total
        return is_left_over or batch.goes_on is not False


async def listed(window: Window, fetch: Fetch, *, most_requests: int = MOST_REQUESTS) -> Listed:
    """Return a window of a list, page by page. What came is worth more than what did not: a later page may fail."""
    filling = _Filling(window)
    requests = 0
    while filling.place < filling.end and filling.has_more and requests < most_requests:
        requests += 1
        try:
            batch = await fetch(filling.place, filling.end - filling.place)
            filling.take(batch)
        except LienThuError:
            if not filling.placed:
                raise
            filling.notices.append(Reason("notice.partial"))
            break
    notices = filling.notices
    if filling.unreadable:
        notices.append(Reason("notice.records-unreadable", {"count": filling.unreadable}))
    if filling.total is None and filling.placed:
        notices.append(Reason("notice.total-unknown"))
    return Listed(tuple(filling.placed), filling.total, filling.has_more, _added_up(notices))


def _added_up(notices: list[Reason]) -> tuple[Reason, ...]:
    """Return notices of which those that only count something are told once, with the sum.

    >>> [notice.values for notice in _added_up([Reason("a", {"count": 2}), Reason("b"), Reason("a", {"count": 3})])]
    [{'count': 5}, {}]
    """
    found: dict[str, Reason] = {}
    others: list[Reason] = []
    for notice in notices:
        count = notice.values.get("count")
        if len(notice.values) == 1 and isinstance(count, int):
            before = found.get(notice.code, Reason(notice.code, {"count": 0})).values["count"]
            assert isinstance(before, int)
            found[notice.code] = Reason(notice.code, {"count": before + count})
        elif notice not in others:
            others.append(notice)
    return (*found.values(), *others)


async def answer_by_pages(
    member: str,
    query: Query,
    window: Window,
    *,
    clock: Clock,
    can: Abilities,
    ask: Callable[[Expression | None], Fetch],
    unasked: Filters,
    folds_marks: bool,
    most_requests: int = MOST_REQUESTS,
) -> Answer:
    """Return what a member replies to a query.

    `ask` says an expression that is no more than the system `can`, and returns what fetches its pages. `unasked` are
    the filters that it was not asked for: they are applied here. Where nothing is found and the server does not fold
    marks, the words are asked again without them.
    """
    asked_at = clock()
    expression, given_up = simpler(query.expression, can)
    found = await listed(window, ask(expression), most_requests=most_requests)
    if found.total == 0:
        given_up = ()  # what was given up to find something is not worth telling where nothing was found
        if expression is not None and not folds_marks and may_fold(expression):
            again = await listed(window, ask(folded(expression)), most_requests=most_requests)
            if again.placed:
                found, given_up = again, (Reason("notice.folded"),)
        elif expression is not None and not folds_marks and has_letters(expression):
            given_up = (Reason("notice.marks-needed"),)
    placed, filtered = narrowed(found.placed, unasked)
    return Answer(
        member=member,
        placed=placed,
        total=found.total,
        asked_at=asked_at,
        took_s=max(0.0, clock() - asked_at),
        has_more=found.has_more,
        notices=once([*given_up, *found.notices, *filtered]),
    )


def only_narrowing(filters: Filters) -> Filters:
    """Return filters without those that are applied by the engine and never by a member: members, availability."""
    return msgspec.structs.replace(filters, members=(), not_members=(), available_only=False, online_only=False)
