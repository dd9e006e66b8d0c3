"""One exchange with a member as a text file that a person reads, writes and mends by hand.

    # what is odd about it, where it is from (any number of lines, none needed)
    > POST /api/search?page=1
    > Content-Type: application/json
    >
    > {"q": "kinh tế"}
    < 200
    < Content-Type: text/xml

    <answer>...</answer>

A request without a body ends before its lone `>`. What follows the empty line is the answer's body, byte for byte, to
the end of the file. Bodies that are no UTF-8 stand as base64 under the header `Content-Transfer-Encoding: base64`. The
host is not written down: an exchange is true of every member of its kind. Files end in `.exchange`.
"""

from __future__ import annotations

import base64
import binascii
import textwrap

import msgspec

from engine.errors import SettingsError

SUFFIX = ".exchange"
_BASE64 = ("Content-Transfer-Encoding", "base64")
Headers = tuple[tuple[str, str], ...]


class Exchange(msgspec.Struct, frozen=True):
    """A request and its answer. `target` is path and query as they were sent. Bodies are unpacked."""

    method: str
    target: str
    status: int
    request_headers: Headers = ()
    request_body: bytes = b""
    headers: Headers = ()
    body: bytes = b""
    comment: str = ""


def written(exchange: Exchange) -> bytes:
    r"""Return an exchange as the bytes of its file.

    >>> written(Exchange("GET", "/sru?version=1.1", 200, body=b"<a/>")).decode()
    '> GET /sru?version=1.1\n< 200\n\n<a/>'
    """
    lines = [f"# {line}".rstrip() for line in exchange.comment.splitlines()]
    lines.append(f"> {exchange.method} {exchange.target}")
    request_headers, asked = _shown(exchange.request_headers, exchange.request_body, prefixed=True)
    lines += [f"> {name}: {value}" for name, value in request_headers]
    if asked:
        lines += [">", *(f"> {line}" if line else ">" for line in asked.split("\n"))]
    headers, body = _shown(exchange.headers, exchange.body, prefixed=False)
    lines += [f"< {exchange.status}", *(f"< {name}: {value}" for name, value in headers), "", ""]
    return "\n".join(lines).encode() + body.encode()


def _shown(headers: Headers, body: bytes, *, prefixed: bool) -> tuple[Headers, str]:
    """Return headers and body as they stand in the file; a `prefixed` body is told line by line."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" not in text and not (prefixed and "\r" in text):
        return headers, text
    return (*headers, _BASE64), "\n".join(textwrap.wrap(base64.b64encode(body).decode(), 76))


def read_exchange(file: bytes, *, name: str) -> Exchange:
    r"""Return the exchange that stands in a file; SettingsError with the line where it does not. `name` is for that.

    >>> read_exchange(b"> GET /a\n< 404\n", name="a").status
    404
    """
    lines = _Lines(file, name)
    comment = "\n".join(line[1:].removeprefix(" ") for line in lines.while_starting("#"))
    method, _, target = lines.expect("> ", "the request, like '> GET /path?query'").partition(" ")
    if not target.startswith("/"):
        raise lines.wrong("a method and a path that begins with /")
    request_headers: list[tuple[str, str]] = []
    asked: list[str] = []
    into_body = False
    for line in lines.while_starting(">"):
        text = line[1:].removeprefix(" ")
        if into_body:
            asked.append(text)
        elif text:
            request_headers.append(lines.header(text))
        else:
            into_body = True
    status = lines.expect("< ", "the answer's status, like '< 200'").split(" ")[0]
    if not (status.isdecimal() and len(status) == 3):
        raise lines.wrong("a status of three digits")
    headers = [lines.header(line[1:].strip()) for line in lines.while_starting("<")]
    body = lines.rest()
    return Exchange(
        method=method,
        target=target,
        status=int(status),
        request_headers=tuple(header for header in request_headers if header != _BASE64),
        request_body=_unwrapped("\n".join(asked).encode(), lines, is_base64=_BASE64 in request_headers),
        headers=tuple(header for header in headers if header != _BASE64),
        body=_unwrapped(body, lines, is_base64=_BASE64 in headers),
        comment=comment,
    )


def _unwrapped(body: bytes, lines: _Lines, *, is_base64: bool) -> bytes:
    if not is_base64:
        return body
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error as error:
        raise lines.wrong("a body in base64") from error


class _Lines:
    """The lines of a file, taken one by one, and the number of the last for messages."""

    def __init__(self, file: bytes, name: str) -> None:
        self._left = file
        self._name = name
        self._number = 0

    def _next(self) -> str | None:
        line, _, _ = self._left.partition(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r") if self._left else None

    def _take(self) -> None:
        self._left = self._left.partition(b"\n")[2]
        self._number += 1

    def while_starting(self, mark: str) -> list[str]:
        """Take the lines that start with a mark."""
        taken = []
        while (line := self._next()) is not None and line.startswith(mark):
            taken.append(line)
            self._take()
        return taken

    def expect(self, mark: str, what: str) -> str:
        """Take one line that starts with a mark and return what follows it."""
        line = self._next()
        self._take()
        if line is None or not line.startswith(mark):
            raise self.wrong(what)
        return line.removeprefix(mark).strip()

    def header(self, text: str) -> tuple[str, str]:
        """Return name and value of a header."""
        name, colon, value = text.partition(":")
        if not colon:
            raise self.wrong("headers, like 'Content-Type: text/xml'")
        return name.strip(), value.strip()

    def rest(self) -> bytes:
        """Take the empty line and return what follows it."""
        line = self._next()
        if line:
            raise self.wrong("an empty line before the body")
        self._take()
        return self._left

    def wrong(self, expected: str) -> SettingsError:
        """Return the error of this place."""
        return SettingsError(self._name, max(self._number, 1), f"expected {expected}")
