"""How a member is asked: the connector, and the door through which it does its work."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, runtime_checkable

import httpx
import msgspec

from engine.model import Answer, Field, Holding, Query, Record, Window
from engine.ports.members import Clock


class Connector(Protocol):
    """One member that can be asked. Made once, used by many searches at once."""

    fields: frozenset[Field]
    """The fields this member can search. The planner skips it for a query that needs others."""

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask the member and return its answer, or raise one of `engine.errors`.

        The caller bounds the time. `Answer.asked_at` and `took_s` are set by the door's clock.
        """

    async def probe(self) -> None:
        """Find out, at the least cost to the member, whether it answers; raise as `search` does if not."""

    async def close(self) -> None:
        """Let go of connections."""


class Line(Protocol):
    """An open connection to a member that carries bytes, for what is no HTTP. Its failures are `engine.errors`."""

    @property
    def is_open(self) -> bool:
        """Whether neither side has hung up, as far as is known without waiting."""

    async def send(self, content: bytes) -> None:
        """Send one request. Counts against the member's daily budget; what is sent on a lost line is lost."""

    async def receive(self) -> bytes:
        """Return what comes next, as soon as anything does; nothing where the line is lost."""

    def close(self, farewell: bytes = b"") -> None:
        """Say farewell, if there is one, and hang up; without one at once."""


class Dial(Protocol):
    """How a connector that speaks no HTTP reaches its member."""

    async def __call__(self, host: str, port: int) -> Line:
        """Open a line to an address that may be connected to. To be called within a `turn`."""

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Wait until a polite guest may ask, and bound all that is done within by the member's time.

        Raises BusyError where there is no turn, and TimedOutError where the time is used up.
        """


class Door(msgspec.Struct, frozen=True):
    """What a connector gets to do its work with.

    `client` is the guarded client of this member: every request through it keeps the member's manners and
    raises `engine.errors` for transport failures. `clock` tells `Answer.asked_at`. `dial` opens guarded lines for
    what is no HTTP; None where no such door was made.
    """

    client: httpx.AsyncClient
    clock: Clock
    dial: Dial | None = None


@runtime_checkable
class AvailabilityConnector(Connector, Protocol):
    """A member that can be asked what can be had now. Asked lazily, for what a reader has on the screen."""

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return the holdings of these records of this member as they are now, by record id.

        In one request where the system can, in as few as it allows else. A record of which the member does not say is
        absent; one that it says has no copies has (). Raises one of `engine.errors` where nothing can be told.
        """
