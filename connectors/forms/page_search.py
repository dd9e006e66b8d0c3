"""A member whose results are pages of HTML, asked page by page: what the connectors of Vietnamese OPACs have in common.

A system says how its first page is asked for, how another is reached, and what its rows look like.
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple, Protocol

import msgspec
from bs4 import BeautifulSoup

from connectors.lists.by_page import Batch, Fetch, answer_by_pages
from connectors.lists.numbered import Numbered, Sheet
from connectors.questions.one_box import Boxed, FirstThatFinds
from connectors.questions.simpler import Abilities
from connectors.reading.html import is_whole, parse_html, read_beside
from connectors.reading.record_links import Look, read_list
from engine.errors import UnreadableError
from engine.model import Answer, Expression, Query, Reason, Window
from engine.ports import Door, Member

import httpx  # isort: skip


LARGE_LIST_BYTES: Final = 15_000
"""Lists larger than this are read in a thread: their rows cost about 1 ms each beside the parsing."""


class Got(NamedTuple):
    """A page of results: as parsed, where it was found, its number, and what it says."""

    page: BeautifulSoup
    url: str
    number: int
    sheet: Sheet


class Asker(Protocol):
    """What a system knows of being asked."""

    async def first(self, way: Boxed) -> Got:
        """Ask for the first page of what one box finds."""

    async def other(self, way: Boxed, got: Got | None, number: int) -> Got | None:
        """Ask for another page: directly, or from the page at hand, which is None if none was asked for yet.

        None where nothing leads there. Where a page at hand is needed and there is none, the first is asked for.
        """


@cache
def look_of(package: str) -> Look:
    """Return what a system's pages look like, as its `pages.toml` says."""
    return looks_of(package)["pages"]


@cache
def looks_of(package: str) -> dict[str, Look]:
    """Return all looks that a system's `pages.toml` tells, by name."""
    table = tomllib.loads(files(package).joinpath("pages.toml").read_text("utf-8"))
    return msgspec.convert(table, dict[str, Look])


async def got(response: httpx.Response, look: Look, member: str, number: int) -> Got:
    """Return a page of results, read in a thread if it is large."""
    body, url, charset = response.content, str(response.url), response.charset_encoding

    def read(body: bytes) -> Got:
        page = parse_html(body, charset=charset)
        return Got(page, url, number, read_list(page, look, url, member, is_whole=is_whole(body)))

    return await read_beside(read, body, large=LARGE_LIST_BYTES)


def of_one_list(first: Got, other: Got, number: int) -> Got:
    """Return another page of a list, with the count that its first page told.

    Raises UnreadableError where it says that there is nothing, of a list whose first page promised more: the server
    has lost the search.
    """
    total = first.sheet.total
    if total is None:
        return other
    if not other.sheet.rows and other.sheet.total == 0 and (number - 1) * len(first.sheet.rows) < total:
        raise UnreadableError(f"page {number} of {total} hits says that there are none")
    if not other.sheet.total:
        return other._replace(sheet=msgspec.structs.replace(other.sheet, total=total))
    return other


def _ended(answer: Answer, window: Window) -> Answer:
    """Return an answer that promises no more where the list was found to end with its window, or before."""
    ends = [notice.values.get("count") for notice in answer.notices if notice.code == "notice.list-capped"]
    if any(not isinstance(end, int) or end < window.start + window.count for end in ends):
        return msgspec.structs.replace(answer, has_more=False)
    return answer


class PageSearch:
    """Searches of one member with pages of results. `size` is what its pages proved to hold.

    `ways` puts a question in one or several ways, of which the first counts that finds anything. `is_serial`: the
    server keeps the last search in the session, so that searches must not overlap.
    """

    def __init__(
        self,
        member: Member,
        door: Door,
        asker: Asker,
        ways: Callable[[Expression | None], Sequence[Boxed]],
        *,
        size: int,
        can: Abilities,
        folds_marks: bool,
        is_serial: bool = False,
    ) -> None:
        self._member, self._door, self._asker, self._ways = member, door, asker, ways
        self._size, self._can, self._folds_marks = size, can, folds_marks
        self._turn = asyncio.Lock() if is_serial else None

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list; see `engine.ports.Connector`."""
        searching = answer_by_pages(
            self._member.id,
            query,
            window,
            clock=self._door.clock,
            can=self._can,
            ask=self._ask,
            unasked=query.filters,
            folds_marks=self._folds_marks,
        )
        if self._turn is None:
            return _ended(await searching, window)
        async with self._turn:
            return _ended(await searching, window)

    def _ask(self, expression: Expression | None) -> Fetch:
        at_hand: dict[str, Got] = {}
        numbered = Numbered(self._size, FirstThatFinds(self._ways(expression), self._look(at_hand)))

        async def fetch(place: int, count: int) -> Batch:
            batch = await numbered(place, count)
            self._size = numbered.size
            return batch

        return fetch

    def _look(self, at_hand: dict[str, Got]) -> Callable[[Boxed, int], Awaitable[Sheet]]:
        async def look(way: Boxed, number: int) -> Sheet:
            page = at_hand.get(way.text)
            if page is not None and page.number == number:
                return page.sheet
            if number == 1:
                page = await self._asker.first(way)
            else:
                other = await self._asker.other(way, page, number)
                if other is None:
                    return await self._end(way, page, number)
                page = other
            at_hand[way.text] = page
            return page.sheet

        return look

    async def _end(self, way: Boxed, page: Got | None, number: int) -> Sheet:
        """Return the sheet for a page that nothing leads to: the list as a reader can see it ends before."""
        page = page or await self._asker.first(way)
        if page.sheet.total is not None and page.number == 1:
            size = len(page.sheet.rows)
            if page.sheet.total > size:
                shown = Reason("notice.list-capped", {"count": size})
                return Sheet((), page.sheet.total, goes_on=False, notices=(shown,))
        if number > 1:
            return Sheet((), total=None, goes_on=False)
        raise UnreadableError("no page of results")
