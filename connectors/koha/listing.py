"""Fetches a window of the list of hits: pages, a feed where none can be read, fewer where one record breaks all."""

from __future__ import annotations

import asyncio
import re
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import httpx
import msgspec

from connectors.http.course import ACCEPT_STATUS
from connectors.koha.asking import Asked, search_url
from connectors.koha.copies import parse_record_page
from connectors.koha.feed import parse_feed
from connectors.koha.page import Results, parse_results, refuse_entrances
from connectors.koha.rows import Row, number_in, record_page
from connectors.koha.settings import KohaSettings
from connectors.reading.html import parse_html
from engine.errors import FaultError, UnreadableError
from engine.model import Window
from engine.ports import Door

MOST_REQUESTS: Final = 6
"""Most requests for one window: a server whose pages are small, or one where a record breaks its page."""

_UNREADABLE_PAUSE_S: Final = 3600.0
"""So long feeds are read in the place of pages that could not be."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_FEEDS: Final[tuple[str, ...]] = ("rss", "rss2")
_RECORD_PAGE: Final = re.compile(r"/opac-(detail|ISBDdetail|MARCdetail)\.pl$|/bib/\d+$")


class Hits(NamedTuple):
    """What a server gave of its list for a window. A row is None where the server fails over a record.

    `withheld` counts hits that are hidden from the public: they leave no place of their own.
    """

    rows: tuple[Row | None, ...]
    total: int | None
    has_more: bool
    is_whole: bool = True
    withheld: int = 0
    branches: dict[str, str] = {}  # noqa: RUF012 - a field of a tuple, never changed
    locations: dict[str, str] = {}  # noqa: RUF012 - as above


class Listing:
    """The list of hits of one member. It remembers whether pages or feeds are read, and which feed there is."""

    def __init__(self, base: str, settings: KohaSettings, door: Door) -> None:
        self._base, self._settings, self._door = base, settings, door
        self._no_page_until = float("inf") if settings.search == "feed" else 0.0
        self._feeds = _FEEDS

    async def hits(self, said: Asked, window: Window) -> Hits:
        """Return what stands in a window of the list."""
        filling = _Filling(window)
        requests = 0
        while filling.wanted and requests < MOST_REQUESTS:
            count = min(filling.wanted, self._settings.max_rows)
            budget = [MOST_REQUESTS - requests]
            part = await self._around_bad_records(said, filling.offset, count, budget)
            requests = MOST_REQUESTS - budget[0]
            filling.take(part, count)
        return filling.hits()

    async def _around_bad_records(self, said: Asked, offset: int, count: int, budget: list[int]) -> _Part:
        """Return a part of the list; where the server fails over it, its halves, the largest first, within the budget.

        One stored record with a forbidden character, or one deleted that the index still knows, makes a page a 500.
        """
        budget[0] -= 1
        try:
            results = await self._one(said, offset, count)
        except _PageFailedError:
            if count == 1 or budget[0] < 2:
                raise
            return await self._by_halves(said, offset, count, budget)
        return _Part(results.rows, results.total, results)

    async def _by_halves(self, said: Asked, offset: int, count: int, budget: list[int]) -> _Part:
        pieces: dict[int, tuple[Row, ...]] = {}
        waiting = _halves(offset, count)
        end, told = offset + count, None
        failures = 0
        while waiting and budget[0] > 0:
            at, size = waiting.pop(0)
            if at >= end:
                continue
            budget[0] -= 1
            try:
                results = await self._one(said, at, size)
            except _PageFailedError:
                failures += 1
                if told is None and failures == 2:
                    raise  # neither half: it is not one record
                waiting = sorted([*waiting, *_halves(at, size)], key=lambda piece: -piece[1])
                continue
            pieces[at] = results.rows
            if results.rows:
                told = results
                end = min(end, results.total if results.total is not None else end)
            else:
                end = min(end, at)
        if told is None:
            raise _PageFailedError("HTTP 500 over every page that was asked for")
        rows: list[Row | None] = [None] * (end - offset)
        for at, piece in pieces.items():
            rows[at - offset : at - offset + len(piece)] = piece
        return _Part(tuple(rows[: end - offset]), told.total, told)

    async def _one(self, said: Asked, offset: int, count: int) -> Results:
        if self._door.clock() < self._no_page_until:
            return await self._feed(said, offset, count)
        answer = await self._get(search_url(self._base, said, offset=offset, count=count))
        try:
            return await asyncio.to_thread(_read, answer, offset)
        except UnreadableError as error:
            try:
                results = await self._feed(said, offset, count)
            except Exception:  # noqa: BLE001 - whatever the feed says, the page is what could not be read
                raise error from None
            self._no_page_until = self._door.clock() + _UNREADABLE_PAUSE_S
            return results

    async def _feed(self, said: Asked, offset: int, count: int) -> Results:
        """Return a feed. It was called `rss2` before version 20 and is `rss` since; the other name gives nothing."""
        failure: UnreadableError | None = None
        for name in self._feeds:
            answer = await self._get(search_url(self._base, said, offset=offset, count=count, feed=name))
            try:
                results = parse_feed(answer.content) if _landed(answer) is None else _read(answer, offset)
                if offset and not results.rows:
                    results = msgspec.structs.replace(results, total=None)
            except UnreadableError as error:
                failure = error
                continue
            self._feeds = (name, *(other for other in _FEEDS if other != name))
            return results
        assert failure is not None
        raise failure

    async def _get(self, url: str) -> httpx.Response:
        try:
            return await self._door.client.get(url)
        except FaultError as error:
            if error.detail.startswith("HTTP 500"):
                raise _PageFailedError(error.detail) from error
            raise
        except UnreadableError:
            if not urlsplit(self._base).path:
                raise
            return await self._sole_hit(url)

    async def _sole_hit(self, url: str) -> httpx.Response:
        """Return the page of the one record that a redirect means, where it leads away from the path of a catalogue.

        Koha knows nothing of a path that a proxy puts before its own.
        """
        answer = await self._door.client.get(url, extensions={ACCEPT_STATUS: _REDIRECTS})
        number = number_in(answer.headers.get("Location", "")) if answer.status_code in _REDIRECTS else ""
        if not number:
            raise UnreadableError(f"HTTP {answer.status_code}, and no record that it leads to")
        return await self._door.client.get(record_page(self._base, number))


def _halves(offset: int, count: int) -> list[tuple[int, int]]:
    """Return the halves of a part of the list; a single place has none."""
    half = count // 2
    return [(offset, half), (offset + half, count - half)] if half else []


class _PageFailedError(FaultError):
    """The catalogue itself broke over a page: another part of the list may be whole."""


class _Part(NamedTuple):
    """A part of the list, and the page that told of it."""

    rows: tuple[Row | None, ...]
    total: int | None
    results: Results


class _Filling:
    """A window being filled."""

    def __init__(self, window: Window) -> None:
        self.offset, self.wanted = window.start - 1, window.count
        self._rows: list[Row | None] = []
        self._total: int | None = None
        self._last: Results | None = None
        self._is_whole = True
        self._withheld = 0

    def take(self, part: _Part, asked: int) -> None:
        """Take what came; how far the next page is away is told by the pager, else by the rows that came."""
        results = part.results
        self._last = results
        self._total = part.total if part.total is not None else self._total
        self._is_whole &= results.is_whole
        rows = part.rows[:asked]
        # A page of the size asked for may show fewer: records that are hidden from the public are left out of it.
        left = asked if self._total is None else min(asked, self._total - self.offset)
        has_one_page = results.page_rows is None and left < asked
        is_full_page = has_one_page or (results.page_rows or 0) >= asked
        step = asked if is_full_page or not rows else len(rows)
        if is_full_page and results.is_whole:
            self._withheld += max(0, left - len(rows))
        self._rows += rows
        self.offset += step
        self.wanted -= step
        if not rows or not results.is_whole or (self._total is not None and self.offset >= self._total):
            self.wanted = 0

    def hits(self) -> Hits:
        """Return all that came."""
        last = self._last
        assert last is not None
        has_more = bool(self._rows) and (self._total is None or self.offset < self._total)
        is_whole = self._is_whole and self.wanted <= 0
        total = self._total
        if total and not self._rows and self._withheld:
            total -= self._withheld
        return Hits(tuple(self._rows), total, has_more, is_whole, self._withheld, last.branches, last.locations)


def _read(answer: httpx.Response, offset: int) -> Results:
    """Return what a page says: of results, or of the one record that Koha goes to where there is just one hit."""
    body = answer.content
    if body.lstrip()[:5] == b"<?xml" and b"<html" not in body[:2000].lower():
        raise UnreadableError("XML instead of a page of results")
    page = parse_html(body, charset=answer.charset_encoding)
    view = _landed(answer)
    if view is None:
        results = parse_results(page, is_whole=_is_whole(body))
        # Past the end of the list, Koha says that nothing was found.
        is_past_end = offset > 0 and not results.rows and not results.total
        return msgspec.structs.replace(results, total=None) if is_past_end else results
    if view == "detail":
        row = parse_record_page(page, str(answer.url))
    else:
        refuse_entrances(page)
        row = Row(number_in(str(answer.url)))
    return Results(rows=() if offset else (row,), total=1, is_whole=_is_whole(body))


def _landed(answer: httpx.Response) -> str | None:
    """Return which view of a record the redirects ended at, None where they ended at none."""
    found = _RECORD_PAGE.search(answer.url.path)
    return (found[1] or "detail") if found and number_in(str(answer.url)) else None


def _is_whole(body: bytes) -> bool:
    """Whether a page ends as a page does."""
    end = body[-5_000:].lower()
    return b"</html" in end or b"</body" in end
