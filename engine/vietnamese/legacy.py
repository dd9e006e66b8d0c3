"""Text of the encodings before Unicode, read as Windows-1252 or Latin-1: TCVN3 (ABC), VNI, VISCII, Windows-1258.

Which encoding it was is found by trying: a conversion is taken only if it makes Vietnamese syllables of nearly
all that was none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from engine.vietnamese.syllables import is_spelt, settled, split
from engine.vietnamese.tables import rows, words

# A letter beyond Latin-1 and Windows-1252 stands in no text that was misread so.
_CP1252_SIGNS = "".join(
    bytes([byte]).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
)
_BEYOND = re.compile(f"[^\x00-\xff{re.escape(_CP1252_SIGNS)}]")
_WORD = re.compile(r"[^\W\d_]+")
# What of the misread text belongs to a word: letters and all that is no ASCII.
_OF_A_WORD = "\x80-\x9f\xa1-\xff" + re.escape("".join(sign for sign in _CP1252_SIGNS if sign not in "‘’“”…–—"))
_MISREAD_WORD = re.compile(f"[A-Za-z{_OF_A_WORD}]+")
_PLAIN_WORD = re.compile(rf"(?<![A-Za-z{_OF_A_WORD}])[A-Za-z]{{2,}}(?![A-Za-z{_OF_A_WORD}])")
_LONGEST_WORD = 24
_FIRST_WORDS = 3
# Signs that stand inside no word, and a capital with a mark behind a small letter: of no European spelling.
_SIGNS = frozenset("¢£¤¥¦§¨©¬®¯µ¶¸¹¼½¾×÷€ƒ†‡ˆ‰‹›").union(map(chr, range(0x80, 0xA0)))
_UNEUROPEAN = re.compile("[a-z][À-ÖØ-Þ]|[A-Za-z][«»ª°±²³¹][A-Za-z]")
# What is left of the controls is the print of Windows-1252.
_CONTROLS = {byte: bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xA0)}
_PRINT_SIGNS = frozenset("‘’‚“”„–—…•")


def _byte_table(column: int) -> dict[int, str]:
    """Return a translation of what a byte shows, in Latin-1 and in Windows-1252, to the letter it was."""
    table: dict[int, str] = {}
    for row in rows("encodings"):
        byte = int(row[column], 16)
        table[byte] = row[0]
        if 0x80 <= byte < 0xA0:
            shown = bytes([byte]).decode("cp1252", "ignore")
            if shown and shown not in _PRINT_SIGNS:
                table[ord(shown)] = row[0]
    return table


@cache
def _tcvn_table() -> dict[int, str]:
    # The toned capitals of TCVN 5712 have codes that its fonts did not use; they would eat quotation marks.
    return {
        code: letter
        for code, letter in _byte_table(2).items()
        if (letter.islower() or letter in "ĂÂÊÔƠƯĐ") and code >= 0xA1 and code < 0x100
    }


@cache
def _viscii_table() -> dict[int, str]:
    return _byte_table(1)


@cache
def _vni() -> tuple[re.Pattern[str], dict[str, str]]:
    letters = {row[3]: row[0] for row in rows("encodings")}
    # A capital may bear a small mark: the first letter of a word that was typed so.
    letters |= {shown[0] + shown[1:].lower(): letter for shown, letter in letters.items() if shown[0].isupper()}
    patterns = sorted(map(re.escape, letters), key=len, reverse=True)
    return re.compile("|".join(patterns)), letters


@cache
def _cp1258_table() -> dict[int, str]:
    table = {}
    for byte in range(0x80, 0x100):
        letter = bytes([byte]).decode("cp1258", "ignore")
        if letter and letter != bytes([byte]).decode("cp1252", "ignore"):
            table[byte] = letter
    return table


def _from_tcvn(text: str) -> str:
    made = text.translate(_tcvn_table())
    if made == text:
        return text
    # Its capitals are small letters in a font of capitals: they show by their neighbours.
    is_capital_text = re.search("[a-z]", text) is None and re.search("[A-Z]", text) is not None
    return _WORD.sub(lambda word: _of_one_case(word.group(), is_capital_text=is_capital_text), made)


def _of_one_case(word: str, *, is_capital_text: bool) -> str:
    ascii_letters = [letter for letter in word if letter.isascii()]
    in_capitals = all(letter.isupper() for letter in ascii_letters) if ascii_letters else is_capital_text
    return word.upper() if in_capitals and len(word) > 1 and (len(ascii_letters) > 1 or is_capital_text) else word


def _from_viscii(text: str) -> str:
    return text.translate(_viscii_table())


def _from_vni(text: str) -> str:
    pattern, letters = _vni()
    return pattern.sub(lambda found: letters[found.group()], text)


def _from_cp1258(text: str) -> str:
    return unicodedata.normalize("NFC", text.translate(_cp1258_table()))


_WAYS: dict[str, Callable[[str], str]] = {
    "tcvn3": _from_tcvn,
    "vni": _from_vni,
    "viscii": _from_viscii,
    "windows-1258": _from_cp1258,
}


class _Weight(NamedTuple):
    """What speaks for a conversion and against it, counted in words.

    `gained` became syllables, `common` of them frequent ones; `failed` became none; `foreign` are none in plain
    letters; `changed` were syllables before. `is_strong`: one is such as no European language writes.
    """

    gained: int
    common: int
    failed: int
    foreign: int
    changed: int
    is_strong: bool

    @property
    def evidence(self) -> int:
        """How much speaks for the conversion."""
        return self.gained + self.common - self.failed

    @property
    def order(self) -> tuple[int, int]:
        """The better of two conversions has the more of it; at a tie, that which changes fewer sound words."""
        return self.evidence, -self.changed


def converted(text: str) -> tuple[str, str] | None:
    """Return the text as it was written, and its encoding; None where no conversion makes it Vietnamese.

    >>> converted("TiÕng ViÖt"), converted("Tieáng Vieät"), converted("Economie générale")
    (('Tiếng Việt', 'tcvn3'), ('Tiếng Việt', 'vni'), None)
    """
    if _BEYOND.search(text):
        return None
    ways = _promising(text)
    best: tuple[_Weight, str, str] | None = None
    for encoding in ways:
        made = _WAYS[encoding](text)
        weight = _weigh(text, encoding)
        if _is_enough(weight, text) and (best is None or weight.order > best[0].order):
            best = weight, made, encoding
    return (best[1].translate(_CONTROLS), best[2]) if best else None


def _is_vietnamese(made: str) -> bool:
    """Whether a word is made of syllables, each in one case."""
    found = _WORD.findall(made)
    return bool(found) and all(_is_sound(word) for word in found)


def _is_sound(word: str) -> bool:
    return (word[1:].islower() or word.isupper() or len(word) == 1) and is_spelt(word.lower())


@cache
def _common() -> frozenset[str]:
    return frozenset(words("common_syllables", "syllables"))


class _Word(NamedTuple):
    """What a conversion makes of one word: whether it was sound, whether it is Vietnamese, and a common syllable."""

    was_sound: bool
    is_vietnamese: bool
    is_common: bool
    is_changed: bool


@lru_cache(maxsize=4096)
def _word(word: str, encoding: str) -> _Word:
    made = _WAYS[encoding](word)
    return _Word(
        was_sound=_is_sound(word),
        is_vietnamese=_is_vietnamese(made),
        is_common=settled(made.lower()) in _common(),
        is_changed=made != word,
    )


def _marked_words(text: str) -> Iterator[str]:
    """Return the words that hold a mark. What is longer than a syllable can show is cut, and fails."""
    for found in _MISREAD_WORD.finditer(text):
        word = found.group()
        # Signs alone (15°) are no word, though some encoding has letters for them.
        if not word.isascii() and any(map(str.isalpha, word)):
            yield word[:_LONGEST_WORD]


def _promising(text: str) -> tuple[str, ...]:
    """Return the encodings that make syllables of the first words that are none: most sound texts leave none."""
    made = dict.fromkeys(_WAYS, 0)
    tried = 0
    for word in _marked_words(text):
        if _word(word, "tcvn3").was_sound:
            continue
        tried += 1
        for encoding in made:
            made[encoding] += _word(word, encoding).is_vietnamese
        if tried == _FIRST_WORDS:
            break
        if tried == _FIRST_WORDS - 1 and not any(made.values()):
            return ()
    return tuple(encoding for encoding, count in made.items() if count * 2 > tried)


def _weigh(text: str, encoding: str) -> _Weight:
    gained = common = failed = foreign = changed = 0
    is_strong = False
    for plain in _PLAIN_WORD.findall(text):
        foreign += split(plain.lower()) is None
    for word in _marked_words(text):
        made = _word(word, encoding)
        if not made.is_vietnamese:
            failed += 1
        elif not made.was_sound:
            gained += 1
            common += made.is_common
            is_strong = is_strong or _is_strong(word)
        else:
            changed += made.is_changed
    return _Weight(gained, common, failed, foreign, changed, is_strong)


def _is_strong(word: str) -> bool:
    """Whether no European language writes such a word. A lone sign with one letter may be a unit (µm) or a section."""
    if _UNEUROPEAN.search(word):
        return True
    return len(word) > 2 and not _SIGNS.isdisjoint(word) and re.search("[A-Za-z]", word) is not None


def _is_enough(weight: _Weight, text: str) -> bool:
    """Whether a conversion improves a text strongly."""
    if weight.failed * 4 > weight.gained + weight.common:
        return False
    if weight.is_strong:
        return weight.evidence * 2 >= weight.foreign
    if not weight.foreign and weight.common and len(text.split()) > 2:
        return True
    return weight.evidence >= 3 + weight.foreign
