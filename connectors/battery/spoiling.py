"""What becomes of a server's answers in the end: redesigned, behind a login, broken, empty, cut off, mis-encoded."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx
import msgspec

from connectors.http.exchange import SUFFIX, Exchange, read_exchange
from connectors.http.recording import Replay, UnrecordedError

_LOGIN_PAGE: Final = """<!DOCTYPE html><html lang="vi"><head><title>Đăng nhập</title></head><body>
<form action="/login" method="post"><label>Tên đăng nhập <input type="text" name="u"></label>
<label>Mật khẩu <input type="password" name="p"></label><button>Đăng nhập</button></form></body></html>
""".encode()
_ERROR_PAGE: Final = b"<html><head><title>500 Internal Server Error</title></head><body>Sorry.</body></html>"
_HTML: Final = {"Content-Type": "text/html; charset=utf-8"}


class Spoilt(msgspec.Struct, frozen=True):
    """An answer as it has become."""

    status: int
    headers: dict[str, str]
    body: bytes


Spoil = Callable[[Exchange], Spoilt]


def _same(exchange: Exchange, body: bytes) -> Spoilt:
    return Spoilt(exchange.status, dict(exchange.headers), body)


def redesign(exchange: Exchange) -> Spoilt:
    """Every name by which a parser could find its way is another: classes, ids, elements, keys."""
    text = exchange.body.decode("utf-8", "replace")
    stripped = text.lstrip("\ufeff \r\n\t)]}',")
    if stripped.startswith(("{", "[")):
        try:
            return _same(exchange, json.dumps(_rekeyed(json.loads(stripped))).encode())
        except ValueError:
            pass
    if re.search(r"(?i)<!doctype html|<html|<div|<table", text[:4000]):
        return _same(exchange, _HTML_PAGE.format(re.sub(r"<[^>]*>", " ", text)[:20_000]).encode())
    if stripped.startswith("<"):
        return _same(exchange, re.sub(r"(</?)((?:[\w.-]+:)?)([A-Za-z][\w.-]*)", r"\1\2x\3", text).encode())
    return _same(exchange, b"\n".join(b"# " + line[::-1] for line in exchange.body.split(b"\n")))


_HTML_PAGE: Final = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>Library</title></head><body><main><section>'
    "<article>{}</article></section></main></body></html>"
)


def _rekeyed(value: object) -> object:
    if isinstance(value, dict):
        return {f"x_{key}": _rekeyed(part) for key, part in value.items()}
    return [_rekeyed(part) for part in value] if isinstance(value, list) else value


SPOILS: Final[dict[str, Spoil]] = {
    "redesigned": redesign,
    "login-page": lambda _: Spoilt(200, _HTML, _LOGIN_PAGE),
    "error-page": lambda _: Spoilt(500, _HTML, _ERROR_PAGE),
    "empty": lambda exchange: _same(exchange, b""),
    "cut-off": lambda exchange: _same(exchange, exchange.body[: len(exchange.body) // 2]),
    "mis-encoded": lambda exchange: _same(exchange, exchange.body.replace(b" ", b" \xff\xfe\x81", 40)),
}
"""By name, as tests show it."""


def exchanges_in(folder: Path) -> tuple[Path, ...]:
    """Return the files of the exchanges of a case, in their order."""
    return tuple(sorted(file for file in folder.iterdir() if file.suffix in {SUFFIX, ".conversation"}))


class SpoiltReplay(Replay):
    """Replays a case, in which one exchange has been spoilt, and so has whatever is asked beyond the recording."""

    def __init__(self, folder: Path, spoilt_file: Path, spoil: Spoil) -> None:
        super().__init__(folder)
        exchange = read_exchange(spoilt_file.read_bytes(), name=str(spoilt_file))
        self._spoilt_target = (exchange.method, self._path(exchange.target))
        self._spoilt_exchange = exchange
        self._spoilt = spoil(exchange)
        self._elsewhere = self._spoilt if self._spoilt.body in {_LOGIN_PAGE, _ERROR_PAGE, b""} else _NOT_FOUND
        self._only = Replay([spoilt_file])

    @staticmethod
    def _path(target: str) -> str:
        return target.partition("?")[0]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the recorded answer, the spoilt one, or for what was not recorded something of the same kind."""
        try:
            await self._only.handle_async_request(request)
            shown = self._spoilt
        except UnrecordedError:
            try:
                return await super().handle_async_request(request)
            except UnrecordedError:
                shown = self._elsewhere
        return httpx.Response(shown.status, headers=shown.headers, content=shown.body, request=request)


_NOT_FOUND: Final = Spoilt(404, _HTML, b"<html><head><title>404 Not Found</title></head><body></body></html>")
