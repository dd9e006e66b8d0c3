"""A member with a VuFind."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

import httpx

from connectors.http.course import ACCEPT_STATUS
from connectors.http.guard import failure_of_status
from connectors.lists.by_place import Listed, Lister, answer_by_place
from connectors.lists.paging import page_parts
from connectors.reading.html import html_of
from connectors.reading.json import json_of
from connectors.vufind import api
from connectors.vufind.pages import is_vufind, listed_page
from connectors.vufind.request import Pairs, VufindQuery, field_pairs, page_pairs, vufind_query
from connectors.vufind.settings import VufindSettings
from connectors.vufind.statuses import statuses
from engine.errors import LienThuError
from engine.model import Answer, Field, Holding, Query, Reason, Record, Window
from engine.ports import Door, Member

_API_ERRORS = frozenset({400, 401, 403, 404, 405, 410, 500, 501})
_API_OFF = frozenset({401, 403, 404, 405, 410, 501})
"""The interface is off as shipped (403), is no part of old versions (404), or wants a key (401)."""

MOST_ROWS = 100
"""Of its list VuFind gives no more at once."""

LEAST_LIMIT = 20
"""So many records every VuFind gives at once."""

MOST_PAGES = 10
"""Most pages of one search: to fill a window from a server whose own pages are small."""

MOST_IDS = 50
"""Of so many records VuFind is asked for the items at once."""


class VufindConnector:
    """One VuFind that can be asked.

    It asks by the REST interface until that turns out to be off, and from then on by pages.
    """

    fields: frozenset[Field] = frozenset(Field)

    def __init__(self, member: Member, settings: VufindSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._base = member.url.partition("?")[0].rstrip("/")
        self._by_api = settings.way != "pages"
        self._most_rows = MOST_ROWS
        self._knows_api = False

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list; see `engine.ports.Connector`."""
        lister = Lister(self._member.id, self._door.clock, self._settings.folds_marks, self._settings.max_start)
        return await answer_by_place(lister, query, window, self._say, self._ask)

    def _say(self, query: Query) -> VufindQuery:
        return vufind_query(query, self._settings)

    async def _ask(self, said: VufindQuery, window: Window) -> Listed:
        """Return the rows of a window, of as many pages as it lies on.

        It begins anew where the first page shows that the way is closed, or that pages are smaller than was asked for.
        """
        while True:
            size = self._settings.page_size
            if self._by_api:
                size = window.count if (window.start - 1) % window.count == 0 else size
            try:
                listed = await self._window(said.pairs, window, min(size, self._most_rows))
            except api.LimitError:
                if self._most_rows <= LEAST_LIMIT:
                    raise
                self._most_rows = LEAST_LIMIT
                continue
            if listed is not None:
                return listed

    async def _window(self, pairs: Pairs, window: Window, size: int) -> Listed | None:
        rows: list[Record | None] = []
        total: int | None = None
        for asked, part in enumerate(page_parts(window, size), 1):
            try:
                page = await self._page(pairs, part.number, size)
            except LienThuError:
                if not rows:
                    raise
                return Listed(tuple(rows), total, (Reason("notice.partial"),), has_more=False)
            if page is None:
                return None
            total = page.total if page.total is not None else total
            came = len(page.rows)
            if 0 < came < size and total is not None and came < total and part.number == 1:
                self._most_rows = came  # it only ever gets smaller
                return None
            rows += page.rows[part.first_row : part.end_row]
            if came < size or asked == MOST_PAGES:
                break
        return Listed(tuple(rows), total)

    async def _page(self, pairs: Pairs, number: int, size: int) -> Listed | None:
        """Return one page; None where the REST interface turns out to be off."""
        if self._by_api:
            found = await self._api_page(pairs, number, size)
            self._by_api = found is not None
            return found
        response = await self._door.client.get(self._url("Search/Results", (*pairs, *page_pairs(number, size))))
        return listed_page(await html_of(response), str(response.url), self._member.id, self._base)

    async def _api_page(self, pairs: Pairs, number: int, size: int) -> Listed | None:
        """Return a page of the REST interface; None where that is off and pages may be asked for."""
        asked = (*pairs, *page_pairs(number, size), *field_pairs(self._settings))
        response = await self._api(asked)
        if response.status_code in _API_OFF and self._settings.way == "auto":
            return None
        if response.status_code not in {200, 400, 500}:
            raise failure_of_status(response.status_code, wait_s=None)
        if response.status_code != 200 and not response.content.lstrip().startswith(b"{"):
            raise failure_of_status(response.status_code, wait_s=None)
        is_page = response.content.lstrip().startswith(b"<")
        if is_page and not self._knows_api and self._settings.way == "auto" and is_vufind(response.content):
            return None  # versions without the interface show a page of their own, some with the status 200
        found = api.listed(json_of(response), self._member.id, self._base)
        self._knows_api = True
        return found

    async def _api(self, pairs: Pairs) -> httpx.Response:
        headers = {"Accept": "application/json"}
        if self._settings.api_key:
            headers["X-API-KEY"] = self._settings.api_key
        url = self._url(f"{self._settings.api_path}/search", pairs)
        return await self._door.client.get(url, headers=headers, extensions={ACCEPT_STATUS: _API_ERRORS})

    def _url(self, path: str, pairs: Pairs) -> str:
        return f"{self._base}/{path}?{urlencode(pairs, quote_via=quote, safe='[]')}"

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Ask for the items of these records, as VuFind's own pages do behind their results."""
        if not self._settings.item_statuses:
            return {}
        found: dict[str, tuple[Holding, ...]] = {}
        ids = [record.id for record in records]
        for start in range(0, len(ids), MOST_IDS):
            batch = ids[start : start + MOST_IDS]
            pairs = (("method", "getItemStatuses"), *(("id[]", own_id) for own_id in batch))
            response = await self._door.client.get(self._url("AJAX/JSON", pairs))
            found |= statuses(json_of(response), batch)
        return found

    async def probe(self) -> None:
        """Ask for a count without a record; of a VuFind without the REST interface for one small page."""
        if self._by_api:
            response = await self._api((("lookfor", "history"), ("type", "AllFields"), ("limit", "0")))
            if response.status_code == 200:
                api.listed(json_of(response), self._member.id, self._base)
                return
            if response.status_code not in _API_OFF or self._settings.way == "api":
                raise failure_of_status(response.status_code, wait_s=None)
            self._by_api = False
        await self._page((("lookfor", "history"), ("type", "AllFields")), 1, self._settings.page_size)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()
