"""Numbers of editions and volumes, out of the words in which they are told."""

from __future__ import annotations

import re
from functools import cache

from engine.normalise.remembered import remembered
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
    words = groups("editions")["words"]
    before, after = (
        "|".join(sorted({re.escape(folded_key(word)) for word in words[key]}, key=len, reverse=True))
        for key in ("before", "after")
    )
    number = rf"(?P<digits>\d{{1,3}})(?:st|nd|rd|th|e|er|eme|re|de|a|o|\.)?|(?P<word>{numbers})"
    return (
        re.compile(rf"\b(?:{before})\s+(?:{number})\b"),
        re.compile(rf"\b(?:{number})\s+(?:[a-z]+\s+){{0,3}}?(?:{after})\b"),
    )


@remembered
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
def _volume_words() -> frozenset[str]:
    return frozenset(folded_key(word) for word in groups("editions")["volumes"]["before"])


_BEHIND_A_VOLUME = re.compile(r"\s*[:=/(\[]")
_WORD_AND_NUMBER = re.compile(r"\b([a-z]+)(\d+)\b")


@remembered
def volume(text: str) -> str | None:
    """Return the number of a volume or part without its word, in Arabic digits.

    A range stays a range, parts of a part are divided by a full stop, a letter stays.

    >>> [volume(text) for text in ("Tập II", "T.02", "Quyển thứ hai", "t. 1-2", "Tập 3, Quyển 1", "Q. A", "Tập")]
    ['2', '2', '2', '1-2', '3.1', 'A', None]
    """
    head = _BEHIND_A_VOLUME.split(text.strip(" ([:/="))[0]
    tokens = _WORD_AND_NUMBER.sub(r"\1 \2", folded_key(head)).split()
    found: list[str] = []
    is_told = False  # whether a word for volume stands before
    is_range = "-" in head or "–" in head
    for place, token in enumerate(tokens):
        number = _number_of(token, is_told=is_told or len(tokens) == 1, rest=tokens[place + 1 :])
        if number is None and token in _volume_words():
            is_told = True
        elif number is None:
            if not (is_told and token == "thu"):  # noqa: S105 - a word: phần thứ nhất
                break
        else:
            divider = "" if not found else "." if is_told else "-"
            if divider == "-" and not is_range:
                break
            found.append(divider + number)
            is_told = False
    return "".join(found) or None


def _number_of(token: str, *, is_told: bool, rest: list[str]) -> str | None:
    """Return the number that a folded token is: digits, Roman, a word or a single letter behind its word."""
    if token.isdecimal():
        return str(int(token)) if len(token) < 5 else None
    if re.fullmatch(r"\d{1,4}[a-z]", token):
        return token.upper().lstrip("0")
    roman = roman_number(token)
    # "v. 2": the letter is a word for volume where a number follows.
    if roman is not None and not (token in _volume_words() and (rest or not is_told) and _is_number(rest)):
        return str(roman)
    if is_told and token in _numbers():
        return str(_numbers()[token])
    return token.upper() if is_told and len(token) == 1 and token.isalpha() else None


def _is_number(tokens: list[str]) -> bool:
    return bool(tokens) and (tokens[0].isdecimal() or roman_number(tokens[0]) is not None)
