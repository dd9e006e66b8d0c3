"""Text as the engine compares it: cleaned at the border, three keys, pairs of syllables, and how marks agree.

The rules are told for readers in docs/vietnamese.md. Tables stand in `engine/vietnamese/`.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise

from engine.vietnamese.keystrokes import keystrokes as keystrokes
from engine.vietnamese.repair import Repaired as Repaired
from engine.vietnamese.repair import repair as repair
from engine.vietnamese.syllables import TONED, TONES, settled, settled_letters
from engine.vietnamese.tables import pairs as _pairs
from engine.vietnamese.tables import table as _table
from engine.vietnamese.tables import words as _words

# Cleaning -----------------------------------------------------------------------------

_D_LOOKALIKES = _pairs("letters", "d_lookalikes")
_SIGNS = _pairs("letters", "signs")
_NOT_VIETNAMESE = re.compile(f"[{_table('letters')['not_vietnamese']}]")
_D_AT_WORD_START = re.compile(f"(?<!\\w)[{''.join(_D_LOOKALIKES)}]")

# Invisible: soft hyphen, zero-width signs, marks of direction, byte order mark, C1 controls (but NEL is a space).
# Joiners stay beside letters of scripts that need them.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
)
_JOINER_IN_LATIN = r"(?<![\u0590-\u10ff\u1780-\u18af])[\u200c\u200d]|[\u200c\u200d](?![\u0590-\u10ff\u1780-\u18af])"
_TO_DROP = re.compile(f"[{_INVISIBLE}]|{_JOINER_IN_LATIN}")
_TO_CHANGE = re.compile(f"[{_INVISIBLE}\u200c\u200d{''.join(_D_LOOKALIKES)}{''.join(_SIGNS)}]")
_SIGN_TABLE = str.maketrans(_SIGNS)
_UNEVEN_SPACE = re.compile(r"^\s|\s$|\s\s|[^\S ]")
_TONE_BEFORE_SHAPE = re.compile("([\u0300\u0301\u0303\u0309\u0323]+)([\u0302\u0306\u031b])")


def _composed(text: str) -> str:
    """Return the text in NFC; a tone that was typed before the circumflex, breve or horn is put behind it."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if "\u0302" in text or "\u0306" in text:
        while (ordered := _TONE_BEFORE_SHAPE.sub(r"\2\1", unicodedata.normalize("NFD", text))) != text:
            text = unicodedata.normalize("NFC", ordered)
            if "\u0302" not in text and "\u0306" not in text:
                break
            if unicodedata.normalize("NFD", text) == ordered:
                break
    return text


def clean(text: str) -> str:
    r"""Return the text as it may go on: NFC, look-alike letters unified, nothing invisible, single spaces.

    It keeps letters, case and punctuation. What needs `repair` is repaired first: soft hyphens and
    controls are letters in the old encodings.

    >>> clean("  Ðại\u00a0ho\u0323c  \u200bBa\u0301ch khoa\n")
    'Đại học Bách khoa'
    """
    if not text.isascii():
        text = _composed(text)
        if _TO_CHANGE.search(text):
            text = _composed(_TO_DROP.sub("", text).translate(_SIGN_TABLE))
            if not _NOT_VIETNAMESE.search(text):
                text = _D_AT_WORD_START.sub(lambda found: _D_LOOKALIKES[found.group()], text)
    elif not text.isprintable():
        text = _TO_DROP.sub("", text)
    return " ".join(text.split()) if _UNEVEN_SPACE.search(text) else text


# Keys ---------------------------------------------------------------------------------

_TONE_MARKS = frozenset(TONES)
_FOLDED_LETTERS = _pairs("letters", "folded")
_PROGRAMMING = re.compile(r"(?<![^\W_])([cfjCFJ])(\+\+|#)(?!\w)")
_PROGRAMMING_NAMES = {"++": "pp", "#": "sharp"}


def _is_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LNM"


class _Letters(dict[int, str]):
    """What each letter becomes in a key; worked out when a letter is first met."""

    def __init__(self, strength: str) -> None:
        self._strength = strength

    def __missing__(self, code: int) -> str:
        found = self[code] = self._letter(chr(code))
        return found

    def _letter(self, letter: str) -> str:
        if _TO_DROP.fullmatch(letter) and not letter.isspace():
            return ""
        lower = letter
        for _ in range(3):  # lower-casing and decomposing may each open the way for the other
            lower = unicodedata.normalize("NFKD", lower.lower())
        made = "".join(self._part(part) for part in lower)
        return unicodedata.normalize("NFD" if self._strength == "folded" else "NFC", made)

    def _part(self, part: str) -> str:
        if part in _D_LOOKALIKES:
            part = _D_LOOKALIKES[part]
        if self._strength == "folded":
            if unicodedata.combining(part) >= 10:
                return ""
            part = _FOLDED_LETTERS.get(part, part)
        elif self._strength == "toneless" and part in _TONE_MARKS:
            return ""
        if not all(_is_word(letter) for letter in part):
            return " "
        return "".join(str(unicodedata.decimal(letter, letter)) for letter in part)


