"""Whether the words that were asked for stand in what an item shows, or only where no reader sees them. Pure.

DSpace searches every field, what it writes itself (when an item came), and the full text of files, closed ones too. It
folds marks, splits and joins at hyphens and digits, drops English stop words and cuts English endings; so does this,
and rather finds a word too many: a record is not to be lost for a plural.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from connectors.dspace.metadata import is_of_system
from engine.model import And, Clause, Expression, Field, Not, Or
from engine.text import folded_key

_STOP_WORDS: Final = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not", "of",
    "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was", "will", "with",
    "s", "t",
})  # fmt: skip
"""Source: the stop words of Solr's default English analysis, which DSpace keeps."""

_NUMBERS: Final = frozenset({Field.ISBN, Field.ISSN, Field.IDENTIFIER})
_PIECES: Final = re.compile(r"[^\W\d_]+|\d+")
_LEAST_STEM: Final = 4


class Seen:
    """The words of some values, findable as DSpace finds them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: set[str] = set()
        self._compact = ""
        compact = []
        for text in texts:
            key = folded_key(text)
            self._words.update(key.split())
            self._words.update(_PIECES.findall(key))
            compact.append(re.sub(r"[\W_]+", "", key))
        self._compact = "\n".join(compact)
        self._stems = {stem for word in self._words if (stem := _stem(word))}

    def has(self, word: str, *, is_truncated: bool = False) -> bool:
        """Whether a folded word stands here, in one form or another."""
        if word in self._words or word in _STOP_WORDS:
            return True
        if is_truncated:
            return any(known.startswith(word) for known in self._words)
        stem = _stem(word)
        if stem and stem in self._stems:
            return True
        pieces = _PIECES.findall(word)
        return len(pieces) > 1 and all(piece in self._words for piece in pieces)

    def has_number(self, text: str) -> bool:
        """Whether an identifier stands here, however it is divided."""
        return re.sub(r"[\W_]+", "", folded_key(text)) in self._compact


def _stem(word: str) -> str:
    """Return what English endings leave of a word, "" for one too short to have any.

    >>> _stem("studies") == _stem("study"), _stem("sinhs") == _stem("sinh"), _stem("hoa")
    (True, True, '')
    """
    if len(word) < _LEAST_STEM or not word.isascii():
        return ""
    for ending in (
        "ations",
        "ation",
        "ments",
        "ment",
        "ings",
        "ing",
        "ies",
        "ied",
        "es",
        "ed",
        "ly",
        "s",
        "y",
        "e",
        "i",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM - 1:
            return word[: -len(ending)]
    return word


def shown(pairs: Iterable[tuple[str, str]]) -> Seen:
    """Return the words of what an item shows."""
    return Seen(value for name, value in pairs if not is_of_system(name))


def of_system(pairs: Iterable[tuple[str, str]]) -> Seen:
    """Return the words of everything about an item, with what DSpace wrote itself."""
    return Seen(value for _, value in pairs)


def stands(expression: Expression | None, seen: Seen) -> bool:
    """Whether a question is answered by these words; what it excludes does not matter.

    >>> stands(Clause("hoa hoc"), Seen(["Hóa học đại cương"])), stands(Clause("lượng tử"), Seen(["Hóa học"]))
    (True, False)
    """
    match expression:
        case None | Not():
            return True
        case And(parts=parts):
            return all(stands(part, seen) for part in parts)
        case Or(parts=parts):
            return any(stands(part, seen) for part in parts)
        case Clause():
            return _clause_stands(expression, seen)


def _clause_stands(clause: Clause, seen: Seen) -> bool:
    if clause.field in _NUMBERS:
        return seen.has_number(clause.text) or (clause.field is Field.ISBN and seen.has_number(clause.text[3:12]))
    words: Sequence[str] = folded_key(clause.text).split()
    last = len(words) - 1
    return all(seen.has(word, is_truncated=clause.is_truncated and at == last) for at, word in enumerate(words))
