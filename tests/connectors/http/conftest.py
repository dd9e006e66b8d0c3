"""Servers on loopback that misbehave byte by byte, clients that must survive them, and a clock without waiting."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import selectors
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator

import httpx
import pytest

from connectors.http import open_client
from engine.ports import Clock, Manners, Member, Names

Behaviour = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
"""What a server does with a request: its head as it came, and the way back."""

OK = b"HTTP/1.1 200 OK\r\n"
GOOD = OK + b"Content-Length: 4\r\n\r\ngood"
USER_AGENT = "LienThu/1.0 (+https://lienthu.example; thuvien@lienthu.example)"


class Server:
    """A server on loopback. `/good` is always answered well; everything else by the behaviour given."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._connections: set[asyncio.Task[None]] = set()
        self.heads: list[bytes] = []
        self.connections = 0
        self.port = 0
        self.scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def lines(self) -> list[str]:
        """The request lines, in the order they came."""
        return [head.split(b"\r\n", 1)[0].decode() for head in self.heads]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                if head.split(b" ", 2)[1].partition(b"?")[0] == b"/good":
                    writer.write(GOOD)
                    await writer.drain()
                else:
                    await self._behaviour(head, writer)
        # Not waited for: whoever was hung up on in the middle may hold the rest back for ever.
        writer.transport.abort()

    @contextlib.asynccontextmanager
    async def open(self, context: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
        self.scheme = "https" if context else "http"
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in list(self._connections):
                task.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)
            await server.wait_closed()


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    """`await serve(behaviour)` starts a server, which ends with the test."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(behaviour: Behaviour, context: ssl.SSLContext | None = None) -> Server:
            return await stack.enter_async_context(Server(behaviour).open(context))

        yield start


def _member_of(url: str, **manners: object) -> Member:
    """A member on loopback that is asked without pauses, as far as `manners` say nothing else."""
    usual: dict[str, object] = {"private_network": True, "spacing_ms": 0, "timeout_s": 5.0, "body_bytes": 1_000_000}
    return Member(
        id="thu-vien",
        system="sru",
        url=url,
        name=Names(vi="Thư viện", en="Library"),
        manners=Manners(**{**usual, **manners}),  # type: ignore[arg-type]
    )


@pytest.fixture
def member_of() -> Callable[..., Member]:
    """`member_of(url, **manners)` is a member on loopback."""
    return _member_of


@pytest.fixture
async def ask() -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """`ask(url, **manners)` opens a client. At the end nothing may be left of any: no task, no connection."""
    clients: list[httpx.AsyncClient] = []

    def client_of(
        url: str,
        *,
        clock: Clock = time.time,
        share: int = 1,
        transport: httpx.AsyncBaseTransport | None = None,
        **manners: object,
    ) -> httpx.AsyncClient:
        member = _member_of(url, **manners)
        clients.append(open_client(member, user_agent=USER_AGENT, clock=clock, share=share, transport=transport))
        return clients[-1]

    before = asyncio.all_tasks()
    yield client_of
    for client in clients:
        await client.aclose()
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not {task for task in left if "Server._serve" not in repr(task)}


@pytest.fixture(autouse=True, scope="module")
def _no_socket_left_open() -> Iterator[None]:
    # Unclosed sockets warn, and warnings are errors: the rubbish is collected while these tests can be blamed for it.
    yield
    gc.collect()


class _JumpingSelector(selectors.DefaultSelector):
    """Where the loop would wait, the clock jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise AssertionError("everything waits and nothing will happen")
        if not ready and timeout:
            self.now += timeout
        return ready


class _JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


@pytest.fixture
def at_once() -> Callable[[Coroutine[object, object, object]], object]:
    """`at_once(coroutine)` runs it on a loop of its own, where hours of waiting pass in no time."""

    def run(coroutine: Coroutine[object, object, object]) -> object:
        with asyncio.Runner(loop_factory=_JumpingLoop) as runner:
            return runner.run(coroutine)

    return run


class Hall(httpx.AsyncBaseTransport):
    """Stands in for a member's server without any network: notes when it is asked, and answers after `takes_s`.

    `answers` are given one after the other, the last again and again; an exception among them is raised.
    """

    def __init__(self, *answers: httpx.Response | Exception, takes_s: float = 0.0) -> None:
        self._answers = list(answers) or [httpx.Response(200, content=b"good")]
        self._takes_s = takes_s
        self.starts: list[float] = []
        self.requests: list[httpx.Request] = []
        self.inside = 0
        self.most_inside = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.starts.append(round(asyncio.get_running_loop().time(), 6))
        self.requests.append(request)
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            await asyncio.sleep(self._takes_s)
        finally:
            self.inside -= 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@pytest.fixture
def hall() -> type[Hall]:
    return Hall


@pytest.fixture
def closed_port() -> int:
    """A port of loopback where nobody listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return int(holder.getsockname()[1])