_EXACT, _TONELESS, _FOLDED = _Letters("exact"), _Letters("toneless"), _Letters("folded")


def _named(text: str) -> str:
    """Return the text with C++ and C# as words that survive without their signs."""
    if "#" in text or "+" in text:
        return _PROGRAMMING.sub(lambda found: found[1] + _PROGRAMMING_NAMES[found[2]], text)
    return text


def folded_key(text: str) -> str:
    """Return the key in plain letters: what is typed without any mark meets it.

    >>> folded_key("Giáo trình kĩ thuật lập trình C++ / Đỗ Văn A")
    'giao trinh ky thuat lap trinh cpp do van a'
    """
    text = _named(text)
    folded = text.translate(_FOLDED)
    if not folded.isascii():
        folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).translate(_FOLDED))
    return " ".join([settled_letters(token) for token in folded.split()])


def toneless_key(text: str) -> str:
    """Return the key without tones; the letters â ă ê ô ơ ư đ stay.

    >>> toneless_key("Đường Láng, Hòa Lạc")
    'đương lang hoa lac'
    """
    return " ".join([settled_letters(token) for token in _translated(text, _TONELESS).split()])


def exact_key(text: str) -> str:
    """Return the key with every mark; spellings of one syllable (hòa, hoà; kĩ, kỹ) are one.

    >>> exact_key("Hòa Bình: Lí thuyết, kĩ thuật") == exact_key("hoà bình lý thuyết kỹ thuật")
    True
    """
    return " ".join([settled(token) for token in _translated(text, _EXACT).split()])


def _translated(text: str, letters: _Letters) -> str:
    text = _named(text)
    if text.isascii():
        return text.translate(letters)
    text = _composed(text).translate(letters)
    return text if unicodedata.is_normalized("NFC", text) else _composed(text)


def unmarked(text: str) -> str:
    """Return the text without its marks, else as it is: for a server that knows plain letters only.

    >>> unmarked("Kĩ thuật số, Đà Nẵng")
    'Ki thuat so, Da Nang'
    """
    if text.isascii():
        return text
    plain = "".join(part for part in unicodedata.normalize("NFD", text) if unicodedata.combining(part) < 10)
    return unicodedata.normalize("NFC", plain.translate(_UNMARKED))


_UNMARKED = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"})


def pairs(key: str) -> tuple[str, ...]:
    """Return each two adjacent syllables of a key: the words of Vietnamese, as nearly as a blank tells.

    >>> pairs("kinh te vi mo")
    ('kinh te', 'te vi', 'vi mo')
    """
    return tuple(f"{one} {other}" for one, other in pairwise(key.split()))


@cache
def stop_syllables() -> frozenset[str]:
    """Return the syllables that say little, as exact keys; those of other languages among them."""
    return frozenset(exact_key(word) for key in ("marked", "other") for word in _words("stop_syllables", key))


@cache
def folded_stop_syllables() -> frozenset[str]:
    """Return the syllables that say little even when typed without marks, as folded keys."""
    return frozenset(folded_key(word) for key in ("folded", "other") for word in _words("stop_syllables", key))


# Marks --------------------------------------------------------------------------------


class Marks(StrEnum):
    """How the marks of a typed token agree with those of a found one.

    SAME: one word. MISSING: one of them lacks marks that the other has, none contradicts. WRONG: the letters agree,
    the marks contradict. DIFFERENT: other letters.
    """

    SAME = "same"
    MISSING = "missing"
    WRONG = "wrong"
    DIFFERENT = "different"


@lru_cache(maxsize=16384)
def marks(typed: str, found: str) -> Marks:
    """Tell how the marks of two tokens agree.

    A catalogue that has no marks at all in a word is taken for one that leaves them out.

    >>> [marks("duong", "đường"), marks("đương", "đường"), marks("dương", "đường"), marks("hoà", "hòa")] == [Marks.MISSING] * 3 + [Marks.SAME]
    True
    >>> marks("bán", "bạn")
    <Marks.WRONG: 'wrong'>
    """
    typed, found = exact_key(typed), exact_key(found)
    if typed == found:
        return Marks.SAME
    plain = folded_key(typed)
    if plain != folded_key(found):
        return Marks.DIFFERENT
    if plain in {typed, found} or _has_marks_of(found, typed):
        return Marks.MISSING
    return Marks.WRONG


def _has_marks_of(marked: str, sparse: str) -> bool:
    """Whether every mark of the sparser token stands in the other."""
    marked_tone, sparse_tone = _tone(marked), _tone(sparse)
    if sparse_tone and sparse_tone != marked_tone:
        return False
    letters, sparse_letters = toneless_key(marked), toneless_key(sparse)
    return len(letters) == len(sparse_letters) and all(
        own in {full, folded_key(full)} for full, own in zip(letters, sparse_letters, strict=True)
    )


def _tone(token: str) -> str:
    return "".join(TONED[letter][1] for letter in token if letter in TONED)
