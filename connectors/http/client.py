"""The guarded client of one member, put together from its transports."""

from __future__ import annotations

import logging
import random
from http.cookiejar import Cookie, CookieJar
from typing import Any, Final

import httpx

from connectors.http.guard import Bodies, Boundary, Deadline, Statuses
from connectors.http.manners import ACCEPT_ENCODING, Manners
from connectors.http.recording import Replay
from connectors.http.retry import Retry
from connectors.http.urls import parsed
from connectors.http.wire import Wire
from engine.ports import Clock, Member

_MOST_COOKIES: Final = 30
_COOKIE_BYTES: Final = 4096


class _BoundedJar(CookieJar):
    """One member's cookies, so many and no more: they are sent back with every request."""

    def set_cookie(self, cookie: Cookie) -> None:
        """Keep a cookie if it is small and there is room, or it replaces one."""
        weight = len(cookie.name) + len(cookie.value or "")
        is_known = any(
            (kept.name, kept.domain, kept.path) == (cookie.name, cookie.domain, cookie.path) for kept in self
        )
        if weight <= _COOKIE_BYTES and (is_known or len(self) < _MOST_COOKIES):
            super().set_cookie(cookie)


_READ: Final = httpx.ByteStream(b"")


class Client(httpx.AsyncClient):
    """A client that parses no address again for another query, and whose answers go when nobody holds them.

    httpx ties an answer to its stream and the stream to the answer, so that bodies would stay until the collector of
    cycles comes by.
    """

    def build_request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Request:
        """Return the request, as httpx does."""
        return super().build_request(method, parsed(url) if isinstance(url, str) else url, **options)

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Return the answer, as httpx does."""
        response = await super().send(request, **options)
        if response.is_closed:  # all of it has been read
            response.stream = _READ
        return response


def open_client(
    member: Member,
    *,
    user_agent: str,
    clock: Clock,
    share: int = 1,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """Return the guarded client of a member. Addresses are given to it whole, with scheme and host.

    Every request through it keeps the member's manners and limits, and raises one of `engine.errors` for whatever is no
    answer. An answer is whole, unpacked and has a status from 200 to 299, unless the request's extension
    `lienthu.accept_status` names others. Redirects are followed, and `response.url` is where they ended.

    `share` is how many processes ask this member. `transport` stands in for the wire: a `Replay`, for which nobody's
    server needs to be spared and so nothing is spaced out, or a `Recorder` around a `Wire`.
    Raises SettingsError for manners that cannot be kept.
    """
    _hush_httpx()
    manners = member.manners
    jar = _BoundedJar()
    layers: httpx.AsyncBaseTransport = Bodies(transport or Wire(member), body_bytes=manners.body_bytes)
    is_spaced = not isinstance(transport, Replay)
    layers = Manners(layers, member, user_agent=user_agent, clock=clock, share=share, is_spaced=is_spaced)
    layers = Retry(layers, chance=random.random)
    layers = Boundary(layers, member, httpx.Cookies(jar))
    layers = Statuses(layers, clock=clock)
    layers = Deadline(layers, timeout_s=manners.timeout_s)
    return Client(
        transport=layers,
        headers={"User-Agent": user_agent, "Accept-Encoding": ACCEPT_ENCODING},
        cookies=jar,  # httpx.Cookies around it would be copied, and the two would drift apart
        timeout=manners.timeout_s,
        follow_redirects=False,
        trust_env=False,
    )


def _hush_httpx() -> None:
    """Keep httpx from logging whole addresses at INFO: readers' queries stand in them."""
    log = logging.getLogger("httpx")
    if log.level == logging.NOTSET:
        log.setLevel(logging.WARNING)
