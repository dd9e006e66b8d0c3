"""Opens the connector of a made-up library on what stands in for its server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from connectors.battery.cases import Case, Library
from connectors.http import open_client
from connectors.http.recording import Replay
from engine.model import Answer, Query, Window
from engine.ports import Connector, Door, System


@asynccontextmanager
async def opened(system: System, library: Library, transport: httpx.AsyncBaseTransport) -> AsyncIterator[Connector]:
    """Open the connector of a library; it asks a transport through the guarded client, and its clock stands at 0."""

    def clock() -> float:
        return 0.0

    client = open_client(library.member, user_agent="LienThu-battery", clock=clock, transport=transport)
    connector = system.connector(library.member, library.settings, Door(client=client, clock=clock))
    try:
        yield connector
    finally:
        await connector.close()


async def answered(
    system: System, library: Library, transport: httpx.AsyncBaseTransport, query: Query, window: Window
) -> Answer:
    """Return what a search of a library gives; raises as the connector does."""
    async with opened(system, library, transport) as connector:
        return await connector.search(query, window)


async def replayed(system: System, library: Library, case: Case) -> Answer:
    """Return what a case gives as it was recorded."""
    return await answered(system, library, Replay(case.folder), case.query, case.window)
