"""Lists in numbered pages of a size that only the server knows: which page holds a place, and what is missing.

A page that says less than it should (cut off, fewer rows than it counts) is told with `notice.partial`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from connectors.lists.by_page import Batch
from engine.errors import UnreadableError
from engine.model import Reason, Record


class Sheet(msgspec.Struct, frozen=True):
    """One numbered page. `first_place` is what the page itself says of its first row, None if nothing.

    `rows`: None stands for a row that cannot be read. `total` 0 is the system's own word for no hits. `is_whole`:
    nothing says that the page was cut off. `goes_on` is whether it links to a next one, None if that cannot be told.
    """

    rows: tuple[Record | None, ...]
    total: int | None = None
    first_place: int | None = None
    is_whole: bool = True
    goes_on: bool | None = None
    notices: tuple[Reason, ...] = ()


Read = Callable[[int], Awaitable[Sheet]]
"""Asks for the page of a number, counted from 1, and reads it."""


class Numbered:
    """Fetches the page that holds a place. Made for one search; `size` is what is believed of the server's pages.

    After a search `size` is what was learned, for the next one to begin with.
    """

    def __init__(self, size: int, read: Read) -> None:
        self.size = max(1, size)
        self._read = read

    async def __call__(self, place: int, _count: int) -> Batch:
        """Return the page that holds a place; asks a second time where pages prove to be of another size."""
        number = (place - 1) // self.size + 1
        sheet = await self._read(number)
        told = len(sheet.rows)
        is_last = sheet.total is None or self._first(sheet, number) + told > sheet.total
        if told and sheet.is_whole and told != self.size and (told > self.size or not is_last):
            self.size = told
            fitting = (place - 1) // self.size + 1
            if sheet.first_place is None and fitting != number:
                number, sheet = fitting, await self._read(fitting)
        return self._batch(sheet, number)

    def _first(self, sheet: Sheet, number: int) -> int:
        return sheet.first_place or (number - 1) * self.size + 1

    def _batch(self, sheet: Sheet, number: int) -> Batch:
        first = self._first(sheet, number)
        if not sheet.rows and sheet.total and first <= sheet.total and sheet.goes_on is not False:
            raise UnreadableError(f"{sheet.total} hits and not one row on page {number}")
        notices = sheet.notices if sheet.is_whole else (*sheet.notices, Reason("notice.partial"))
        return Batch(first, sheet.rows, sheet.total, sheet.goes_on, notices)
