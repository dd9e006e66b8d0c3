"""Opens the connector of a made-up library on what stands in for its server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from connectors.battery.cases import Case, Library
from connectors.battery.lines import stand_in
from connectors.http import open_client
from connectors.http.recording import Replay
from connectors.z3950.recording import ReplayDial
from engine.model import Answer, Query, Window
from engine.ports import Connector, Dial, Door, System

StandIn = httpx.AsyncBaseTransport | Dial
"""What stands in for a server: a transport beneath the guarded client, or a dial for what is no HTTP."""


@asynccontextmanager
async def opened(system: System, library: Library, server: StandIn) -> AsyncIterator[Connector]:
    """Open the connector of a library on what stands in for its server; its clock stands at 0."""

    def clock() -> float:
        return 0.0

    transport: httpx.AsyncBaseTransport
    dial: Dial
    if isinstance(server, httpx.AsyncBaseTransport):
        transport, dial = server, ReplayDial([])
    else:
        transport, dial = Replay([]), server
    client = open_client(library.member, user_agent="LienThu-battery", clock=clock, transport=transport)
    door = Door(client=client, clock=clock, dial=dial)
    connector = system.connector(library.member, library.settings, door)
    try:
        yield connector
    finally:
        await connector.close()


async def answered(system: System, library: Library, server: StandIn, query: Query, window: Window) -> Answer:
    """Return what a search of a library gives; raises as the connector does."""
    async with opened(system, library, server) as connector:
        return await connector.search(query, window)


async def replayed(system: System, library: Library, case: Case) -> Answer:
    """Return what a case gives as it was recorded."""
    return await answered(system, library, stand_in(case.folder), case.query, case.window)
