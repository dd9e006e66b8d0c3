"""Copies of records whose member tells them on a page of each record: one request a record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from engine.errors import LienThuError
from engine.model import Holding


async def copies_of_each(
    ids: Iterable[str], copies: Callable[[str], Awaitable[tuple[Holding, ...] | None]]
) -> dict[str, tuple[Holding, ...]]:
    """Ask for the copies of records one after the other; None: the page does not tell them.

    What came is worth more than what did not: a failure is raised only where nothing came.
    """
    found: dict[str, tuple[Holding, ...]] = {}
    trouble: LienThuError | None = None
    for record_id in ids:
        try:
            told = await copies(record_id)
        except LienThuError as error:
            trouble = error
            continue
        if told is not None:
            found[record_id] = told
    if trouble is not None and not found:
        raise trouble
    return found
