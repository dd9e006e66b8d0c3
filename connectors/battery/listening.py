"""A server that answers whatever is asked with something it once said, and remembers how it was asked."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, unquote

import httpx
import msgspec

from connectors.http.exchange import Exchange, read_exchange
from connectors.http.recording import Replay


class Asked(msgspec.Struct, frozen=True):
    """The shape of one request: everything but the words in it.

    `names` are those of parameters, form fields and JSON keys (with their path).
    """

    method: str
    host: str
    segments: tuple[str, ...]
    names: frozenset[str]
    said: str
    """Target and body, decoded: to look for words in."""
    length: int
    """Letters of the target."""


class Listener(Replay):
    """Answers every request with the exchange of these files that is nearest to it."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._known: list[Exchange] = [read_exchange(file.read_bytes(), name=str(file)) for file in files]
        super().__init__([])
        self.requests: list[Asked] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Note the request and answer it."""
        body = await request.aread()
        self.requests.append(_asked(request, body))
        wanted = f"{request.method} {request.url.raw_path.decode('ascii')[:400]}"
        nearest = max(
            self._known,
            key=lambda one: difflib.SequenceMatcher(None, f"{one.method} {one.target[:400]}", wanted).ratio(),
        )
        headers = [(name.encode(), value.encode()) for name, value in nearest.headers]
        return httpx.Response(nearest.status, headers=headers, content=nearest.body, request=request)


def _asked(request: httpx.Request, body: bytes) -> Asked:
    target = request.url.raw_path.decode("ascii")
    path, _, query = target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    content_type = request.headers.get("Content-Type", "")
    text = body.decode("utf-8", "replace")
    names = {f"?{name}" for name, _ in pairs}
    said = " ".join([unquote(path), *(value for _, value in pairs)])
    if "json" in content_type and text:
        lines = text.strip().splitlines() if "ndjson" in content_type else [text]
        for line in lines:
            value = json.loads(line)
            names |= set(_key_paths(value, ""))
            said += " " + json.dumps(value, ensure_ascii=False)
    elif "form" in content_type:
        fields = parse_qsl(text, keep_blank_values=True)
        names |= {f"&{name}" for name, _ in fields}
        said += " " + " ".join(value for _, value in fields)
    else:
        said += " " + text
    return Asked(request.method, request.url.host, tuple(path.split("/")), frozenset(names), said, len(target))


def _key_paths(value: object, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield f"{path}.{key}"
            yield from _key_paths(part, f"{path}.{key}")
    elif isinstance(value, list):
        for part in value:
            yield from _key_paths(part, f"{path}[]")
