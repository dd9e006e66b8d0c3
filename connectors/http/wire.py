"""The innermost transport: aiohttp beneath httpx's interface, with everything off that would act on its own.

httpx-aiohttp lets aiohttp normalise addresses (`%28` becomes `(`), keep cookies and look names up as it likes. Here an
address goes out as it was built, cookies are the client's, redirects and compression are left to the guard, proxies of
the environment are not used, and only addresses that may be connected to are.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from functools import cache, partial
from typing import Any

import aiohttp
import httpx
from aiohttp.client_proto import ResponseHandler
from httpx_aiohttp import AiohttpTransport
from yarl import URL

from connectors.http.addresses import GuardedResolver, Lookup
from engine.errors import OversizeError, SettingsError
from engine.ports import Member

CONNECT_S = 4.0
"""Most seconds until a connection stands, names and TLS included."""

_KEEPALIVE_S = 15.0
_NAMES_S = 60
"""How long the addresses of a name are used again."""

HEADER_BYTES = 8190
"""Most bytes of one header of an answer, and of its status line."""

_HEAD_BYTES = 300_000
"""Most bytes until a body begins. One read of a loop (at most 262,144) may hold the first of an honest one."""

_BUFFER_BYTES = 65_536
"""aiohttp stops reading from a connection at twice as many that nobody has taken."""

_BESIDE_BYTES = 500_000
"""Most bytes that came and are no body read, beyond as many as that body has: more than the buffers and one read."""


@cache
def _default_context() -> ssl.SSLContext:
    """Trust of the usual authorities: shared by all members, since each copy costs half a megabyte."""
    return httpx.create_ssl_context(trust_env=False)


def _context(member: Member) -> ssl.SSLContext:
    ca_file = member.manners.ca_file
    if ca_file is None:
        return _default_context()
    context = httpx.create_ssl_context(trust_env=False)
    try:
        context.load_verify_locations(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one of them
        raise SettingsError(f"member {member.id}", None, f"manners.ca_file {ca_file!r}: {error}; a PEM file") from error
    return context


class _Meter(ResponseHandler):
    """Hangs up on a member that sends without end what is no part of an answer.

    Interim answers, empty lines, chunk sizes and their extensions, chunks of a byte: aiohttp reads them as long as they
    come, and nothing of them is a body that could be measured.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._beside = 0

    def set_response_params(self, **params: Any) -> None:
        """Begin an answer."""
        self._beside = 0
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        """Count what comes."""
        self._beside += len(data)
        has_body = self._payload is not None and self._payload is not aiohttp.EMPTY_PAYLOAD
        if self._beside <= (_BESIDE_BYTES if has_body else _HEAD_BYTES):
            super().data_received(data)
            return
        failure = OversizeError("much is sent, and little of it is an answer")
        if self._payload is not None:
            self._payload.set_exception(failure)
        self.set_exception(failure)
        if self.transport is not None:
            self.transport.abort()

    def count_body(self, size: int) -> None:
        """Take off what was read of a body, and as much again for what it was wrapped in."""
        self._beside -= 2 * size


class _Connector(aiohttp.TCPConnector):
    """Connections that are metered."""

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        # aiohttp has no public place for this; the tests with endless servers hold that it works.
        metered: type[ResponseHandler] = _Meter
        self._factory = partial(metered, loop=asyncio.get_running_loop())


class _Stream(httpx.AsyncByteStream):
    """The body of an answer as it comes. Closing it early closes the connection, and waits for nobody."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        connection = self._response.connection  # None once all has come
        meter = connection.protocol if connection else None
        async for piece in self._response.content.iter_any():
            if isinstance(meter, _Meter):
                meter.count_body(len(piece))
            yield piece

    async def aclose(self) -> None:
        # After the last byte aiohttp has given the connection back by itself, and this does nothing.
        if not self._response.closed:
            self._response.close()


class Wire(AiohttpTransport):
    """Sends one request and gives back its answer as it comes: undecoded, unlimited, with aiohttp's own exceptions."""

    def __init__(self, member: Member, *, lookup: Lookup = socket.getaddrinfo) -> None:
        super().__init__(verify=_context(member), trust_env=False, client=self._session)
        self._connections = max(1, member.manners.parallel)
        self._private_network = member.manners.private_network
        self._lookup = lookup

    def _session(self) -> aiohttp.ClientSession:
        session = aiohttp.ClientSession(
            connector=_Connector(
                ssl=self.ssl_context,
                limit=self._connections,
                keepalive_timeout=_KEEPALIVE_S,
                resolver=GuardedResolver(private_network=self._private_network, lookup=self._lookup),
                ttl_dns_cache=_NAMES_S,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            max_line_size=HEADER_BYTES,
            max_field_size=HEADER_BYTES,
            read_bufsize=_BUFFER_BYTES,
        )
        # aiohttp would ask again by itself, at once and past all manners; there is no public switch for it.
        session._retry_connection = False  # noqa: SLF001 -- as above; a test counts the requests
        return session

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its answer as soon as its headers are there."""
        if not isinstance(self.client, aiohttp.ClientSession):
            self.client = self.get_client()
        encoding = request.headers.encoding
        response = await self.client.request(
            request.method,
            URL(str(request.url), encoded=True),
            # Names as they were written: there are old servers that know no `host:`.
            headers=[(name.decode("ascii"), value.decode(encoding)) for name, value in request.headers.raw],
            data=request.content or None,
            allow_redirects=False,
            # The guard bounds the whole; a timer for each piece of a body would cost and bound nothing more.
            timeout=aiohttp.ClientTimeout(connect=CONNECT_S, sock_connect=CONNECT_S),
        )
        return httpx.Response(response.status, headers=response.raw_headers, stream=_Stream(response), request=request)
