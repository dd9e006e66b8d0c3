"""A member with a Solr of its own."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from connectors.http.course import ACCEPT_STATUS
from connectors.http.guard import failure_of_status
from connectors.lists.by_place import Listed, Lister, answer_by_place
from connectors.questions.field_map import field_map
from connectors.reading.json import Table, json_of
from connectors.solr.request import Pairs, SolrQuery, solr_query, window_pairs
from connectors.solr.response import listed, refuse_errors
from connectors.solr.settings import SolrSettings
from engine.model import Answer, Field, Query, Window
from engine.ports import Door, Member

_STATUSES_OF_ERRORS = frozenset({400, 500, 503})
"""Solr says in JSON what went wrong under these."""


class SolrConnector:
    """One core or collection of Solr that can be asked."""

    fields: frozenset[Field] = frozenset(Field)

    def __init__(self, member: Member, settings: SolrSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._by = field_map(settings.fields, settings.marc, settings.record_url)
        self._base = f"{member.url.partition('?')[0].rstrip('/')}/{settings.handler}"

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list; see `engine.ports.Connector`."""
        settings = self._settings
        lister = Lister(self._member.id, self._door.clock, settings.folds_marks, settings.max_start)
        return await answer_by_place(lister, query, window, lambda one: solr_query(one, settings), self._ask)

    async def _ask(self, said: SolrQuery, window: Window) -> Listed:
        count = min(window.count, self._settings.max_records)
        pairs = window_pairs(self._settings, self._by, start=window.start, count=count)
        return listed(await self.select((*said.pairs, *pairs)), self._by, self._member.id)

    async def select(self, pairs: Pairs) -> Table:
        """Return what the search handler answers."""
        headers = {"Accept": "application/json"}
        if self._settings.authorization:
            headers["Authorization"] = self._settings.authorization
        url = f"{self._base}?{urlencode(pairs, quote_via=quote)}"
        response = await self._door.client.get(url, headers=headers, extensions={ACCEPT_STATUS: _STATUSES_OF_ERRORS})
        if response.status_code != 200 and not response.content.lstrip().startswith(b"{"):
            raise failure_of_status(response.status_code, wait_s=None)
        answer = json_of(response)
        if response.status_code != 200:
            refuse_errors(answer)
            raise failure_of_status(response.status_code, wait_s=None)
        return answer

    async def probe(self) -> None:
        """Ask for a count without a record."""
        pairs = window_pairs(self._settings, self._by, start=1, count=0)
        listed(await self.select((("q", "*:*"), *pairs)), self._by, self._member.id)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()
