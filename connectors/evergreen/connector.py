"""A member with Evergreen."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.evergreen.reading import Element, batch_of, holdings_of, record_number
from connectors.evergreen.request import CAN, Said, copies_url, list_url, records_url, said, unasked
from connectors.evergreen.settings import EvergreenSettings
from connectors.formats.fields import local_name
from connectors.lists.by_page import Batch, Fetch, answer_by_pages
from connectors.lists.copies import copies_of_each
from connectors.reading.html import parse_html, refuse_other_pages
from connectors.reading.xml import parse_xml
from engine.errors import UnreadableError, UnsupportedError
from engine.model import Answer, Clause, Expression, Field, Filters, Holding, Query, Record, Window
from engine.ports import Door, Member

_MOST_AT_ONCE = 25
"""Evergreen gives no more records in one answer."""


class EvergreenConnector:
    """One Evergreen that can be asked. It remembers whether the copies of several records come at once."""

    def __init__(self, member: Member, settings: EvergreenSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._copies_at_once = settings.copies_at_once
        self.fields: frozenset[Field] = CAN.fields

    @property
    def gives_copies_at_once(self) -> bool:
        """Whether the copies of several records come in one answer, as far as is known."""
        return self._copies_at_once

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list, with its copies; see `engine.ports.Connector`."""
        has_filters = self._settings.filters

        def ask(expression: Expression | None) -> Fetch:
            return self._pages(said(expression, query.filters, has_filters=has_filters))

        return await answer_by_pages(
            self._member.id,
            query,
            window,
            clock=self._door.clock,
            can=CAN,
            ask=ask,
            unasked=unasked(query.filters, has_filters=has_filters),
            folds_marks=self._settings.folds_marks,
        )

    def _pages(self, asked: Said) -> Fetch:
        if not asked.terms:
            raise UnsupportedError("Evergreen can be asked for words, years and languages only")
        size = self._settings.page_size

        async def fetch(place: int, _count: int) -> Batch:
            page = (place - 1) // size + 1
            root = await self._xml(list_url(self._member.url, asked, self._settings, page=page))
            return batch_of(root, member=self._member.id, base=self._member.url, page=page, page_size=size)

        return fetch

    async def _xml(self, url: str) -> Element:
        reply = await self._door.client.get(url)
        try:
            return parse_xml(reply.content, charset=reply.charset_encoding)
        except UnreadableError:
            if b"<html" in reply.content[:2000].lower():
                refuse_other_pages(parse_html(reply.content))
            raise

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return the copies of these records: all in one request, else one request each for the first of them."""
        ids = [record.id for record in records if record.id.isascii() and record.id.isdigit()]
        found: dict[str, tuple[Holding, ...]] = {}
        if self._copies_at_once and len(ids) > 1:
            for at in range(0, len(ids), _MOST_AT_ONCE):
                found |= await self._copies_of_several(ids[at : at + _MOST_AT_ONCE])
            if found:
                return found
            self._copies_at_once = False
        return await copies_of_each(ids[: self._settings.item_pages], self._copies)

    async def _copies(self, record_id: str) -> tuple[Holding, ...] | None:
        return holdings_of(await self._xml(copies_url(self._member.url, record_id, self._settings)))

    async def _copies_of_several(self, ids: list[str]) -> dict[str, tuple[Holding, ...]]:
        """Return the copies of several records, nothing where the server does not know such a question."""
        try:
            root = await self._xml(records_url(self._member.url, ids, self._settings))
        except UnreadableError:
            return {}
        found = {}
        for element in root:
            number = record_number(element) if local_name(element) == "record" else None
            holdings = holdings_of(element) if number in ids else None
            if number is not None and holdings is not None:
                found[number] = holdings
        return found

    async def probe(self) -> None:
        """Ask for one plain word: the least that proves that searches are answered."""
        asked = said(Clause("history"), Filters())
        root = await self._xml(list_url(self._member.url, asked, self._settings, page=1))
        batch_of(root, member=self._member.id, base=self._member.url, page=1, page_size=self._settings.page_size)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()
