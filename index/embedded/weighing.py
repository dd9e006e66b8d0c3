"""How well a record that was found holds the words of a query, in SQL over the texts of `words`. Pure.

Each word weighs as BM25 would have it: the rarer the more, more in the columns that say more, more in a short title
than in a long one. Its marks, if they were typed, and the pair that it makes with the next word weigh besides. SQLite's
own `bm25` would walk through all records that hold any of them; here only those are looked at that were found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from engine.model import Expression
from index.clauses import Word, clause_words, clauses, is_phrase
from index.words import COLUMN_WEIGHTS, WALL

MOST_WAYS: Final = 48
"""So many words, marks and pairs weigh; what comes behind them in a long query finds but weighs nothing."""

SATURATION: Final = 1.2
TITLE_LETTERS: Final = 80
"""A title of so many letters, its marked words counted twice, is neither short nor long."""

PLAIN: Final = ("publisher", "series", "shelf", "rest")
"""Columns that weigh the same stand as one, `plain`, where the column is not asked for."""

TEXTS: Final = (
    "SELECT id, ' ' || title || ' ' AS title, ' ' || people || ' ' AS people, ' ' || subject || ' ' AS subject,"
    " ' ' || identifiers || ' ' AS identifiers,"
    f" ' ' || publisher || ' {WALL} ' || series || ' {WALL} ' || shelf || ' {WALL} ' || rest || ' ' AS plain,"
    f" {SATURATION} * (0.25 + 0.75 * length(title) / {TITLE_LETTERS}.0) AS k"
)
"""The texts with a space before and behind each word, and how soon further hits weigh nothing more."""


class Way(msgspec.Struct, frozen=True):
    """A text that lifts a record which holds it, the column that it must stand in, and how rare it is."""

    text: str
    column: str | None
    rarity: float


def rarity(share: float) -> float:
    """Return what a word weighs that stands in a share of the records: the inverse document frequency of BM25.

    >>> round(rarity(0.01), 2), round(rarity(0.9), 2)
    (4.59, 0.1)
    """
    return max(math.log((1.0 - share + 1e-4) / (share + 1e-4)), 0.1)


def ways(expression: Expression, shares: Mapping[str, float]) -> tuple[Way, ...]:
    """Return all that lifts a record. `shares` are those of the folded words."""
    found: list[Way] = []
    for clause in clauses(expression):
        words = clause_words(clause)
        rare = [rarity(shares.get(word.folded, 0.0)) for word in words]
        if is_phrase(clause):
            phrase = " ".join(word.folded for word in words)
            found.append(Way(_bounded(phrase, words[-1]), words[0].column, max(rare)))
        for number, word in enumerate(words):
            if not is_phrase(clause):
                found.append(Way(_bounded(word.folded, word), word.column, rare[number]))
                if word.following:
                    pair = f" {word.folded} {word.following} "
                    found.append(Way(pair, word.column, max(rare[number : number + 2])))
            if word.marked:
                found.append(Way(_bounded(word.marked, word), word.column, rare[number]))
    return tuple(dict.fromkeys(found))[:MOST_WAYS]


def _bounded(text: str, last: Word) -> str:
    return f" {text}" if last.is_prefix else f" {text} "


def weight(found: Sequence[Way]) -> tuple[str, list[object]]:
    """Return what a record weighs, in SQL over TEXTS, and the values for its question marks."""
    if not found:
        return "0.0", []
    terms: list[str] = []
    values: list[object] = []
    for way in found:
        inside = [(f"instr({column}, ?)", worth) for column, worth in _columns(way)]
        # The best of the columns counts. Most hits are in the first ones, and the others are not looked at then.
        hit = "CASE " + " ".join(f"WHEN {test} THEN {worth}" for test, worth in inside) + " ELSE 0.0 END"
        terms.append(f"{way.rarity:.4f} * (1.0 - k / (k + {hit}))")
        values += [way.text] * len(inside)
    return " + ".join(terms), values


def _columns(way: Way) -> list[tuple[str, float]]:
    if way.column is not None:
        text = "plain" if way.column in PLAIN else way.column
        return [(text, COLUMN_WEIGHTS[way.column])]
    has_digit = any(letter.isdigit() for letter in way.text)
    searched = ["identifiers"] if has_digit else []
    return [(column, COLUMN_WEIGHTS[column]) for column in [*searched, "title", "people", "subject"]] + [
        ("plain", COLUMN_WEIGHTS[PLAIN[0]])
    ]
