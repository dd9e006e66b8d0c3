"""What no recording holds: keys, passwords, cookies. And what makes two requests the same one."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus, unquote_plus, unquote_to_bytes

from connectors.http.exchange import Headers

REDACTED: Final = "REDACTED"
# `key`, `wskey`, `apiKey`, `x-access-token` are secrets; `keyword`, `keys` and `tokenize` are none.
_SECRET_NAME: Final = re.compile(
    r"(?:^|[^a-z])(?:(?:api|ws|access|private|secret|subscription|auth)?(?:key|token|secret)|pass(?:word|wd|phrase)|pwd"
    r"|auth(?:orization)?|bearer|jwt|sig(?:nature)?|credentials?|(?:j|php)?sess(?:ion)?id|sid|pin)$"
)
_WORD_INSIDE: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LEAST_SECRET: Final = 5
"""Shorter values are not looked for in answers: they would stand everywhere."""


class Redaction:
    """Takes secrets out of requests and their echoes out of answers. `names` are further names of secret parameters."""

    def __init__(self, names: Collection[str] = ()) -> None:
        self._names = frozenset(name.lower() for name in names)

    def is_secret(self, name: str) -> bool:
        """Whether a parameter, field or header of this name holds a secret.

        >>> [Redaction().is_secret(name) for name in ("accessToken", "wskey", "api_key", "keyword", "keys")]
        [True, True, True, False, False]
        """
        return name.lower() in self._names or bool(_SECRET_NAME.search(_WORD_INSIDE.sub("-", name).lower()))

    def target(self, target: str) -> tuple[str, set[str]]:
        """Return path and query without the values of secret parameters, and those values."""
        path, mark, query = target.partition("?")
        clean, secrets = self._pairs(query)
        return path + mark + clean, secrets

    def _pairs(self, text: str) -> tuple[str, set[str]]:
        pairs, secrets = [], set()
        for pair in text.split("&"):
            name, equals, value = pair.partition("=")
            if value and self.is_secret(unquote_plus(name)):
                secrets.add(unquote_plus(value))
                value = REDACTED
            pairs.append(name + equals + value)
        return "&".join(pairs), secrets - {REDACTED}

    def body(self, body: bytes, content_type: str) -> tuple[bytes, set[str]]:
        """Return a request's body without secrets, and those: of a form or JSON; others stay as they are."""
        try:
            text = body.decode()
            if "urlencoded" in content_type:
                clean, secrets = self._pairs(text)
                return clean.encode(), secrets
            if "json" in content_type and body:
                found: set[str] = set()
                whole = self._without(json.loads(text), found)
                return (json.dumps(whole, ensure_ascii=False).encode() if found else body), found
        except ValueError:  # no UTF-8 or no JSON: nothing that could be told apart
            pass
        return body, set()

    def _without(self, value: object, found: set[str]) -> object:
        if isinstance(value, list):
            return [self._without(part, found) for part in value]
        if not isinstance(value, dict):
            return value
        clean: dict[str, object] = {}
        for name, part in value.items():
            if isinstance(part, str) and part and part != REDACTED and self.is_secret(name):
                found.add(part)
                clean[name] = REDACTED
            else:
                clean[name] = self._without(part, found)
        return clean

    def headers(self, headers: Headers) -> tuple[Headers, set[str]]:
        """Return headers without secrets, and those. Cookies keep their names."""
        kept: list[tuple[str, str]] = []
        secrets: set[str] = set()
        for name, value in headers:
            match name.lower():
                case "cookie" | "set-cookie":
                    cookie, semicolon, rest = value.partition(";")
                    first = [cookie] if name.lower() == "set-cookie" else value.split(";")
                    secrets |= {part.partition("=")[2].strip() for part in first}
                    shown = "; ".join(f"{part.partition('=')[0].strip()}={REDACTED}" for part in first)
                    kept.append((name, shown + (semicolon + rest if name.lower() == "set-cookie" else "")))
                case "authorization" | "proxy-authorization":
                    secrets |= {value, value.partition(" ")[2]}
                    kept.append((name, REDACTED))
                case _ if self.is_secret(name):
                    secrets.add(value)
                    kept.append((name, REDACTED))
                case _:
                    kept.append((name, value))
        return tuple(kept), secrets


def without_echoes(text: bytes, secrets: Collection[str]) -> bytes:
    """Return an answer in which a server repeats no secret that it was sent, plain or percent-encoded."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _LEAST_SECRET:
            for form in {secret, quote(secret, safe=""), quote_plus(secret)}:
                text = text.replace(form.encode(), REDACTED.encode())
    return text


def key_of(method: str, target: str, body: bytes) -> tuple[object, ...]:
    """Return what two requests have in common when they ask the same: parameters in any order, JSON in any layout."""
    path, _, query = target.partition("?")
    return method, unquote_to_bytes(path), _same_pairs(query), _same_body(body)


def _same_pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(parse_qsl(text, keep_blank_values=True, errors="surrogateescape")))


def _same_body(body: bytes) -> object:
    text = body.strip()
    if text[:1] in {b"{", b"["}:
        try:
            return json.dumps(json.loads(text), sort_keys=True)
        except ValueError:
            return text
    if b"=" in text and text[:1] != b"<" and b"\n" not in text:
        return _same_pairs(text.decode("utf-8", "surrogateescape"))
    return text
