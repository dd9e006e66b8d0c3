"""A member whose file alone says how it is asked and read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import httpx

from connectors.declared.reading import read_answer, taken
from connectors.declared.request import built, holes_filled
from connectors.declared.settings import DeclaredSettings
from connectors.forms.aspnet import Kept, form_of, post_back_of
from connectors.forms.sending import sent
from connectors.lists.by_page import Batch, Fetch, answer_by_pages
from connectors.lists.numbered import Numbered, Sheet
from connectors.questions.one_box import Boxed, boxed
from connectors.questions.simpler import Abilities
from connectors.reading.html import is_whole, parse_html, read_beside
from connectors.reading.json import parse_json
from engine.errors import UnreadableError
from engine.model import Answer, Expression, Field, Query, Reason, Window
from engine.ports import Door, Member

_PROBE: Final = Boxed(Field.ANY, "history")


class _Got:
    """An answer as parsed, where it was found, and what it says."""

    def __init__(self, answer: object, url: str, sheet: Sheet) -> None:
        self.answer, self.url, self.sheet = answer, url, sheet


class DeclaredConnector:
    """One declared source. It remembers how many rows a page proved to have, and the form, if there is one."""

    def __init__(self, member: Member, settings: DeclaredSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._size = settings.page_size
        self.fields: frozenset[Field] = settings.fields
        holes = {
            hole for field in settings.fields if (request := settings.search.of(field)) for hole in request.holes()
        }
        self._is_numbered = bool(holes & {"page", "page0"})
        self._is_placed = not self._is_numbered and bool(holes & {"start", "start0"})
        form = settings.form
        self._kept = Kept(door.client, member.url.rstrip("/") + form.path) if form is not None else None
        self._turn = asyncio.Lock()

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list; see `engine.ports.Connector`."""
        settings = self._settings
        searching = answer_by_pages(
            self._member.id,
            query,
            window,
            clock=self._door.clock,
            can=Abilities(self.fields, has_phrases=settings.phrases, has_truncation=bool(settings.truncation)),
            ask=self._ask,
            unasked=query.filters,
            folds_marks=settings.folds_marks,
            most_requests=settings.max_requests,
        )
        if self._kept is None:
            return await searching
        async with self._turn:  # what a form leaves on the server belongs to one search at a time
            return await searching

    async def probe(self) -> None:
        """Ask for one plain word: the least that proves that searches are answered."""
        await self._get(_PROBE, 1, 1)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()

    def _ask(self, expression: Expression | None) -> Fetch:
        settings = self._settings
        way = boxed(
            expression,
            joins=settings.joins_fields,
            phrase=(lambda text: f'"{text.replace(chr(34), " ")}"') if settings.phrases else str,
            truncation=settings.truncation,
        )
        if self._is_numbered:
            return self._by_number(way)
        if self._is_placed:
            return self._by_place(way)
        return _Following(lambda: self._get(way, 1, self._size), self._next, way.notices)

    def _by_number(self, way: Boxed) -> Fetch:
        async def read(number: int) -> Sheet:
            size = numbered.size
            return (await self._get(way, (number - 1) * size + 1, size, size)).sheet

        numbered = Numbered(self._size, read)

        async def fetch(place: int, count: int) -> Batch:
            batch = await numbered(place, count)
            self._size = numbered.size
            return Batch(batch.first_place, batch.rows, batch.total, batch.goes_on, (*way.notices, *batch.notices))

        return fetch

    def _by_place(self, way: Boxed) -> Fetch:
        async def fetch(place: int, count: int) -> Batch:
            sheet = (await self._get(way, place, min(count, self._settings.page_size))).sheet
            return _batch(place, sheet, way.notices)

        return fetch

    async def _get(self, way: Boxed, start: int, count: int, size: int = 0) -> _Got:
        request = self._settings.search.of(way.field) or self._settings.search.any
        holes = holes_filled(way.text, start, count, size or self._settings.page_size)
        form = self._settings.form
        if self._kept is None or form is None:
            return await self._answer(await sent(self._door.client, built(self._member.url, request, holes)))
        point = form.point
        return await self._kept.ask(
            lambda page, url: built(self._member.url, request, holes, form_of(page, url, point)), self._answer
        )

    async def _answer(self, response: httpx.Response) -> _Got:
        settings, body, url = self._settings, response.content, str(response.url)
        if settings.is_json:
            answer: object = await read_beside(parse_json, body)
            return _Got(answer, url, read_answer(answer, settings, url, self._member.id))
        charset = settings.charset or response.charset_encoding
        whole = is_whole(body)

        def read(body: bytes) -> _Got:
            page = parse_html(body, charset=charset)
            return _Got(page, url, read_answer(page, settings, url, self._member.id, is_whole=whole))

        return await read_beside(read, body)

    async def _next(self, got: _Got) -> _Got | None:
        """Return the next page as the page at hand links to it; None if it does not."""
        found = taken(got.answer, self._settings.next, got.url) if self._settings.next is not None else []
        if not found:
            return None
        if found[0].startswith(("http://", "https://")):
            return await self._answer(await self._door.client.get(found[0]))
        back = post_back_of(found[0])
        if back is None or self._settings.form is None:
            raise UnreadableError(f"the next page is at no address: {found[0][:80]!r}")
        form = form_of(got.answer, got.url, self._settings.form.point)  # type: ignore[arg-type]  # only pages have forms
        return await self._answer(await self._door.client.post(form.action, data=form.posted_back(*back)))


class _Following:
    """Fetches a list whose pages only the page before leads to."""

    def __init__(
        self,
        first: Callable[[], Awaitable[_Got]],
        following: Callable[[_Got], Awaitable[_Got | None]],
        notices: tuple[Reason, ...],
    ) -> None:
        self._first, self._following, self._notices = first, following, notices
        self._got: _Got | None = None
        self._place = 1

    async def __call__(self, place: int, _count: int) -> Batch:
        """Return the page that holds a place, one page further at each call; pages before it are read on the way."""
        if self._got is None:
            self._got = await self._first()
        else:
            following = await self._following(self._got)
            if following is None:
                return Batch(place, (), self._got.sheet.total, goes_on=False)
            self._place += len(self._got.sheet.rows)
            self._got = following
        if self._got.sheet.rows and self._place + len(self._got.sheet.rows) <= place and self._got.sheet.goes_on:
            return await self(place, _count)
        return _batch(self._place, self._got.sheet, self._notices)


def _batch(place: int, sheet: Sheet, notices: tuple[Reason, ...]) -> Batch:
    if not sheet.is_whole:
        notices = (*notices, Reason("notice.partial"))
    return Batch(place, sheet.rows, sheet.total, sheet.goes_on, notices)
