"""MARC-8 -> Unicode in NFC. The tables are pymarc's; the reading is ours, since broken escapes must not stop it.

Source: MARC 21 Specifications, Character Sets: MARC-8.
"""

from __future__ import annotations

import unicodedata

from pymarc.marc8_mapping import CODESETS, ODD_MAP

_LATIN, _ANSEL, _EACC = 0x42, 0x45, 0x31
_ESCAPE = 0x1B
_UNKNOWN = (0xFFFD, 0)
_Table = dict[int, tuple[int, int]]
_TABLES: dict[int, _Table] = CODESETS
_ODD: dict[int, int] = ODD_MAP


def marc8_to_text(body: bytes) -> str:
    r"""Return the text of one subfield; what has no meaning becomes U+FFFD, a broken escape sequence is left out.

    >>> marc8_to_text(b"Truy\xf2\xe3en Ki\xe3\xe1eu")
    'Truyện Kiều'
    """
    found: list[str] = []
    marks: list[str] = []
    lower, upper = _LATIN, _ANSEL
    place, end = 0, len(body)
    while place < end:
        code = body[place]
        if code == _ESCAPE:
            place, lower, upper = _escaped(body, place, lower, upper)
            continue
        if lower == _EACC and code < 0x80 and code != 0x20:
            if place + 3 > end:
                break
            code = int.from_bytes(body[place : place + 3], "big")
            place += 3
            letter, is_mark = _TABLES[_EACC].get(code, (_ODD.get(code, 0xFFFD), 0))
        else:
            place += 1
            if code == 0x20:
                letter, is_mark = _LATIN_SPACE
            elif code < 0x20 or 0x7F <= code <= 0xA0:
                continue
            else:
                table = _TABLES.get(lower if code < 0x80 else upper, {})
                # A Latin letter in another set's place: the change of set was forgotten.
                letter, is_mark = table.get(code) or _TABLES[_LATIN].get(code, _UNKNOWN)
        if is_mark:
            marks.append(chr(letter))
        else:
            found.append(chr(letter))
            if marks:
                found += marks
                marks.clear()
    return unicodedata.normalize("NFC", "".join(found))


_LATIN_SPACE = (0x20, 0)


def _escaped(body: bytes, place: int, lower: int, upper: int) -> tuple[int, int, int]:
    """Return the place after an escape sequence, and the sets that hold from there."""
    kind = body[place + 1 : place + 2]
    if kind in {b"g", b"b", b"p"}:
        return place + 2, kind[0], upper
    if kind == b"s":
        return place + 2, _LATIN, upper
    skip = 2
    is_upper = kind in {b")", b"-"}
    if kind == b"$":
        second = body[place + 2 : place + 3]
        if second in {b",", b")", b"-"}:
            skip = 3
            is_upper = second != b","
    elif kind not in {b"(", b",", b")", b"-"}:
        return place + 1, lower, upper
    final = body[place + skip : place + skip + 1]
    if final == b"!":  # ANSEL is named by two signs: "!E"
        skip += 1
        final = body[place + skip : place + skip + 1]
    if not final or final[0] not in _TABLES:
        return place + skip, lower, upper
    return (place + skip + 1, lower, final[0]) if is_upper else (place + skip + 1, final[0], upper)
