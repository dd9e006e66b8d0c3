"""Fills a window of a member's list from what it gives at once: a page, or rows from a place on.

The places, the end of the list, rows that cannot be read, rows that come twice, and a later part that fails are the
same for every list; what is asked, and how it is read, is the connector's own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from engine.errors import LienThuError, UnreadableError
from engine.model import Placed, Reason, Record, Window

MOST_REQUESTS: Final = 10
"""Most requests that fill one window, from a server that gives few rows at once."""


class Batch(msgspec.Struct, frozen=True):
    """Some rows of a member's list, as one answer gave them.

    `first_place` is the place of the first row, counted from 1; a row that cannot be read is None. `total` is None
    where the answer does not say; 0 is the system's own word for no hits. `goes_on` is what the answer itself says
    about further rows, None if nothing; it counts where there is no total. `is_last`: none can be had, whatever the
    total.
    """

    first_place: int
    rows: tuple[Record | None, ...]
    total: int | None = None
    goes_on: bool | None = None
    notices: tuple[Reason, ...] = ()
    is_last: bool = False


Fetch = Callable[[int, int], Awaitable[Batch]]
"""Asks for what holds a place, and if it can for no more rows than a count."""


class Filled(msgspec.Struct, frozen=True):
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
        """Take the rows that stand in what is left of the window."""
        self.total = batch.total if batch.total is not None else self.total
        self.notices += batch.notices
        if batch.rows and all(row is None for row in batch.rows):
            raise UnreadableError(f"none of {len(batch.rows)} rows can be read")
        if not batch.rows:
            self._refuse_nothing(batch)
        ids = {row.id for row in batch.rows if row is not None}
        if ids and ids <= self._ids:  # some give the same rows whatever place is asked for
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

    def _refuse_nothing(self, batch: Batch) -> None:
        """Raise UnreadableError for an answer without rows where some must be, or that has no word for none."""
        if self.place == 1 and batch.total != 0:
            raise UnreadableError(f"{'no count' if batch.total is None else f'{batch.total} hits'} and not one row")
        if batch.total and self.place <= batch.total and batch.goes_on is not False and not batch.is_last:
            raise UnreadableError(f"{batch.total} hits are told, and none is there from place {self.place} on")

    def _has_more(self, batch: Batch, is_left_over: bool) -> bool:
        if batch.is_last and not is_left_over:
            return False
        if self.total is not None:
            return self.place <= self.total
        return is_left_over or batch.goes_on is not False


async def listed(window: Window, fetch: Fetch, *, most_requests: int = MOST_REQUESTS) -> Filled:
    """Return a window of a list. What came is worth more than what did not: a later part may fail."""
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
    return Filled(tuple(filling.placed), filling.total, filling.has_more, _added_up(notices))


def _added_up(notices: list[Reason]) -> tuple[Reason, ...]:
    """Return notices of which those that only count something are told once, with the sum; where a list ends is no sum.

    >>> [notice.values for notice in _added_up([Reason("a", {"count": 2}), Reason("b"), Reason("a", {"count": 3})])]
    [{'count': 5}, {}]
    """
    found: dict[str, Reason] = {}
    others: list[Reason] = []
    for notice in notices:
        count = notice.values.get("count")
        if len(notice.values) == 1 and isinstance(count, int) and notice.code != "notice.list-capped":
            before = found.get(notice.code, Reason(notice.code, {"count": 0})).values["count"]
            assert isinstance(before, int)
            found[notice.code] = Reason(notice.code, {"count": before + count})
        elif notice not in others:
            others.append(notice)
    return (*found.values(), *others)
