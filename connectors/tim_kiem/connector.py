"""A member with a tim-kiem OPAC."""

from __future__ import annotations

import httpx
import msgspec

from connectors.formats import records_from_iso2709
from connectors.forms.aspnet import Kept, token_of
from connectors.forms.page_search import LARGE_LIST_BYTES
from connectors.forms.sending import sent
from connectors.lists.by_page import Batch, Fetch, answer_by_pages
from connectors.lists.numbered import Numbered, Sheet
from connectors.questions.expressions import sought
from connectors.questions.one_box import Boxed, FirstThatFinds, boxed, hyphenated
from connectors.questions.simpler import Abilities
from connectors.reading.html import html_of, is_whole, parse_html, read_beside, refuse_other_pages
from connectors.tim_kiem.reading import completed, read_rows, title_of_record, under_its_id
from connectors.tim_kiem.request import address, download_request, plain_url, search_request
from connectors.tim_kiem.settings import TimKiemSettings
from engine.errors import LienThuError
from engine.model import Answer, Expression, Field, Placed, Query, Reason, Record, Window
from engine.ports import Door, Member

_NO_SUCH_WAY = frozenset({404, 405})


class TimKiemConnector:
    """One tim-kiem OPAC that can be asked.

    It keeps the token of the search page as long as the server takes it, and remembers whether results come by POST or
    only as a plain page.
    """

    def __init__(self, member: Member, settings: TimKiemSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._kept = Kept(door.client, address(member.url, settings.form_path), uses=settings.token_uses)
        self._size = settings.page_size
        self._is_plain = False
        self.fields: frozenset[Field] = frozenset(settings.known_codes) | {Field.ANY}

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list; see `engine.ports.Connector`."""
        slugs: dict[str, str] = {}
        answer = await answer_by_pages(
            self._member.id,
            query,
            window,
            clock=self._door.clock,
            can=Abilities(self.fields),
            ask=lambda expression: self._ask(expression, slugs),
            unasked=query.filters,
            folds_marks=self._settings.folds_marks,
        )
        return await self._with_details(answer, slugs) if self._settings.details else answer

    async def probe(self) -> None:
        """Fetch the search page: the least that proves that searches can be asked."""
        page = await html_of(await self._door.client.get(address(self._member.url, self._settings.form_path)))
        if not token_of(page):
            refuse_other_pages(page)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()

    def _ask(self, expression: Expression | None, slugs: dict[str, str]) -> Fetch:
        async def look(way: Boxed, number: int) -> Sheet:
            sheet, found = await self._page(way, number)
            slugs.update(found)
            return sheet

        numbered = Numbered(self._size, FirstThatFinds(self._ways(expression), look))

        async def fetch(place: int, count: int) -> Batch:
            batch = await numbered(place, count)
            self._size = numbered.size
            return batch

        return fetch

    def _ways(self, expression: Expression | None) -> list[Boxed]:
        """Return the ways to put a question, one of which may find what another does not."""
        whole = boxed(expression, joins=self._settings.joins_fields)
        if whole.field is Field.ISBN:
            forms = hyphenated(whole.text, self._settings.isbn_forms)
            return [whole._replace(text=form) for form in forms]
        alone = boxed(expression, joins=False)
        return [whole, alone] if alone.field is not whole.field and len(sought(expression)) > 1 else [whole]

    async def _page(self, way: Boxed, number: int) -> tuple[Sheet, dict[str, str]]:
        base, settings = self._member.url, self._settings
        if not self._is_plain:
            found = await self._kept.ask(
                lambda page, _: search_request(base, settings, way, number, page), self._read, accepted=_NO_SUCH_WAY
            )
            if found is not None:
                return found
            self._is_plain = True
        found = await self._read(await self._door.client.get(plain_url(base, settings, way, number)))
        assert found is not None
        return found

    async def _read(self, response: httpx.Response) -> tuple[Sheet, dict[str, str]] | None:
        """Return what a page of results says; None where there is no such page."""
        if response.status_code in _NO_SUCH_WAY:
            return None
        url, charset = str(response.url), response.charset_encoding

        def read(body: bytes) -> tuple[Sheet, dict[str, str]]:
            sheet, slugs = read_rows(parse_html(body, charset=charset), url, self._member.id)
            return msgspec.structs.replace(sheet, is_whole=sheet.is_whole and is_whole(body)), slugs

        return await read_beside(read, response.content, large=LARGE_LIST_BYTES)

    async def _with_details(self, answer: Answer, slugs: dict[str, str]) -> Answer:
        """Return an answer whose first records are as full as their own pages tell them."""
        placed: list[Placed] = []
        lost = False
        for at, one in enumerate(answer.placed):
            record = one.record
            if at < self._settings.details and record.url:
                try:
                    record = await self._detail(record, slugs.get(record.id, ""))
                except LienThuError:
                    lost = True
            placed.append(Placed(one.place, record))
        partial = Reason("notice.partial")
        notices = (*answer.notices, partial) if lost and partial not in answer.notices else answer.notices
        return msgspec.structs.replace(answer, placed=tuple(placed), notices=notices)

    async def _detail(self, record: Record, slug: str) -> Record:
        response = await self._door.client.get(record.url or "")
        page = await html_of(response)
        if self._settings.details_by == "download" and slug:
            request = download_request(
                self._member.url, self._settings, slug, title_of_record(page) or record.title, page
            )
            body = (await sent(self._door.client, request)).content
            for full in records_from_iso2709(body, member=record.member):
                if isinstance(full, Record):
                    return under_its_id(record, full)
        return completed(record, page)
