"""A member with Koha's public catalogue."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec

from connectors.koha.address import base_of
from connectors.koha.asking import Asked, asked
from connectors.koha.copies import has_more_copies, parse_record_page
from connectors.koha.fetching import Fetched, Fetching
from connectors.koha.full import named
from connectors.koha.listing import Hits, Listing
from connectors.koha.rows import Row, brief_record, record_page
from connectors.koha.services import ils_di_availability, rest_items, rest_libraries
from connectors.koha.settings import KohaSettings
from connectors.koha.ways import Ways
from connectors.lists.by_place import Listed, Lister, answer_by_place
from connectors.reading.html import html_of
from engine.errors import LienThuError, MemberError, NobodyError, UnreachableError, UnreadableError
from engine.model import Answer, Clause, Field, Filters, Holding, Query, Reason, Record, Window
from engine.ports import Door, Member

_PROBE: Final = Query(Clause("history"))
_SHARE_OF_TIME: Final = 0.9
"""Of a search's deadline. Results that are only brief are better than none."""

_MOST_NAMES: Final = 1000
_LIBRARIES: Final = "/api/v1/public/libraries"
_JSON: Final = {"Accept": "application/json"}
_CODE: Final = re.compile(r"[A-Z0-9_-]{1,10}")
"""What a library's code looks like. Names hold small letters or blanks."""
_MOST_PLACES: Final = 10_000
"""Elasticsearch gives no more of a list, unless it is set up otherwise."""

_MOST_PAGES: Final = 20
"""Most records whose availability is asked for one by one."""


