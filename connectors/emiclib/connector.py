"""A member with eMicLib."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, urlencode

import httpx

from connectors.emiclib.api import RECORD_PAGES, read_items, search_url, words_by_field
from connectors.emiclib.copies import read_copies
from connectors.emiclib.settings import WAYS, EmiclibSettings, Way
from connectors.forms.aspnet import form_of
from connectors.forms.page_search import Got, PageSearch, got, looks_of, of_one_list
from connectors.forms.sending import sent
from connectors.forms.turning import turned
from connectors.lists.by_page import Batch, Fetch, answer_by_pages
from connectors.lists.copies import copies_of_each
from connectors.lists.numbered import Numbered, Sheet
from connectors.questions.expressions import sought
from connectors.questions.one_box import Boxed, boxed
from connectors.questions.simpler import Abilities
from connectors.reading.html import attribute, html_of
from connectors.reading.json import parse_json
from engine.errors import RefusedError, UnreadableError
from engine.model import Answer, Clause, Expression, Field, Holding, Query, Reason, Record, Window
from engine.ports import Door, Member

TYPES: Final = {Field.ANY: "0", Field.TITLE: "13", Field.PERSON: "1", Field.PUBLISHER: "2", Field.SUBJECT: "3"}
"""What fields are called in `TypeSearch` of OShow.aspx. Source: its published code."""

_JSON: Final = Abilities(frozenset({Field.ANY, Field.TITLE, Field.PERSON}))
_MOST_RECORDS: Final = 20
_SIDE_BY_SIDE: Final = Reason("notice.side-by-side")


def page_url(opac: str, way: Way, text: str, field: Field) -> str:
    """Return the address of the first page of results.

    >>> page_url("https://o.example.org", Way.OSHOW, "a b", Field.TITLE)
    'https://o.example.org/OShow.aspx?txtSearch=a%20b&TypeSearch=13&rdSearchOption=0'
    """
    if way is Way.OSHOW:
        asked = {"txtSearch": text, "TypeSearch": TYPES.get(field, "0"), "rdSearchOption": "0"}
        return f"{opac.rstrip('/')}/OShow.aspx?{urlencode(asked, quote_via=quote)}"
    inside = " ".join(text.replace("%", " ").replace(":", " ").split())
    asked = {"SearchText": f"FULLTEXT:%{inside}%:"}
    return f"{opac.rstrip('/')}/Item/SearchAdvanced?{urlencode(asked, quote_via=quote)}"


class EmiclibConnector:
    """One eMicLib that can be asked. It finds out which way works, the cheapest first, and remembers it."""

    def __init__(self, member: Member, settings: EmiclibSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._opac = settings.opac_url or member.url
        self._way = settings.way
        self._size = settings.page_size
        self.fields: frozenset[Field] = frozenset(TYPES)
        self._pages = {way: _Pages(way, self._opac, member, door) for way in (Way.OSHOW, Way.MVC)}

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list; see `engine.ports.Connector`."""
        if self._way is not Way.ANY:
            return await self._by(self._way, query, window)
        first: UnreadableError | RefusedError | None = None
        for way in WAYS:
            try:
                answer = await self._by(way, query, window)
            except (UnreadableError, RefusedError) as error:
                first = first or error
            else:
                self._way = way
                return answer
        raise first or UnreadableError("no way to ask")

    async def probe(self) -> None:
        """Ask for one plain word."""
        await self.search(Query(Clause("history")), Window(1, 1))

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return how many copies are free as the pages of these records tell it, one request a record.

        The newer pages are not known to tell it: then nothing.
        """
        if self._way in {Way.JSON_BOOTH, Way.MVC}:
            return {}
        return await copies_of_each([each.id for each in records[:_MOST_RECORDS] if each.id.isdigit()], self._copies)

    async def _copies(self, record_id: str) -> tuple[Holding, ...] | None:
        url = f"{self._opac.rstrip('/')}/ODetail.aspx?intItemId={record_id}"
        return read_copies(await html_of(await self._door.client.get(url)))

    async def _by(self, way: Way, query: Query, window: Window) -> Answer:
        if way in self._pages:
            return await self._pages[way].search(query, window)
        return await answer_by_pages(
            self._member.id,
            query,
            window,
            clock=self._door.clock,
            can=_JSON,
            ask=lambda expression: self._ask(way, expression),
            unasked=query.filters,
            folds_marks=self._settings.folds_marks,
        )

    def _ask(self, way: Way, expression: Expression | None) -> Fetch:
        words = words_by_field(expression)
        if not words:
            boxed(expression, joins=True)  # raises what a question without words means

        async def read(number: int) -> Sheet:
            url = search_url(self._member.url, self._settings, way, words, number)
            response = await self._door.client.get(url, headers={"Accept": "application/json"})
            answer = parse_json(response.content)
            record = RECORD_PAGES[Way.JSON if self._settings.opac_url else way]
            return read_items(answer, self._opac, self._member.id, self._settings.page_size, record)

        numbered = Numbered(self._size, read)

        async def fetch(place: int, count: int) -> Batch:
            return await numbered(place, count)

        return fetch


class _Pages:
    """The pages of one eMicLib: searches one after the other, since the session keeps the last one."""

    def __init__(self, way: Way, opac: str, member: Member, door: Door) -> None:
        self._way, self._opac, self._member, self._door = way, opac, member, door
        self._look = looks_of("connectors.emiclib")[way.value]
        fields = frozenset(TYPES) if way is Way.OSHOW else frozenset({Field.ANY})
        self._pages = PageSearch(
            member, door, self, self._ways, size=10, can=Abilities(fields, has_phrases=True), folds_marks=True,
            is_serial=True,
        )  # fmt: skip

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list."""
        return await self._pages.search(query, window)

    def _ways(self, expression: Expression | None) -> list[Boxed]:
        way = boxed(expression, joins=False)
        is_words = any(not clause.is_phrase for clause in sought(expression)) and " " in way.text
        return [way._replace(notices=(*way.notices, _SIDE_BY_SIDE)) if is_words else way]

    async def first(self, way: Boxed) -> Got:
        """Ask for the first page."""
        url = page_url(self._opac, self._way, way.text, way.field)
        return await got(await self._door.client.get(url), self._look, self._member.id, 1)

    async def other(self, way: Boxed, at_hand: Got | None, number: int) -> Got | None:
        """Ask for another page from the page at hand: by the number in its form, else as it leads there."""
        page = at_hand or await self.first(way)
        request = shown(page, number) or turned(page.page, page.url, number, page.number)
        if request is None:
            return None
        other = await got(await sent(self._door.client, request), self._look, self._member.id, number)
        return of_one_list(page, other, number)


def shown(page: Got, number: int) -> httpx.Request | None:
    """Return what `showRecord(number)` of OShow.aspx sends: the form with the page's number, by its hidden button."""
    box = page.page.select_one("input[id$=hidCurrentPage]")
    button = page.page.select_one("input[id$=raiseShowRecord]")
    if box is None or button is None:
        return None
    form = form_of(page.page, page.url, "form:has(input[id$=hidCurrentPage])")
    pressed = {attribute(box, "name"): str(number), attribute(button, "name"): attribute(button, "value")}
    return httpx.Request("POST", form.action, data=form.filled(pressed))
