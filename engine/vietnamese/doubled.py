"""UTF-8 that was read as Windows-1252 or Latin-1, once or several times, and written as UTF-8 again."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import product

from engine.vietnamese.syllables import is_spelt

_LOST = "\ufffd"


def _continuations() -> dict[str, int]:
    """Return the characters that show a continuation byte -> the byte, under either misreading."""
    shown = {chr(byte): byte for byte in range(0x80, 0xC0)}
    for byte in range(0x80, 0xA0):
        try:
            shown[bytes([byte]).decode("cp1252")] = byte
        except UnicodeDecodeError:  # five bytes that Windows-1252 does not know
            continue
    return shown


_CONTINUATIONS = _continuations()
_CONTINUATION = f"[{re.escape(''.join(_CONTINUATIONS))}]"
_SEQUENCE = re.compile(f"[\u00c2-\u00df]{_CONTINUATION}|[\u00e0-\u00ef]{_CONTINUATION}{{2}}")

# Signs that stand behind a capital in sound text too: quotation marks, dashes, degrees.
_WEAK = frozenset("\u00a0«»°·®©™‘’‚“”„…–—•‹›")
# What a repaired letter may be: Latin, combining marks, Greek, Cyrillic, Vietnamese, signs of print.
_PLAUSIBLE = re.compile("[\u00a0-\u024f\u0300-\u036f\u1e00-\u1eff\u2010-\u2044\u20ab\u20ac\u2122\ufffd]")
_SEQUENCED_WORD = re.compile(f"(?:[\u00c2-\u00df]{_CONTINUATION}|[\u00e0-\u00ef]{_CONTINUATION}{{2}}|[^\\W\\d_])+")
# Greek and Cyrillic letters come in rows: one alone is rather a word of VISCII.
_ROW = re.compile(f"(?:[\u00cd-\u00d3]{_CONTINUATION}){{3,}}")
_GREEK_OR_CYRILLIC = re.compile("[\u0370-\u04ff]")

# A byte that Windows-1252 does not know was lost: it shows as U+FFFD, or not at all.
_UNKNOWN_BYTES = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
_WITH_LOSS = re.compile(f"(á[º»]|[ÃÄ])(?:{_LOST}|(?!{_CONTINUATION})(?=\\w|\\b))")
_LOST_SPACE = re.compile(r"Ã {1,2}|Ã$")


def is_doubled(text: str) -> bool:
    """Whether a text holds a sequence that shows UTF-8 misread."""
    return _SEQUENCE.search(text) is not None


def undoubled(text: str) -> tuple[str, int]:
    """Return the text read as it was meant, and how often it had been misread (0: it was sound).

    >>> undoubled("Tiáº¿ng Viá»‡t"), undoubled("FranÃƒÂ§ois"), undoubled("«Panamá»…")
    (('Tiếng Việt', 1), ('François', 2), ('«Panamá»…', 0))
    """
    times = 0
    while times < 3 and _SEQUENCE.search(text):
        once = _undoubled_once(text)
        if once == text:
            break
        text, times = once, times + 1
    return text, times


def _undoubled_once(text: str) -> str:
    is_sure = any(_is_strong(sequence.group()) for sequence in _SEQUENCE.finditer(text))
    if not is_sure and _ROW.search(text) is None and not _makes_syllables(text):
        return text
    if is_sure:  # a no-break space that was part of a letter became a plain one, or was trimmed
        text = _LOST_SPACE.sub("à ", text)
    in_rows = {place for row in _ROW.finditer(text) for place in range(*row.span())}

    def letter(sequence: re.Match[str]) -> str:
        read = _decoded(sequence.group())
        if read is None or (_GREEK_OR_CYRILLIC.match(read) and not is_sure and sequence.start() not in in_rows):
            return sequence.group()
        return read

    made = _SEQUENCE.sub(letter, text)
    if _SEQUENCE.search(made) is None:
        made = _with_found_letters(made)
    return unicodedata.normalize("NFC", made.rstrip() if text.endswith("à ") else made)


def _is_strong(sequence: str) -> bool:
    read = _decoded(sequence)
    return read is not None and not _GREEK_OR_CYRILLIC.match(read) and any(sign not in _WEAK for sign in sequence[1:])


def _makes_syllables(text: str) -> bool:
    """Whether every word with a sequence becomes a syllable: as good a sign as a strong sequence."""
    words = [word.group() for word in _SEQUENCED_WORD.finditer(text) if _SEQUENCE.search(word.group())]
    made = [_SEQUENCE.sub(lambda sequence: _decoded(sequence.group()) or "?", word) for word in words]
    return bool(made) and all(is_spelt(word.lower()) and not word[1:].isupper() for word in made)


@cache
def _decoded(sequence: str) -> str | None:
    """Return the letter that a sequence was, None where it is none or not a likely one."""
    try:
        letter = bytes([ord(sequence[0]), *(_CONTINUATIONS[sign] for sign in sequence[1:])]).decode("utf-8")
    except UnicodeDecodeError:
        return None
    # Signs of cp1252 are plausible: they show a misreading beneath this one.
    is_plausible = _PLAUSIBLE.fullmatch(letter) or _GREEK_OR_CYRILLIC.fullmatch(letter) or letter in _CONTINUATIONS
    return letter if is_plausible else None


def _with_found_letters(text: str) -> str:
    """Return the text with lost letters where only one makes a syllable of the word; else U+FFFD stays."""
    if not _WITH_LOSS.search(text):
        return text
    return re.sub(rf"[\w{_LOST}º»]++(?!{_CONTINUATION})", lambda word: _with_found_letter(word.group()), text)


def _with_found_letter(word: str) -> str:
    gaps = list(_WITH_LOSS.finditer(word))
    if not gaps or len(gaps) > 2:
        return word
    made = []
    for letters in product(*(_candidates(gap[1]) for gap in gaps)):
        filled, end = "", 0
        for gap, letter in zip(gaps, letters, strict=True):
            filled += word[end : gap.start()] + letter
            end = gap.end()
        filled += word[end:]
        if is_spelt(filled.lower()) and (filled[1:].islower() or filled.isupper()):
            made.append(filled)
    return made[0] if len(made) == 1 else _WITH_LOSS.sub(_LOST, word)


@cache
def _candidates(lead: str) -> tuple[str, ...]:
    """Return the letters that begin with these bytes and end in one that Windows-1252 does not know."""
    known = [ord(lead[0]), *(_CONTINUATIONS[sign] for sign in lead[1:])]
    letters = []
    for byte in _UNKNOWN_BYTES:
        try:
            letters.append(bytes([*known, byte]).decode("utf-8"))
        except UnicodeDecodeError:
            continue
    return tuple(letters)
