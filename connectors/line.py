"""The door for what is no HTTP: lines of bytes to a member, opened and used as a polite guest does.

Addresses are checked as the guarded client checks them, where the connection is made. A turn waits as an HTTP request
does and bounds all that is done within it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from connectors.gate import Gate
from connectors.http.addresses import GuardedResolver, Lookup, check_literal
from connectors.http.turns import Turns
from connectors.http.wire import CONNECT_S
from engine.errors import BusyError, TimedOutError, UnreachableError
from engine.ports import Clock, Dial, Line, Member

_PIECE_BYTES: Final = 65_536
"""Most bytes that are read at once; twice as many may wait unread."""


class SocketLine:
    """A TCP connection. See `engine.ports.Line`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gate: Gate) -> None:
        self._reader, self._writer, self._gate = reader, writer, gate
        self._is_lost = False

    @property
    def is_open(self) -> bool:
        """Whether neither side has hung up, as far as is known without waiting."""
        return not (self._is_lost or self._reader.at_eof() or self._writer.is_closing())

    async def send(self, content: bytes) -> None:
        """Send one request."""
        self._gate.enter()
        try:
            self._writer.write(content)
            await self._writer.drain()
        except OSError:
            self._is_lost = True  # what had come before can still be read

    async def receive(self) -> bytes:
        """Return what comes next; nothing where the line is lost."""
        try:
            return await self._reader.read(_PIECE_BYTES)
        except OSError:
            self._is_lost = True
            return b""

    def close(self, farewell: bytes = b"") -> None:
        """Say farewell, if there is one, and hang up; without one at once, whatever still waits to be sent."""
        if not farewell or not self.is_open:
            self._writer.transport.abort()
            return
        self._writer.write(farewell)
        self._writer.close()


class SocketDial:
    """Opens lines to one member. See `engine.ports.Dial`."""

    def __init__(self, member: Member, *, clock: Clock, share: int = 1, lookup: Lookup = socket.getaddrinfo) -> None:
        manners = member.manners
        self._gate = Gate(member, clock=clock, share=share)
        self._turns = Turns(parallel=max(1, manners.parallel // share), spacing_s=manners.spacing_ms * share / 1000)
        self._timeout_s = manners.timeout_s
        self._private_network = manners.private_network
        self._resolver = GuardedResolver(private_network=manners.private_network, lookup=lookup)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and bound it. A BusyError within that says how long to wait shuts the gate for so long."""
        self._gate.check()
        timeout_s = self._timeout_s
        deadline = asyncio.get_running_loop().time() + timeout_s
        if (start := self._turns.earliest_start) >= deadline:
            raise BusyError("too many requests to this member wait", retry_after_s=round(start - deadline, 1) + 1)
        has_begun = False
        try:
            async with asyncio.timeout_at(deadline), self._turns:
                has_begun = True
                yield
        except TimeoutError as error:
            if has_begun:
                raise TimedOutError(f"no complete answer within {timeout_s:g} s") from error
            raise BusyError(f"no turn within {timeout_s:g} s: too many requests to this member wait") from error
        except BusyError as error:
            if has_begun and error.retry_after_s:
                self._gate.shut(error.retry_after_s)
                self._turns.send_away(BusyError("it asks to be left alone", retry_after_s=error.retry_after_s))
            raise

    async def __call__(self, host: str, port: int) -> Line:
        """Open a line, or raise UnreachableError."""
        check_literal(host, private_network=self._private_network)
        try:
            async with asyncio.timeout(CONNECT_S):
                return await self._open(host, port)
        except TimeoutError as error:
            raise UnreachableError(f"no connection within {CONNECT_S:g} s") from error

    async def _open(self, host: str, port: int) -> Line:
        try:
            found = await self._resolver.resolve(host.strip("[]"), port)
        except socket.gaierror as error:
            raise UnreachableError(f"no such host: {host[:80]}") from error
        refused: OSError | None = None
        for place in found:
            try:
                reader, writer = await asyncio.open_connection(
                    place["host"], place["port"], family=place["family"], limit=_PIECE_BYTES
                )
            except OSError as error:
                refused = error
                continue
            return SocketLine(reader, writer, self._gate)
        told = refused.strerror if refused is not None else None
        raise UnreachableError(f"no connection: {told or 'refused'}") from refused


def open_dial(member: Member, *, clock: Clock, share: int = 1, lookup: Lookup = socket.getaddrinfo) -> Dial:
    """Return how a member is reached that speaks no HTTP. `share` is how many processes ask it.

    Raises SettingsError for manners that cannot be kept.
    """
    return SocketDial(member, clock=clock, share=share, lookup=lookup)
