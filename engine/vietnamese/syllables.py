"""What is a Vietnamese syllable, where its tone stands, and which spellings write the same one.

Syllables are lower case and NFC throughout.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from engine.vietnamese.letters import unmarked
from engine.vietnamese.tables import words

TONES = {"̀": "grave", "́": "acute", "̃": "tilde", "̉": "hook", "̣": "dot"}
"""The combining marks of the five written tones."""

_VOWELS = "aăâeêioôơuưy"


def _toned_letters() -> dict[str, tuple[str, str]]:
    letters = {}
    for vowel in _VOWELS:
        for tone in TONES:
            letters[unicodedata.normalize("NFC", vowel + tone)] = (vowel, tone)
    return letters


TONED = _toned_letters()
"""Each vowel with a tone -> the vowel without it, and the tone's combining mark."""

TONELESS = str.maketrans({letter: vowel for letter, (vowel, _) in TONED.items()})

_CHECKED = ("c", "ch", "p", "t")


class Syllable(NamedTuple):
    """A syllable in its parts; `tone` is a combining mark or empty."""

    onset: str
    rime: str
    tone: str


@cache
def _known() -> dict[str, tuple[str, str]]:
    """Every toneless syllable that can be written -> its onset and rime."""
    rimes = words("syllables", "rimes")
    front, back = set(words("syllables", "front_onsets")), set(words("syllables", "back_onsets"))
    exceptions = words("syllables", "front_exceptions")
    found: dict[str, tuple[str, str]] = {}
    for onset in ("", *words("syllables", "onsets")):
        rimes_here = rimes
        if onset == "qu":
            rimes_here = (*(rime for rime in rimes if rime[0] not in "uư"), *words("syllables", "rimes_after_qu"))
        for rime in rimes_here:
            before_front = rime[0] in "eêiy"
            if (onset in front and not before_front) or (onset in back and before_front):
                continue
            if onset == "gi" and rime[0] in "iy":
                continue
            if rime[0] == "y" and len(rime) > 1 and onset not in {"", "qu"}:
                continue
            found.setdefault(onset + rime, (onset, rime))
            if onset == "gi" and rime.startswith("ê"):
                found["gi" + rime] = (onset, rime)
    for syllable in exceptions:
        onset = syllable[0]
        found.setdefault(syllable, (onset, syllable[1:]))
    for rime in ("iêc", "iêng", "iêt", "iên", "iêu", "iêm"):  # giết, giếng: one i for two
        found.setdefault("g" + rime, ("gi", rime[1:]))
    return found


def split(token: str) -> Syllable | None:
    r"""Return the parts of a syllable, wherever its tone was put, or None if it cannot be Vietnamese.

    >>> split("đường") == Syllable("đ", "ương", "\u0300")
    True
    >>> split("class") is None
    True
    """
    return _split(token) if len(token) <= _LONGEST else None


_LONGEST = 8  # letters: nghiêng has seven


@lru_cache(maxsize=8192)
def _split(token: str) -> Syllable | None:
    parts = _known().get(token.translate(TONELESS))
    if parts is None:
        return None
    tones = [TONED[letter][1] for letter in token if letter in TONED]
    if len(tones) > 1:
        return None
    tone = tones[0] if tones else ""
    # A checked rime has the acute or the dot; without any mark it may still be unmarked typing.
    if parts[1].endswith(_CHECKED) and tone not in {"", "́", "̣"}:
        return None
    return Syllable(*parts, tone)


def is_spelt(token: str) -> bool:
    """Whether a lower-case token is a Vietnamese syllable as it is printed: its tone in its place, old style or new.

    >>> [is_spelt(token) for token in ("hoà", "hòa", "nước", "nươc", "nứơc", "păris")]
    [True, True, True, False, False, False]
    """
    parts = split(token)
    if parts is None or (not parts.tone and parts.rime.endswith(_CHECKED)):
        return False
    if token == join(*parts):
        return True
    return parts.rime in {"oa", "oe", "uy"} and unicodedata.normalize("NFD", token)[-2:-1] == parts.tone


@cache
def _plain() -> frozenset[str]:
    return frozenset(unmarked(syllable) for syllable in _known())


def is_plain(token: str) -> bool:
    """Whether a lower-case token is a Vietnamese syllable as it is typed without any mark.

    >>> [is_plain(token) for token in ("nguyen", "van", "smith", "nguyễn")]
    [True, True, False, False]
    """
    return token in _plain()


def join(onset: str, rime: str, tone: str) -> str:
    r"""Return the syllable with its tone where modern spelling puts it (hoà, thuý, của, giường).

    >>> join("h", "oa", "\u0300")
    'hoà'
    """
    if not tone:
        return onset + rime
    return unicodedata.normalize("NFC", onset + rime[: _tone_place(rime) + 1] + tone + rime[_tone_place(rime) + 1 :])


@cache
def _tone_place(rime: str) -> int:
    """Return which letter of a rime bears the tone."""
    for place in range(len(rime) - 1, -1, -1):
        if rime[place] in "ăâêôơ":
            return place
    vowels = len(re.match(f"[{_VOWELS}]+", rime).group())  # type: ignore[union-attr]  # every rime begins with a vowel
    if vowels == 1:
        return 0
    if vowels == 2 and len(rime) == 2 and rime not in {"oa", "oe", "uy"}:
        return 0
    return 1


@cache
def _final_letters() -> dict[str, str]:
    """Every syllable that may end in i or y alike -> the one the keys keep, without tones."""
    kept = {onset + "i": onset + "y" for onset in words("syllables", "final_y")}
    kept |= {onset + "y": onset + "i" for onset in words("syllables", "final_i")}
    # After qu the same holds before a consonant: quít, quýt.
    kept |= {"quit": "quyt", "quin": "quyn", "quinh": "quynh", "quich": "quych", "quiên": "quyên", "quien": "quyen"}
    return kept


def settled(token: str) -> str:
    """Return the one spelling that stands for all spellings of this lower-case syllable; others as they are.

    >>> [settled(word) for word in ("hòa", "kĩ", "lí", "thúy", "thúi", "qúy", "quí", "día")]
    ['hoà', 'kỹ', 'lý', 'thuý', 'thúi', 'quý', 'quý', 'día']
    """
    parts = split(token)
    if parts is None:
        return token
    toneless = parts.onset + parts.rime
    toneless = _final_letters().get(toneless, toneless)
    onset, rime = _known().get(toneless, (parts.onset, parts.rime))
    return join(onset, rime, parts.tone)


def settled_letters(token: str) -> str:
    """As `settled`, for a token without tones."""
    return _final_letters().get(token, token)
