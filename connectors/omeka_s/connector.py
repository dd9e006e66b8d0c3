"""A member with Omeka S."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

import httpx
import msgspec

from connectors.lists.by_page import Batch, Fetch, answer_by_pages
from connectors.omeka_s.reading import Item, item_of, items_of, slugs_of
from connectors.omeka_s.request import CAN, item_url, items_url, said, sites_url
from connectors.omeka_s.settings import OmekaSettings
from connectors.reading.json import count_of, parse_json
from engine.errors import LienThuError
from engine.model import Answer, Clause, Expression, Field, Query, Record, Window
from engine.ports import Door, Member

_TOTAL: Final = "Omeka-S-Total-Results"
"""Header of every list since version 3; older ones do not count."""


class OmekaConnector:
    """One Omeka S that can be asked. It remembers the names of its sites."""

    def __init__(self, member: Member, settings: OmekaSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._slugs: dict[int, str] | None = None
        self.fields: frozenset[Field] = CAN.fields

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask the API for one window of the items; see `engine.ports.Connector`."""
        return await answer_by_pages(
            self._member.id,
            query,
            window,
            clock=self._door.clock,
            can=CAN,
            ask=self._ask,
            unasked=query.filters,
            folds_marks=self._settings.folds_marks,
        )

    def _ask(self, expression: Expression | None) -> Fetch:
        asked = said(expression, self._settings)
        size = self._settings.page_size

        async def fetch(place: int, _count: int) -> Batch:
            page = (place - 1) // size + 1
            reply = await self._door.client.get(items_url(self._member.url, asked.pairs, self._settings, page=page))
            items = [item_of(item, member=self._member.id) for item in items_of(parse_json(reply.content))]
            total = count_of(reply.headers.get(_TOTAL))
            if not items and page == 1 and total is None:
                total = 0  # an empty list is the API's own word for none
            await self._learn_sites(items)
            first, goes_on = (page - 1) * size + 1, len(items) >= size
            return Batch(first, tuple(map(self._placed, items)), total, goes_on, asked.notices)

        return fetch

    def _placed(self, item: Item) -> Record | None:
        """Return a record with the address of its public page."""
        if item.record is None:
            return None
        slug = self._settings.site or self._slug(item.site_ids)
        if not slug:
            return item.record
        return msgspec.structs.replace(item.record, url=item_url(self._member.url, quote(slug), item.record.id))

    def _slug(self, site_ids: tuple[int, ...]) -> str:
        """Return the site that shows an item; the first one where the item does not say (before version 3)."""
        slugs = self._slugs or {}
        return next((slugs[number] for number in site_ids if number in slugs), next(iter(slugs.values()), ""))

    async def _learn_sites(self, items: list[Item]) -> None:
        """Ask once for the names of the sites, if the member file does not tell one."""
        if self._settings.site or self._slugs is not None or not items:
            return
        self._slugs = {}
        try:
            self._slugs = slugs_of(parse_json((await self._door.client.get(sites_url(self._member.url))).content))
        except LienThuError:
            # Records keep their address in the API; the sites are asked for again after a restart.
            return

    async def probe(self) -> None:
        """Ask for one plain word: the least that proves that searches are answered."""
        one = msgspec.structs.replace(self._settings, page_size=1)
        asked = said(Clause("history"), one)
        reply: httpx.Response = await self._door.client.get(items_url(self._member.url, asked.pairs, one, page=1))
        items_of(parse_json(reply.content))

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()
