"""The connector for Bookworm, a shelf of e-books, whose pages of results are at `/Results.aspx?pIdx=…&vt=list&qr=…`."""

from __future__ import annotations

import re
from typing import Annotated, Final
from urllib.parse import quote, urlencode, urljoin

import msgspec

from connectors.forms.page_search import Got, PageSearch, got, look_of
from connectors.questions.one_box import Boxed, boxed
from connectors.questions.simpler import Abilities
from engine.model import Answer, Expression, Field, Query, Reason, Window
from engine.ports import Connector, Door, Found, Member, Page, Sign, System

__all__ = ["SYSTEM", "BookwormConnector", "BookwormSettings"]


class BookwormSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[bookworm]`; `docs/systems/bookworm.md` tells each key."""

    search_path: str = "/Results.aspx"
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 20
    folds_marks: bool = False


def search_url(base: str, settings: BookwormSettings, text: str, number: int) -> str:
    """Return the address of a page of results, counted from 1."""
    parameters = {"pIdx": str(number), "vt": "list", "qr": text}
    return f"{base.rstrip('/')}{settings.search_path}?{urlencode(parameters, quote_via=quote)}"


class BookwormConnector:
    """One Bookworm that can be asked: words anywhere, page by page."""

    def __init__(self, member: Member, settings: BookwormSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._look = look_of("connectors.bookworm")
        self.fields: frozenset[Field] = frozenset({Field.ANY})
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
        return [boxed(expression, joins=True)]

    async def first(self, way: Boxed) -> Got:
        """Ask for the first page."""
        return await self._page(way, 1)

    async def other(self, way: Boxed, _got: Got | None, number: int) -> Got | None:
        """Ask for another page, which has an address of its own."""
        return await self._page(way, number)

    async def _page(self, way: Boxed, number: int) -> Got:
        url = search_url(self._member.url, self._settings, way.text, number)
        return await got(await self._door.client.get(url), self._look, self._member.id, number)


_OWN: Final = re.compile(rb"(?i)Results\.aspx\?pIdx=|\b[EF]Detail\.aspx\?id=\d|ViewEImage\.ashx\?id=\d")


def recognise(page: Page) -> Found | None:
    """Tell Bookworm by two of its addresses."""
    found = {match[:8].lower() for match in _OWN.findall(page.body)}
    if page.status != 200 or len(found) < 2:
        return None
    return Found(urljoin(page.url, "/").rstrip("/"), Reason("sign.bookworm"))


SIGNS: Final = (
    Sign("", recognise, step=60, hint=r"(?i)Results\.aspx\?pIdx|ViewEImage\.ashx"),
    Sign("/Results.aspx?pIdx=1&vt=list&qr=a", recognise, step=70, hint=r"(?i)Results\.aspx|ViewEImage\.ashx"),
)


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, BookwormSettings)
    return BookwormConnector(member, settings, door)


SYSTEM = System(name="bookworm", settings=BookwormSettings, connector=_connector, signs=SIGNS)
