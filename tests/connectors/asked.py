"""Makes a connector of any system for a test: over recordings, or over a function that answers."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from connectors.http import open_client
from engine.model import Clause, Field, Filters, Query
from engine.ports import Door, Manners, Member, Names, System

Answered = str | bytes | tuple[int, str | bytes]


class Scripted(httpx.AsyncBaseTransport):
    """A server that is a function: from a request to the body of its answer, or its status and body."""

    def __init__(self, answer: Callable[[httpx.Request], Answered], content_type: str = "application/json") -> None:
        self._answer = answer
        self._content_type = content_type
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        found = self._answer(request)
        status, body = found if isinstance(found, tuple) else (200, found)
        content = body.encode() if isinstance(body, str) else body
        return httpx.Response(status, headers={"Content-Type": self._content_type}, content=content, request=request)


def member(system: System, url: str) -> Member:
    manners = Manners(private_network=True, spacing_ms=0, parallel=8)
    return Member(id="thu-vien", system=system.name, url=url, name=Names(vi="Thư viện", en="Library"), manners=manners)


@asynccontextmanager
async def asked(
    system: System, transport: httpx.AsyncBaseTransport, url: str = "http://127.0.0.1", **said: object
) -> AsyncIterator[Any]:
    """A connector with the guarded client over a transport; `said` is its table in the member file."""
    who = member(system, url)
    client = open_client(who, user_agent="LienThu-tests", clock=time.time, transport=transport)
    connector = system.connector(who, msgspec.convert(said, system.settings), Door(client=client, clock=time.time))
    try:
        yield connector
    finally:
        await connector.close()


def words(text: str, field: Field = Field.ANY, *, filters: Filters | None = None) -> Query:
    return Query(Clause(text, field=field), filters=filters or Filters())


def codes(answer: Any) -> list[str]:
    return [notice.code for notice in answer.notices]


def titles(answer: Any) -> list[str]:
    return [placed.record.title for placed in answer.placed]
