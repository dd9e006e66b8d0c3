"""ISO 2709 bytes -> fields, as real systems write them: with wrong lengths, bad directories, missing terminators.

What is broken costs its own record only. The bytes of each record become text by what they are, not by what the leader
says (see `charsets`).
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.formats.charsets import decode
from connectors.formats.fields import MarcField, MarcRecord
from engine.errors import UnreadableError

_FIELD_END = b"\x1e"
_RECORD_END = b"\x1d"
_LEADER_BYTES = 24
_ENTRY_BYTES = 12
_JUNK = b"\r\n\t\x00\x1a\xef\xbb\xbf"
_SPACE = _JUNK + b" "
_LEAST_BYTES = _LEADER_BYTES + _ENTRY_BYTES + 2


def split_records(body: bytes) -> Iterator[bytes]:
    """Cut a stream of ISO 2709 into records at their terminators, whatever the lengths in the leaders say.

    Where a terminator is missing, the length in the leader is believed if another record begins there.
    """
    for piece in body.split(_RECORD_END):
        rest = piece.lstrip(_JUNK)
        if _begins_record(rest.lstrip()):
            rest = rest.lstrip()
        while rest:
            length = int(rest[:5]) if rest[:5].isdigit() else 0
            if _LEAST_BYTES < length < len(rest) and _begins_record(rest[length - 1 :]):
                yield rest[: length - 1]
                rest = rest[length - 1 :].lstrip(_SPACE)
            elif _LEAST_BYTES < length < len(rest) and _begins_record(rest[length:]):
                yield rest[:length]
                rest = rest[length:].lstrip(_SPACE)
            else:
                yield rest
                break


def _begins_record(rest: bytes) -> bool:
    """Whether these bytes look like a leader: five digits of length, five of base address, and the entry map 450."""
    rest = rest.lstrip(_SPACE)
    return rest[:5].isdigit() and rest[12:17].isdigit() and rest[20:22] == b"45"


def read_fields(record: bytes, dialect: str) -> MarcRecord:
    """Return leader and fields of one record (without its terminator), or raise UnreadableError."""
    if len(record) < _LEAST_BYTES:
        raise UnreadableError(f"{len(record)} bytes are too few for a record")
    directory_end = record.find(_FIELD_END, _LEADER_BYTES)
    if directory_end < 0:
        raise UnreadableError("a record without an end of its directory")
    leader = record[:_LEADER_BYTES].decode("latin-1")
    directory = record[_LEADER_BYTES:directory_end]
    entries = _entries(directory)
    if not entries:
        raise UnreadableError("a record without a directory")
    control: dict[str, list[str]] = {}
    fields: list[MarcField] = []
    bodies = _bodies(record[directory_end + 1 :], entries)
    to_text = decode(b"\x1e".join(body for _, body in bodies), leader, dialect)
    for tag, body in bodies:
        text = to_text(body)
        if tag < "010" and "\x1f" not in text:
            control.setdefault(tag, []).append(text)
        elif (field := _variable_field(tag, text)) is not None:
            fields.append(field)
    return MarcRecord(leader, control, fields)


def _entries(directory: bytes) -> list[tuple[str, int, int]]:
    """Return (tag, length, start) of each directory entry; an unreadable number is -1."""
    found: list[tuple[str, int, int]] = []
    for place in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        entry = directory[place : place + _ENTRY_BYTES]
        length, start = entry[3:7], entry[7:12]
        found.append(
            (
                entry[:3].decode("latin-1"),
                int(length) if length.isdigit() else -1,
                int(start) if start.isdigit() else -1,
            )
        )
    return found


def _bodies(content: bytes, entries: list[tuple[str, int, int]]) -> list[tuple[str, bytes]]:
    """Return each field's tag and bytes.

    Where the directory's offsets agree with the terminators they are used. Else the fields are as many as the entries
    and are taken in order (offsets were counted in characters, or a field is over 9,999 bytes); failing that, see
    `_aligned`.
    """
    by_offset: list[tuple[str, bytes]] = []
    for tag, length, start in entries:
        end = start + length - 1
        if start < 0 or length < 1 or content[end : end + 1] != _FIELD_END:
            break
        body = content[start:end]
        if _FIELD_END in body:
            break
        by_offset.append((tag, body))
    else:
        return by_offset
    pieces = content.split(_FIELD_END)
    if not pieces[-1]:
        pieces.pop()
    if len(pieces) == len(entries):
        starts = [start for _, _, start in entries]
        if sorted(starts) != starts and len(set(starts)) == len(starts) and min(starts) >= 0:
            entries = sorted(entries, key=lambda entry: entry[2])
        return [(entry[0], piece) for entry, piece in zip(entries, pieces, strict=True)]
    return _aligned(pieces, entries)


def _aligned(pieces: list[bytes], entries: list[tuple[str, int, int]]) -> list[tuple[str, bytes]]:
    """Return what can be told where neither offsets nor numbers of fields agree.

    An entry that points at the beginning of a field has that one; any other the field behind that of the entry before
    it, if control or variable field is what its tag says.
    """
    places: dict[int, int] = {}
    offset = 0
    for place, piece in enumerate(pieces):
        places[offset] = place
        offset += len(piece) + 1
    found: list[tuple[str, bytes]] = []
    following = 0
    for tag, _, start in entries:
        place = places.get(start, following)
        if place >= len(pieces):
            break
        if (tag >= "010") == (pieces[place][2:3] in {b"\x1f", b"^"}):
            found.append((tag, pieces[place]))
            following = place + 1
    return found


def _variable_field(tag: str, text: str) -> MarcField | None:
    """Return a field with indicators and subfields; `^a` of CDS/ISIS counts as a subfield mark where no other is."""
    mark = "\x1f" if "\x1f" in text else "^"
    head, *parts = text.split(mark)
    subfields = [(part[0], part[1:]) for part in parts if len(part) > 1]
    if not parts and len(head) > 2:
        subfields = [("a", head[2:])]
    if not subfields:
        return None
    return MarcField(tag, subfields, head[:2].ljust(2))
