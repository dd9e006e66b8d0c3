"""Letters and signs as they may go on: composed, look-alikes unified, nothing invisible."""

from __future__ import annotations

import re
import unicodedata

from engine.vietnamese.tables import pairs, table

D_LOOKALIKES = pairs("letters", "d_lookalikes")
"""What is typed for đ -> đ, in both cases."""

_SIGNS = pairs("letters", "signs")
_SIGN_TABLE = str.maketrans(_SIGNS)
_NOT_VIETNAMESE = re.compile(f"[{table('letters')['not_vietnamese']}]")
_D_AT_WORD_START = re.compile(f"(?<!\\w)[{''.join(D_LOOKALIKES)}]")
_WORD = re.compile(r"\S+")
_LOOKALIKE = re.compile(f"[{''.join(D_LOOKALIKES)}{''.join(_SIGNS)}]")

# Invisible: soft hyphen, zero-width signs, marks of direction, byte order mark, controls (those that are spaces
# stay to be collapsed), and half letters (surrogates), which no encoding can write. Joiners stay beside letters of
# scripts that need them.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff"
)
_JOINER_IN_LATIN = r"(?<![\u0590-\u10ff\u1780-\u18af])[\u200c\u200d]|[\u200c\u200d](?![\u0590-\u10ff\u1780-\u18af])"
INVISIBLE = re.compile(f"[{_INVISIBLE}]|{_JOINER_IN_LATIN}")
"""What is dropped from every text."""

# A circumflex or breve that was typed behind the tone: Unicode does not order these two.
_SHAPES = "\u0302\u0306"
_MARKS = re.compile(f"(?<=[aeoAEO])[\u0300\u0301\u0303\u0309\u0323{_SHAPES}]{{2,}}")


def composed(text: str) -> str:
    r"""Return the text in NFC, with the tone behind circumflex and breve in whatever order they were typed.

    >>> composed("Tie\u0301\u0302ng") == composed("Tie\u0302\u0301ng") == "Tiếng"
    True
    """
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if "\u0302" in text or "\u0306" in text:
        text = unicodedata.normalize("NFC", _MARKS.sub(_shapes_first, unicodedata.normalize("NFD", text)))
    return text


def _shapes_first(marks: re.Match[str]) -> str:
    return "".join(sorted(marks.group(), key=lambda mark: mark not in _SHAPES))


def clean(text: str) -> str:
    r"""Return the text as it may go on: NFC, look-alike letters unified, nothing invisible, single spaces.

    It keeps letters, case and punctuation. What needs `repair` is repaired first: soft hyphens and
    controls are letters in the old encodings.

    >>> clean("  Ðại\u00a0ho\u0323c  \u200bBa\u0301ch \ud800khoa\n")
    'Đại học Bách khoa'
    """
    if not text.isascii():
        text = composed(text)
        if not text.isprintable():
            text = composed(INVISIBLE.sub("", text))
        if _LOOKALIKE.search(text):
            text = _unified(text)
    elif not text.isprintable():
        text = INVISIBLE.sub("", text)
    if text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text
    return " ".join(text.split())


def _unified(text: str) -> str:
    text = text.translate(_SIGN_TABLE)
    if _NOT_VIETNAMESE.search(text):
        # Word by word, as a question is read: what stands beside a word says nothing of its letters.
        return _WORD.sub(lambda word: _with_d(word.group()), text)
    return _with_d(text)


def _with_d(text: str) -> str:
    if _NOT_VIETNAMESE.search(text):
        return text
    return _D_AT_WORD_START.sub(lambda found: D_LOOKALIKES[found.group()], text)


class _Unmarked(dict[int, str]):
    """Each letter -> the letter without its marks; worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = unicodedata.normalize("NFD", D_LOOKALIKES.get(chr(code), chr(code)))
        plain = "".join(part for part in letter if unicodedata.combining(part) < 10)
        found = self[code] = plain.replace("đ", "d").replace("Đ", "D")
        return found


_UNMARKED = _Unmarked()


def unmarked(text: str) -> str:
    """Return the text without its marks, else as it is: for a server that knows plain letters only.

    >>> unmarked("Kĩ thuật số, Đà Nẵng")
    'Ki thuat so, Da Nang'
    """
    return text if text.isascii() else text.translate(_UNMARKED)
