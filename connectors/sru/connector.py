"""A member with an SRU server."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from connectors.http.course import ACCEPT_STATUS
from connectors.http.guard import failure_of_status
from connectors.questions.cql import cql
from connectors.questions.cql_map import MissingField
from connectors.reading.diagnostics import Means
from connectors.sru.asking import Asking
from connectors.sru.availability import UnknownIndexError, holdings_now
from connectors.sru.request import search_url
from connectors.sru.response import response_beside
from connectors.sru.settings import Dialect, SruSettings, dialect
from engine.model import Answer, Clause, Field, Holding, Query, Record, Window
from engine.ports import Door, Member

_PROBE = Query(Clause("history"))
_STATUSES_OF_DIAGNOSTICS = frozenset({400, 500})
"""Some servers give these statuses to answers that hold diagnostics of SRU, which say more."""

_DOWN = frozenset({Means.FAULT, Means.BUSY, Means.REFUSED})


class SruConnector:
    """One SRU server that can be asked.

    It remembers on which rung of the ladder of second tries the server answered, and asks the next question there.
    """

    def __init__(self, member: Member, settings: SruSettings, door: Door) -> None:
        self._member, self._door = member, door
        self._wished = dialect(settings)
        self._speaking = self._wished
        self._knows_ids = True
        mapped = {field for field, index in self._wished.indexes.items() if index} | {Field.ANY}
        goes_anywhere = self._wished.missing_field is MissingField.ANY
        self.fields: frozenset[Field] = frozenset(Field) if goes_anywhere else frozenset(mapped)

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask the server for one window of its answer; see `engine.ports.Connector`."""
        asked_at = self._door.clock()
        begun = self._speaking
        asking = Asking(self._member.id, self._wished, begun, self._fetch, self._door.clock)
        await asking.run(query, window)
        if asking.learned is not begun:  # else a search that began before another learned would undo that
            self._speaking = asking.learned
        return Answer(
            member=self._member.id,
            placed=tuple(asking.placed),
            total=asking.total,
            asked_at=asked_at,
            took_s=max(0.0, asking.read_at - asked_at),
            has_more=asking.has_more,
            notices=asking.notices(),
        )

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Ask for these records again by their ids, and return their holdings; {} where no index of ids is known."""
        if not self._speaking.id_index or not self._knows_ids or not records:
            return {}
        try:
            return await holdings_now(records, self._member.id, self._speaking, self._fetch)
        except UnknownIndexError:
            self._knows_ids = False
            return {}

    async def probe(self) -> None:
        """Ask for one plain word and at most one record: the least that proves that searches are answered."""
        reply = await self._fetch(cql(_PROBE, self._speaking).text, self._speaking, 1, 1)
        answer = await response_beside(reply, lenient=self._speaking.lenient)
        for diagnostic in answer.diagnostics:
            meaning = diagnostic.meaning
            if meaning.means in _DOWN or (meaning.means is Means.SETTINGS and meaning.second_try is None):
                raise diagnostic.failure(self._member.id)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()

    async def _fetch(self, text: str, speaking: Dialect, start: int, count: int) -> httpx.Response:
        url = search_url(self._member.url, speaking, text, start=start, count=count)
        reply = await self._door.client.get(url, extensions={ACCEPT_STATUS: _STATUSES_OF_DIAGNOSTICS})
        if reply.status_code in _STATUSES_OF_DIAGNOSTICS and b"diagnostic" not in reply.content:
            raise failure_of_status(reply.status_code, wait_s=None)
        return reply
