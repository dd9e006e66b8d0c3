"""Exchanges with a member, written down as files and answered again from them.

`Recorder` goes around a real transport, `Replay` stands in for one. The files are those of `connectors.http.exchange`;
connectors' tests keep theirs under `tests/recordings/<member>/`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

import httpx

from connectors.http.exchange import SUFFIX, Exchange, read_exchange, written
from connectors.http.guard import Bodies
from connectors.http.personal import without_persons
from connectors.http.redaction import Redaction, key_of, without_echoes

_ASKED_HEADERS: Final = ("Accept", "Content-Type", "Authorization", "Cookie")
_ANSWERED_HEADERS: Final = (
    "Content-Type",
    "Content-Disposition",
    "Link",
    "Location",
    "Omeka-S-Total-Results",
    "Retry-After",
    "Set-Cookie",
    "WWW-Authenticate",
)
"""What an answer is understood by. Dates, servers' names and the like only make recordings differ."""


_ANY_TYPE: Final = "*/*"
"""The Accept of a client that does not say one."""


class Recorder(httpx.AsyncBaseTransport):
    """Writes each exchange that goes through it into a folder, a file each, numbered in the order of the answers.

    Cookies, Authorization and the parameters of `Redaction`, with those named in `secret_names`, are written as
    REDACTED, and so are their echoes in the answer. E-mail addresses, borrowers and sessions are written over with x
    (`connectors.http.personal`). What breaks off or is larger than `body_bytes` is not written.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        folder: Path,
        *,
        secret_names: Collection[str] = (),
        body_bytes: int = 8_000_000,
    ) -> None:
        self._inner = Bodies(transport, body_bytes=body_bytes)
        self._folder = folder
        self._redaction = Redaction(secret_names)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on and write down what came of it."""
        await request.aread()
        response = await self._inner.handle_async_request(request)
        self._write(request, response)
        return response

    def _write(self, request: httpx.Request, response: httpx.Response) -> None:
        target, in_target = self._redaction.target(request.url.raw_path.decode("ascii"))
        asked, in_body = self._redaction.body(request.content, request.headers.get("Content-Type", ""))
        sent, in_headers = self._redaction.headers(_chosen(request.headers, _ASKED_HEADERS))
        received, _ = self._redaction.headers(_chosen(response.headers, _ANSWERED_HEADERS))
        secrets = in_target | in_body | in_headers
        exchange = Exchange(
            method=request.method,
            target=without_persons(target.encode()).decode(),
            status=response.status_code,
            request_headers=tuple(header for header in sent if header != ("Accept", _ANY_TYPE)),
            request_body=without_persons(asked),
            headers=tuple((name, _clean(value.encode(), secrets).decode()) for name, value in received),
            body=_clean(response.content, secrets),
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / self._name(request)).write_bytes(written(exchange))

    def _name(self, request: httpx.Request) -> str:
        numbers = [int(file.name[:3]) for file in self._folder.glob(f"[0-9][0-9][0-9]-*{SUFFIX}")]
        words = re.sub(r"[^a-z0-9]+", "-", request.url.path.lower()).strip("-")[-40:].strip("-")
        return "-".join(filter(None, (f"{max(numbers, default=0) + 1:03}", request.method.lower(), words))) + SUFFIX

    async def aclose(self) -> None:
        """Close what is inside."""
        await self._inner.aclose()


def _clean(text: bytes, secrets: Collection[str]) -> bytes:
    return without_persons(without_echoes(text, secrets))


def _chosen(headers: httpx.Headers, names: Collection[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name in names for value in headers.get_list(name))


class UnrecordedError(LookupError):
    """A request that no file answers. It is no failure of a member: a test asks what was not recorded."""


class Replay(httpx.AsyncBaseTransport):
    """Answers from the files of a folder, or from those named.

    A file answers a request with its method, path, parameters (in any order) and body (JSON in any layout), secrets
    left aside. Where several do, one with the request's own Accept goes first; then they answer one after the other in
    the order of their names, and the last again and again. `asked` lists the requests: "GET /path?query".
    """

    def __init__(self, source: Path | str | Iterable[Path], *, secret_names: Collection[str] = ()) -> None:
        if isinstance(source, (str, Path)):
            files = sorted(Path(source).glob(f"*{SUFFIX}")) if Path(source).is_dir() else [Path(source)]
            if not files:
                raise FileNotFoundError(f"no *{SUFFIX} in {source}")
        else:
            files = list(source)
        self.asked: list[str] = []
        self._redaction = Redaction(secret_names)
        self._exchanges: dict[tuple[object, ...], list[Exchange]] = {}
        for file in files:
            exchange = read_exchange(file.read_bytes(), name=str(file))
            content_type = dict(exchange.request_headers).get("Content-Type", "")
            key = self._key(exchange.method, exchange.target, exchange.request_body, content_type)
            self._exchanges.setdefault(key, []).append(exchange)

    def _key(self, method: str, target: str, body: bytes, content_type: str) -> tuple[object, ...]:
        return key_of(method, self._redaction.target(target)[0], self._redaction.body(body, content_type)[0])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the recorded answer, or raise UnrecordedError with what comes nearest."""
        body = await request.aread()
        target = request.url.raw_path.decode("ascii")
        self.asked.append(f"{request.method} {target}")
        key = self._key(request.method, target, body, request.headers.get("Content-Type", ""))
        exchanges = self._exchanges.get(key)
        if exchanges is None:
            raise UnrecordedError(self._unrecorded(request.method, target, body))
        accept = request.headers.get("Accept", _ANY_TYPE)
        fitting = [
            one for one in exchanges if dict(one.request_headers).get("Accept", _ANY_TYPE) == accept
        ] or exchanges
        exchange = fitting[0]
        if len(fitting) > 1:
            exchanges.remove(exchange)
        headers = [(name.encode(), value.encode()) for name, value in exchange.headers]
        return httpx.Response(exchange.status, headers=headers, content=exchange.body, request=request)

    def _unrecorded(self, method: str, target: str, body: bytes) -> str:
        wanted = f"{method} {target}"
        known = [f"{one.method} {one.target}" for several in self._exchanges.values() for one in several]
        near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.0)
        about = f"\nwith the body {body.decode('utf-8', 'replace')[:400]}" if body else ""
        return f"no recording answers\n  {wanted}{about}\nThe nearest of {len(known)} are\n  " + "\n  ".join(near)
