"""A query as Elasticsearch's query DSL, with the same words and weights as every store. Pure.

All words must be there, each in some column, and a word weighs what it weighs in the best of them. Typed marks and
pairs of words lift a record and exclude none: they are looked for only in the records that came out best without them
(`lifted`), since to find every pair of a big index takes longer than everything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from engine.model import And, Clause, Expression, Filters, Not, Or
from index.clauses import DEEPEST, Word, clause_words, clauses, is_phrase
from index.words import COLUMN_WEIGHTS

Dsl = dict[str, object]

Columns = Mapping[str, float]
"""Columns and what a word found in each weighs."""

LIFTED: Final[Columns] = {name: COLUMN_WEIGHTS[name] for name in ("title", "people", "subject")}
"""Where marks and pairs lift a record if no column was asked for: in the others they would hardly, and cost as much."""

WEIGHED: Final = 300
"""So many of the records that came out best are looked at for what lifts them, of each shard."""

MOST_LIFTS: Final = 48
"""So many marks and pairs are looked for; what comes behind them in a long query finds but lifts nothing."""


def matching(expression: Expression) -> Dsl | None:
    """Return the query for an expression; None if it holds no word to search for."""
    return _matching(expression, 0)


def _matching(expression: Expression, depth: int) -> Dsl | None:
    match expression:
        case Clause():
            return _clause(expression)
        case And(parts) if depth < DEEPEST:
            wanted = _found([part for part in parts if not isinstance(part, Not)], depth)
            unwanted = _found([part.part for part in parts if isinstance(part, Not)], depth)
            return {"bool": {"must": wanted, **({"must_not": unwanted} if unwanted else {})}} if wanted else None
        case Or(parts) if depth < DEEPEST:
            ways = _found([part for part in parts if not isinstance(part, Not)], depth)
            return any_of(ways) if ways else None
        case And() | Or():
            ways = _found(clauses(expression), depth)
            return {"bool": {"must": ways}} if ways else None
        case Not():
            return None


def _found(parts: Sequence[Expression], depth: int) -> list[Dsl]:
    return [found for part in parts if (found := _matching(part, depth + 1)) is not None]


def any_of(ways: Sequence[Dsl]) -> Dsl:
    """Return a query for what one of these finds."""
    return {"bool": {"should": list(ways), "minimum_should_match": 1}}


def _clause(clause: Clause) -> Dsl | None:
    words = clause_words(clause)
    if not words:
        return None
    if clause.is_phrase and len(words) > 1:
        return _phrase([word.folded for word in words], _columns(words[0].column), is_prefix=words[-1].is_prefix)
    whole = [word for word in words if not word.is_prefix]
    found = [_words([word.folded for word in whole], _columns(words[0].column))] if whole else []
    found += [_beginning(word.folded, _columns(word.column)) for word in words if word.is_prefix]
    return found[0] if len(found) == 1 else {"bool": {"must": found}}


def one_word(word: Word) -> Dsl:
    """Return the query for one word."""
    columns = _columns(word.column)
    return _beginning(word.folded, columns) if word.is_prefix else _words([word.folded], columns)


def lifted(expression: Expression, size: int) -> Dsl | None:
    """Return what puts the best records in a better order: by typed marks and by words side by side."""
    lifts: list[Dsl] = []
    for clause in clauses(expression):
        for word in clause_words(clause):
            columns = _columns(word.column, LIFTED)
            if word.marked and word.is_prefix:
                lifts.append(_beginning(word.marked, columns))
            elif word.marked:
                lifts.append(_words([word.marked], columns))
            if word.following and not is_phrase(clause):
                lifts.append(_phrase([word.folded, word.following], columns))
    if not lifts:
        return None
    rescored = {"bool": {"should": lifts[:MOST_LIFTS]}}
    return {"window_size": max(WEIGHED, size), "query": {"rescore_query": rescored}}


def _columns(column: str | None, others: Columns = COLUMN_WEIGHTS) -> Columns:
    return {column: COLUMN_WEIGHTS[column]} if column else others


def _fields(columns: Columns) -> list[str]:
    return [f"{name}^{weight:g}" for name, weight in columns.items()]


def _words(tokens: Sequence[str], columns: Columns) -> Dsl:
    """Return the query for tokens that must all be there, each as rare as it is in all columns together."""
    text = " ".join(tokens)
    return {"multi_match": {"query": text, "fields": _fields(columns), "type": "cross_fields", "operator": "and"}}


def _beginning(token: str, columns: Columns) -> Dsl:
    """Return the query for a token that begins so: it scores the same everywhere, by its column's weight."""
    ways: list[Dsl] = [{"prefix": {name: {"value": token, "boost": weight}}} for name, weight in columns.items()]
    return {"dis_max": {"queries": ways}}


def _phrase(tokens: Sequence[str], columns: Columns, *, is_prefix: bool = False) -> Dsl:
    kind = "phrase_prefix" if is_prefix else "phrase"
    return {"multi_match": {"query": " ".join(tokens), "fields": _fields(columns), "type": kind}}


def narrowing(filters: Filters) -> tuple[list[Dsl], list[Dsl]]:
    """Return what must hold of a record, and what must not, as filters."""
    must: list[Dsl] = []
    must_not: list[Dsl] = []
    if filters.year_from is not None or filters.year_to is not None:
        bounds = {"gte": filters.year_from, "lte": filters.year_to}
        must.append({"range": {"year": {key: _bounded(year) for key, year in bounds.items() if year is not None}}})
    for name, values in (
        ("material", filters.materials),
        ("degree", filters.degrees),
        ("member", filters.members),
        ("languages", filters.languages),
    ):
        if values:
            must.append({"terms": {name: [str(value) for value in values]}})
    for name, values in (
        ("material", filters.not_materials),
        ("member", filters.not_members),
        ("languages", filters.not_languages),
    ):
        if values:
            must_not.append({"terms": {name: [str(value) for value in values]}})
    if filters.available_only:
        must.append({"term": {"is_available": True}})
    if filters.online_only:
        must.append({"term": {"is_online": True}})
    return must, must_not


def _bounded(year: int) -> int:
    return max(-9999, min(9999, year))
