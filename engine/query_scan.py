"""Typed text -> tokens of the query language, each with its place in the text exactly as it was typed.

Knows what a word, a phrase, a prefix and an operator look like; knows nothing of how they combine.
Words are cleaned one by one, so that a position stays that of the typed text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from engine.errors import QueryError
from engine.text import clean, exact_key, folded_key

_OPENING = '"“”„‟«＂'
_CLOSING = {"«": "»"}
_CLOSING_PLAIN = '"“”„‟＂'
_YEARS_BEHIND = re.compile(r"(?:[-–<>≤≥]=?|[^\W\d]{1,5} (?:n[aă]m )?)?[0-9]")
SPECIAL = '"“”„‟«»＂()*:：\\'
"""Characters that a backslash turns into plain text (and "-", at the start of a word)."""


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    PHRASE = "phrase"
    OPEN = "("
    CLOSE = ")"
    MINUS = "-"
    AND = "and"
    OR = "or"
    NOT = "not"
    FIELD = "field"
    FILTER = "filter"


class Token(NamedTuple):
    """A token and where it stands: characters `start` to before `end` of the typed text.

    `text` is cleaned text of a word or phrase, the name of a field or filter, or what was typed.
    `is_spaced`: a space follows a prefix's colon.
    """

    kind: Kind
    text: str
    start: int
    end: int
    is_truncated: bool = False
    is_spaced: bool = False
    is_escaped: bool = False


class Vocabulary(NamedTuple):
    """The words of the language, as `query_words.toml` has them, in the shapes the scanner asks for."""

    prefixes: dict[str, tuple[Kind, str]]  # marked or plain letters without spaces -> what they name
    operators: dict[str, Kind]
    table: dict[str, dict[str, list[str]]]


@cache
def vocabulary() -> Vocabulary:
    """Return the words of the language."""
    table: dict[str, dict[str, list[str]]] = tomllib.loads(
        files("engine").joinpath("query_words.toml").read_text("utf-8")
    )
    prefixes: dict[str, tuple[Kind, str]] = {}
    for kind, rows in ((Kind.FIELD, table["fields"]), (Kind.FILTER, table["filters"])):
        for name, spellings in rows.items():
            for spelling in spellings:
                for written in (exact_key(spelling), folded_key(spelling)):
                    prefixes.setdefault(written.replace(" ", ""), (kind, name))
    operators = {
        word: kind
        for kind, key in ((Kind.AND, "and"), (Kind.OR, "or"), (Kind.NOT, "not"))
        for word in table["operators"][key]
    }
    return Vocabulary(prefixes, operators, table)


@cache
def canonical_prefix(kind: Kind, name: str) -> str:
    """Return the spelling of a prefix that `show` prints: plain ASCII, one word."""
    return vocabulary().table["fields" if kind is Kind.FIELD else "filters"][name][0]


def is_known_word(word: str, group: str, row: str) -> bool:
    """Whether a word stands in a row of the vocabulary, with its marks or without any.

    >>> is_known_word("co", "flags", "yes"), is_known_word("Có", "flags", "yes"), is_known_word("cỏ", "flags", "yes")
    (True, True, False)
    """
    lower = word.lower()
    return any(lower in {known, folded_key(known) or known} for known in vocabulary().table[group][row])


def has_letters(text: str) -> bool:
    """Whether there is something to search for: a letter or digit of any script."""
    return any(map(str.isalnum, text))


def is_shouted(tokens: list[Token]) -> bool:
    """Whether a question is words in capitals only, such as a pasted title: its AND, OR, NOT are words then.

    Needs four words besides the operators, so that `HTML OR XML` is still a choice.
    """
    words = [token.text for token in tokens if token.kind is Kind.WORD]
    if len(words) < 4 or any(token.is_escaped for token in tokens):
        return False
    plain = {Kind.WORD, Kind.AND, Kind.OR, Kind.NOT}
    return all(token.kind in plain for token in tokens) and not any(
        letter.islower() for word in words for letter in word
    )


def scan(typed: str) -> list[Token]:
    """Return the tokens of what was typed; raise QueryError for a quotation mark without its second.

    >>> [(token.kind.name, token.text, token.start) for token in scan('kinh te tac gia:"nhật ánh"')]
    [('WORD', 'kinh', 0), ('WORD', 'te', 5), ('FIELD', 'person', 8), ('PHRASE', 'nhật ánh', 16)]
    """
    tokens = list(_Scanner(typed).tokens())
    if is_shouted(tokens):
        return [token._replace(kind=Kind.WORD) for token in tokens]
    return tokens


class _Scanner:
    """One walk through a typed text. `tokens` may take back words that turn out to be a prefix."""

    def __init__(self, typed: str) -> None:
        self.typed = typed
        self.found: list[Token] = []

    def tokens(self) -> Iterator[Token]:
        """Walk, and yield the tokens in their order."""
        typed, place, length = self.typed, 0, len(self.typed)
        while place < length:
            char = typed[place]
            if char.isspace():
                place += 1
            elif char in _OPENING:
                place = self._phrase(place)
            elif char == "(":
                self.found.append(Token(Kind.OPEN, char, place, place + 1))
                place += 1
            elif char == ")":
                self.found.append(Token(Kind.CLOSE, char, place, place + 1))
                place += 1
            elif char == "-" and self._is_minus(place):
                self.found.append(Token(Kind.MINUS, char, place, place + 1))
                place += 1
            else:
                place = self._word(place)
        yield from self.found

    def _is_minus(self, place: int) -> bool:
        """Whether a hyphen before a word excludes the word. Alone, doubled or before a year it does not."""
        after = self.typed[place + 1 : place + 2]
        if not after or after.isspace() or after in {"-", ")"}:
            return False
        last = self.found[-1] if self.found else None
        return not (last and last.kind is Kind.FILTER and last.text == "year")

    def _phrase(self, start: int) -> int:
        typed, place = self.typed, start + 1
        closing = _CLOSING.get(typed[start], _CLOSING_PLAIN)
        letters: list[str] = []
        stars = 0  # at the end, without a backslash
        while place < len(typed) and typed[place] not in closing:
            if typed[place] == "\\" and typed[place + 1 : place + 2] in (*SPECIAL, "-"):
                place += 1
                stars = 0
            else:
                stars = stars + 1 if typed[place] == "*" else 0
            letters.append(typed[place])
            place += 1
        if place >= len(typed):
            raise QueryError("unclosed-quote", position=start, proposal=typed + closing[0])
        place += 1
        text = clean("".join(letters[: len(letters) - stars]))
        is_truncated = stars > 0
        if typed[place : place + 1] == "*":
            is_truncated = True
            place += 1
        if has_letters(text):
            self.found.append(Token(Kind.PHRASE, text, start, place, is_truncated))
        return place

    def _word(self, start: int) -> int:
        """Take a word that starts here, or the prefix that ends in it, and return where to go on."""
        typed, place = self.typed, start
        letters: list[str] = []
        open_within = 0
        stars = 0  # at the end, without a backslash
        is_escaped = False
        while place < len(typed):
            char = typed[place]
            if char == "\\" and place + 1 < len(typed) and self._is_escape(start, place):
                is_escaped = True
                stars = 0
                place += 1
                letters.append(typed[place])
                place += 1
                continue
            if char.isspace() or char in _OPENING or char == "»":
                break
            if char in ":：" and not open_within and self._prefix("".join(letters), start, place):
                return place + 1
            if char == "(":
                if not self._closes_within(place):
                    break
                open_within += 1
            elif char == ")":
                if not open_within:
                    break
                open_within -= 1
            stars = stars + 1 if char == "*" else 0
            letters.append(char)
            place += 1
        if place == start:  # a closing mark of no quotation: nothing is lost by passing over it
            return place + 1
        text = "".join(letters[: len(letters) - stars])
        self._keep_word(text, start, place, is_truncated=stars > 0, is_escaped=is_escaped)
        return place

    def _is_escape(self, start: int, place: int) -> bool:
        after = self.typed[place + 1]
        if after in SPECIAL:
            return True
        if place != start:
            return False
        return after == "-" or any(self.typed.startswith(word, place + 1) for word in vocabulary().operators)

    def _closes_within(self, place: int) -> bool:
        """Whether a parenthesis inside a word closes before the word ends: "f(x)", "màu(xanh)"."""
        if place and (self.typed[place - 1].isspace() or self.typed[place - 1] in ":("):
            return False
        for char in self.typed[place + 1 :]:
            if char == ")":
                return True
            if char.isspace() or char in _OPENING:
                return False
        return False

    def _keep_word(self, letters: str, start: int, end: int, *, is_truncated: bool, is_escaped: bool) -> None:
        text = clean(letters)
        kind = Kind.WORD if is_escaped else vocabulary().operators.get(text, Kind.WORD)
        if text:
            self.found.append(Token(kind, text, start, end, is_truncated, is_escaped=is_escaped))

    def _prefix(self, letters: str, start: int, colon: int) -> bool:
        """Whether a colon ends a known prefix, the longest run of words before it; its words are taken back."""
        words = [exact_key(letters)]
        before = 0
        while (
            before < 3
            and before < len(self.found)
            and (last := self.found[-1 - before]).kind is Kind.WORD
            and not last.is_escaped
            and not last.is_truncated
            and self.typed[last.end : start if not before else self.found[-before].start].isspace()
        ):
            before += 1
            words.insert(0, exact_key(last.text))
        spaced = self.typed[colon + 1 : colon + 2].isspace()
        for taken in range(before, -1, -1):
            run = words[before - taken :]
            named = vocabulary().prefixes.get("".join(run).replace(" ", "")) if all(run) else None
            if named is None or not self._is_meant(run, named[1], colon, words[before - taken - 1 : before - taken]):
                continue
            first = self.found[len(self.found) - taken].start if taken else start
            if taken:
                del self.found[len(self.found) - taken :]
            kind, name = named
            self.found.append(Token(kind, name, first, colon + 1, is_spaced=spaced))
            return True
        return False

    def _is_meant(self, run: list[str], name: str, colon: int, before: list[str]) -> bool:
        """Whether a run that reads like a prefix is one. "Việt Nam: ..." is no year."""
        if name != "year" or run != ["nam"]:
            return True
        return before not in (["việt"], ["viet"]) and bool(_YEARS_BEHIND.match(self.typed, colon + 1))
