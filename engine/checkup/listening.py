"""Listens to what passes between us and a member, as far as it is HTTP: addresses, types, encodings, counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx

_ASKED: Final = "lienthu.asked"
_DECLARED: Final = re.compile(rb"(?i)<\?xml[^>]{0,200}encoding\s*=|<meta[^>]{0,200}charset\s*=")
_TEXT_BYTES: Final = 300_000
"""So much of each answer is looked through."""


class Listener:
    """What was heard. `asked` counts requests of searches and of everything else through this client.

    `led` are the addresses asked for, each with the one that answered after all redirects.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.asked = 0
        self.answers = 0
        self.decomposed = 0
        self.lost = 0
        self.undeclared = 0
        self.mistyped = 0
        self.led: list[tuple[httpx.URL, httpx.URL]] = []
        self._is_deaf = False
        hooks = client.event_hooks
        client.event_hooks = {
            "request": [*hooks.get("request", []), self._request],
            "response": [*hooks.get("response", []), self._response],
        }

    async def _request(self, request: httpx.Request) -> None:
        self.asked += 1
        request.extensions = {_ASKED: request.url, **request.extensions}

    async def _response(self, response: httpx.Response) -> None:
        asked = response.request.extensions.get(_ASKED)
        if self._is_deaf or response.status_code >= 300 or not isinstance(asked, httpx.URL):
            return
        self.led.append((asked, response.url))
        self.hear(response.headers.get("Content-Type", ""), response.content)

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Count what is asked meanwhile, and look through none of its answers."""
        self._is_deaf = True
        try:
            yield
        finally:
            self._is_deaf = False

    def hear(self, content_type: str, body: bytes) -> None:
        """Look through one answer."""
        body = body[:_TEXT_BYTES]
        self.answers += 1
        kind = content_type.lower()
        is_xml = body.lstrip()[:5] == b"<?xml"
        if is_xml and "html" in kind and b"<html" not in body[:1000].lower():
            self.mistyped += 1
        try:
            text = body.decode()
        except UnicodeDecodeError:
            text = body.decode("utf-8", "replace")
            if "charset" not in kind and not _DECLARED.search(body[:4096]) and not _is_marc(body, kind):
                self.undeclared += 1
        if "\ufffd" in body.decode("utf-8", "ignore"):
            self.lost += 1
        if _has_combining(text):
            self.decomposed += 1


def _has_combining(text: str) -> bool:
    """Whether letters and their marks stand apart that Unicode has as one letter."""
    return any(
        unicodedata.combining(letter) and text[at - 1].isalpha()
        for at, letter in enumerate(text)
        if at and "\u0300" <= letter <= "\u036f"
    )


def _is_marc(body: bytes, content_type: str) -> bool:
    """Whether this is ISO 2709, which says its encoding in itself."""
    return "marc" in content_type or (body[:5].isdigit() and body[20:24] == b"4500")
