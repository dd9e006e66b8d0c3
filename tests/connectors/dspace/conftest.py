"""A DSpace connector on the wire or on a function in its place, and what it asked."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from connectors.dspace import SYSTEM, DspaceConnector, DspaceSettings
from connectors.http import open_client
from connectors.http.wire import Wire
from engine.model import Answer, Window
from engine.ports import Door, Manners, Member, Names
from engine.query import parse


class Watched(httpx.AsyncBaseTransport):
    """The wire, or a function in its place, and what was asked through it."""

    def __init__(self, wire: httpx.AsyncBaseTransport | Callable[[httpx.Request], httpx.Response]) -> None:
        self._wire = wire
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.raw_path.decode())
        if isinstance(self._wire, httpx.AsyncBaseTransport):
            return await self._wire.handle_async_request(request)
        return self._wire(request)

    async def aclose(self) -> None:
        if isinstance(self._wire, httpx.AsyncBaseTransport):
            await self._wire.aclose()

    def parameters(self) -> list[dict[str, str]]:
        return [dict(parse_qsl(urlsplit(path).query, keep_blank_values=True)) for path in self.asked]


class Opened:
    """A connector on a server, and what it asked."""

    def __init__(self, url: str, settings: DspaceSettings, wire: object = None, timeout_s: float = 8.0) -> None:
        manners = Manners(private_network=True, spacing_ms=0, parallel=4, timeout_s=timeout_s)
        self.member = Member(id="m", system="dspace", url=url, name=Names("Kho", "Repository"), manners=manners)
        self.wire = Watched(wire or Wire(self.member))  # type: ignore[arg-type]  # a function or a transport
        client = open_client(self.member, user_agent="LienThu-tests", clock=time.time, transport=self.wire)
        self.door = Door(client, time.time)
        connector = SYSTEM.connector(self.member, settings, self.door)
        assert isinstance(connector, DspaceConnector)
        self.connector = connector

    async def search(self, typed: str, start: int = 1, count: int = 20) -> Answer:
        self.wire.asked.clear()
        return await self.connector.search(parse(typed), Window(start, count))


Opener = Callable[..., Opened]


@pytest.fixture
async def open_on() -> AsyncIterator[Opener]:
    opened: list[Opened] = []

    def opener(url: str, wire: object = None, **settings: object) -> Opened:
        opened.append(Opened(url, DspaceSettings(**settings), wire))  # type: ignore[arg-type]  # keys of settings
        return opened[-1]

    yield opener
    for one in opened:
        await one.connector.close()


def item(number: int, **metadata: str) -> dict[str, object]:
    fields = {"dc.title": f"Sách {number}", **{name.replace("_", "."): text for name, text in metadata.items()}}
    told = {name: [{"value": text, "place": 0}] for name, text in fields.items()}
    return {"_embedded": {"indexableObject": {"uuid": f"{number:08d}-0000-4000-8000-000000000000", "type": "item",
            "handle": f"KHO/{number}", "metadata": told, "inArchive": True}}}  # fmt: skip
