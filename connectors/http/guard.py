"""The limits: how long a request may take, what counts as an answer, where it may lead, how much it may weigh.

Four transports, each around the next: Deadline, Statuses, Boundary, Bodies. Between the last two stand the retry and
the manners. An answer that has passed them is whole, unpacked and no larger than the member's `body_bytes`.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import httpx

from connectors.http.addresses import check_literal
from connectors.http.course import Course, Stage, accepted_statuses, course_of, set_out
from connectors.http.failures import EXCHANGE_ERRORS, failure_of
from connectors.http.manners import retry_after_s
from connectors.http.unpacking import unpacker
from engine.errors import (
    BusyError,
    FaultError,
    LienThuError,
    OversizeError,
    RefusedError,
    SettingsError,
    TimedOutError,
    UnreachableError,
    UnreadableError,
)
from engine.ports import Clock, Member

MOST_REDIRECTS: Final = 5
MOST_HEADERS: Final = 100
MOST_HEADER_BYTES: Final = 65_536
_PORTS: Final = {"http": 80, "https": 443}
_BODILESS = {"content-length", "content-type", "content-encoding", "transfer-encoding"}


class Deadline(httpx.AsyncBaseTransport):
    """Bounds the whole of a request, from waiting for its turn to the last byte: a byte a second buys no second more.

    A request's own httpx timeout (`read`) may shorten it, never lengthen it.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, *, timeout_s: float) -> None:
        self._inner = inner
        self._timeout_s = timeout_s

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer, or raise TimedOutError; BusyError if our own queue took all the time."""
        await request.aread()
        asked_s = request.extensions.get("timeout", {}).get("read")
        timeout_s = self._timeout_s if asked_s is None else min(asked_s, self._timeout_s)
        loop = asyncio.get_running_loop()
        started = loop.time()
        course = Course(started + timeout_s)
        set_out(request, course)
        try:
            async with asyncio.timeout_at(course.deadline):
                response = await self._inner.handle_async_request(request)
        except TimeoutError as error:
            raise _out_of_time(course, timeout_s) from error
        response.elapsed = timedelta(seconds=loop.time() - started)
        return response

    async def aclose(self) -> None:
        """Close what is inside."""
        await self._inner.aclose()


def _out_of_time(course: Course, timeout_s: float) -> LienThuError:
    match course.stage:
        case Stage.WAITING:
            return BusyError(f"no turn within {timeout_s:g} s: too many requests to this member wait")
        case Stage.ASKING:
            return TimedOutError(f"no answer within {timeout_s:g} s")
        case Stage.READING:
            return TimedOutError(f"no complete answer within {timeout_s:g} s, {course.bytes_read} bytes of it")


class Statuses(httpx.AsyncBaseTransport):
    """Turns the status of an answer that is none into a failure; those that the connector accepts it reads itself."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return an answer with a status from 200 to 299 or one that is accepted."""
        response = await self._inner.handle_async_request(request)
        status = response.status_code
        if 200 <= status <= 299 or status in accepted_statuses(request):
            return response
        raise failure_of_status(status, wait_s=retry_after_s(response, now=self._clock()))

    async def aclose(self) -> None:
        """Close what is inside."""
        await self._inner.aclose()


def failure_of_status(status: int, *, wait_s: float | None) -> LienThuError:
    """Return what a status that is no answer means, by who must act. `wait_s`: what the member asks to be left alone.

    >>> type(failure_of_status(404, wait_s=None)).__name__, type(failure_of_status(503, wait_s=60)).__name__
    ('UnreadableError', 'BusyError')
    """
    try:
        detail = f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        detail = f"HTTP {status}"
    if wait_s is not None and status in {429, 503}:
        return BusyError(detail, retry_after_s=wait_s)
    kind: type[LienThuError]
    match status:
        case 401 | 403 | 407 | 451 | 511:
            kind = RefusedError
        case 408:
            kind = TimedOutError
        case _ if status >= 500:
            kind = FaultError
        case _:
            kind = UnreadableError
    return kind(detail)


