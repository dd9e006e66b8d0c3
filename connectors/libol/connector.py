"""A member with Libol."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urljoin

import httpx
from bs4 import BeautifulSoup

from connectors.forms.aspnet import Kept, form_of
from connectors.forms.page_search import LARGE_LIST_BYTES, Got, PageSearch, look_of, of_one_list
from connectors.forms.search_form import SearchForm, search_form_of
from connectors.forms.sending import sent
from connectors.forms.turning import turned
from connectors.libol.holdings import read_holdings
from connectors.libol.settings import LibolSettings
from connectors.libol.standing import Standing, alerts_none, leave_out, standing_lists
from connectors.lists.copies import copies_of_each
from connectors.lists.numbered import Sheet
from connectors.questions.one_box import Boxed, ways_to_ask
from connectors.questions.simpler import Abilities
from connectors.reading.html import attribute, html_of, is_whole, refuse_other_pages
from connectors.reading.record_links import read_list, rows_of
from engine.errors import UnreadableError
from engine.model import Answer, Expression, Field, Holding, Query, Record, Window
from engine.ports import Door, Member

_SEARCHED: Final = frozenset({Field.ANY, Field.TITLE, Field.PERSON, Field.SUBJECT, Field.PUBLISHER, Field.ISBN})
_SEARCH_PAGES: Final = "frame[src*='search' i], iframe[src*='search' i], a[href*='search' i][href*='.aspx' i]"
_SENT_ON: Final = re.compile(
    r"""(?i)(?:location(?:\.href)?\s*=\s*|\bsrc\s*=\s*)['"]([^'"<>]*W\w*Result\w*\.aspx[^'"<>]*)"""
)
_MOST_RECORDS: Final = 20


def filled(form: SearchForm, way: Boxed) -> dict[str, str]:
    """Return what is typed, chosen and pressed to ask for one field."""
    box = form.boxes.get(way.field)
    values: dict[str, str] = {}
    if box is None or (way.field in form.codes and form.choice):
        box = form.boxes.get(Field.ANY) or next(iter(form.boxes.values()))
        code = form.codes.get(way.field, form.codes.get(Field.ANY))
        if form.choice and code is not None:
            values[form.choice] = code
    values[box] = way.text
    if form.button is not None:
        name, value = form.button
        values[name] = value
    return values


class LibolConnector:
    """One Libol that can be asked. The search form is kept, read for its fields, and fetched again when it is old."""

    def __init__(self, member: Member, settings: LibolSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._look = look_of("connectors.libol")
        self._base = member.url.rstrip("/") + "/"
        self._kept = Kept(door.client, urljoin(self._base, settings.form_path))
        self._is_sought = not settings.form_path
        self._standing: Standing = {}
        self.fields: frozenset[Field] = _SEARCHED
        self._pages = PageSearch(
            member, door, self, self._ways, size=settings.page_size, can=Abilities(self.fields),
            folds_marks=settings.folds_marks, is_serial=True,
        )  # fmt: skip

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list; see `engine.ports.Connector`."""
        return await self._pages.search(query, window)

    async def probe(self) -> None:
        """Fetch the page of the search form."""
        page = await html_of(await self._door.client.get(self._member.url))
        if page.select_one("form, frame, iframe") is None:
            refuse_other_pages(page)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return the copies of these records as their pages of copies tell them, one request a record."""
        ids = [record.id for record in records[:_MOST_RECORDS] if record.id.isdigit()]
        return await copies_of_each(ids, self._copies)

    async def _copies(self, record_id: str) -> tuple[Holding, ...] | None:
        url = urljoin(self._base, f"{self._settings.holdings_path}?intItemID={record_id}")
        return read_holdings(await html_of(await self._door.client.get(url)))

    def _ways(self, expression: Expression | None) -> list[Boxed]:
        return ways_to_ask(expression, joins=self._settings.joins_fields, isbn_forms=self._settings.isbn_forms)

    async def first(self, way: Boxed) -> Got:
        """Send the search form."""
        await self._seek_form()
        return await self._kept.ask(lambda page, url: self._asked(page, url, way), self._first_of)

    async def _first_of(self, response: httpx.Response) -> Got:
        """Return the first page of results, where a script sends on to it too."""
        page = await html_of(response)
        sent_on = _SENT_ON.search(str(page))
        if sent_on is not None and not page.select(self._look.links[0]):
            response = await self._door.client.get(urljoin(str(response.url), sent_on[1]))
            page = await html_of(response)
        return await self._got(response, page, 1)

    async def _got(self, response: httpx.Response, page: BeautifulSoup, number: int) -> Got:
        """Return a page of results without the lists that stood beside the form before anything was asked."""
        url = str(response.url)

        def read() -> Got:
            leave_out(page, self._standing, self._look)
            if alerts_none(page) and not rows_of(page, self._look):
                return Got(page, url, number, Sheet((), 0))
            return Got(
                page,
                url,
                number,
                read_list(page, self._look, url, self._member.id, is_whole=is_whole(response.content)),
            )

        return await asyncio.to_thread(read) if len(response.content) > LARGE_LIST_BYTES else read()

    def _asked(self, page: BeautifulSoup, url: str, way: Boxed) -> httpx.Request:
        form = self._form(page)
        if form is None:
            refuse_other_pages(page)
            raise UnreadableError("no search form")
        self._standing = standing_lists(page, self._look)
        state = form_of(page, url, form.selector)
        values = state.filled(filled(form, way))
        if state.is_post:
            return httpx.Request("POST", state.action, data=values, headers={"Referer": url})
        return httpx.Request("GET", state.action, params=values)

    def _form(self, page: BeautifulSoup) -> SearchForm | None:
        """Return the search form as it is found, with what the member file says of it."""
        found, said = search_form_of(page), self._settings
        boxes = {**(found.boxes if found else {}), **said.boxes}
        if not boxes:
            return None
        name = next(iter(said.boxes.values()), "") or next(iter(boxes.values()))
        tag = page.select_one(f'[name="{said.button}"]') if said.button else None
        button = (said.button, attribute(tag, "value")) if said.button else (found.button if found else None)
        return SearchForm(
            selector=f'form:has([name="{name}"])',
            boxes=boxes,
            choice=said.choice or (found.choice if found else ""),
            codes={**(found.codes if found else {}), **said.codes},
            button=button,
        )

    async def _seek_form(self) -> None:
        """Find the page of the search form from the start page, where the member file does not say it; once."""
        if not self._is_sought:
            return
        page, url = await self._kept.page()
        if self._form(page) is None:
            links = [attribute(tag, "src") or attribute(tag, "href") for tag in page.select(_SEARCH_PAGES)]
            inside = [target for link in links if (target := urljoin(url, link)).startswith(self._base)]
            if inside:
                self._kept = Kept(self._door.client, inside[0])
        self._is_sought = False

    async def other(self, way: Boxed, at_hand: Got | None, number: int) -> Got | None:
        """Ask for another page: as the page at hand leads there, else by its number in the address of the results."""
        page = at_hand or await self.first(way)
        request = turned(page.page, page.url, number, page.number) or self._numbered(page, number)
        if request is None:
            return None
        response = await sent(self._door.client, request)
        other = await self._got(response, await html_of(response), number)
        return of_one_list(page, other, number)

    def _numbered(self, page: Got, number: int) -> httpx.Request | None:
        """Return what the script of older versions sends: the form of the results to the address of a page's number."""
        if self._settings.results_path.lower() not in f"{page.url} {page.page}".lower():
            return None
        url = f"{urljoin(page.url, self._settings.results_path)}?intPg={number}"
        tag = page.page.select_one("form")
        fields = form_of(page.page, page.url).fields if tag is not None else {}
        return httpx.Request("POST", url, data=fields) if fields else httpx.Request("GET", url)
