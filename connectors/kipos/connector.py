"""A member with KIPOS."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import quote, urlencode

from connectors.forms.page_search import Got, PageSearch, got, look_of
from connectors.forms.search_form import codes_of
from connectors.forms.sending import sent
from connectors.forms.turning import turned
from connectors.kipos.settings import CODES, KiposSettings
from connectors.questions.one_box import Boxed, ways_to_ask
from connectors.questions.simpler import Abilities
from connectors.reading.html import html_of
from engine.errors import LienThuError, UnreadableError
from engine.model import Answer, Expression, Field, Query, Window
from engine.ports import Door, Member

_SEARCHED: Final = frozenset({Field.ANY, Field.TITLE, Field.PERSON, Field.SUBJECT, Field.PUBLISHER, Field.ISBN})


def search_url(base: str, settings: KiposSettings, text: str, code: str) -> str:
    """Return the address of the first page of results."""
    parameters = {"s_searchvalue1": text} | ({"search_field1": code} if code else {})
    return f"{base.rstrip('/')}{settings.search_path}?{urlencode(parameters, quote_via=quote)}"


class KiposConnector:
    """One KIPOS that can be asked. It reads the fields from the search form once, and remembers them."""

    def __init__(self, member: Member, settings: KiposSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._look = look_of("connectors.kipos")
        self._codes: dict[Field, str] | None = None if settings.reads_form else {**CODES, **settings.codes}
        self._turn = asyncio.Lock()
        self.fields = _SEARCHED if settings.reads_form else frozenset({*CODES, *settings.codes, Field.ANY})
        self._pages = PageSearch(
            member, door, self, self._ways, size=settings.page_size, can=Abilities(self.fields),
            folds_marks=settings.folds_marks,
        )  # fmt: skip

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list; see `engine.ports.Connector`."""
        return await self._pages.search(query, window)

    async def probe(self) -> None:
        """Fetch the search page."""
        await self._door.client.get(self._member.url.rstrip("/") + self._settings.search_path)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()

    def _ways(self, expression: Expression | None) -> list[Boxed]:
        return ways_to_ask(expression, joins=self._settings.joins_fields, isbn_forms=self._settings.isbn_forms)

    async def first(self, way: Boxed) -> Got:
        """Ask for the first page; with any field in every title, where this server knows no way to ask for all."""
        codes = await self._known_codes()
        code = codes.get(way.field, codes.get(Field.ANY, ""))
        try:
            return await self._page(way, code)
        except UnreadableError:
            if code or codes.get(Field.TITLE, "") == "":
                raise
            return await self._page(way, codes[Field.TITLE])

    async def _page(self, way: Boxed, code: str) -> Got:
        url = search_url(self._member.url, self._settings, way.text, code)
        return await got(await self._door.client.get(url), self._look, self._member.id, 1)

    async def other(self, way: Boxed, got_page: Got | None, number: int) -> Got | None:
        """Ask for another page as the page at hand leads there."""
        at_hand = got_page or await self.first(way)
        request = turned(at_hand.page, at_hand.url, number, at_hand.number)
        if request is None:
            return None
        return await got(await sent(self._door.client, request), self._look, self._member.id, number)

    async def _known_codes(self) -> dict[Field, str]:
        """Return what fields are called here: as the search form says, else what is known."""
        async with self._turn:
            if self._codes is None:
                found: dict[Field, str] = {}
                try:
                    page = await html_of(
                        await self._door.client.get(self._member.url.rstrip("/") + self._settings.search_path)
                    )
                    found = codes_of(page, "select[name$=search_field1]")
                except LienThuError:
                    pass  # the form is a help, the search itself tells what is wrong
                self._codes = {**CODES, **found, **self._settings.codes}
            return self._codes
