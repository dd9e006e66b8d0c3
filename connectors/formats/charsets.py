"""From bytes to text where nobody says truly what the bytes are: UTF-8, MARC-8, ISO 5426, cp1258 or Latin-1.

Leader 09 lies both ways, so that it decides only what the bytes leave open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from connectors.formats.marc8 import marc8_to_text

ToText = Callable[[bytes], str]

# In MARC-8 (ANSEL) marks come before their letter, so that a mark before a blank or at an end is none. Codes without a
# meaning tell the same.
_NO_ANSEL = re.compile(rb"[\x80-\x87\x8a-\x8c\x8f-\xa0\xaf\xbb\xbe\xbf\xc9-\xdf\xff]|[\xe0-\xfe](?![A-Za-z\xa1-\xfe])")
_NO_ISO5426 = re.compile(rb"[\x80-\x87\x8a-\x9f\xff]|[\xc0-\xdf](?![A-Za-z\xc0-\xfe])")
_VIETNAMESE = re.compile("[\u1ea0-\u1ef9\u01a0\u01a1\u01af\u01b0\u0102\u0103\u0110\u0111]")

_ISO5426_MARKS = dict(
    zip(
        range(0xC0, 0xDC),
        "\u0309\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0308\u030a\u0315\u0312\u030b"
        "\u031b\u030c\u0327\u031c\u0326\u0328\u0325\u032e\u0323\u0324\u0332\u0333\u0329\u032d",
        strict=True,
    )
)
_ISO5426_LETTERS = {
    0x88: "\x98", 0x89: "\x9c", 0xA1: "¡", 0xA2: "„", 0xA3: "£", 0xA4: "$", 0xA5: "¥", 0xA6: "†", 0xA7: "§",
    0xA8: "′", 0xA9: "‘", 0xAA: "“", 0xAB: "«", 0xAC: "♭", 0xAD: "©", 0xAE: "℗", 0xAF: "®", 0xB0: "ʿ", 0xB1: "ʾ",
    0xB2: "‚", 0xB6: "‡", 0xB7: "·", 0xB8: "″", 0xB9: "’", 0xBA: "”", 0xBB: "»", 0xBC: "♯", 0xBD: "ʹ", 0xBE: "ʺ",
    0xBF: "¿", 0xE1: "Æ", 0xE2: "Đ", 0xE6: "Ĳ", 0xE8: "Ł", 0xE9: "Ø", 0xEA: "Œ", 0xEC: "Þ", 0xF1: "æ", 0xF2: "đ",
    0xF3: "ð", 0xF5: "ı", 0xF6: "ĳ", 0xF8: "ł", 0xF9: "ø", 0xFA: "œ", 0xFB: "ß", 0xFC: "þ",
}  # fmt: skip


def decode(content: bytes, leader: str, dialect: str) -> ToText:
    """Return the function that makes text of this record's bytes.

    UTF-8 if it is that, or nearly (a few broken bytes become U+FFFD); else MARC-8 (of UNIMARC: ISO 5426) if the bytes
    can be; else cp1258 where this gives Vietnamese; else Latin-1.
    """
    says_utf8 = leader[9:10] == "a"
    has_escapes = b"\x1b" in content
    if has_escapes and not (says_utf8 and not content.isascii()):
        return _marc8
    if _is_nearly_utf8(content, says_utf8=says_utf8):
        return _utf8
    wrong, to_text = (_NO_ISO5426, _iso5426) if dialect == "unimarc" else (_NO_ANSEL, _marc8)
    high = sum(1 for byte in content if byte > 0x7F)
    vietnamese = unicodedata.normalize("NFC", content.decode("cp1258", "replace"))
    is_vietnamese = len(_VIETNAMESE.findall(vietnamese)) * 3 > high
    # Marks that join no letter are rare in true text, and many where Windows-1258 is read as something else.
    if len(wrong.findall(content)) * 10 <= high and not (is_vietnamese and _loose_marks(to_text(content)) * 2 > high):
        return to_text
    return _cp1258 if is_vietnamese else _latin1


def _is_nearly_utf8(content: bytes, *, says_utf8: bool) -> bool:
    """Whether this is UTF-8, a few broken bytes apart; a leader that says so is believed sooner."""
    loose = content.decode("utf-8", "replace")
    broken = loose.count("\ufffd")
    if not broken:
        return True
    good = sum(1 for letter in loose if letter > "\x7f") - broken
    return good > 2 * broken or (says_utf8 and good > broken)


def _loose_marks(text: str) -> int:
    """Return how many combining marks stand in a text in NFC: those that made no letter."""
    return sum(1 for letter in text if unicodedata.combining(letter))


def _utf8(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _latin1(body: bytes) -> str:
    return body.decode("cp1252", "replace") if not body.isascii() else body.decode("ascii")


def _cp1258(body: bytes) -> str:
    return body.decode("cp1258", "replace")


def _marc8(body: bytes) -> str:
    if body.isascii() and b"\x1b" not in body:
        return body.decode("ascii")
    return "\x1f".join(
        part.decode("ascii") if part.isascii() and b"\x1b" not in part else marc8_to_text(part)
        for part in body.split(b"\x1f")
    )


def _iso5426(body: bytes) -> str:
    found: list[str] = []
    marks = ""
    for byte in body:
        if byte in _ISO5426_MARKS:
            marks += _ISO5426_MARKS[byte]
            continue
        found.append((chr(byte) if byte < 0x80 else _ISO5426_LETTERS.get(byte, "\ufffd")) + marks)
        marks = ""
    return unicodedata.normalize("NFC", "".join(found))
