"""The connector for older iLib, whose pages of results are `/pages/opac/wpid-search-…html`.

Its pager is a script that asks an address which is not known: only the first page can be shown.
"""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Final
from urllib.parse import quote

import httpx
import msgspec
from bs4 import BeautifulSoup

from connectors.forms.page_search import Got, PageSearch, look_of
from connectors.lists.numbered import Sheet
from connectors.questions.one_box import Boxed, ways_to_ask
from connectors.questions.simpler import Abilities
from connectors.reading.html import is_whole, parse_html, text_of
from connectors.reading.record_links import read_list
from engine.model import Answer, Expression, Field, Query, Reason, Window
from engine.ports import Connector, Door, Found, Member, Page, Sign, System

__all__ = ["SYSTEM", "IlibConnector", "IlibSettings", "read_page", "search_url"]

FIELDS: Final = {Field.ANY: "all", Field.TITLE: "title", Field.ISBN: "isbn"}
"""What fields are called in addresses. Source: public clients of three libraries."""

_PAGER: Final = re.compile(
    r"ClientPagingOnChange\(\s*'[^']*'\s*,\s*'[^']*'\s*,\s*'[^']*'\s*,\s*'[^']*'\s*,\s*'(?P<total>\d+)'\s*,\s*'(?P<size>\d+)'"
)


_NOT_IN_PATHS: Final = re.compile(r"""[/\\?#%&.:*<>+|"]""")
"""What a path may not hold: a slash would end it, ASP.NET refuses `<>*%&:\\?` in it (status 400), and IIS a plus."""


class IlibSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[ilib]`; `docs/systems/ilib.md` tells each key."""

    path: str = "/pages/opac"
    fields: dict[Field, str] = msgspec.field(default_factory=dict)
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 10
    isbn_forms: Annotated[int, msgspec.Meta(ge=1, le=6)] = 3
    folds_marks: bool = False
    joins_fields: bool = True


def search_url(base: str, settings: IlibSettings, field: str, text: str) -> str:
    """Return the address of the first page of results: the words are a part of the path.

    >>> search_url("https://o.example.org", IlibSettings(), "all", "kinh tế/1")
    'https://o.example.org/pages/opac/wpid-search-stype-form-quick-sfield-all-keyword-kinh%20t%E1%BA%BF%201.html'
    """
    inside = " ".join(_NOT_IN_PATHS.sub(" ", text).split())
    return (
        f"{base.rstrip('/')}{settings.path.rstrip('/')}/wpid-search-stype-form-quick-sfield-{field}"
        f"-keyword-{quote(inside, safe='')}.html"
    )


def read_page(page: BeautifulSoup, url: str, member: str, *, whole: bool = True) -> Sheet:
    """Return what a page of results says; the count stands in the script of its pager."""
    for first in page.select("dl[id^=divBibInfo] > dd:first-child"):
        if first.a is not None and text_of(first) == text_of(first.a):
            first.insert(0, "Tác giả: ")  # the label that the page leaves out
    pager = _PAGER.search(str(page.select_one("#divPagination, [id*=Pagination]") or ""))
    sheet = read_list(page, look_of("connectors.ilib"), url, member, is_whole=whole)
    if pager is None:
        return sheet
    total, size = int(pager["total"]), int(pager["size"])
    is_short = len(sheet.rows) < min(size, total)
    shown = (Reason("notice.list-capped", {"count": len(sheet.rows)}),) if total > len(sheet.rows) else ()
    return msgspec.structs.replace(
        sheet, total=total, is_whole=sheet.is_whole and not is_short, notices=(*sheet.notices, *shown)
    )


class IlibConnector:
    """One older iLib that can be asked, for its first page of results."""

    def __init__(self, member: Member, settings: IlibSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._names = {field: name for field, name in {**FIELDS, **settings.fields}.items() if name}
        self.fields: frozenset[Field] = frozenset(self._names) | {Field.ANY}
        self._pages = PageSearch(
            member, door, self, self._ways, size=settings.page_size, can=Abilities(self.fields),
            folds_marks=settings.folds_marks,
        )  # fmt: skip

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list; see `engine.ports.Connector`."""
        return await self._pages.search(query, window)

    async def probe(self) -> None:
        """Ask for one plain word."""
        await self.first(Boxed(Field.ANY, "history"))

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()

    def _ways(self, expression: Expression | None) -> list[Boxed]:
        return ways_to_ask(expression, joins=self._settings.joins_fields, isbn_forms=self._settings.isbn_forms)

    async def first(self, way: Boxed) -> Got:
        """Ask for the first page."""
        name = self._names.get(way.field) or self._names[Field.ANY]
        response = await self._door.client.get(search_url(self._member.url, self._settings, name, way.text))
        return await asyncio.to_thread(_got, response, self._member.id)

    async def other(self, _way: Boxed, _got: Got | None, _number: int) -> Got | None:
        """No other page can be reached."""
        return None


def _got(response: httpx.Response, member: str) -> Got:
    page = parse_html(response.content, charset=response.charset_encoding)
    url = str(response.url)
    return Got(page, url, 1, read_page(page, url, member, whole=is_whole(response.content)))


_OWN: Final = re.compile(
    rb"(?i)/pages/(?:opac|cms)/|\bwpid-(?:search|detailbib|home|opac)|/ILIB/\d|ClientPagingOnChange"
)


def recognise(page: Page) -> Found | None:
    """Tell older iLib by two of its addresses and names, one of them a page `wpid-…` or its script."""
    found = {match[:6].lower() for match in _OWN.findall(page.body)}
    if page.status != 200 or not found & {b"wpid-s", b"wpid-d", b"wpid-h", b"wpid-o", b"client"} or len(found) < 2:
        return None
    return Found(page.url.partition("/pages/")[0].rstrip("/"), Reason("sign.ilib"))


SIGNS: Final = (
    Sign("", recognise, step=55, hint=r"(?i)/pages/opac/|wpid-"),
    Sign("/pages/opac/wpid-home.html", recognise, step=52, hint=r"(?i)/pages/(?:opac|cms)/|wpid-|iLib"),
)


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, IlibSettings)
    return IlibConnector(member, settings, door)


SYSTEM = System(name="ilib", settings=IlibSettings, connector=_connector, signs=SIGNS)
