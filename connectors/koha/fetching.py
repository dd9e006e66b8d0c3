"""Fetches full records by the cheapest way that this server allows: the only place that knows their addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple

from connectors.koha.full import by_number, cart_records, ils_di_records, marcxml_record
from connectors.koha.rows import Row
from connectors.koha.settings import KohaSettings
from connectors.koha.ways import Ways
from engine.errors import LienThuError, MemberError, NobodyError, TimedOutError, UnreachableError
from engine.model import Record
from engine.ports import Door

LEAST_S: Final = 0.3
"""With less time than that, nothing more is asked."""

MOST_AT_ONCE: Final = 300
"""Numbers in one download: 300 were answered in 3 s, in an address of 1.2 kB."""

_MARCXML: Final = "application/marcxml+xml"
_ITEMS_IN_RECORD: Final = frozenset({"cart", "ils-di", "export"})


class Fetched(NamedTuple):
    """Full records by number. `has_items`: their holdings are Koha's items. `spared`: how many were not asked for."""

    records: dict[str, Record]
    has_items: bool = True
    spared: int = 0
    branches: dict[str, str] = {}  # noqa: RUF012 - a field of a tuple, never changed


class Fetching:
    """The ways to the records of one member."""

    def __init__(self, member: str, base: str, settings: KohaSettings, door: Door, ways: Ways) -> None:
        self._member, self._base, self._settings, self._door, self._ways = member, base, settings, door, ways

    async def records(self, rows: Sequence[Row], *, until: float) -> Fetched:
        """Return the full records of these rows by the first way that leads to any; none where none does.

        `until`: seconds since the epoch, when brief results are better than none.
        """
        by_way: dict[str, Callable[[], Awaitable[Fetched]]] = {
            "cart": lambda: self.from_cart(rows, until=until),
            "ils-di": lambda: self._from_ils_di(rows, until),
            "unapi": lambda: self._one_by_one("unapi", rows, until),
            "rest": lambda: self._one_by_one("rest", rows, until),
            "export": lambda: self._one_by_one("export", rows, until),
        }
        for way in self._ways.open(self._settings.records, self._door.clock()):
            try:
                fetched = await by_way[way]()
            except (NobodyError, UnreachableError):
                break  # it is not the way that is shut
            except MemberError:
                self._ways.failed(way, self._door.clock())
                continue
            if fetched.records:
                self._ways.worked(way)
                return fetched
            self._ways.failed(way, self._door.clock())
        return Fetched({})

    async def from_cart(self, rows: Sequence[Row], *, until: float | None = None) -> Fetched:
        """Return the records of a downloaded cart: all at once, with their items."""
        numbers = "/".join(row.number for row in rows[:MOST_AT_ONCE])
        url = f"{self._base}/cgi-bin/koha/opac-downloadcart.pl?bib_list={numbers}&format=iso2709"
        body = await self._get(url, until)
        records = cart_records(body, member=self._member, dialect=self._settings.dialect)
        return Fetched(by_number(records, rows))

    async def _from_ils_di(self, rows: Sequence[Row], until: float) -> Fetched:
        numbers = "+".join(row.number for row in rows[:MOST_AT_ONCE])
        url = f"{self._base}/cgi-bin/koha/ilsdi.pl?service=GetRecords&id={numbers}"
        body = await self._get(url, until)
        records, branches = ils_di_records(body, member=self._member, dialect=self._settings.dialect)
        wanted = {row.number for row in rows}
        return Fetched({number: record for number, record in records.items() if number in wanted}, branches=branches)

    async def _one_by_one(self, way: str, rows: Sequence[Row], until: float) -> Fetched:
        """Fetch the first few records, each with a request of its own; the first tells whether the way is open."""
        chosen = rows[: self._settings.max_single]
        if not chosen:
            return Fetched({})
        found: list[Record | None] = [await self._one(way, chosen[0], until)]
        found += await asyncio.gather(*(self._one_or_none(way, row, until) for row in chosen[1:]))
        records = {record.id: record for record in found if record is not None}
        return Fetched(records, has_items=way in _ITEMS_IN_RECORD, spared=len(rows) - len(chosen))

    async def _one_or_none(self, way: str, row: Row, until: float) -> Record | None:
        try:
            return await self._one(way, row, until)
        except LienThuError:
            return None

    async def _one(self, way: str, row: Row, until: float) -> Record:
        paths = {
            "unapi": f"/cgi-bin/koha/unapi?id=koha:biblionumber:{row.number}&format=marcxml",
            "rest": f"/api/v1/public/biblios/{row.number}",
            "export": f"/cgi-bin/koha/opac-export.pl?op=export&bib={row.number}&format=marcxml",
        }
        headers = {"Accept": _MARCXML} if way == "rest" else {}
        body = await self._get(self._base + paths[way], until, headers)
        return marcxml_record(body, row.number, member=self._member, dialect=self._settings.dialect)

    async def _get(self, url: str, until: float | None, headers: dict[str, str] | None = None) -> bytes:
        if until is None:
            return (await self._door.client.get(url, headers=headers)).content
        left_s = until - self._door.clock()
        if left_s < LEAST_S:
            raise TimedOutError("no time is left for full records")
        return (await self._door.client.get(url, headers=headers, timeout=left_s)).content
