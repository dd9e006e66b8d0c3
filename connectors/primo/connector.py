"""A member with a Primo."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote, urlencode, urlsplit

import httpx
import msgspec

from connectors.http.course import ACCEPT_STATUS, IDEMPOTENT
from connectors.http.guard import failure_of_status
from connectors.lists.by_place import Listed, Lister, answer_by_place
from connectors.primo import pnx
from connectors.primo.request import (
    Pairs,
    PrimoQuery,
    form_pairs,
    ids_query,
    page_pairs,
    primo_query,
    search_pairs,
    view_pairs,
)
from connectors.primo.response import listed, listed_page
from connectors.primo.settings import PrimoSettings, Way
from connectors.reading.html import html_of
from connectors.reading.json import Table, first_text, json_of, parse_json, table_of, tables_of
from engine.errors import LienThuError, RefusedError, UnreadableError
from engine.model import Answer, Clause, Field, Holding, Query, Reason, Record, Window
from engine.ports import Door, Member

_BASES = {Way.VE: "/primaws/rest/pub", Way.CLASSIC: "/primo_library/libweb/webservices/rest/primo-explore/v1"}
_TOKENS = {
    Way.VE: "/primaws/rest/pub/institution/{inst}/guestJwt",
    Way.CLASSIC: "/primo_library/libweb/webservices/rest/v1/guestJwt/{inst}",
}
_LINKS = "/primo_library/libweb/action/dlSearch.do"
_PAGES = "/primo_library/libweb/action/search.do"
_WANTS_TOKEN = frozenset({401, 403})
_NOT_THERE = frozenset({404, 405, 410})


class NotThereError(UnreadableError):
    """An interface that this Primo does not have."""


class PrimoConnector:
    """One view of a Primo that can be asked.

    It remembers which of Primo's interfaces answers, a guest's token while it is good, and whether copies can be asked
    for by several records at once.
    """

    fields: frozenset[Field] = frozenset(Field)

    def __init__(self, member: Member, settings: PrimoSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        parts = urlsplit(member.url)
        self._root = f"{parts.scheme}://{parts.netloc}"
        if settings.way == "auto":
            by_view = (Way.VE, Way.CLASSIC) if ":" in settings.vid else (Way.CLASSIC, Way.VE)
            self._ways: list[Way] = [*by_view, Way.PAGES]
        else:
            self._ways = [Way(settings.way)]
        self._token = ""
        self._has_batches = True

    @property
    def way(self) -> Way:
        """The interface that is asked first."""
        return self._ways[0]

    @property
    def has_token(self) -> bool:
        """Whether Primo wanted a guest's token."""
        return bool(self._token)

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list; see `engine.ports.Connector`."""
        settings = self._settings
        lister = Lister(self._member.id, self._door.clock, settings.folds_marks, settings.max_start)
        while True:
            way = self._ways[0]
            try:
                return await answer_by_place(
                    lister, query, window, partial(_said, settings, way), partial(self._ask, way)
                )
            except NotThereError:
                if self._ways == [way]:
                    raise
                self._ways = [other for other in self._ways if other is not way]

    async def _ask(self, way: Way, said: PrimoQuery, window: Window) -> Listed:
        """Return a window by one interface; NotThereError where this Primo has it not."""
        found = await (self._page(said, window) if way is Way.PAGES else self._json(way, said, window))
        self._ways = [way]
        return found

    async def _json(self, way: Way, said: PrimoQuery, window: Window) -> Listed:
        pairs = search_pairs(
            said, self._settings, start=window.start, count=min(window.count, self._settings.max_records)
        )
        response = await self._get(way, f"{_BASES[way]}/pnxs", pairs)
        if response.status_code in _NOT_THERE:
            raise NotThereError(f"{_BASES[way]} is not there")
        if response.status_code != 200:
            raise failure_of_status(response.status_code, wait_s=None)
        return listed(json_of(response), self._member.id, self._record_url(way))

    async def _page(self, said: PrimoQuery, window: Window) -> Listed:
        """Return rows of the older pages: by a deep link, or as their form asks where there are no deep links."""
        count = min(window.count, self._settings.max_records)
        pairs = page_pairs(said, self._settings, start=window.start, count=count)
        extensions = {ACCEPT_STATUS: _NOT_THERE}
        response = await self._door.client.get(_address(self._root + _LINKS, pairs), extensions=extensions)
        by_form = response.status_code in _NOT_THERE
        if by_form:
            pairs = form_pairs(said, self._settings, start=window.start)
            response = await self._door.client.get(_address(self._root + _PAGES, pairs))
        page = await html_of(response)
        found = listed_page(page, str(response.url), self._member.id, self._record_url(Way.PAGES))
        if by_form and found.rows and (";" in said.q or not said.q.startswith("any,")):
            found = found._replace(notices=(*found.notices, Reason("notice.dropped-clause")))
        return found

    async def _get(self, way: Way, path: str, pairs: Pairs, *, body: bytes | None = None) -> httpx.Response:
        """Send a request, with a guest's token where Primo wants one."""
        policy = self._settings.guest
        if policy == "always" and not self._token:
            await self._fetch_token(way)
        response = await self._send(path, pairs, body)
        if response.status_code in _WANTS_TOKEN and policy != "never":
            await self._fetch_token(way)
            response = await self._send(path, pairs, body)
        return response

    async def _send(self, path: str, pairs: Pairs, body: bytes | None) -> httpx.Response:
        headers = {"Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        url = _address(self._root + path, pairs)
        extensions = {ACCEPT_STATUS: _WANTS_TOKEN | _NOT_THERE | {400, 415, 500}, IDEMPOTENT: True}
        if body is None:
            return await self._door.client.get(url, headers=headers, extensions=extensions)
        headers["Content-Type"] = "application/json"
        return await self._door.client.post(url, content=body, headers=headers, extensions=extensions)

    async def _fetch_token(self, way: Way) -> None:
        """Fetch the token that every visitor's browser fetches first."""
        path = _TOKENS[way].replace("{inst}", quote(self._settings.institution, safe=""))
        pairs = (("isGuest", "true"), ("lang", self._settings.lang), ("targetUrl", ""), ("viewId", self._settings.vid))
        response = await self._door.client.get(f"{self._root}{path}?{urlencode(pairs)}")
        token = first_text(parse_json(response.content))
        if not token or " " in token or not token.isascii():
            raise RefusedError("Primo gives no guest's token")
        self._token = token

    def _record_url(self, way: Way) -> str:
        if self._settings.record_url:
            return self._settings.record_url
        view = urlencode([("vid", self._settings.vid), ("lang", self._settings.lang)])
        match way:
            case Way.VE:
                return f"{self._root}/discovery/fulldisplay?docid={{id}}&context={{context}}&{view}"
            case Way.CLASSIC:
                return f"{self._root}/primo-explore/fulldisplay?docid={{id}}&context={{context}}&{view}"
            case Way.PAGES:
                vid = quote(self._settings.vid)
                return f"{self._root}/primo_library/libweb/action/dlDisplay.do?docId={{id}}&vid={vid}"

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Ask where these records' copies are now: all at once where Primo can, one by one else."""
        way = self._ways[0]
        ids = [record.id for record in records]
        if way is Way.PAGES or not ids:
            return {}
        told: dict[str, tuple[Holding, ...]] = {}
        if self._has_batches:
            told = await self._delivered(way, ids)
            self._has_batches = bool(told)
        missing = [own_id for own_id in ids if own_id not in told]
        for own_id in missing[: self._settings.most_items]:
            path = f"{_BASES[way]}/pnxs/L/{quote(own_id, safe='')}"
            response = await self._get(way, path, view_pairs(self._settings))
            if response.status_code == 200:
                document = json_of(response)
                if pnx.says_delivery(document):
                    told[own_id] = pnx.delivered(document)
        return told

    async def _delivered(self, way: Way, ids: list[str]) -> dict[str, tuple[Holding, ...]]:
        """Return what the list of these records says of delivery; nothing where Primo does not know the question."""
        view = view_pairs(self._settings)
        if way is Way.VE:
            # Primo tells of those records only that the question beside them finds.
            pairs = (("q", ids_query(ids, "any")), *view, ("limit", str(len(ids))), ("offset", "0"), ("sort", "rank"))
            response = await self._get(way, f"{_BASES[way]}/delivery", pairs, body=msgspec.json.encode(ids))
        else:
            pairs = (
                ("q", ids_query(ids, "rid")),
                *view,
                ("limit", str(len(ids))),
                ("offset", "0"),
                ("skipDelivery", "N"),
            )
            response = await self._get(way, f"{_BASES[way]}/pnxs", pairs)
        if response.status_code != 200:
            return {}
        try:
            documents = _documents(parse_json(response.content))
        except LienThuError:
            return {}
        told: dict[str, tuple[Holding, ...]] = {}
        for document in documents:
            pnx_of = table_of(document.get("pnx"))
            own_id = pnx.plain(first_text(table_of(pnx_of.get("control")).get("recordid")))
            if own_id in ids and pnx.says_delivery(document):
                told[own_id] = pnx.delivered(document)
        return told

    async def probe(self) -> None:
        """Ask for one record of one plain word."""
        await self.search(Query(Clause("history")), Window(1, 1))

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()


def _address(path: str, pairs: Pairs) -> str:
    return f"{path}?{urlencode(pairs, quote_via=quote, safe=',')}"


def _said(settings: PrimoSettings, way: Way, query: Query) -> PrimoQuery:
    return primo_query(query, settings, by_page=way is Way.PAGES)


def _documents(answer: object) -> list[Table]:
    """Return the documents of an answer: a list of them, or an object around it."""
    return tables_of(answer) if isinstance(answer, list) else tables_of(table_of(answer).get("docs", []))
