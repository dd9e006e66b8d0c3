"""A member with an SRU server."""

from __future__ import annotations

import asyncio

import httpx
import msgspec

from connectors.cql import MissingField, cql
from connectors.sru.asking import Asking
from connectors.sru.diagnostics import Means
from connectors.sru.request import search_url
from connectors.sru.response import Response, response
from connectors.sru.settings import Dialect, SruSettings, dialect
from engine.errors import FaultError, RefusedError, SettingsError, UnreadableError
from engine.model import Answer, Clause, Field, Query, Window
from engine.ports import Door, Member

BYTES_PARSED_AT_ONCE = 300_000
"""A larger body is parsed in a thread: lxml lets others run meanwhile."""

_PROBE = Query(Clause("history"))


class SruConnector:
    """One SRU server that can be asked.

    It remembers on which rung of the ladder of second tries the server answered, and asks the next question there.
    """

    def __init__(self, member: Member, settings: SruSettings, door: Door) -> None:
        try:
            self._wished = dialect(settings)
        except (ValueError, msgspec.ValidationError) as error:
            raise SettingsError(f"members/{member.id}.toml", None, str(error)) from error
        self._member, self._door = member, door
        self._speaking = self._wished
        mapped = {field for field, index in self._wished.indexes.items() if index} | {Field.ANY}
        goes_anywhere = self._wished.missing_field is MissingField.ANY
        self.fields: frozenset[Field] = frozenset(Field) if goes_anywhere else frozenset(mapped)

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask the server for one window of its answer; see `engine.ports.Connector`."""
        asked_at = self._door.clock()
        asking = Asking(self._member.id, self._wished, self._speaking, self._fetch)
        await asking.run(query, window)
        self._speaking = asking.learned
        return Answer(
            member=self._member.id,
            placed=tuple(asking.placed),
            total=asking.total,
            asked_at=asked_at,
            took_s=max(0.0, self._door.clock() - asked_at),
            has_more=asking.has_more,
            notices=asking.notices(),
        )

    async def probe(self) -> None:
        """Ask for one plain word and at most one record: the least that proves that searches are answered."""
        answer = await self._fetch(cql(_PROBE, self._speaking).text, self._speaking, 1, 1)
        for diagnostic in answer.diagnostics:
            if diagnostic.meaning.means in {Means.FAULT, Means.BUSY, Means.REFUSED}:
                raise diagnostic.failure(self._member.id)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()

    async def _fetch(self, text: str, speaking: Dialect, start: int, count: int) -> Response:
        reply = await self._door.client.get(search_url(self._member.url, speaking, text, start=start, count=count))
        if len(reply.content) > BYTES_PARSED_AT_ONCE:
            return await asyncio.to_thread(_read, reply)
        return _read(reply)


def _read(reply: httpx.Response) -> Response:
    """Return the answer in a reply. Servers send diagnostics under any status: the body is read before the status."""
    try:
        found = response(reply.content)
    except UnreadableError:
        if reply.status_code in {401, 403}:
            raise RefusedError(f"HTTP {reply.status_code}") from None
        if reply.status_code >= 400:
            raise FaultError(f"HTTP {reply.status_code}") from None
        raise
    return found
