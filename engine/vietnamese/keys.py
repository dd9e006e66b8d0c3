"""What Telex and VNI keys write: one word at a time."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from engine.vietnamese.syllables import TONED, join, split
from engine.vietnamese.tables import pairs

LETTERS_AND_DIGITS = re.compile(r"(?=[A-Za-z]*\d)[A-Za-z][A-Za-z0-9]{1,11}")
_MOST_LETTERS = 12
_VOWELS = frozenset("aăâeêioôơuưy")

_TELEX_TONES, _TELEX_SHAPES = pairs("keys", "telex_tones"), pairs("keys", "telex_shapes")
_VNI_TONES, _VNI_SHAPES = pairs("keys", "vni_tones"), pairs("keys", "vni_shapes")
_TELEX_TONE_KEYS = "".join(_TELEX_TONES)

# Vowels before which a shaping key may be held back to the end: ddaaus, ddau and then a.
_HELD_BACK = (["e", "u"], ["a", "u"], ["a", "y"], ["o", "i"])


class Typed(NamedTuple):
    """A word that keys would have written, and how many keys beyond letters it took.

    `loose` are shaping keys that stand away from their letter (luatja): they are fewer and less sure.
    """

    word: str
    keys: int
    loose: int = 0


class _Word:
    """A word while its keys are pressed."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.tone = ""
        self.keys = self.loose = 0

    def typed(self) -> Typed | None:
        """Return the word if it is a Vietnamese syllable and a key has changed it."""
        letters = "".join(self.letters)
        letters = re.sub("ươ$", "uơ", letters)  # thuở, huơ
        letters = re.sub("ưo(?=(?:c|i|m|n|ng|p|t|u)$)", "ươ", letters)
        parts = split(letters)
        if parts is None or not self.keys + self.loose or any(letter in TONED for letter in letters):
            return None
        if parts.rime.endswith(("c", "ch", "p", "t")) and self.tone not in {"\u0301", "\u0323"}:
            return None
        return Typed(join(parts.onset, parts.rime, self.tone), self.keys, self.loose)

    def has_vowel(self) -> bool:
        return not _VOWELS.isdisjoint(self.letters)

    def horn(self, key: str, shapes: dict[str, str]) -> bool:
        """Let a key shape the letters so far (ươ, ơ, ư, ă, â, đ ...); tell whether there was one to shape."""
        text = "".join(self.letters)
        if letter_at := self._of_uo(text, key, shapes):
            at, made = letter_at
            self.letters[at : at + len(made)] = made
            self.keys += 1
            return True
        for place in range(len(self.letters) - 1, -1, -1):
            pair = self.letters[place] + key
            if pair not in shapes or text[max(place - 1, 0) : place + 1] == "qu":
                continue
            # muaw is mưa: the w behind ua shapes the u.
            is_ua = pair == "aw" and text[max(place - 1, 0) : place] == "u" and text[:1] != "q"
            self.letters[place - is_ua] = shapes["uw"] if is_ua else shapes[pair]
            self.keys += 1
            return True
        return False

    @staticmethod
    def _of_uo(text: str, key: str, shapes: dict[str, str]) -> tuple[int, list[str]] | None:
        """Return where uo becomes ươ by one key, and what stands there then."""
        if shapes.get("o" + key) != "ơ":
            return None
        if "uo" in text and not text.startswith("quo"):
            return text.index("uo"), ["ư", "ơ"]
        return (text.index("ưo"), ["ư", "ơ"]) if "ưo" in text else None

    def double(self, key: str, rest: str) -> None:
        """Take a, e, o or d: it shapes the same letter before it, or is a letter. `rest` are the keys to come."""
        at = len(self.letters) - 1
        while at >= 0 and self.letters[at] != key:
            at -= 1
        if key == "d":
            at = 0 if self.letters[:1] == ["d"] else -1
        if at >= 0 and at == len(self.letters) - 1 and not self.tone:
            self.letters[at] = _TELEX_SHAPES[key + key]
            self.keys += 1
        elif at >= 0 and self._may_be_held_back(key, at) and not rest.strip(_TELEX_TONE_KEYS + "w" * (key == "d")):
            self.letters[at] = _TELEX_SHAPES[key + key]
            self.loose += 1
        else:
            self.letters.append(key)

    def _may_be_held_back(self, key: str, at: int) -> bool:
        behind = self.letters[at + 1 :]
        return key == "d" or _VOWELS.isdisjoint(behind) or self.letters[at:] in _HELD_BACK


@lru_cache(maxsize=4096)
def telex(token: str) -> Typed | None:
    """Return the syllable that these Telex keys write, None where they write none or there was nothing to convert.

    >>> [telex(token).word for token in ("nguyeenx", "dduwowngf", "duongdwf", "luatja", "thuowr", "quys")]
    ['nguyễn', 'đường', 'đường', 'luật', 'thuở', 'quý']
    >>> telex("class"), telex("off"), telex("kinh")
    (None, None, None)
    """
    if not token.isascii() or not token.isalpha() or not 1 < len(token) <= _MOST_LETTERS:
        return None
    word = _Word()
    for place, key in enumerate(token):
        if key in _TELEX_TONES and word.has_vowel():
            if word.tone:  # a second tone key is a letter: class, off
                return None
            word.tone, word.keys = _TELEX_TONES[key], word.keys + 1
        elif key in "fjz" or (key == "w" and not word.horn(key, _TELEX_SHAPES)):
            return None
        elif key in "aeod":
            word.double(key, token[place + 1 :])
        elif key != "w":
            word.letters.append(key)
    return word.typed()


@lru_cache(maxsize=4096)
def vni(token: str) -> Typed | None:
    """Return the syllable that these letters and VNI digits write.

    >>> [vni(token).word for token in ("tie61ng", "d9u7o7ng2", "duong972", "ho5c")]
    ['tiếng', 'đường', 'đường', 'học']
    >>> vni("mp3"), vni("win10")
    (None, None)
    """
    if not LETTERS_AND_DIGITS.fullmatch(token):
        return None
    word = _Word()
    for key in token:
        if not key.isdigit():
            word.letters.append(key)
        elif key in _VNI_TONES and not word.tone:
            word.tone, word.keys = _VNI_TONES[key], word.keys + 1
        elif not word.horn(key, _VNI_SHAPES):
            return None
    return word.typed()
