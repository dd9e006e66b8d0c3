"""Numbers of editions and volumes, out of the words in which they are told."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from engine.normalise.tables import groups
from engine.text import folded_key

_ROMAN = re.compile(r"(?=[ivxl])(x{0,3}|xl|l)(ix|iv|v?i{0,3})")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}


def roman_number(letters: str) -> int | None:
    """Return the number that Roman letters in lower case write, up to 89.

    >>> [roman_number(letters) for letters in ("ii", "iv", "xix", "mix")]
    [2, 4, 19, None]
    """
    if not _ROMAN.fullmatch(letters):
        return None
    values = [_ROMAN_VALUES[letter] for letter in letters]
    return sum(-one if one < other else one for one, other in zip(values, [*values[1:], 0], strict=True))


@cache
def _numbers() -> dict[str, int]:
    return {folded_key(word): int(number) for number, words in groups("editions")["numbers"].items() for word in words}


@cache
def _edition_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    numbers = "|".join(sorted(map(re.escape, _numbers()), key=len, reverse=True))
    before, after = (
        "|".join(
            sorted({re.escape(folded_key(word)) for word in groups("editions")["words"][key]}, key=len, reverse=True)
        )
        for key in ("before", "after")
    )
    number = rf"(?P<digits>\d{{1,3}})(?:st|nd|rd|th|e|er|eme|re|de|a|o|\.)?|(?P<word>{numbers})"
    return (
        re.compile(rf"\b(?:{before})\s+(?:{number})\b"),
        re.compile(rf"\b(?:{number})\s+(?:[a-z]+\s+){{0,3}}?(?:{after})\b"),
    )


@lru_cache(maxsize=8192)
def edition_number(text: str) -> int | None:
    """Return the number of an edition as a statement of edition tells it.

    >>> [edition_number(text) for text in ("Tái bản lần thứ nhất", "In lần thứ 2", "2nd ed.", "3. Aufl.")]
    [1, 2, 2, 3]
    >>> [edition_number(text) for text in ("Second edition", "2e éd.", "Tái bản có sửa chữa, bổ sung", "Lần thứ III")]
    [2, 2, None, 3]
    """
    key = folded_key(text)
    for pattern in _edition_patterns():
        if found := pattern.search(key):
            return int(found["digits"]) if found["digits"] else _numbers()[found["word"]]
    if re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?", key):
        return int(re.sub(r"\D", "", key))
    return None


@cache
def _volume_pattern() -> re.Pattern[str]:
    before = "|".join(
        sorted({re.escape(folded_key(word)) for word in groups("editions")["volumes"]["before"]}, key=len, reverse=True)
    )
    return re.compile(
        rf"(?:(?:{before})\s*)?(?:(?P<digits>\d{{1,4}})(?P<letter>[a-z])?|(?P<word>[a-z]+(?: [a-z]+)?))(?P<rest>.*)"
    )


@lru_cache(maxsize=8192)
def volume(text: str) -> str | None:
    """Return the number of a volume or part without its word, in Arabic digits.

    A range stays a range; a volume that has a letter or a word instead of a number keeps it as printed.

    >>> [volume(text) for text in ("Tập II", "T.2", "Quyển 2", "T. 02", "Vol. 3", "Bd. 4", "t. 1-2", "Phần thứ nhất", "Q. A")]
    ['2', '2', '2', '2', '3', '4', '1-2', '1', 'A']
    """
    key = folded_key(text)
    if not key:
        return None
    bare = _bare_volume(key)
    if bare is None:
        return None
    parts = [_number_of(part) for part in bare.split()]
    if all(part is not None for part in parts):
        return "-".join(str(part) for part in parts)
    whole = _numbers().get(bare.removeprefix("thu "))
    if whole is not None:
        return str(whole)
    if re.fullmatch(r"[a-z]|\d{1,4}[a-z]", bare):
        return bare.upper().lstrip("0")
    first = re.match(r"(\d{1,4})\b", bare)
    return str(int(first[1])) if first else None


def _number_of(token: str) -> int | None:
    return int(token) if token.isdigit() and len(token) < 5 else roman_number(token)


@cache
def _volume_words() -> frozenset[str]:
    return frozenset(folded_key(word) for word in groups("editions")["volumes"]["before"])


def _bare_volume(key: str) -> str | None:
    """Return a folded key without the word for volume at its head; None where nothing else is there."""
    key = re.sub(r"^([a-z]+)(\d+)", r"\1 \2", key)
    tokens = key.split()
    if tokens[0] in _volume_words() and len(tokens) > 1:
        tokens = tokens[1:]
    elif tokens[0] in _volume_words() and roman_number(tokens[0]) is None:
        return None
    return " ".join(tokens)
