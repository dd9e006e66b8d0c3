"""The three keys by which texts are compared: with every mark, without tones, in plain letters.

Each is worked out word by word, and the words are remembered: a catalogue repeats its syllables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from engine.vietnamese.letters import D_LOOKALIKES, INVISIBLE, composed
from engine.vietnamese.syllables import TONES, settled, settled_letters
from engine.vietnamese.tables import pairs

_WORDS_REMEMBERED = 8192
_LONGEST_REMEMBERED = 40  # letters: what is longer is no word, and would fill the memory

_FOLDED_LETTERS = pairs("letters", "folded")
_PROGRAMMING = re.compile(r"(?<![^\W_])([cfjCFJ])(\+\+|#)(?!\w)")
_PROGRAMMING_NAMES = {"++": "pp", "#": "sharp"}

# Canonical combining classes below 10 are of letters and scripts that do not go without them.
_LEAST_MARK = 10


class _Letters(dict[int, str]):
    """What each letter becomes in a key; worked out when a letter is first met."""

    def __init__(self, strength: str) -> None:
        self._strength = strength

    def __missing__(self, code: int) -> str:
        found = self[code] = self._letter(chr(code))
        return found

    def _letter(self, letter: str) -> str:
        if INVISIBLE.fullmatch(letter):
            return ""
        for _ in range(3):  # lower-casing and decomposing may each open the way for the other
            letter = unicodedata.normalize("NFKD", letter.lower())
        made = "".join(self._part(part) for part in letter)
        return unicodedata.normalize("NFD" if self._strength == "folded" else "NFC", made)

    def _part(self, part: str) -> str:
        part = D_LOOKALIKES.get(part, part)
        if self._strength == "folded":
            if unicodedata.combining(part) >= _LEAST_MARK:
                return ""
            part = _FOLDED_LETTERS.get(part, part)
        elif self._strength == "toneless" and part in TONES:
            return ""
        if not all(unicodedata.category(letter)[0] in "LNM" for letter in part):
            return " "
        return "".join(str(unicodedata.decimal(letter, letter)) for letter in part)


_EXACT, _TONELESS, _FOLDED = _Letters("exact"), _Letters("toneless"), _Letters("folded")


def _named(word: str) -> str:
    """Return C++ and C# as words that survive without their signs."""
    if "#" in word or "+" in word:
        return _PROGRAMMING.sub(lambda found: found[1] + _PROGRAMMING_NAMES[found[2]], word)
    return word


def _folded(word: str) -> str:
    word = _named(word)
    folded = word.translate(_FOLDED)
    if not folded.isascii():
        folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", word).translate(_FOLDED))
    return " ".join([settled_letters(token) for token in folded.split()])


def _toneless(word: str) -> str:
    return " ".join([settled_letters(token) for token in _translated(word, _TONELESS).split()])


def _exact(word: str) -> str:
    return " ".join([settled(token) for token in _translated(word, _EXACT).split()])


def _translated(word: str, letters: _Letters) -> str:
    word = _named(word)
    if word.isascii():
        return word.translate(letters)
    return composed(composed(word).translate(letters))


_kept_folded, _kept_toneless, _kept_exact = (
    lru_cache(_WORDS_REMEMBERED)(make) for make in (_folded, _toneless, _exact)
)


def _joined(text: str, make: Callable[[str], str], kept: Callable[[str], str]) -> str:
    words = text.split()
    if len(text) > _LONGEST_REMEMBERED and len(max(words, key=len, default="")) > _LONGEST_REMEMBERED:
        kept = make
    return " ".join([key for word in words if (key := kept(word))])


def folded_key(text: str) -> str:
    """Return the key in plain letters: what is typed without any mark meets it.

    >>> folded_key("Giáo trình kĩ thuật lập trình C++ / Đỗ Văn A")
    'giao trinh ky thuat lap trinh cpp do van a'
    """
    return _joined(text, _folded, _kept_folded)


def toneless_key(text: str) -> str:
    """Return the key without tones; the letters â ă ê ô ơ ư đ stay.

    >>> toneless_key("Đường Láng, Hòa Lạc")
    'đương lang hoa lac'
    """
    return _joined(text, _toneless, _kept_toneless)


def exact_key(text: str) -> str:
    """Return the key with every mark; spellings of one syllable (hòa, hoà; kĩ, kỹ) are one.

    >>> exact_key("Hòa Bình: Lí thuyết, kĩ thuật") == exact_key("hoà bình lý thuyết kỹ thuật")
    True
    """
    return _joined(text, _exact, _kept_exact)