class KohaConnector:
    """One public catalogue of Koha. It remembers which ways to full records this server allows."""

    def __init__(self, member: Member, settings: KohaSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._base = base_of(member.url)
        self._ways, self._item_ways = Ways(), Ways()
        self._listing = Listing(self._base, settings, door)
        self._fetching = Fetching(member.id, self._base, settings, door, self._ways)
        self._branches, self._locations = dict(settings.branches), dict(settings.locations)
        self._limits_work: bool | None = None
        self._knows_names = False
        self.fields: frozenset[Field] = frozenset(settings.index_of)

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list and the full records in it; see `engine.ports.Connector`."""
        limited = _has_limits(query.filters) and self._limits_work is not False
        if not limited:
            return await self._answer(query, window, with_limits=False)
        answer = await self._answer(query, window, with_limits=True, is_last=self._limits_work is True)
        if answer.placed:
            self._limits_work = True
        if answer.placed or answer.total or self._limits_work or query.expression is None:
            return answer
        # Indexes of years and languages are empty where records were loaded without field 008.
        again = await self._answer(query, window, with_limits=False)
        if again.placed:
            self._limits_work = False
        return again

    async def _answer(self, query: Query, window: Window, *, with_limits: bool, is_last: bool = True) -> Answer:
        lister = Lister(
            self._member.id,
            self._door.clock,
            folds_marks=self._settings.folds_marks or not is_last,
            max_place=_MOST_PLACES if self._settings.engine == "elasticsearch" else 0,
        )
        goes_on = [False]

        async def ask(said: Asked, window: Window) -> Listed:
            listed = await self._listed(said, window)
            goes_on[0] = bool(listed.has_more)
            # The window is filled as far as it can be: hidden records leave it shorter, and asking again gives no more.
            return listed._replace(has_more=False)

        answer = await answer_by_place(
            lister, query, window, lambda query: asked(query, self._settings, with_limits=with_limits), ask
        )
        if not goes_on[0]:
            return answer
        if lister.max_place and window.start + window.count > lister.max_place:
            capped = Reason("notice.list-capped", {"count": lister.max_place})
            return msgspec.structs.replace(answer, notices=(*answer.notices, capped))
        return msgspec.structs.replace(answer, has_more=True)

    async def _listed(self, said: Asked, window: Window) -> Listed:
        until = self._door.clock() + _SHARE_OF_TIME * self._member.manners.timeout_s
        hits = await self._listing.hits(said, window)
        self._learn(hits.branches, hits.locations)
        rows = [row for row in hits.rows if row is not None]
        fetched = await self._fetching.records(rows, until=until) if rows and self._settings.records else Fetched({})
        self._learn(fetched.branches, {})
        records = tuple(self._record(row, fetched) if row is not None else None for row in hits.rows)
        return Listed(records, hits.total, self._notices(hits, rows, fetched), hits.has_more)

    def _notices(self, hits: Hits, rows: Sequence[Row], fetched: Fetched) -> tuple[Reason, ...]:
        found: list[Reason] = []
        if not hits.is_whole:
            found.append(Reason("notice.partial"))
        brief = len(rows) - len(fetched.records)
        unread = brief - fetched.spared
        if fetched.spared or (brief and not self._settings.records):
            found.append(Reason("notice.brief-records", {"count": fetched.spared or brief}))
        if unread > 0 and self._settings.records:
            found.append(Reason("notice.full-records-unreadable", {"count": unread}))
        if hits.withheld:
            found.append(Reason("notice.records-withheld", {"count": hits.withheld}))
        return tuple(found)

    def _record(self, row: Row, fetched: Fetched) -> Record | None:
        """Return the full record of a row, else the brief one that the list itself gives."""
        record = fetched.records.get(row.number)
        if record is None:
            return brief_record(row, member=self._member.id, base=self._base)
        holdings = record.holdings
        if row.holdings and (not fetched.has_items or not holdings or any(one.item for one in row.holdings)):
            holdings = row.holdings  # a record page knows more than the items in a record: holds, transits, names
        return msgspec.structs.replace(
            record,
            id=row.number,
            holdings=named(holdings, self._branches, self._locations),
            url=record_page(self._base, row.number),
        )

    def _learn(self, branches: dict[str, str], locations: dict[str, str]) -> None:
        """Remember what codes are called; what the member file says stands."""
        for known, said in ((self._branches, branches), (self._locations, locations)):
            for code, name in said.items():
                if len(known) < _MOST_NAMES:
                    known.setdefault(code, name)

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return what can be had of these records now: all in one request where the server allows it.

        Of a single record its page is asked, which knows most: due dates, holds, copies on their way.
        """
        known = {record.id: record for record in records if record.id.isascii() and record.id.isdigit()}
        ways: dict[str, Callable[[dict[str, Record]], Awaitable[dict[str, tuple[Holding, ...]]]]] = {
            "cart": self._from_cart,
            "ils-di": self._from_ils_di,
            "rest": self._from_rest,
            "page": self._from_pages,
        }
        wished = list(self._settings.availability)
        if len(known) == 1 and "page" in wished:
            wished = ["page", *(way for way in wished if way != "page")]
        failure: LienThuError | None = None
        for way in self._item_ways.open(wished, self._door.clock()) if known else ():
            try:
                found = await ways[way](known)
            except (NobodyError, UnreachableError):
                raise
            except MemberError as error:
                failure = error
                self._item_ways.failed(way, self._door.clock())
                continue
            self._item_ways.worked(way)
            await self._name_branches(found)
            return {number: named(copies, self._branches, self._locations) for number, copies in found.items()}
        if failure is not None:
            raise failure
        return {}

    async def _name_branches(self, found: dict[str, tuple[Holding, ...]]) -> None:
        """Ask once what the branches are called, where a code came whose name is not known."""
        codes = {
            one.branch for copies in found.values() for one in copies if one.branch and _CODE.fullmatch(one.branch)
        }
        if (
            codes <= self._branches.keys()
            or self._knows_names
            or not any(self._item_ways.open((_LIBRARIES,), self._door.clock()))
        ):
            return
        try:
            answer = await self._door.client.get(f"{self._base}{_LIBRARIES}?_per_page=200", headers=_JSON)
            self._learn(rest_libraries(answer.content), {})
            self._knows_names = True
            self._item_ways.worked(_LIBRARIES)
        except LienThuError:
            self._item_ways.failed(_LIBRARIES, self._door.clock())

    async def _from_cart(self, known: dict[str, Record]) -> dict[str, tuple[Holding, ...]]:
        fetched = await self._fetching.from_cart([Row(number, record.title) for number, record in known.items()])
        told = [copy for record in fetched.records.values() for copy in record.holdings]
        has_copies = bool(told) or any(record.holdings for record in known.values())
        if not fetched.records or (has_copies and not any(copy.availability for copy in told)):
            raise UnreadableError("a cart without the state of any copy")  # the library hides it
        return {number: record.holdings for number, record in fetched.records.items()}

    async def _from_ils_di(self, known: dict[str, Record]) -> dict[str, tuple[Holding, ...]]:
        numbers = "+".join(known)
        url = f"{self._base}/cgi-bin/koha/ilsdi.pl?service=GetAvailability&id={numbers}&id_type=bib"
        found = ils_di_availability((await self._door.client.get(url)).content)
        return {
            number: _with_call_numbers(copies, known[number]) for number, copies in found.items() if number in known
        }

    async def _from_rest(self, known: dict[str, Record]) -> dict[str, tuple[Holding, ...]]:
        async def one(number: str) -> tuple[Holding, ...]:
            url = f"{self._base}/api/v1/public/biblios/{number}/items?_per_page=100"
            answer = await self._door.client.get(url, headers=_JSON)
            return rest_items(answer.content)

        return await _each(list(known), one)

    async def _from_pages(self, known: dict[str, Record]) -> dict[str, tuple[Holding, ...]]:
        async def one(number: str) -> tuple[Holding, ...]:
            answer = await self._door.client.get(record_page(self._base, number))
            page = await html_of(answer)
            holdings = parse_record_page(page, str(answer.url)).holdings
            if holdings is None and has_more_copies(page):
                answer = await self._door.client.get(f"{record_page(self._base, number)}&viewallitems=1")
                holdings = parse_record_page(await html_of(answer), str(answer.url)).holdings
            if holdings is None:
                raise UnreadableError("the page of a record without its copies")
            return holdings

        return await _each(list(known), one)

    async def probe(self) -> None:
        """Ask for one plain word and one row: the least that proves that searches are answered."""
        await self._listing.hits(asked(_PROBE, self._settings), Window(1, 1))

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()


async def _each(
    numbers: Sequence[str], one: Callable[[str], Awaitable[tuple[Holding, ...]]]
) -> dict[str, tuple[Holding, ...]]:
    """Return what is said of each of some records; the first must be readable, of the others who can be."""
    found = {numbers[0]: await one(numbers[0])}
    rest = numbers[1:_MOST_PAGES]
    said = await asyncio.gather(*map(one, rest), return_exceptions=True)
    for number, copies in zip(rest, said, strict=True):
        if isinstance(copies, tuple):
            found[number] = copies
        elif not isinstance(copies, LienThuError):
            raise copies
    return found


def _with_call_numbers(copies: tuple[Holding, ...], record: Record) -> tuple[Holding, ...]:
    """Return copies with the call number that all known copies of their branch share: GetAvailability tells none."""
    marks: dict[str | None, set[str | None]] = {}
    for holding in record.holdings:
        marks.setdefault(holding.branch, set()).add(holding.call_number)
    return tuple(
        msgspec.structs.replace(copy, call_number=next(iter(marks[copy.branch])))
        if len(marks.get(copy.branch, ())) == 1
        else copy
        for copy in copies
    )


def _has_limits(filters: Filters) -> bool:
    return bool(filters.year_from or filters.year_to or len(filters.languages) == 1)
