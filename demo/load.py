"""Many very cheap SRU 1.1 members for measuring: their answers are bytes made before the first question comes.

    python -m demo.load --members 10 --records-per-answer 100 --first-port 7301 [--delay-ms 0] [--member-files FOLDER]

prints one line of JSON with the addresses when all listen. Every query gets the same answer; `startRecord` and
`maximumRecords` are kept to. Neighbouring members hold two thirds of the same editions, each in words of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from demo import marc21
from demo.catalogue import editions
from demo.dialects import ZING
from demo.entries import entries
from demo.libraries import LIBRARIES
from demo.server import parameters

_TODAY: Final = date(2026, 3, 15)
_OPENING: Final = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<zs:searchRetrieveResponse xmlns:zs="{ZING}"><zs:version>1.1</zs:version>'
    "<zs:numberOfRecords>{total}</zs:numberOfRecords><zs:records>"
)
_CLOSING: Final = b"</zs:records></zs:searchRetrieveResponse>"


class LoadMember(msgspec.Struct, frozen=True):
    """Where a member for measuring is asked, and how many records it answers with."""

    id: str
    url: str
    port: int
    records: int


def records_of(member: int, count: int) -> tuple[bytes, ...]:
    """Return the records of a member, ready to be sent: the same ones for the same numbers.

    >>> records_of(3, 6) == records_of(3, 6)
    True
    """
    known = editions()
    library = msgspec.structs.replace(LIBRARIES[member % len(LIBRARIES)], id=f"load-{member}")
    first = member * max(1, count // 3)
    found = []
    for place in range(count):
        entry = entries(known[(first + place) * 7 % len(known)], library, 1000 + place, _TODAY)[0]
        found.append(
            (
                "<zs:record><zs:recordSchema>info:srw/schema/1/marcxml-v1.1</zs:recordSchema><zs:recordPacking>xml"
                f"</zs:recordPacking><zs:recordData>{marc21.marcxml(entry, marc21.holdings_852(entry))}</zs:recordData>"
                f"<zs:recordPosition>{place + 1}</zs:recordPosition></zs:record>"
            ).encode()
        )
    return tuple(found)


class Answers:
    """The answers of one member by window, each made once."""

    def __init__(self, records: tuple[bytes, ...]) -> None:
        self._records = records
        self._opening = _OPENING.format(total=len(records)).encode()
        self._made: dict[tuple[str, str], bytes] = {}

    def answer(self, target: bytes) -> bytes:
        """Return the whole HTTP response to a request's target."""
        asked = parameters(target.partition(b"?")[2].decode("latin-1"))
        window = (asked.get("startRecord", "1"), asked.get("maximumRecords", "10"))
        made = self._made.get(window)
        if made is None:
            start = int(window[0]) - 1
            body = self._opening + b"".join(self._records[start : start + int(window[1])]) + _CLOSING
            made = self._made[window] = (
                b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(body)
            ) + body
        return made


class _Conversation(asyncio.Protocol):
    def __init__(self, answers: Answers, delay_s: float) -> None:
        self._answers = answers
        self._delay_s = delay_s
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            answer = self._answers.answer(head.split(b" ", 2)[1])
            if self._delay_s:
                asyncio.get_running_loop().call_later(self._delay_s, self._send, answer)
            else:
                self._send(answer)

    def _send(self, answer: bytes) -> None:
        if self._transport is not None:
            self._transport.write(answer)


class Load:
    """The running members."""

    def __init__(self, members: tuple[LoadMember, ...], servers: Sequence[asyncio.Server]) -> None:
        self.members = members
        self._servers = servers

    async def stop(self) -> None:
        """Close every socket."""
        for server in self._servers:
            server.close()
        await asyncio.sleep(0)


async def start(
    counts: Sequence[int],
    *,
    ports: Sequence[int] | None = None,
    host: str = "127.0.0.1",
    delays_s: Sequence[float] = (),
) -> Load:
    """Start one member for each count of records. `delays_s` by member; none where it ends."""
    loop = asyncio.get_running_loop()
    members, servers = [], []
    for number, count in enumerate(counts):
        answers = Answers(records_of(number, count))
        delay_s = delays_s[number] if number < len(delays_s) else 0.0
        port = ports[number] if ports else 0
        server = await loop.create_server(lambda a=answers, d=delay_s: _Conversation(a, d), host, port)  # type: ignore[misc] # bound by the defaults
        port = server.sockets[0].getsockname()[1]
        members.append(LoadMember(f"load-{number:02}", f"http://{host}:{port}/load", port, count))
        servers.append(server)
    return Load(tuple(members), servers)


def member_file(member: LoadMember) -> str:
    """Return the text of a member file for the search."""
    return f"""id = "{member.id}"
system = "sru"
url = "{member.url}"
window = 100

[name]
vi = "Thư viện đo tải {member.id[-2:]}"
en = "Load library {member.id[-2:]}"

[manners]
private_network = true
parallel = 8
spacing_ms = 0

[sru]
profile = "yaz"
max_records = 100
"""


def spread(members: int, most: int) -> tuple[int, ...]:
    """Return how many records each member has where they are to differ: evenly from 0 to the most.

    >>> spread(5, 100)
    (0, 25, 50, 75, 100)
    """
    return tuple(most * number // max(1, members - 1) for number in range(members))


async def _run(chosen: argparse.Namespace) -> None:
    counts = spread(chosen.members, chosen.records) if chosen.spread else (chosen.records,) * chosen.members
    ports = range(chosen.first_port, chosen.first_port + chosen.members) if chosen.first_port else None
    load = await start(counts, ports=ports, delays_s=(chosen.delay_ms / 1000,) * chosen.members)
    if chosen.member_files:
        chosen.member_files.mkdir(parents=True, exist_ok=True)
        for member in load.members:
            (chosen.member_files / f"{member.id}.toml").write_text(member_file(member), "utf-8")
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    print(json.dumps({"libraries": msgspec.to_builtins(load.members)}), flush=True)  # noqa: T201 - read by who started it
    await stopped.wait()
    await load.stop()


def main() -> None:
    """Run the members until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m demo.load", description="Cheap members for measuring.")
    parser.add_argument("--members", type=int, default=10)
    parser.add_argument("--records-per-answer", type=int, default=100, dest="records")
    parser.add_argument("--spread", action="store_true", help="from 0 records to that many, evenly over the members")
    parser.add_argument("--first-port", type=int, default=0, help="of as many in a row; 0: any free ones")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="before each answer")
    parser.add_argument("--member-files", type=Path, help="folder to write the member files into")
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
