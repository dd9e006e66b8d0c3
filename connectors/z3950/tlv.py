"""BER by hand, where asn1tools cannot help: cutting APDUs out of a stream, and finding one's way in them.

Whatever comes is bounded before it is read: bytes, depth, number of elements. Source: ITU-T X.690, 8.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from engine.errors import OversizeError, UnreadableError

MOST_DEPTH: Final = 60
"""Elements of indefinite length that may stand in one another. Records need about ten."""

MOST_ELEMENTS: Final = 250_000
"""Elements of one APDU that are looked at while it is cut out: as many cost about 0.1 s."""

_CONSTRUCTED: Final = 0x20
_INDEFINITE: Final = -1

SEQUENCE: Final = -16
EXTERNAL: Final = -8
OBJECT_IDENTIFIER: Final = -6
INTEGER: Final = -2


class Element(NamedTuple):
    """One element: `tag` is the number of a context-specific tag, or the negated number of a universal one.

    It stands from `at` to `after`; `begin` and `end` bound what it holds.
    """

    tag: int
    is_constructed: bool
    at: int
    begin: int
    end: int
    after: int


class _Short(Exception):  # noqa: N818 -- no failure: more bytes are wanted
    """An element's header is not there yet."""


def _header(octets: bytes | bytearray, at: int) -> tuple[int, int, int]:
    """Return tag, length (-1: indefinite) and where the contents begin. Raises _Short, UnreadableError."""
    try:
        first = octets[at]
        length = octets[at + 1]
        if length < 0x80 and first & 0x1F != 0x1F:  # nearly all are so
            return _tag(first, first & 0x1F), length, at + 2
        number, at = _tag_number(octets, at)
        length = octets[at]
    except IndexError:
        raise _Short from None
    at += 1
    if length == 0x80:
        if not first & _CONSTRUCTED:
            raise UnreadableError("what came is not Z39.50: a primitive element of indefinite length")
        return _tag(first, number), _INDEFINITE, at
    if length > 0x80:
        count = length & 0x7F
        if count > 8:
            raise UnreadableError("what came is not Z39.50: a length of more than eight octets")
        if at + count > len(octets):
            raise _Short
        length = int.from_bytes(octets[at : at + count])
        at += count
    return _tag(first, number), length, at


def _tag_number(octets: bytes | bytearray, at: int) -> tuple[int, int]:
    """Return the number of a tag and where it ends. Raises IndexError where that has not come."""
    number = octets[at] & 0x1F
    if number < 0x1F:
        return number, at + 1
    number = 0
    for place in range(at + 1, at + 5):
        octet = octets[place]
        number = number << 7 | octet & 0x7F
        if octet < 0x80:
            return number, place + 1
    raise UnreadableError("what came is not Z39.50: a tag of more than four octets")


def _tag(first: int, number: int) -> int:
    """Return the tag as `Element` has it; those of classes that Z39.50 does not use are out of the way."""
    kind = first >> 6
    if kind == 2:
        return number
    return -number if kind == 0 else 1 << 40


class Apdu(bytes):
    """The octets of a whole APDU. `ends` are the ends of its elements of indefinite length, by where they begin."""

    ends: dict[int, int]