class Boundary(httpx.AsyncBaseTransport):
    """Keeps every request and every redirect on the member's own hosts and on addresses that may be asked.

    A member's host is that of its `url`, with or without `www.`, on the port of the `url` or the usual one of the
    scheme; `manners.hosts` adds `host` or `host:port`. A redirect from https to http is followed over https.
    Cookies that a redirect sets are sent along from there on: many servers redirect to see whether they are.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, member: Member, cookies: httpx.Cookies) -> None:
        self._inner = inner
        self._cookies = cookies
        self._member = member.id
        self._private_network = member.manners.private_network
        self._places = _places(member)
        self._passed: set[tuple[str, bytes, int | None]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the first answer that is no redirect; `request.url` is then where it came from."""
        accepted = accepted_statuses(request)
        step = request
        self._check(step.url)
        for _ in range(MOST_REDIRECTS + 1):
            response = await self._inner.handle_async_request(step)
            if not response.has_redirect_location:
                request.url = step.url
                return response
            target = _target(step.url, response.headers["Location"])
            if response.status_code in accepted:
                return response
            self._check(target, redirected=True)
            response.request = step
            self._cookies.extract_cookies(response)
            step = self._next(step, response.status_code, target)
        raise OversizeError(f"more than {MOST_REDIRECTS} redirects")

    def _check(self, url: httpx.URL, *, redirected: bool = False) -> None:
        origin = (url.scheme, url.raw_host, url.port)
        if origin in self._passed:
            return
        verb = "redirects to" if redirected else "leads to"
        if url.scheme not in _PORTS:
            raise UnreachableError(f"it {verb} {url.scheme[:20] or 'no'} address, not an http(s) one")
        if not self._places:
            raise SettingsError(f"member {self._member}", None, "its url has no host; http(s)://host/... is expected")
        host = url.raw_host.decode("ascii", "replace").rstrip(".")
        check_literal(host, private_network=self._private_network)
        port = url.port or _PORTS[url.scheme]
        if (host, port) not in self._places and ((host, None) not in self._places or port != _PORTS[url.scheme]):
            place = f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}"[:200]
            raise UnreachableError(f"it {verb} {place}, which is not among its hosts")
        # Only the member's own places get this far, so there are few.
        self._passed.add(origin)

    def _next(self, step: httpx.Request, status: int, target: httpx.URL) -> httpx.Request:
        method, content, headers = step.method, step.content, step.headers.copy()
        if (status == 303 and method != "HEAD") or (status in {301, 302} and method == "POST"):
            method, content = "GET", b""
            for name in _BODILESS & headers.keys():
                del headers[name]
        for name in {"host", "cookie"} & headers.keys():
            del headers[name]
        if (target.host, target.scheme) != (step.url.host, step.url.scheme) and "authorization" in headers:
            del headers["authorization"]
        following = httpx.Request(method, target, headers=headers, content=content, extensions=step.extensions)
        self._cookies.set_cookie_header(following)
        return following

    async def aclose(self) -> None:
        """Close what is inside."""
        await self._inner.aclose()


def _places(member: Member) -> frozenset[tuple[str, int | None]]:
    """Return the hosts and ports of a member; None is the usual port of the scheme."""
    places: set[tuple[str, int | None]] = set()

    def add(url: httpx.URL) -> None:
        host = url.raw_host.decode("ascii").rstrip(".")
        if not host:
            return
        for name in (host, host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"):
            places.update({(name, None), (name, url.port)})

    for text in (member.url, *(f"http://{host}" for host in member.manners.hosts)):
        try:
            add(httpx.URL(text))
        except httpx.InvalidURL as error:
            raise SettingsError(f"member {member.id}", None, f"{text!r} is no address: {error}") from error
    return frozenset(places)


def _target(source: httpx.URL, location: str) -> httpx.URL:
    """Return where a redirect leads, without user, password and fragment, and never from https down to http."""
    try:
        target = source.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise UnreadableError("it redirects to something that is no address") from error
    target = target.copy_with(userinfo=b"", fragment=None)
    if source.scheme == "https" and target.scheme == "http" and target.port is None:
        target = target.copy_with(scheme="https")
    return target


class Bodies(httpx.AsyncBaseTransport):
    """Reads an answer whole, unpacks it, and stops at the bound, packed or unpacked: a bomb costs that much, no more.

    Names what breaks off. Only gzip and deflate are asked for, since only they are unpacked here.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, *, body_bytes: int) -> None:
        self._inner = inner
        self._body_bytes = body_bytes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return an answer whose body is read and unpacked."""
        course = course_of(request)
        course.stage, course.bytes_read = Stage.ASKING, 0
        try:
            response = await self._inner.handle_async_request(request)
        except EXCHANGE_ERRORS as error:
            raise failure_of(error, bytes_read=None) from error
        course.stage = Stage.READING
        try:
            head = _Head(response.headers.raw)
            body = b"" if request.method == "HEAD" else await self._read(response, head, course)
        except EXCHANGE_ERRORS as error:
            raise failure_of(error, bytes_read=course.bytes_read) from error
        finally:
            await response.aclose()
        return httpx.Response(
            response.status_code, headers=head.kept, content=body, request=request, extensions=response.extensions
        )

    async def _read(self, response: httpx.Response, head: _Head, course: Course) -> bytes:
        if head.body_bytes > self._body_bytes:
            raise OversizeError(f"{head.body_bytes} bytes announced, {self._body_bytes} are read at most")
        unpacked = unpacker(head.encoding, most_bytes=self._body_bytes)
        async for piece in response.stream:  # type: ignore[union-attr]  # an async transport's stream is async
            course.bytes_read += len(piece)
            if course.bytes_read > self._body_bytes:
                raise OversizeError(f"more than {self._body_bytes} bytes")
            unpacked.feed(piece)
        return unpacked.finish()

    async def aclose(self) -> None:
        """Close what is inside."""
        await self._inner.aclose()


class _Head:
    """The headers of an answer, read in one pass: those to keep once it is whole and unpacked, and what they announce.

    `body_bytes` is 0 where no length is announced; `encoding` has all Content-Encodings. Raises OversizeError.
    """

    __slots__ = ("body_bytes", "encoding", "kept")

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        self.body_bytes = 0
        self.kept: list[tuple[bytes, bytes]] = []
        encodings: list[bytes] = []
        weight = 0
        for name, value in raw:
            weight += len(name) + len(value)
            match name.lower():
                case b"content-length":
                    if value.isdigit():
                        self.body_bytes = int(value[:18])
                case b"content-encoding":
                    encodings.append(value)
                case b"transfer-encoding":
                    pass
                case _:
                    self.kept.append((name, value))
        if len(raw) > MOST_HEADERS or weight > MOST_HEADER_BYTES:
            raise OversizeError("more headers than a search may cost")
        self.encoding = b",".join(encodings).decode("ascii", "replace")
