"""Bodies put together, gzip and deflate unpacked piece by piece, up to a bound."""

from __future__ import annotations

import zlib
from typing import Final, Protocol

from engine.errors import OversizeError, UnreadableError

_GZIP_MAGIC: Final = b"\x1f\x8b"
_MOST_MEMBERS: Final = 1_000
"""A gzip body may be several one after another; a million empty ones would cost seconds and give nothing."""


class Unpacker(Protocol):
    """Takes a body in pieces and gives it back whole and unpacked."""

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""

    def finish(self) -> bytes:
        """Return the whole."""


def unpacker(encoding: str, *, most_bytes: int) -> Unpacker:
    """Return what unpacks a body of this Content-Encoding; UnreadableError for one that was not asked for.

    Encodings one upon another are refused with those unknown.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Gzip(most_bytes)
        case "deflate":
            return _Deflate(most_bytes)
        case other:
            raise UnreadableError(f"packed as {other[:40]!r}, which was not asked for")


class _Plain:
    """A body as it is; who feeds it counts the bytes."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def feed(self, piece: bytes) -> None:
        self._pieces.append(piece)

    def finish(self) -> bytes:
        return b"".join(self._pieces)


class _Bounded:
    """Unpacked bytes up to a bound."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._unpacked: list[bytes] = []
        self._room = most_bytes

    def _unpack(self, stream: zlib._Decompress, piece: bytes) -> None:
        try:
            # One byte beyond the bound is enough to know that it is passed.
            out = stream.decompress(piece, self._room + 1)
        except zlib.error as error:
            raise UnreadableError("what is said to be packed cannot be unpacked") from error
        self._room -= len(out)
        if self._room < 0:
            raise OversizeError(f"more than {self._most_bytes} bytes once unpacked")
        self._unpacked.append(out)


class _Gzip(_Bounded):
    """RFC 1952: members one after another. What follows the last and is none is left aside, as browsers do."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(most_bytes)
        self._stream = zlib.decompressobj(wbits=31)
        self._is_fed = False
        self._is_over = False
        self._members = 1
        self._between = b""

    def feed(self, piece: bytes) -> None:
        while piece and not self._is_over:
            if self._stream.eof:
                piece = self._between + piece
                if len(piece) < len(_GZIP_MAGIC):
                    self._between = piece
                    return
                if not piece.startswith(_GZIP_MAGIC):
                    self._is_over = True
                    return
                self._members += 1
                if self._members > _MOST_MEMBERS:
                    raise OversizeError(f"more than {_MOST_MEMBERS} gzip members")
                self._stream = zlib.decompressobj(wbits=31)
            self._is_fed = True
            self._unpack(self._stream, piece)
            piece, self._between = self._stream.unused_data, b""

    def finish(self) -> bytes:
        if self._is_fed and not self._stream.eof:
            raise UnreadableError("the packed answer is cut off")
        return b"".join(self._unpacked)


class _Deflate(_Bounded):
    """RFC 1950 as HTTP has it, or bare RFC 1951 as some servers send it."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(most_bytes)
        self._head = b""
        self._stream: zlib._Decompress | None = None

    def feed(self, piece: bytes) -> None:
        if self._stream is None:
            self._head += piece
            if len(self._head) < 2:
                return
            has_header = self._head[0] & 0x0F == 8 and int.from_bytes(self._head[:2]) % 31 == 0
            self._stream = zlib.decompressobj(wbits=15 if has_header else -15)
            piece, self._head = self._head, b""
        if not self._stream.eof:
            self._unpack(self._stream, piece)

    def finish(self) -> bytes:
        if self._head or (self._stream is not None and not self._stream.eof):
            raise UnreadableError("the packed answer is cut off")
        return b"".join(self._unpacked)
