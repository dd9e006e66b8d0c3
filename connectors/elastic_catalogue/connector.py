"""A member with an Elasticsearch or OpenSearch index of its own."""

from __future__ import annotations

import msgspec

from connectors.elastic_catalogue.request import ElasticQuery, body, elastic_query
from connectors.elastic_catalogue.response import listed, refuse_errors
from connectors.elastic_catalogue.settings import ElasticSettings
from connectors.http.course import ACCEPT_STATUS, IDEMPOTENT
from connectors.http.guard import failure_of_status
from connectors.lists.by_place import Listed, Lister, answer_by_place
from connectors.questions.field_map import field_map
from connectors.reading.json import Table, json_of
from engine.model import Answer, Field, Query, Window
from engine.ports import Door, Member

_STATUSES_OF_ERRORS = frozenset({400, 401, 403, 404, 500, 503})
"""The index says in JSON what went wrong under these."""


class ElasticConnector:
    """One index that can be asked."""

    fields: frozenset[Field] = frozenset(Field)

    def __init__(self, member: Member, settings: ElasticSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._by = field_map(settings.fields, settings.marc, settings.record_url, own_id="")
        self._url = f"{member.url.partition('?')[0].rstrip('/')}/_search"

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list; see `engine.ports.Connector`."""
        settings = self._settings
        lister = Lister(self._member.id, self._door.clock, settings.folds_marks, settings.max_start)
        return await answer_by_place(lister, query, window, lambda one: elastic_query(one, settings), self._ask)

    async def _ask(self, said: ElasticQuery, window: Window) -> Listed:
        content = body(said, self._by, start=window.start, count=min(window.count, self._settings.max_records))
        return listed(await self.ask(content), self._by, self._member.id)

    async def ask(self, content: bytes) -> Table:
        """Return what `_search` answers."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._settings.authorization:
            headers["Authorization"] = self._settings.authorization
        extensions = {ACCEPT_STATUS: _STATUSES_OF_ERRORS, IDEMPOTENT: True}
        response = await self._door.client.post(self._url, content=content, headers=headers, extensions=extensions)
        if response.status_code != 200 and not response.content.lstrip().startswith(b"{"):
            raise failure_of_status(response.status_code, wait_s=None)
        answer = json_of(response)
        if response.status_code != 200:
            refuse_errors({"status": response.status_code, **answer})
            raise failure_of_status(response.status_code, wait_s=None)
        return answer

    async def probe(self) -> None:
        """Ask for a count without a record."""
        content = msgspec.json.encode({"query": {"match_all": {}}, "size": 0})
        answer = await self.ask(content)
        listed({**answer, "hits": {"hits": [], **_table(answer.get("hits"))}}, self._by, self._member.id)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()


def _table(value: object) -> Table:
    return value if isinstance(value, dict) else {}
