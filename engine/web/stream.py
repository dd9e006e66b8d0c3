"""Event streams: one `snapshot` event after another, a comment as heartbeat, at last `settled`.

A reader who is slow gets fewer snapshots, never old ones: the next is made when the one before is written. When the
reader leaves, the search is let go of.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import cast

from aiohttp import web

from engine.model import Snapshot

HEARTBEAT_S = 15.0
LOOK_S = 0.5
"""How often it is looked whether the reader is still there."""

EVENT_STREAM = "text/event-stream"


def is_gone(request: web.Request) -> bool:
    """Tell whether the reader has left."""
    transport = request.transport
    return transport is None or transport.is_closing()


def event(name: str, data: bytes, number: int | None = None) -> bytes:
    r"""Return an event. `data` has no line break, as JSON has none.

    >>> event("settled", b"{}", 3)
    b'id: 3\nevent: settled\ndata: {}\n\n'
    """
    head = b"" if number is None else b"id: %d\n" % number
    return b"%sevent: %s\ndata: %s\n\n" % (head, name.encode(), data)


async def open_stream(request: web.Request) -> web.StreamResponse:
    """Return a prepared response for events. Proxies are told not to hold it back."""
    response = web.StreamResponse(
        headers={"Content-Type": EVENT_STREAM, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    return response


async def beating(
    request: web.Request, response: web.StreamResponse, snapshots: AsyncIterator[Snapshot], first: Snapshot
) -> AsyncGenerator[Snapshot, None]:
    """Yield the snapshots from the first, with heartbeats between them, until they end or the reader leaves."""
    yield first
    async with contextlib.aclosing(watched(request, snapshots, response)) as watching:
        async for snapshot in watching:
            yield snapshot


async def watched(
    request: web.Request, snapshots: AsyncIterator[Snapshot], beat: web.StreamResponse | None = None
) -> AsyncGenerator[Snapshot, None]:
    """Yield the snapshots until they end or the reader leaves; then the search is let go of."""
    loop = asyncio.get_running_loop()
    beaten = loop.time()
    coming: asyncio.Task[Snapshot] | None = None
    try:
        while not is_gone(request):
            coming = coming or asyncio.ensure_future(_next(snapshots))
            done, _ = await asyncio.wait({coming}, timeout=LOOK_S)
            if done:
                task, coming = coming, None
                try:
                    snapshot = task.result()
                except StopAsyncIteration:
                    return
                yield snapshot
                beaten = loop.time()
            elif beat is not None and loop.time() - beaten >= HEARTBEAT_S:
                await beat.write(b": still asking\n\n")
                beaten = loop.time()
    finally:
        if coming is not None:
            coming.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                await coming
        await close(snapshots)


async def _next(snapshots: AsyncIterator[Snapshot]) -> Snapshot:
    return await anext(snapshots)


async def close(snapshots: AsyncIterator[Snapshot]) -> None:
    """End an iteration that nobody waits for any more."""
    await cast("AsyncGenerator[Snapshot, None]", snapshots).aclose()
