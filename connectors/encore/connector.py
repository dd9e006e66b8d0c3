"""A member with Encore."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from connectors.encore.pages import Hit, Hits, copies_of, hits_of
from connectors.encore.request import CAN, marc_url, record_url, said, search_url
from connectors.encore.settings import EncoreSettings
from connectors.formats.marc_text import marc_text_of, record_from_marc_text
from connectors.lists.by_page import Batch, Fetch, answer_by_pages
from connectors.lists.copies import copies_of_each
from connectors.reading.html import html_of
from connectors.reading.innovative import told_of_views
from engine.errors import LienThuError, UnsupportedError
from engine.model import Answer, Clause, Expression, Field, Holding, Query, Reason, Record, Window
from engine.ports import Door, Member


class EncoreConnector:
    """One Encore that can be asked. It remembers how many hits its pages hold."""

    def __init__(self, member: Member, settings: EncoreSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._page_size = settings.page_size
        self.fields: frozenset[Field] = CAN.fields

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
            can=CAN,
            ask=ask,
            unasked=query.filters,
            folds_marks=self._settings.folds_marks,
        )

    def _pages(self, expression: Expression | None, left: list[int]) -> Fetch:
        if expression is None:
            raise UnsupportedError("Encore can be asked for words only, and the question has none")
        words = said(expression)

        async def fetch(place: int, count: int) -> Batch:
            size = self._page_size
            page = (place - 1) // size + 1
            hits, is_whole = await self._hits(words, page)
            if hits.first is not None and hits.last is not None and hits.total and hits.last < hits.total:
                self._page_size = hits.last - hits.first + 1 if page == 1 else size
            if self._page_size != size and (place - 1) // self._page_size + 1 != page:
                size = self._page_size
                page = (place - 1) // size + 1
                hits, is_whole = await self._hits(words, page)
            first = hits.first or (page - 1) * size + 1
            skipped = max(0, place - first)
            full, notices = await self._full(hits.hits[skipped:][:count], left)
            rows = (*(hit.record for hit in hits.hits[:skipped]), *full)
            is_less = hits.last is not None and len(hits.hits) < hits.last - first + 1
            if not is_whole or is_less:
                notices = (*notices, Reason("notice.partial"))
            goes_on = None if hits.total is None else len(rows) < len(hits.hits)
            return Batch(first, rows, hits.total, goes_on, notices)

        return fetch

    async def _hits(self, words: str, page: int) -> tuple[Hits, bool]:
        """Return a page of hits, and whether it is whole."""
        reply = await self._door.client.get(search_url(self._member.url, words, self._settings, page=page))
        found = hits_of(
            await html_of(reply),
            url=str(reply.url),
            member=self._member.id,
            date_order=self._settings.date_order,
        )
        return found, not found.hits or b"</html" in reply.content[-2000:].lower()

    async def _full(self, hits: Sequence[Hit], left: list[int]) -> tuple[tuple[Record | None, ...], tuple[Reason, ...]]:
        """Return the hits as records, the first of them made full by their MARC views."""
        chosen = hits[: left[0]]
        left[0] -= len(chosen)
        views = await asyncio.gather(*(self._view(hit) for hit in chosen))
        rows = [self._placed(hit, view) for hit, view in zip(chosen, views, strict=True)]
        rows += [self._placed(hit, None) for hit in hits[len(chosen) :]]
        lost, brief = sum(view is None for view in views), len(hits) - len(chosen)
        return tuple(rows), told_of_views(lost=lost, brief=brief)

    async def _view(self, hit: Hit) -> Record | None:
        """Return the record of a MARC view, None where it cannot be had: the row stands in for it."""
        try:
            reply = await self._door.client.get(marc_url(hit.link))
            return record_from_marc_text(marc_text_of(await html_of(reply)), member=self._member.id)
        except LienThuError:
            return None

    def _placed(self, hit: Hit, full: Record | None) -> Record | None:
        record = full or hit.record
        if record is None:
            return None
        holdings = hit.record.holdings if hit.record is not None else ()
        return msgspec.structs.replace(
            record,
            id=hit.number,
            url=record_url(self._member.url, hit.number),
            holdings=holdings or record.holdings,
        )

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return the copies of the first records, one page of the member's for each; see `AvailabilityConnector`."""
        ids = [record.id for record in records[: self._settings.item_pages]]
        return await copies_of_each(ids, self._copies)

    async def _copies(self, record_id: str) -> tuple[Holding, ...] | None:
        reply = await self._door.client.get(record_url(self._member.url, record_id))
        return copies_of(await html_of(reply), date_order=self._settings.date_order)

    async def probe(self) -> None:
        """Ask for one plain word: the least that proves that searches are answered."""
        await self._hits(said(Clause("history")), 1)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()