class Frames:
    """Cuts APDUs out of what comes on a line. An APDU of more than `most_bytes` is an OversizeError at once."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._octets = bytearray()
        self._begin_again()

    def _begin_again(self) -> None:
        self._at = self._seen = 0
        self._open: list[int] = []
        self._ends: dict[int, int] = {}
        self._end: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing of an APDU has come."""
        return not self._octets

    def feed(self, piece: bytes) -> None:
        """Take what came."""
        self._octets += piece

    def take(self) -> Apdu | None:
        """Return the next whole APDU, None where more must come. Raises UnreadableError and OversizeError."""
        if self._octets and self._octets[0] & 0xE0 != 0xA0:
            raise UnreadableError("what came is not Z39.50")
        while self._end is None:
            if not self._steps():
                return None
        if len(self._octets) < self._end:
            return None
        apdu = Apdu(self._octets[: self._end])
        apdu.ends = self._ends
        del self._octets[: self._end]
        self._begin_again()
        return apdu

    def _steps(self) -> bool:
        """Go one element further; return whether that was there."""
        octets = self._octets
        if self._open and octets[self._at : self._at + 1] == b"\0":
            if len(octets) < self._at + 2:
                return False
            if octets[self._at + 1]:
                raise UnreadableError("what came is not Z39.50: an end of contents with contents")
            self._ends[self._open.pop()] = self._at
            self._at += 2
        else:
            try:
                _, length, begin = _header(octets, self._at)
            except _Short:
                return False
            self._seen += 1
            if length == _INDEFINITE:
                self._open.append(begin)
                self._at = begin
            else:
                self._at = begin + length
        if self._at > self._most_bytes:
            raise OversizeError(f"an answer of more than {self._most_bytes} bytes")
        if len(self._open) > MOST_DEPTH or self._seen > MOST_ELEMENTS:
            raise OversizeError(f"an answer of more than {MOST_DEPTH} levels or {MOST_ELEMENTS} elements")
        if not self._open:
            self._end = self._at
        return True


def elements(octets: bytes, begin: int = 0, end: int | None = None) -> Iterator[Element]:
    """Return the elements that stand side by side between two places of a whole APDU.

    Raises UnreadableError where they are not whole.

    >>> [(found.tag, found.begin, found.end) for found in elements(bytes.fromhex("8101ffa180040141 0000"))]
    [(1, 2, 3), (1, 5, 8)]
    """
    at, end = begin, len(octets) if end is None else end
    ends = octets.ends if isinstance(octets, Apdu) else {}
    while at < end:
        try:
            tag, length, start = _header(octets, at)
        except _Short:
            raise _torn() from None
        stop = after = start + length
        if length == _INDEFINITE:
            stop = ends.get(start) or _end_of_contents(octets, start, end)
            after = stop + 2
        if after > end:
            raise _torn()
        yield Element(tag, bool(octets[at] & _CONSTRUCTED), at, start, stop, after)
        at = after


def _end_of_contents(octets: bytes, at: int, end: int) -> int:
    """Return where the end-of-contents octets of an element stand whose contents begin here."""
    depth = 1
    while at < end:
        if octets[at] == 0:
            depth -= 1
            if not depth:
                return at
            at += 2
            continue
        try:
            _, length, begin = _header(octets, at)
        except _Short:
            break
        depth += length == _INDEFINITE
        at = begin + max(length, 0)
        if depth > MOST_DEPTH:
            raise OversizeError(f"an answer of more than {MOST_DEPTH} levels")
    raise _torn()


def content(octets: bytes, element: Element) -> bytes:
    """Return what a string of octets or letters holds, pieced together where it was sent in pieces."""
    if not element.is_constructed:
        return octets[element.begin : element.end]
    return b"".join(
        octets[part.begin : part.end]
        for part in elements(octets, element.begin, element.end)
        if not part.is_constructed
    )


def integer(octets: bytes, element: Element) -> int:
    """Return an INTEGER; of one too long to be a count of anything, its last eight octets."""
    return int.from_bytes(octets[element.begin : element.end][-8:], signed=True)


def encoded(tag: int, inner: bytes) -> bytes:
    """Return a constructed context-specific element of definite length."""
    head = bytes([0xA0 | tag]) if tag < 0x1F else bytes([0xBF, *_base128(tag)])
    size = len(inner)
    if size < 0x80:
        return head + bytes([size]) + inner
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return head + bytes([0x80 | len(length)]) + length + inner


def _base128(number: int) -> bytes:
    return bytes([0x80 | number >> 7, number & 0x7F]) if number > 0x7F else bytes([number])


def _torn() -> UnreadableError:
    return UnreadableError("what came is not Z39.50: an element that is not whole")
