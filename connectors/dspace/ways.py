"""The ways of asking a DSpace: where each is asked, in what words, and how its answer is read.

A way is one address and one manner of asking; `ladder` tells in which order they are tried where a member file forces
none. What is learned of a server on the way (whose feed it is, how large its pages are) is kept with its way.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx
import msgspec
from bs4 import BeautifulSoup
from lxml import etree

from connectors.dspace import feed, pages, rest
from connectors.dspace.details import Details, full_page_url, mets_details, mets_url, page_details
from connectors.dspace.listed import Listing
from connectors.dspace.question import Escaping
from connectors.dspace.settings import DspaceSettings, Way
from connectors.http.course import ACCEPT_STATUS
from connectors.http.guard import failure_of_status
from connectors.reading.html import attribute, html_of, is_whole, parse_html, refuse_other_pages, title_of
from connectors.reading.json import json_of
from connectors.reading.xml import parse_xml
from engine.errors import RefusedError, UnreadableError, UnsupportedError
from engine.model import Filters

_NOT_UNDERSTOOD: Final = frozenset({400, 422})
_NOT_SHOWN: Final = frozenset({401, 403, 404, 410})
_MOST_ACCESS_FAILURES: Final = 3
_HTML: Final = re.compile(rb"(?i)<!doctype html|<html[\s>]")
_SEARCH_PATH: Final = re.compile(r"^(?P<context>(?:/[^/]+)*?)/(?P<search>simple-search|discover)(?:/|$)")


class NotUnderstoodError(UnsupportedError):
    """The server cannot read the query as it was put."""


class Attempt(msgspec.Struct, frozen=True):
    """How a query is put: its words, and what goes with them."""

    text: str
    filters: Filters = Filters()
    is_bare: bool = False
    """Without order and filters, of which a server may not know one."""


class Server:
    """One way of asking one server. `base` is the address that its paths stand behind, without a closing slash."""

    def __init__(self, way: Way, base: str, settings: DspaceSettings, member: str, *, is_version_7: bool) -> None:
        self.way, self.base, self.is_version_7 = way, base.rstrip("/"), is_version_7
        self.pages = settings.pages.rstrip("/") or people_base(self.base, is_version_7=is_version_7)
        self.is_xmlui: bool | None = True if way is Way.XMLUI else False if way is Way.JSPUI else None
        self.knows_resource_types: bool | None = None
        self._access_failures = 0
        self.largest: int = settings.max_records
        self._scope, self._member = settings.scope, member

    @property
    def escaping(self) -> Escaping:
        """How a query is escaped for it."""
        if self.is_version_7:
            return Escaping.BACKSLASH
        if self.way is Way.OPENSEARCH:
            return {True: Escaping.BACKSLASH, False: Escaping.TYPED, None: Escaping.BLANK}[self.is_xmlui]
        return Escaping.TYPED

    @property
    def embeds_access(self) -> bool:
        """Whether hits are asked for with who may read them: not of a server that failed over it time after time."""
        return self._access_failures < _MOST_ACCESS_FAILURES

    @property
    def ignores_scope(self) -> bool:
        """Whether it searches everything whatever scope it is given: JSPUI's feed does."""
        return self.way is Way.OPENSEARCH and self.is_xmlui is False and not self.is_version_7

    async def listing(self, client: httpx.AsyncClient, attempt: Attempt, place: int, count: int) -> Listing:
        """Ask for the hits from a place on; NotUnderstoodError where the query cannot be read."""
        match self.way:
            case Way.REST7:
                return await self._by_rest(client, attempt, place, count)
            case Way.OPENSEARCH:
                return await self._by_feed(client, attempt, place, count)
            case Way.XMLUI:
                return await self._by_xmlui(client, attempt, place, count)
            case _:
                return await self._by_jspui(client, attempt, place, count)

    async def _by_rest(self, client: httpx.AsyncClient, attempt: Attempt, place: int, count: int) -> Listing:
        size = min(count, self.largest)
        while True:
            reply = await self._rest_page(client, attempt, (place - 1) // size, size)
            if reply.status_code in _NOT_UNDERSTOOD:
                raise NotUnderstoodError(f"HTTP {reply.status_code}: the server cannot read the query")
            found = rest.listing(json_of(reply), member=self._member, pages=self.pages)
            told = found.page_size or size
            if told >= size or found.first_place <= place < found.first_place + told:
                return found
            size = self.largest = told  # its pages are smaller than was asked for, so that the place is on another one

    async def _rest_page(self, client: httpx.AsyncClient, attempt: Attempt, page: int, size: int) -> httpx.Response:
        """Ask for a page; once more without the access of its items where the server fails over that of one."""

        async def ask(accepted: frozenset[int], *, embeds_access: bool) -> httpx.Response:
            url = rest.search_url(
                self.base, attempt.text, page=page, size=size, scope=self._scope, filters=attempt.filters,
                is_sorted=not attempt.is_bare, embeds_access=embeds_access,
            )  # fmt: skip
            return await client.get(url, extensions={ACCEPT_STATUS: accepted})

        if not self.embeds_access:
            return await ask(_NOT_UNDERSTOOD, embeds_access=False)
        reply = await ask(_NOT_UNDERSTOOD | {500}, embeds_access=True)
        if reply.status_code != 500:
            self._access_failures = 0
            return reply
        reply = await ask(_NOT_UNDERSTOOD, embeds_access=False)
        self._access_failures += 1
        return reply

    async def _by_feed(self, client: httpx.AsyncClient, attempt: Attempt, place: int, count: int) -> Listing:
        size = min(count, self.largest)
        # XMLUI counts from 1, the others from 0. Where it is not known who answers, one hit may come twice.
        start = place if self.is_xmlui else place - 1
        url = feed.feed_url(
            self.base, attempt.text, start=start, count=size, scope=self._scope, is_version_7=self.is_version_7
        )
        reply = await client.get(url, extensions={ACCEPT_STATUS: frozenset({400, 422, 500})})
        if reply.status_code != 200:
            # Version 7 and 6 answer 500 to what they cannot read; 400 is JSPUI's feed being off.
            if reply.status_code == 500 and self.is_xmlui is not None:
                raise NotUnderstoodError("HTTP 500: the feed fails, as it does for a query that it cannot read")
            raise failure_of_status(reply.status_code, wait_s=None)
        root = _xml_of(reply)
        was_known = self.is_xmlui
        is_xmlui = not self.is_version_7 and feed.is_of_xmlui(
            reply.content, cocoon_header="X-Cocoon-Version" in reply.headers
        )
        first = max(1, start) if is_xmlui else start + 1
        found = feed.feed_listing(root, member=self._member, pages=self.pages, first_place=first, is_xmlui=is_xmlui)
        if was_known is None:
            self.is_xmlui = is_xmlui
        return found

    async def _by_jspui(self, client: httpx.AsyncClient, attempt: Attempt, place: int, count: int) -> Listing:
        size = min(count, self.largest)
        url = pages.jspui_url(self.base, attempt.text, start=place - 1, count=size, scope=self._scope)
        page = await _whole_page(await client.get(url))
        try:
            return pages.jspui_listing(page, member=self._member, pages=self.pages, first_place=place)
        except UnsupportedError as error:
            raise NotUnderstoodError(error.detail) from error

    async def _by_xmlui(self, client: httpx.AsyncClient, attempt: Attempt, place: int, count: int) -> Listing:
        size = min(count, self.largest)
        number = (place - 1) // size + 1
        url = pages.xmlui_url(self.base, attempt.text, page=number, count=size, scope=self._scope)
        page = await _whole_page(await client.get(url))
        first = (number - 1) * size + 1
        return pages.xmlui_listing(page, member=self._member, pages=self.pages, first_place=first, page_size=size)


def _xml_of(reply: httpx.Response) -> etree._Element:
    """Return the XML of an answer; a page of HTML in its place is named."""
    try:
        return parse_xml(reply.content, charset=reply.charset_encoding)
    except UnreadableError:
        if _HTML.search(reply.content[:4_000]):
            refuse_other_pages(parse_html(reply.content, charset=reply.charset_encoding))
        raise


async def _whole_page(reply: httpx.Response) -> BeautifulSoup:
    """Return the page of an answer; UnreadableError for half of one."""
    page = await html_of(reply)
    if not is_whole(reply.content):
        raise UnreadableError(f"a page that is cut off: {title_of(page)!r}")
    return page


async def item_details(client: httpx.AsyncClient, server: Server, handle: str) -> Details | None:
    """Ask for one item of version 6 or earlier; None for one that is withdrawn, deleted or not to be seen.

    XMLUI has its METS, small and complete; JSPUI its page of all fields.
    """
    url = mets_url(server.base, handle) if server.is_xmlui else full_page_url(server.base, handle)
    reply = await client.get(url, extensions={ACCEPT_STATUS: _NOT_SHOWN})
    if reply.status_code in _NOT_SHOWN:
        return None
    if server.is_xmlui:
        return mets_details(_xml_of(reply))
    try:
        return page_details(await _whole_page(reply))
    except RefusedError:
        if "login" in reply.url.path:  # where an item is not for everybody, its page sends to the login
            return None
        raise


def ladder(url: str, settings: DspaceSettings, member: str) -> list[Server]:
    """Return the ways to try, cheapest first. An address that ends in `/server` or `/server/api` is of version 7.

    >>> [(one.way.value, one.base) for one in ladder("https://kho.example.org/server/api", DspaceSettings(), "m")]
    [('rest7', 'https://kho.example.org/server'), ('opensearch', 'https://kho.example.org/server')]
    >>> [one.way.value for one in ladder("https://kho.example.org/xmlui", DspaceSettings(), "m")]
    ['opensearch', 'xmlui']
    """
    base = re.sub(r"/api/?$", "", url.rstrip("/"))
    path = urlsplit(base).path
    is_root, is_server = not path, path.endswith("/server")

    def ways(*several: Way, at: str = base, is_version_7: bool = False) -> list[Server]:
        return [Server(way, at, settings, member, is_version_7=is_version_7) for way in several]

    if settings.way is Way.REST7:
        return ways(Way.REST7, at=f"{base}/server" if is_root else base, is_version_7=True)
    if settings.way is not Way.AUTO:
        return ways(settings.way, is_version_7=is_server)
    if is_server:
        return ways(Way.REST7, Way.OPENSEARCH, is_version_7=True)
    by_path = {"/xmlui": (Way.XMLUI,), "/jspui": (Way.JSPUI,)}.get(path[-6:], (Way.JSPUI, Way.XMLUI))
    before_7 = ways(Way.OPENSEARCH, *by_path)
    return [*ways(Way.REST7, at=f"{base}/server", is_version_7=True), *before_7] if is_root else before_7


def by_interface(server: str, url: str, settings: DspaceSettings, member: str) -> list[Server]:
    """Return the ways to a server of version 7 or later that the interface at an address names."""
    found = [Server(way, server, settings, member, is_version_7=True) for way in (Way.REST7, Way.OPENSEARCH)]
    for one in found:
        one.pages = settings.pages.rstrip("/") or url.rstrip("/")
    return found


def guessed(url: str, settings: DspaceSettings, member: str) -> list[Server]:
    """Return where a server of version 7 or later usually stands beside or below a page of its interface.

    >>> [one.base for one in guessed("https://a.example/kho/home", DspaceSettings(), "m")]
    ['https://a.example/server', 'https://a.example/kho/server']
    """
    parts = urlsplit(url)
    first = parts.path.strip("/").partition("/")[0]
    if settings.way is not Way.AUTO or not first or first in {"server", "jspui", "xmlui"}:
        return []
    root = f"{parts.scheme}://{parts.netloc}"
    bases = (f"{root}/server", f"{root}/{first}/server")
    return [Server(Way.REST7, base, settings, member, is_version_7=True) for base in bases]


def by_home_page(page: BeautifulSoup, url: str, settings: DspaceSettings, member: str) -> list[Server]:
    """Return the ways that a home page of version 6 or earlier points to, [] for any other page.

    >>> page = parse_html(b"<meta name='Generator' content='DSpace 5.5'><form action='/jspui/simple-search'></form>")
    >>> [(one.way.value, one.base) for one in by_home_page(page, "https://a.example/", DspaceSettings(), "m")]
    [('opensearch', 'https://a.example/jspui'), ('jspui', 'https://a.example/jspui')]
    """
    generator = page.select_one('meta[name="Generator"], meta[name="generator"]')
    if "dspace" not in attribute(generator, "content").lower():
        return []
    actions = [attribute(form, "action") for form in page.select("form")]
    actions += [attribute(link, "href") for link in page.select("a[href], link[href]")]
    for action in actions:
        found = _SEARCH_PATH.match(urlsplit(urljoin(url, action)).path)
        if found is not None:
            base = urljoin(url, found["context"] or "/").rstrip("/")
            way = Way.JSPUI if found["search"] == "simple-search" else Way.XMLUI
            return [Server(one, base, settings, member, is_version_7=False) for one in (Way.OPENSEARCH, way)]
    return []


def people_base(base: str, *, is_version_7: bool) -> str:
    """Return the address of the pages for people: from version 7 on the server stands beside them.

    >>> people_base("https://kho.example.org/server", is_version_7=True)
    'https://kho.example.org'
    """
    return re.sub(r"/server$", "", base) if is_version_7 else base
