"""A member with SLiMS."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from connectors.lists.by_page import Batch, Fetch, answer_by_pages
from connectors.lists.copies import copies_of_each
from connectors.reading.html import html_of
from connectors.reading.xml import parse_xml
from connectors.slims.copies import copies_of
from connectors.slims.html_list import list_of_page
from connectors.slims.mods_list import ListPage, list_of_mods
from connectors.slims.request import CAN, list_url, record_url, said
from connectors.slims.settings import SlimsSettings
from engine.errors import UnsupportedError
from engine.model import Answer, Clause, Expression, Field, Holding, Query, Reason, Record, Window
from engine.ports import Door, Member


class SlimsConnector:
    """One SLiMS that can be asked. It remembers whether lists come as XML, and how large their pages are."""

    def __init__(self, member: Member, settings: SlimsSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._page_size = settings.page_size
        self._gives_xml = settings.list_format == "xml"
        self.fields: frozenset[Field] = CAN.fields

    @property
    def gives_xml(self) -> bool:
        """Whether its lists come as XML, as far as is known."""
        return self._gives_xml

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list; see `engine.ports.Connector`."""
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
        if expression is None:
            raise UnsupportedError("SLiMS can be asked for words only, and the question has none")
        asked = said(expression)

        async def fetch(place: int, _count: int) -> Batch:
            believed = self._page_size
            number = (place - 1) // believed + 1
            page = await self._read(asked.pairs, number)
            size = page.page_size or believed
            self._page_size = size
            if size != believed and (place - 1) // size + 1 != number:
                number = (place - 1) // size + 1
                page = await self._read(asked.pairs, number)
            notices = asked.notices if page.is_whole else (*asked.notices, Reason("notice.partial"))
            return Batch((number - 1) * size + 1, page.rows, page.total, page.goes_on, notices)

        return fetch

    async def _read(self, pairs: tuple[tuple[str, str], ...], page: int) -> ListPage:
        reply = await self._door.client.get(list_url(self._member.url, pairs, page=page, is_xml=self._gives_xml))
        if _is_page(reply):
            # XML is switched off there: the same address gives the page that readers see.
            found = list_of_page(await html_of(reply), member=self._member.id, base=self._member.url)
            self._gives_xml = False
            return found
        root = parse_xml(reply.content, charset=reply.charset_encoding, lenient=True)
        return list_of_mods(root, member=self._member.id, base=self._member.url)

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return the copies of the first records, one page of the member's for each; see `AvailabilityConnector`."""
        ids = [record.id for record in records[: self._settings.item_pages]]
        return await copies_of_each(ids, self._copies)

    async def _copies(self, record_id: str) -> tuple[Holding, ...] | None:
        reply = await self._door.client.get(record_url(self._member.url, record_id))
        return copies_of(await html_of(reply))

    async def probe(self) -> None:
        """Ask for one plain word: the least that proves that searches are answered."""
        await self._read(said(Clause("kinh")).pairs, 1)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()


def _is_page(reply: httpx.Response) -> bool:
    """Whether an answer is a page of HTML, whatever its header says."""
    head = reply.content[:3000].lstrip().lower()
    return not head.startswith(b"<?xml") and not head.startswith(b"<mods")
