"""A member with a WebPAC of Innovative."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx
import msgspec

from connectors.formats.marc_text import marc_text_of, record_from_marc_text
from connectors.lists.by_page import Batch, Fetch, answer_by_pages
from connectors.lists.copies import copies_of_each
from connectors.reading.html import html_of
from connectors.reading.innovative import told_of_views
from connectors.sierra.pages import Hit, Hits, copies_of, hits_of, is_number, number_in_marc
from connectors.sierra.request import (
    Asked,
    asked,
    asked_of_index,
    marc_url,
    page_url,
    record_url,
    search_url,
    spoken,
)
from connectors.sierra.settings import SierraSettings
from engine.errors import LienThuError, UnreadableError, UnsupportedError
from engine.model import Answer, Clause, Expression, Field, Holding, Query, Reason, Record, Window
from engine.ports import Door, Member

_HEADINGS = 3
"""Of a list of headings so many are followed: each is a request."""


class SierraConnector:
    """One WebPAC that can be asked."""

    def __init__(self, member: Member, settings: SierraSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._speaking = spoken(settings)
        self.fields: frozenset[Field] = self._speaking.can.fields

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the hits; see `engine.ports.Connector`."""
        left = [self._settings.record_pages]  # MARC views that this search may still read

        def ask(expression: Expression | None) -> Fetch:
            return self._pages(expression, left)

        return await answer_by_pages(
            self._member.id,
            query,
            window,
            clock=self._door.clock,
            can=self._speaking.can,
            ask=ask,
            unasked=query.filters,
            folds_marks=self._settings.folds_marks,
        )

    def _pages(self, expression: Expression | None, left: list[int]) -> Fetch:
        if expression is None:
            raise UnsupportedError("a WebPAC can be asked for words only, and the question has none")
        known: list[Hits] = []

        async def fetch(place: int, count: int) -> Batch:
            if not known:
                known.append(await self._first(expression))
            hits = await self._turned(known[0], place)
            wanted = hits.hits[max(0, place - hits.first) :][:count]
            full, notices = await self._full(wanted, left)
            skipped = len(hits.hits[: max(0, place - hits.first)])
            rows = (*(hit.record for hit in hits.hits[:skipped]), *full)
            if not hits.is_whole:
                notices = (*notices, Reason("notice.partial"))
            goes_on = len(rows) < len(hits.hits) or (hits.total is None and bool(hits.browse))
            return Batch(hits.first, rows, hits.total, goes_on, notices)

        return fetch

    async def _first(self, expression: Expression) -> Hits:
        """Return the first page of hits; of a field that the keyword search does not know, those of its headings."""
        hits = await self._hits(search_url(self._member.url, asked(expression, self._speaking), self._settings))
        if hits.total == 0 and (other := asked_of_index(expression, self._speaking)) is not None:
            hits = await self._of_index(other)
        elif hits.headings:
            hits = await self._of_headings(hits)
        return hits

    async def _of_index(self, question: Asked) -> Hits:
        hits = await self._hits(search_url(self._member.url, question, self._settings))
        return await self._of_headings(hits) if hits.headings else hits

    async def _of_headings(self, listed: Hits) -> Hits:
        """Return the hits under the first headings of a list."""
        found: list[Hit] = []
        for link in listed.headings[:_HEADINGS]:
            found += (await self._hits(link)).hits
        is_all = len(listed.headings) <= _HEADINGS
        return Hits(tuple(found), len(found) if is_all else None, size=len(found), is_whole=is_all)

    async def _turned(self, first: Hits, place: int) -> Hits:
        """Return the page that holds a place. Lists have a memory: pages are found by links of the first."""
        if place < first.first + len(first.hits) or not first.size:
            return first
        url = page_url(first.browse, place, first.size) if first.browse else None
        if url is None:
            return first
        hits = await self._hits(url)
        if not hits.hits:
            raise UnreadableError("a page of hits without one")
        if hits.tells_places:
            return hits
        return msgspec.structs.replace(hits, first=(place - 1) // first.size * first.size + 1, total=first.total)

    async def _hits(self, url: str) -> Hits:
        reply = await self._door.client.get(url)
        page = await html_of(reply)
        hits = hits_of(page, url=str(reply.url), member=self._member.id, date_order=self._settings.date_order)
        if hits.hits and b"</html" not in reply.content[-2000:].lower():
            hits = msgspec.structs.replace(hits, is_whole=False)
        return hits

    async def _full(self, hits: Sequence[Hit], left: list[int]) -> tuple[tuple[Record | None, ...], tuple[Reason, ...]]:
        """Return the hits as records, the first of them made full by their MARC views."""
        chosen = [hit for hit in hits if self._marc_address(hit)][: left[0]]
        left[0] -= len(chosen)
        views = await asyncio.gather(*(self._view(hit) for hit in chosen))
        full = {id(hit): record for hit, record in zip(chosen, views, strict=True) if record is not None}
        rows = tuple(self._placed(hit, full.get(id(hit))) for hit in hits)
        lost = len(chosen) - len(full)
        brief = len(hits) - len(chosen)
        return rows, told_of_views(lost=lost, brief=brief)

    def _marc_address(self, hit: Hit) -> str:
        if "/frameset" in hit.link:
            return hit.link.replace("/frameset", "/marc")
        if "/marc" in hit.link:
            return hit.link
        return marc_url(self._member.url, hit.number, self._settings) if hit.number else ""

    async def _view(self, hit: Hit) -> Record | None:
        """Return the record of a MARC view, None where it cannot be had: the row stands in for it."""
        try:
            reply: httpx.Response = await self._door.client.get(self._marc_address(hit))
            text = marc_text_of(await html_of(reply))
            record = record_from_marc_text(text, member=self._member.id)
        except LienThuError:
            return None
        own = number_in_marc(text)
        return msgspec.structs.replace(record, id=own) if own else record

    def _placed(self, hit: Hit, full: Record | None) -> Record | None:
        record = full or hit.record
        if record is None:
            return None
        own = hit.number or record.id
        holdings = hit.record.holdings if hit.record is not None else ()
        is_numbered = is_number(own)
        url = record_url(self._member.url, own, self._settings) if is_numbered else (hit.link or None)
        return msgspec.structs.replace(record, id=own, url=url, holdings=holdings or record.holdings)

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return the copies of the first records, one page of the member's for each; see `AvailabilityConnector`."""
        ids = [record.id for record in records[: self._settings.item_pages] if is_number(record.id)]
        return await copies_of_each(ids, self._copies)

    async def _copies(self, record_id: str) -> tuple[Holding, ...] | None:
        reply = await self._door.client.get(record_url(self._member.url, record_id, self._settings))
        return copies_of(await html_of(reply), date_order=self._settings.date_order)

    async def probe(self) -> None:
        """Ask for one plain word: the least that proves that searches are answered."""
        await self._hits(search_url(self._member.url, asked(Clause("history"), self._speaking), self._settings))

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()
