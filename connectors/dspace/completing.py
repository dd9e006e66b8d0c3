"""Completes brief records of a list from the items' own pages, a few of one search. Version 6 and earlier."""

from __future__ import annotations

import asyncio

import httpx
import msgspec

from connectors.dspace.judging import shows_words
from connectors.dspace.listed import Row
from connectors.dspace.metadata import page_of, record_of
from connectors.dspace.ways import Server, item_details
from engine.errors import LienThuError
from engine.model import Expression

_LEAST_TO_JUDGE = 2
"""So many items that none can be seen of are the server's doing, not theirs."""


class Completed(msgspec.Struct, frozen=True):
    """The rows as they are now. `is_all_refused`: the server shows no item at all; `failures` could not be read."""

    rows: dict[int, Row]
    failures: int = 0
    is_all_refused: bool = False


async def completed(
    rows: dict[int, Row],
    expression: Expression | None,
    *,
    most: int,
    within_s: float,
    client: httpx.AsyncClient,
    server: Server,
    member: str,
) -> Completed:
    """Return rows of which some are completed: first those that do not show the words, then those that stand first.

    An item whose page is not shown to everybody is gone: that the list tells of it is a mistake. What has not come
    `within_s` seconds stays brief: a list is worth more than its details.
    """
    is_asked = not server.is_version_7  # which has no such pages
    brief = [place for place, row in rows.items() if is_asked and row.is_brief and row.record is not None]
    chosen = sorted(brief, key=lambda place: (shows_words(rows[place], expression), place))[:most]
    if not chosen:
        return Completed(rows)
    tasks = {
        place: asyncio.create_task(_row(rows[place], client=client, server=server, member=member)) for place in chosen
    }
    try:
        await asyncio.wait(tasks.values(), timeout=max(0.0, within_s))
    finally:
        for task in tasks.values():
            task.cancel()
    told = {place: task.result() for place, task in tasks.items() if task.done() and not task.cancelled()}
    gone = [place for place, row in told.items() if row is not None and row.is_gone]
    failures = sum(told.get(place) is None for place in chosen)
    if len(gone) == len(chosen) >= _LEAST_TO_JUDGE:
        return Completed(rows, is_all_refused=True)
    return Completed({place: told.get(place) or row for place, row in rows.items()}, failures)


async def _row(row: Row, *, client: httpx.AsyncClient, server: Server, member: str) -> Row | None:
    """Return a row completed, or gone; None if its page failed or cannot be read."""
    try:
        details = await item_details(client, server, row.handle)
        if details is None:
            return msgspec.structs.replace(row, record=None, is_gone=True)
        record = record_of(
            details.pairs, member=member, own_id=row.handle, handle=row.handle, url=page_of(row.handle, server.pages),
            access=details.access,
        )  # fmt: skip
    except LienThuError:
        return None
    return Row(record, details.pairs, details.access, row.handle)
