"""Text as the engine compares it: cleaned at the border, three keys, pairs of syllables, and how marks agree.

The rules are told for readers in docs/vietnamese.md. Tables stand in `engine/vietnamese/`.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise

from engine.vietnamese.folding import exact_key as exact_key
from engine.vietnamese.folding import folded_key as folded_key
from engine.vietnamese.folding import toneless_key as toneless_key
from engine.vietnamese.keystrokes import keystrokes as keystrokes
from engine.vietnamese.letters import clean as clean
from engine.vietnamese.letters import unmarked as unmarked
from engine.vietnamese.repair import Repaired as Repaired
from engine.vietnamese.repair import repair as repair
from engine.vietnamese.syllables import TONED
from engine.vietnamese.tables import words as _words


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


@lru_cache(maxsize=8192)
def marks(typed: str, found: str) -> Marks:
    """Tell how the marks of two tokens agree.

    A catalogue that has no marks at all in a word is taken for one that leaves them out.

    >>> [marks(typed, "đường").value for typed in ("đường", "duong", "đương", "đướng", "đuối")]
    ['same', 'missing', 'missing', 'wrong', 'different']
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
