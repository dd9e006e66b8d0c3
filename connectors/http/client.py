"""The guarded client of one member, put together."""

from __future__ import annotations

import asyncio

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from engine.errors import FaultError, OversizeError, TimedOutError, UnreachableError
from engine.ports import Clock, Member


class _Guarded(httpx.AsyncBaseTransport):
    """A first, small guard: a total time, a size, failures by name."""

    def __init__(self, inner: httpx.AsyncBaseTransport, member: Member) -> None:
        self._inner = inner
        self._manners = member.manners

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            async with asyncio.timeout(self._manners.timeout_s):
                response = await self._inner.handle_async_request(request)
                await response.aread()
        except TimeoutError as error:
            raise TimedOutError(f"no complete answer within {self._manners.timeout_s:g} s") from error
        except (httpx.TransportError, aiohttp.ClientError) as error:
            raise UnreachableError(type(error).__name__) from error
        if len(response.content) > self._manners.body_bytes:
            raise OversizeError(f"more than {self._manners.body_bytes} bytes")
        if response.status_code >= 400:
            raise FaultError(f"HTTP {response.status_code}")
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


def open_client(
    member: Member,
    *,
    user_agent: str,
    clock: Clock,
    share: int = 1,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """Return the guarded client of a member; every request through it raises `engine.errors` for what goes wrong."""
    del clock, share
    return httpx.AsyncClient(
        transport=_Guarded(transport or AiohttpTransport(trust_env=False), member),
        headers={"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate"},
        trust_env=False,
    )
