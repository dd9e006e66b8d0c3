"""What a DSpace says, whichever way it was asked: rows in their order, and how many there are in all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from connectors.dspace.access import Access
from engine.errors import LienThuError, UnreadableError
from engine.model import Reason, Record, Window

MOST_REQUESTS = 10
"""Most pages of one search: to fill a window from a server whose own pages are small."""


class Row(msgspec.Struct, frozen=True):
    """One hit. `record` is None for one that cannot be read, `is_item` False for a collection or community.

    `pairs` are its fields, to look for words in. `is_gone`: withdrawn, or not in the archive. `is_brief`: the list says
    little of it, its own page says more. `handle` is where that page is.
    """

    record: Record | None
    pairs: tuple[tuple[str, str], ...] = ()
    access: Access | None = None
    handle: str = ""
    is_item: bool = True
    is_gone: bool = False
    is_brief: bool = False


class Listing(msgspec.Struct, frozen=True):
    """One page of hits. `first_place` is the place of the first, counted from 1."""

    first_place: int
    rows: tuple[Row, ...]
    total: int | None
    page_size: int | None = None
    is_xmlui: bool | None = None
    """Of a feed: whether XMLUI made it; None where nothing tells."""


Fetch = Callable[[int, int], Awaitable[Listing]]
"""Asks for a page that holds a place, and if it can for no more rows than a count."""


class Filled(msgspec.Struct, frozen=True):
    """The rows of a window, by their places."""

    rows: dict[int, Row]
    total: int | None
    has_more: bool
    notices: tuple[Reason, ...] = ()


async def filled(window: Window, fetch: Fetch) -> Filled:
    """Return a window of a list, page by page. What came is worth more than what did not: a later page may fail."""
    place, end = window.start, window.start + window.count
    rows: dict[int, Row] = {}
    known: set[str] = set()
    total: int | None = None
    notices: tuple[Reason, ...] = ()
    has_more = True
    for _ in range(MOST_REQUESTS):
        if place >= end or not has_more:
            break
        try:
            page = await fetch(place, end - place)
            new = _rows_from(page, place)
        except LienThuError:
            if not rows:
                raise
            notices = (Reason("notice.partial"),)
            break
        if page.total or place == 1:  # beyond the end some say that there is nothing at all
            total = page.total
        ids = {row.record.id for row in new if row.record is not None}
        if not new or (ids and ids <= known):  # some give the same page whatever place is asked for
            has_more = False
            break
        taken = new[: end - place]
        for at, row in enumerate(taken):
            if row.record is None or row.record.id not in known:
                rows[place + at] = row
        known |= ids
        place += len(taken)
        has_more = place <= total if total is not None else True
    return Filled(rows, total, has_more, notices)


def _rows_from(page: Listing, place: int) -> tuple[Row, ...]:
    """Return the rows from a place on; UnreadableError for a page that should have had some."""
    if page.rows and all(row.record is None and row.is_item and not row.is_gone for row in page.rows):
        raise UnreadableError(f"none of {len(page.rows)} hits can be read")
    if not page.rows and place == 1 and page.total != 0:
        raise UnreadableError(f"{'no count' if page.total is None else f'{page.total} hits'} and not one of them")
    return page.rows[max(0, place - page.first_place) :]
