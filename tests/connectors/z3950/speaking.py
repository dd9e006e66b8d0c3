"""Makes Z39.50 connectors for tests, and servers on loopback that behave as servers should not."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec

from connectors.http import open_client
from connectors.line import open_dial
from connectors.z3950 import SYSTEM, Z3950Connector, Z3950Settings
from connectors.z3950.apdu import decode, encode
from connectors.z3950.oids import OIDS, Syntax, octets_of
from connectors.z3950.tlv import Frames, encoded
from engine.model import Answer, Clause, Expression, Field, Filters, Query
from engine.ports import Dial, Door, Manners, Member, Names

RECORDINGS = Path(__file__).parents[2] / "recordings"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def member(url: str = "z3950://127.0.0.1/Default", **manners: object) -> Member:
    kept = {"private_network": True, "spacing_ms": 0, "parallel": 8} | manners
    return Member(
        id="thu-vien", system="z3950", url=url, name=Names(vi="Thư viện", en="Library"),
        manners=msgspec.convert(kept, Manners),
    )  # fmt: skip


@contextlib.asynccontextmanager
async def asked(
    url: str, *, dial: Dial | None = None, manners: dict[str, object] | None = None, **said: object
) -> AsyncIterator[Z3950Connector]:
    """A connector with guarded lines, to a real server or to what stands in for one."""
    who = member(url, **(manners or {}))
    client = open_client(who, user_agent="LienThu-tests", clock=time.time)
    door = Door(client, time.time, dial or open_dial(who, clock=time.time))
    connector = SYSTEM.connector(who, msgspec.convert(said, Z3950Settings), door)
    assert isinstance(connector, Z3950Connector)
    try:
        yield connector
    finally:
        await connector.close()


@contextlib.asynccontextmanager
async def serving(talk: Talk) -> AsyncIterator[str]:
    """A server that does what it is told with each connection; gives its address."""
    lines: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        lines.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await talk(reader, writer)
        writer.transport.abort()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield f"z3950://127.0.0.1:{server.sockets[0].getsockname()[1]}/Default"
    finally:
        server.close()
        await settled()  # those that have just come are met
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)
        await settled()


async def settled() -> None:
    """Let the loop do what is due: sockets are closed a turn after they were told to be."""
    for _ in range(5):
        await asyncio.sleep(0)


class Reading:
    """Reads requests, for a server."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader, self._frames = reader, Frames(1_000_000)

    async def request(self) -> tuple[str, dict[str, object]]:
        """The next request; ends the connection's task where there is none."""
        while (apdu := self._frames.take()) is None:
            piece = await self._reader.read(65536)
            if not piece:
                raise asyncio.IncompleteReadError(b"", None)
            self._frames.feed(piece)
        return decode(apdu)


def greeted(*, result: bool = True) -> bytes:
    return encode(
        "initResponse",
        {
            "protocolVersion": (b"\xe0", 3),
            "options": (b"\xc1\x00", 16),
            "preferredMessageSize": 1 << 20,
            "exceptionalRecordSize": 1 << 20,
            "result": result,
            "implementationName": b"Made up",
        },
    )


def found(count: int) -> bytes:
    value = {"resultCount": count, "numberOfRecordsReturned": 0, "nextResultSetPosition": 1, "searchStatus": True}
    return encode("searchResponse", value)


def closing(reason: int) -> bytes:
    return encode("close", {"closeReason": reason})


def diagnosed(number: int, details: str = "", *, count: int = 0) -> bytes:
    """A search response with one diagnostic."""
    head = found(count)
    inner = head[2:].replace(b"\x96\x01\xff", b"\x96\x01\x00")
    diagnostic = b"\x06\x07" + octets_of("1.2.840.10003.4.1") + b"\x02\x02" + number.to_bytes(2)
    diagnostic += b"\x1a" + bytes([len(details)]) + details.encode()
    return encoded(23, inner + encoded(130, diagnostic))


def marc(number: int) -> bytes:
    """A MARC 21 record with an id and a title."""
    fields = [("001", f"r{number}"), ("245", f"10\x1faSách số {number}")]
    directory, bodies = b"", b""
    for tag, text in fields:
        body = text.encode() + b"\x1e"
        directory += f"{tag}{len(body):04}{len(bodies):05}".encode()
        bodies += body
    base = 24 + len(directory) + 1
    return f"{base + len(bodies) + 1:05}nam a22{base:05} a 4500".encode() + directory + b"\x1e" + bodies + b"\x1d"


def presented(first: int, count: int, *, syntax: Syntax = Syntax.MARC21, status: int = 0) -> bytes:
    """A present response, of definite lengths."""

    def row(number: int) -> bytes:
        oid = octets_of(OIDS[syntax])
        external = b"\x06" + bytes([len(oid)]) + oid + b"\x81\x81" + bytes([len(marc(number))]) + marc(number)
        external = b"\x28\x81" + bytes([len(external)]) + external
        inner = encoded(1, encoded(1, external))
        return b"\x30\x82" + len(inner).to_bytes(2) + inner

    rows = b"".join(row(number) for number in range(first, first + count))
    head = encode(
        "presentResponse",
        {"numberOfRecordsReturned": count, "nextResultSetPosition": first + count, "presentStatus": status},
    )
    return encoded(25, head[2:] + encoded(28, rows))


class Library:
    """A server with a number of records, that can be told how to misbehave."""

    def __init__(self, count: int = 100, *, most: int = 1000) -> None:
        self.count, self.most = count, most
        self.requests: list[str] = []
        self.lines = 0
        self.hangs_up_before: set[int] = set()
        self.loses_set = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        reading = Reading(reader)
        while True:
            name, said = await reading.request()
            if name == "close":
                return
            if len(self.requests) in self.hangs_up_before:
                self.hangs_up_before.discard(len(self.requests))
                return
            self.requests.append(name)
            writer.write(self.answer(name, said))
            await writer.drain()

    def answer(self, name: str, said: dict[str, object]) -> bytes:
        if name == "initRequest":
            return greeted()
        if name == "searchRequest":
            return found(self.count)
        first, count = said["resultSetStartPoint"], said["numberOfRecordsRequested"]
        assert isinstance(first, int)
        assert isinstance(count, int)
        if self.loses_set:
            self.loses_set -= 1
            diagnostic = b"\x06\x07" + octets_of("1.2.840.10003.4.1") + b"\x02\x01\x1e\x1a\x00"
            head = encode(
                "presentResponse",
                {"numberOfRecordsReturned": 0, "nextResultSetPosition": 1, "presentStatus": 5},
            )
            return encoded(25, head[2:] + encoded(130, diagnostic))
        return presented(first, min(count, self.most))


def words(text: str, field: Field = Field.ANY, *, filters: Filters | None = None) -> Query:
    return Query(Clause(text, field=field), filters=filters or Filters())


def query(expression: Expression) -> Query:
    return Query(expression)


def ids(answer: Answer) -> list[str]:
    return [placed.record.id for placed in answer.placed]


def codes(answer: Answer) -> list[str]:
    return [notice.code for notice in answer.notices]
