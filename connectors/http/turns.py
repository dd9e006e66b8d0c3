"""Whose turn it is: so many requests at once, so much time between two starts, first come first served.

Knows no HTTP and no member.
"""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType


class Turns:
    """A fair queue. `async with turns:` waits for a turn and gives it back at the end.

    Who is cancelled while waiting leaves no gap: neither a place nor time between two starts is lost.
    """

    def __init__(self, *, parallel: int, spacing_s: float) -> None:
        self._free = parallel
        self._spacing_s = spacing_s
        self._next_start = float("-inf")
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def earliest_start(self) -> float:
        """When one who comes now starts at the earliest (the loop's clock), however fast the others are done."""
        return max(self._next_start, asyncio.get_running_loop().time()) + len(self._waiting) * self._spacing_s

    async def __aenter__(self) -> None:
        loop = asyncio.get_running_loop()
        if self._free and not self._waiting and loop.time() >= self._next_start:
            self._start(loop.time())
            return
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        self._serve()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                # The turn came in the same moment: the next one gets it, and need not wait for a start that never was.
                self._free += 1
                self._next_start -= self._spacing_s
            elif turn in self._waiting:
                self._waiting.remove(turn)
            self._serve()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._free += 1
        self._serve()

    def send_away(self, error: Exception) -> None:
        """Raise an error for all who wait."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(error)
        self._serve()

    def _start(self, now: float) -> None:
        self._free -= 1
        self._next_start = now + self._spacing_s

    def _serve(self) -> None:
        """Let those start whose turn it is, and set the alarm for the next."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        loop = asyncio.get_running_loop()
        while self._waiting and self._free:
            now = loop.time()
            if now < self._next_start:
                self._alarm = loop.call_at(self._next_start, self._serve)
                return
            turn = self._waiting.popleft()
            if not turn.done():
                self._start(now)
                turn.set_result(None)
