"""Associations that are kept for a while after a search, for the next one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from connectors.z3950.conversation import Conversation

Opening = Callable[[], Awaitable[Conversation]]


class Lend(Protocol):
    """Lends an association with the server: `Kept.lent`."""

    def __call__(self, wanted: object = None, *, is_fresh: bool = False) -> AbstractAsyncContextManager[Conversation]:
        """Lend one."""


class Kept:
    """The idle associations with one server. As many are in use as the member's manners let ask at once.

    Each is hung up on after `keep_s` seconds without use. `opening` makes a new one.
    """

    def __init__(self, opening: Opening, *, keep_s: float) -> None:
        self._opening = opening
        self._keep_s = keep_s
        self._idle: dict[Conversation, asyncio.TimerHandle] = {}

    @asynccontextmanager
    async def lent(self, wanted: object = None, *, is_fresh: bool = False) -> AsyncIterator[Conversation]:
        """Lend an association: an idle one whose result set is of what is `wanted`, else an idle one, else a new one.

        Where it must be fresh, all idle ones are given up first. What is not whole at the end, since somebody was
        cancelled or the server broke off, is hung up on at once.
        """
        if is_fresh:
            self.close()  # what else is idle is no better, and the server may count us
        conversation = self._idle_one(wanted)
        if conversation is None:
            conversation = await self._opening()
        is_cancelled = False
        try:
            yield conversation
        except asyncio.CancelledError:
            is_cancelled = True
            raise
        finally:
            # A failure that the server itself told in good order leaves the association as it was.
            if conversation.is_open and self._keep_s and not is_cancelled:
                self._give_back(conversation)
            else:
                conversation.close()

    def _idle_one(self, wanted: object) -> Conversation | None:
        found: Conversation | None = None
        for conversation in list(self._idle):
            if not conversation.is_open:
                self._idle.pop(conversation).cancel()
                conversation.close()
            elif found is None or (conversation.holds is not None and conversation.holds[0] == wanted):
                found = conversation
        if found is not None:
            self._idle.pop(found).cancel()
            found.reuse()
        return found

    def _give_back(self, conversation: Conversation) -> None:
        timer = asyncio.get_running_loop().call_later(self._keep_s, self._hang_up, conversation)
        self._idle[conversation] = timer

    def _hang_up(self, conversation: Conversation) -> None:
        del self._idle[conversation]
        conversation.close()

    def close(self) -> None:
        """Hang up on all that are idle."""
        for conversation, timer in self._idle.items():
            timer.cancel()
            conversation.close()
        self._idle.clear()
