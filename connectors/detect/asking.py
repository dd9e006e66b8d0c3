"""Asks an unknown server as a guest does: one request at a time, with a pause, so many and no more.

Redirects are followed on the host that was given and nowhere else; where they lead otherwise is told.
"""

from __future__ import annotations

from typing import Final
from urllib.robotparser import RobotFileParser

import httpx

from connectors.http import open_client
from connectors.http.course import ACCEPT_STATUS
from connectors.http.wire import Wire
from engine.errors import BusyError, LienThuError
from engine.model import Reason
from engine.ports import Clock, Manners, Member, Names, Page
from engine.tools import Step

MOST_REQUESTS: Final = 12
"""Most requests of one detection, robots.txt and redirects among them."""

PAUSE_MS: Final = 1000
TIMEOUT_S: Final = 12.0
BODY_BYTES: Final = 2_000_000
AGENT: Final = "LienThu"
_MOST_REDIRECTS: Final = 4
_ANY_STATUS: Final = range(100, 600)


class UsedUpError(BusyError):
    """All requests of this detection are used up."""


class ElsewhereError(LienThuError):
    """A redirect to another host. `url` is where it leads."""

    def __init__(self, url: str) -> None:
        super().__init__(f"it leads to {url}")
        self.url = url


class Counting(httpx.AsyncBaseTransport):
    """Counts what is sent, and sends no more than so much."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, most: int) -> None:
        self._inner = inner
        self._most = most
        self.sent = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on, or raise UsedUpError."""
        if self.sent >= self._most:
            raise UsedUpError("all requests are used up")
        self.sent += 1
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what is inside."""
        await self._inner.aclose()


class Guest:
    """Who asks one host, and what it has asked so far. `left` requests may still be sent."""

    def __init__(
        self,
        url: str,
        *,
        user_agent: str,
        clock: Clock,
        private_network: bool,
        pause_ms: int,
        most: int = MOST_REQUESTS,
    ) -> None:
        manners = Manners(
            parallel=1,
            spacing_ms=pause_ms,
            timeout_s=TIMEOUT_S,
            body_bytes=BODY_BYTES,
            private_network=private_network,
        )
        stranger = Member(id="stranger", system="", url=url, name=Names("", ""), manners=manners)
        self._counting = Counting(Wire(stranger), most=most)
        self._most = most
        self._client = open_client(stranger, user_agent=user_agent, clock=clock, transport=self._counting)
        self._host = httpx.URL(url).host.removeprefix("www.")
        self.steps: list[Step] = []

    @property
    def sent(self) -> int:
        """How many requests were sent."""
        return self._counting.sent

    @property
    def left(self) -> int:
        """How many requests may still be sent."""
        return self._most - self.sent

    async def fetch(self, url: str) -> Page:
        """Return what comes of an address, whatever its status. Raises one of `engine.errors`, or ElsewhereError."""
        seen = set()
        for _ in range(_MOST_REDIRECTS):
            try:
                response = await self._client.get(url, extensions={ACCEPT_STATUS: _ANY_STATUS})
            except LienThuError as error:
                self.steps.append(Step(url, told=error.reason))
                raise
            self.steps.append(Step(url, response.status_code))
            location = response.headers.get("Location")
            if not (300 <= response.status_code <= 399 and location):
                break
            seen.add(url)
            target = _target(response.url, location)
            if target is None or str(target) in seen:
                break
            if target.host.removeprefix("www.") != self._host:
                raise ElsewhereError(str(target)[:300])
            url = str(target)
        return Page(
            url=url,
            status=response.status_code,
            content_type=response.headers.get("Content-Type", ""),
            body=response.content,
        )

    async def is_forbidden(self, url: str) -> bool:
        """Whether the host's robots.txt keeps programs off all of it. One that cannot be had forbids nothing.

        Raises UnreachableError where nothing answers at all.
        """
        robots = str(httpx.URL(url).copy_with(path="/robots.txt", query=None, fragment=None))
        try:
            page = await self.fetch(robots)
        except ElsewhereError:
            return False
        if page.status != 200 or b"<html" in page.body[:1000].lower():
            return False
        return forbids_all(page.body.decode("utf-8", "replace"), url)

    def tell(self, reason: Reason) -> Step:
        """Note what the last answer told."""
        last = self.steps[-1]
        self.steps[-1] = Step(last.asked, last.status, reason)
        return self.steps[-1]

    async def leave(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


def forbids_all(robots: str, url: str) -> bool:
    r"""Whether a robots.txt keeps us off both the root and this address.

    >>> forbids_all("User-agent: *\nDisallow: /", "/"), forbids_all("User-agent: *\nDisallow:", "/")
    (True, False)
    """
    parser = RobotFileParser()
    parser.parse(robots.splitlines())
    root = str(httpx.URL(url).copy_with(path="/", query=None, fragment=None)) if "://" in url else "/"
    return not parser.can_fetch(AGENT, root) and not parser.can_fetch(AGENT, url)


def _target(source: httpx.URL, location: str) -> httpx.URL | None:
    try:
        target = source.join(location).copy_with(fragment=None, userinfo=b"")
    except (httpx.InvalidURL, ValueError):
        return None
    return target if target.scheme in {"http", "https"} and target.host else None
