"""Runs the service: one process, or several that share one port, watched by a parent that asks nobody."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys
from pathlib import Path

from aiohttp import web

from engine.app import open_search, read_house
from engine.web import application

RESTART_PAUSE_S = 1.0

log = logging.getLogger("lienthu.serve")


def until_told_to_stop() -> asyncio.Event:
    """Return an event that is set on SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def try_to_listen(host: str, port: int, *, is_shared: bool) -> None:
    """Raise OSError where the service could not listen. `is_shared`: several processes are to share the port."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_shared:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        trial.bind(address)
        trial.listen()


def spare_the_collector() -> None:
    """Let the collector of cycles look seldom, and never at what is loaded.

    A search makes and drops tens of thousands of objects, hardly any of them in cycles: looking at all of them every
    few hundred costs a tenth of the time and finds nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def serve(
    config: Path, *, host: str | None = None, port: int | None = None, worker: int = 1, of: int = 1
) -> None:
    """Serve until told to stop. `worker` of `of` processes (counted from 1) share the port and the members' limits.

    Raises SettingsError before anything listens, OSError where the port is taken.
    """
    stop = until_told_to_stop()
    house = read_house(config)
    service = house.settings.service
    async with open_search(house, share=of, refreshes=worker == 1) as search:
        app = application(search, settings=house.settings)
        # No access log: what readers ask is nobody's business.
        spare_the_collector()
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, host or service.host, port or service.port, reuse_port=of > 1 or None).start()
            log.info("listening", extra={"host": host or service.host, "port": port or service.port})
            await stop.wait()
        finally:
            await runner.cleanup()


async def watch(config: Path, *, host: str | None, port: int | None, workers: int) -> int:
    """Run so many worker processes and begin a new one for each that dies. Return the exit status.

    A worker that ends with a wrong setting (status 2) ends them all: another one would end likewise.
    """
    stop = until_told_to_stop()
    read_house(config)  # so that a wrong setting is told once

    async def keep(worker: int) -> int:
        while True:
            arguments = ["--config", str(config), "--worker", f"{worker}/{workers}"]
            arguments += ["--host", host] if host else []
            arguments += ["--port", str(port)] if port else []
            process = await asyncio.create_subprocess_exec(sys.executable, "-m", "engine.cli", "serve", *arguments)
            try:
                status = await process.wait()
            except asyncio.CancelledError:
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
                await process.wait()
                raise
            if status == 2:
                return status
            log.warning("worker died", extra={"worker": worker, "status": status})
            await asyncio.sleep(RESTART_PAUSE_S)

    keeping = [asyncio.create_task(keep(worker)) for worker in range(1, workers + 1)]
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([*keeping, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in [*keeping, stopping]:
        task.cancel()
    await asyncio.gather(*keeping, stopping, return_exceptions=True)
    return next((task.result() for task in done if task in keeping and isinstance(task.result(), int)), 0)
