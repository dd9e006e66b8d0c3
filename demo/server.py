"""A small HTTP/1.1 server for one library: its own socket, which can go away and come back, and its moods.

Written on asyncio streams, since a server that misbehaves on purpose must hold each byte in its own hands.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from http import HTTPStatus
from random import Random
from typing import Final
from urllib.parse import unquote, unquote_plus, urlsplit

import msgspec

from demo.moods import HTML_PAGE, REDESIGNED_PAGE, Mood, State

MOST_HEADER_BYTES: Final = 65_536
MOST_BODY_BYTES: Final = 1_000_000
log = logging.getLogger("demo")


class Request(msgspec.Struct, frozen=True):
    """One request. `parameters` of the query, and of a form in the body; the last of equal names counts.

    `text` is the query as it came, for those who count every one; `body` what was sent with it.
    """

    method: str
    path: str
    parameters: dict[str, str]
    headers: dict[str, str]
    text: str = ""
    body: bytes = b""


class Reply(msgspec.Struct, frozen=True):
    """What goes back."""

    body: bytes
    content_type: str = "text/xml"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


Answer = Callable[[Request, State], Reply]
"""Says the answer to a request. It sees the mood for what only it can do: a diagnostic of its protocol."""

Control = Callable[[Mapping[str, str]], Awaitable[object]]
"""Changes a mood as the parameters say and returns the moods of all, for JSON."""


def parameters(text: str, *, plus_is_plus: bool = False) -> dict[str, str]:
    """Return the parameters of a query string. Some PICA servers do not take `+` for a space.

    >>> parameters("query=kinh+t%E1%BA%BF")
    {'query': 'kinh tế'}
    """
    decode = unquote if plus_is_plus else unquote_plus
    pairs = (part.partition("=") for part in text.split("&") if part)
    return {decode(name): decode(value) for name, _, value in pairs}


def instead(state: State) -> Reply | None:
    """Return what a mood has in the place of an answer, if it has."""
    match state.mood:
        case Mood.BUSY:
            retry = (("Retry-After", str(max(1, round(state.seconds)))),)
            return Reply(b"busy\n", "text/plain", 503 if state.kind == "503" else 429, retry)
        case Mood.FAILING if not state.kind.startswith("diagnostic"):
            return Reply(HTML_PAGE.encode(), "text/html; charset=utf-8", 500)
        case Mood.REDESIGNED:
            return Reply(REDESIGNED_PAGE.encode(), "text/xml; charset=UTF-8")
        case Mood.RUBBISH if state.kind in {"", "html"}:
            return Reply(HTML_PAGE.encode(), "text/html; charset=utf-8")
    return None


def spoiled(reply: Reply, state: State) -> Reply:
    """Return the answer as a mood leaves it: whole, cut off, or as noise of the same length."""
    if state.mood is not Mood.RUBBISH:
        return reply
    if state.kind == "truncated":
        return msgspec.structs.replace(reply, body=reply.body[: len(reply.body) * 2 // 3])
    return msgspec.structs.replace(reply, body=Random(len(reply.body)).randbytes(max(1024, len(reply.body))))


class Server:
    """A library's server. `start` opens its socket; `state` is its mood."""

    def __init__(
        self, answer: Answer, control: Control, *, host: str, port: int, plus_is_plus: bool = False, product: str = ""
    ) -> None:
        self.host = host
        self.port = port
        self.state = State()
        self.request_count = 0
        self._answer = answer
        self._control = control
        self._plus_is_plus = plus_is_plus
        self._product = product
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Open the socket: any free port the first time where `port` is 0, the same one ever after."""
        if self._server is not None:
            return
        self._server = await asyncio.start_server(self._converse, self.host, self.port, limit=MOST_HEADER_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the socket and every conversation."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        me = asyncio.current_task()
        others = [task for task in self._conversations if task is not me]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._conversations.add(task)
        try:
            while (request := await self._read(reader)) is not None:
                keeps = request.headers.get("connection", "").lower() != "close"
                if not await self._reply(request, writer) or not keeps or self._server is None:
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        except asyncio.CancelledError:
            # The server closes: a conversation ends here and is nobody's error.
            writer.transport.abort()
        except Exception:
            log.exception("a conversation failed")
            writer.transport.abort()
        finally:
            self._conversations.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> Request | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        line, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = line.split(" ", 2)
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (each.partition(":") for each in lines if each)
        }
        body = await reader.readexactly(min(int(headers.get("content-length", "0")), MOST_BODY_BYTES))
        parts = urlsplit(target)
        asked = parameters(parts.query, plus_is_plus=self._plus_is_plus)
        if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            asked |= parameters(body.decode("latin-1"))
        return Request(
            method=method, path=unquote(parts.path), parameters=asked, headers=headers, text=parts.query, body=body
        )

    async def _reply(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the conversation may go on."""
        if request.path == "/-/mood":
            return await self._set_mood(request, writer)
        self.request_count += 1
        state = self.state
        if state.mood is Mood.SLOW:
            await asyncio.sleep(state.seconds)
        elif state.mood is Mood.HANGING:
            await asyncio.Event().wait()
        reply = instead(state) or spoiled(self._answer(request, state), state)
        if state.mood is Mood.BYTE_A_SECOND:
            return await self._send_slowly(writer, reply)
        if state.mood is Mood.HUGE:
            return await self._send_much(writer, reply, state.megabytes)
        return await self._send(writer, reply, without_body=request.method == "HEAD")

    def _head(self, reply: Reply, length: int | None) -> bytes:
        lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
        if self._product:
            lines.append(f"Server: {self._product}")
        lines.append(f"Content-Type: {reply.content_type}")
        lines += [f"{name}: {value}" for name, value in reply.headers]
        lines.append("Connection: close" if length is None else f"Content-Length: {length}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    async def _send(self, writer: asyncio.StreamWriter, reply: Reply, *, without_body: bool = False) -> bool:
        writer.write(self._head(reply, len(reply.body)) + (b"" if without_body else reply.body))
        await writer.drain()
        return True

    async def _send_slowly(self, writer: asyncio.StreamWriter, reply: Reply) -> bool:
        writer.write(self._head(reply, len(reply.body)))
        for place in range(len(reply.body)):
            writer.write(reply.body[place : place + 1])
            await writer.drain()
            await asyncio.sleep(1)
        return True

    async def _send_much(self, writer: asyncio.StreamWriter, reply: Reply, megabytes: int) -> bool:
        writer.write(self._head(reply, None))
        writer.write(reply.body[: max(1, reply.body.rfind(b"</") - 1)])
        async for block in _blocks(megabytes):
            writer.write(block)
            await writer.drain()
        return False

    async def _set_mood(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        peer = writer.get_extra_info("peername")
        if not peer or peer[0] not in {"127.0.0.1", "::1"}:
            return await self._send(writer, Reply(b"loopback only\n", "text/plain", 403))
        try:
            moods = await self._control(request.parameters)
        except (ValueError, KeyError) as error:
            return await self._send(writer, Reply(f"{error}\n".encode(), "text/plain; charset=utf-8", 400))
        body = json.dumps(moods, ensure_ascii=False, indent=1).encode()
        return await self._send(writer, Reply(body + b"\n", "application/json"))


async def _blocks(megabytes: int) -> AsyncIterator[bytes]:
    block = (b"<x>" + b"thu vien " * 100 + b"</x>\n") * 72
    for _ in range(megabytes * 1_000_000 // len(block)):
        yield block
