"""How many times a search waits for a server that is far away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from connectors.z3950.tlv import Frames
from engine.model import Field, Window
from tests.connectors.z3950.speaking import Library, asked, serving, settled, words
from tests.servers import Running

zebra = pytest.mark.needs("zebrasrv")
ONE_WAY_S = 0.05


class FarAway:
    """A proxy that lets everything wait on its way, 100 ms there and back, and counts how often we had to wait.

    A request's turn is one more than that of the latest answer that had reached us when it was sent; so requests that
    are sent without waiting for one another count once.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self.turns = 0
        self.requests = 0
        self.lines: list[asyncio.Task[None]] = []

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        task = asyncio.current_task()
        assert task is not None
        self.lines.append(task)
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        loop = asyncio.get_running_loop()
        waiting: asyncio.Queue[int] = asyncio.Queue()
        reached = 0

        async def there() -> None:
            frames = Frames(1 << 20)
            while piece := await reader.read(65536):
                frames.feed(piece)
                while (apdu := frames.take()) is not None:
                    if apdu[0] == 0xBF:
                        continue  # a Close is answered by nobody
                    self.requests += 1
                    self.turns = max(self.turns, reached + 1)
                    waiting.put_nowait(reached + 1)
                    loop.call_later(ONE_WAY_S, there_writer.write, apdu)

        async def back() -> None:
            nonlocal reached
            frames = Frames(1 << 24)

            def arrive(apdu: bytes, turn: int) -> None:
                nonlocal reached
                reached = max(reached, turn)
                writer.write(apdu)

            while piece := await there_reader.read(65536):
                frames.feed(piece)
                while (apdu := frames.take()) is not None:
                    loop.call_later(ONE_WAY_S, arrive, apdu, waiting.get_nowait())

        tasks = [asyncio.create_task(there()), asyncio.create_task(back())]
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            there_writer.transport.abort()
            writer.transport.abort()


@contextlib.asynccontextmanager
async def far_away(port: int, database: str = "biblios") -> AsyncIterator[tuple[str, FarAway]]:
    proxy = FarAway(port)
    listening = await asyncio.start_server(proxy.meet, "127.0.0.1", 0)
    try:
        yield f"z3950://127.0.0.1:{listening.sockets[0].getsockname()[1]}/{database}", proxy
    finally:
        listening.close()
        for line in proxy.lines:
            line.cancel()
        await asyncio.gather(*proxy.lines, return_exceptions=True)
        await settled()


@zebra
@pytest.mark.parametrize(("chunk", "requests", "turns"), [(50, 4, 3), (100, 3, 3), (25, 6, 3), (10, 12, 5)])
async def test_a_hundred_records_from_far_away_cost_at_most_five_round_trips(
    zebra_icu: Running, chunk: int, requests: int, turns: int
) -> None:
    async with (
        far_away(zebra_icu.port) as (url, proxy),
        asked(url, profile="yaz", syntaxes=["xml"], chunk=chunk) as library,
    ):
        answer = await library.search(words("báo cáo khảo sát", Field.TITLE), Window(1, 100))
    assert len(answer.placed) == 100
    assert (proxy.requests, proxy.turns) == (requests, turns)
    assert proxy.turns <= 5


@zebra
async def test_the_next_page_over_a_kept_association_costs_one_round_trip(zebra_icu: Running) -> None:
    async with far_away(zebra_icu.port) as (url, proxy), asked(url, profile="yaz", syntaxes=["xml"]) as library:
        await library.search(words("báo cáo khảo sát", Field.TITLE), Window(1, 20))
        before = proxy.turns
        answer = await library.search(words("báo cáo khảo sát", Field.TITLE), Window(21, 20))
    assert len(answer.placed) == 20
    assert (before, proxy.turns) == (3, 4)


async def test_a_server_that_gives_ten_at_a_time_costs_five_round_trips_even_when_that_is_not_known() -> None:
    server = Library(100, most=10)
    async with serving(server.talk) as near:
        port = int(near.rpartition("/")[0].rpartition(":")[2])
        async with far_away(port) as (url, proxy), asked(url) as library:
            answer = await library.search(words("x"), Window(1, 100))
    assert len(answer.placed) == 100
    assert proxy.turns == 5
