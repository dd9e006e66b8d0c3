"""Vietnamese typed while the keyboard was set to another language: Telex (`tieengs vieetj`) and VNI (`tie61ng vie65t`).

What comes out is offered to the reader, never put in silently. English, codes and numbers must never be taken for
keystrokes: a text is one only if every word of it is Vietnamese after conversion, and one word at least is such as
English does not write.
"""

from __future__ import annotations

import re
from functools import cache

from engine.vietnamese.keys import LETTERS_AND_DIGITS, Typed, telex, vni
from engine.vietnamese.syllables import split
from engine.vietnamese.tables import words

_TOKEN = re.compile(r"[^\W_]+")
_MOST_WORDS = 40

# How little a word could be anything but keys: a text needs this much.
_ENOUGH = 3
# Doubled letters and tone keys where other languages have none; a digit inside a word. A digit behind a word is
# rather a number: toan5, tap1.
_SURE = re.compile("aa|uw|^dd|j$|w[a-z]*[fsrxj]$|(?:ng|nh|ch)[fx]$|[a-z][1-9][a-z]")
_NUMBER_BEHIND = re.compile(r"[a-z]+\d+")


def keystrokes(text: str) -> str | None:
    """Return what the keys would have written, None where the text is not plausibly such keys.

    >>> keystrokes("tieengs vieetj"), keystrokes("Nguyeenx Vawn A"), keystrokes("tie61ng vie65t")
    ('tiếng việt', 'Nguyễn Văn A', 'tiếng việt')
    >>> keystrokes("class address off access"), keystrokes("his music"), keystrokes("giao trinh kinh te")
    (None, None, None)
    """
    tokens = _TOKEN.findall(text)
    if not tokens or len(tokens) > _MOST_WORDS:
        return None
    has_digits = any(LETTERS_AND_DIGITS.fullmatch(token) for token in tokens)
    made: dict[str, str] = {}
    evidence = 0
    for token in tokens:
        lower = token.lower()
        typed = None if _is_abbreviation(token, text) else vni(lower) if has_digits else telex(lower)
        if typed is not None:
            made[token] = _in_case_of(token, typed.word)
            evidence += _evidence(lower, typed)
        elif not (token.isdigit() or len(token) == 1 or split(lower)):
            return None
    # Codes are written in capitals and digits: a row of them must be very like words.
    if evidence < (2 * _ENOUGH if has_digits and text.isupper() else _ENOUGH):
        return None
    return _TOKEN.sub(lambda token: made.get(token.group(), token.group()), text)


def _is_abbreviation(token: str, text: str) -> bool:
    return token.isupper() and len(token) > 1 and (not text.isupper() or len(text) < 4)


def _evidence(token: str, typed: Typed) -> int:
    """Return how little this word could be anything but keys."""
    if token in _words():
        return 0
    if _NUMBER_BEHIND.fullmatch(token):
        return _ENOUGH if len(token) > 5 and typed.keys > 1 else 1
    return _ENOUGH if typed.keys >= 2 or _SURE.search(token) else 1


@cache
def _words() -> frozenset[str]:
    """Words of other languages, and formulas, that could be read as keys."""
    return frozenset(words("not_keys", "words"))


def _in_case_of(token: str, word: str) -> str:
    """Return the word in capitals where the token is, or with a capital."""
    if token.isupper() and len(token) > 1:
        return word.upper()
    return word.capitalize() if token[0].isupper() else word
