"""A service in a thread of its own, for tests that come as a program from outside would."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web
from aiohttp.test_utils import unused_port

from engine.search import Search
from engine.web import application
from tests.engine.simulated import Clock, Library, asked


class Running:
    """A running service: its address, and a way to act in its event loop."""

    def __init__(self, address: str, loop: asyncio.AbstractEventLoop) -> None:
        self.address = address
        self.loop = loop

    def open(self, library: Library) -> None:
        """Let a library answer."""
        self.loop.call_soon_threadsafe(library.gate.set)


@contextmanager
def running(clock: Clock, *libraries: Library, deadline_s: float = 20.0) -> Iterator[Running]:
    port = unused_port()
    started = threading.Event()
    found: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        stop = asyncio.Event()
        async with Search(asked(*libraries), None, clock=clock, deadline_s=deadline_s) as search:
            runner = web.AppRunner(application(search), access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port).start()
            found.append((asyncio.get_running_loop(), stop))
            started.set()
            await stop.wait()
            for library in libraries:
                library.gate.set()
            await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    started.wait(10)
    loop, stop = found[0]
    try:
        yield Running(f"http://127.0.0.1:{port}", loop)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
