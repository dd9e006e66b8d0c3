"""Makes SRU connectors for tests: to real servers on loopback, to recordings, to a function that answers."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec

from connectors.http import open_client
from connectors.http.recording import Replay
from connectors.sru import SYSTEM, SruConnector, SruSettings
from engine.model import Clause, Expression, Field, Filters, Query
from engine.ports import Door, Manners, Member, Names

RECORDINGS = Path(__file__).parents[2] / "recordings"


def member(url: str = "http://127.0.0.1/sru", *, id_: str = "thu-vien") -> Member:
    manners = Manners(private_network=True, spacing_ms=0, parallel=8)
    return Member(id=id_, system="sru", url=url, name=Names(vi="Thư viện", en="Library"), manners=manners)


def settings(**said: object) -> SruSettings:
    """Settings as a member file says them."""
    return msgspec.convert(said, SruSettings)


@asynccontextmanager
async def asked(
    url: str = "http://127.0.0.1/sru", *, transport: httpx.AsyncBaseTransport | None = None, **said: object
) -> AsyncIterator[SruConnector]:
    """A connector with the guarded client, to a real server or to a transport that answers instead."""
    who = member(url)
    client = open_client(who, user_agent="LienThu-tests", clock=time.time, transport=transport)
    connector = SYSTEM.connector(who, settings(**said), Door(client=client, clock=time.time))
    assert isinstance(connector, SruConnector)
    try:
        yield connector
    finally:
        await connector.close()


def replayed(folder: str) -> Replay:
    """The recordings of a made-up member."""
    return Replay(sorted((RECORDINGS / folder).rglob("*.exchange")))


class Scripted(httpx.AsyncBaseTransport):
    """A server that is a function: from the parameters of a request to the body of its answer."""

    def __init__(self, answer: Callable[[dict[str, str]], str | bytes]) -> None:
        self._answer = answer
        self.requests: list[dict[str, str]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        said = dict(request.url.params)
        self.requests.append(said)
        body = self._answer(said)
        content = body.encode() if isinstance(body, str) else body
        return httpx.Response(200, headers={"Content-Type": "text/xml"}, content=content, request=request)


def words(text: str, field: Field = Field.ANY, *, filters: Filters | None = None) -> Query:
    return Query(Clause(text, field=field), filters=filters or Filters())


def query(expression: Expression) -> Query:
    return Query(expression)


def codes(answer: object) -> list[str]:
    """The codes of an answer's notices."""
    return [notice.code for notice in answer.notices]  # type: ignore[attr-defined]
