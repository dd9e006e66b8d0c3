"""A query as Elasticsearch's query DSL, with the same words and weights as every store. Pure.

All words must be there, each in some column; typed marks, pairs of words and phrases lift a record and exclude none.
Scores are those of BM25 per column, added up (`dis_max` with a tie breaker would lose the sum that FTS5 gives).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.model import And, Clause, Expression, Filters, Not, Or
from index.clauses import DEEPEST, Word, clause_words, clauses
from index.words import COLUMN_WEIGHTS

Dsl = dict[str, object]

MARKED_BOOST = 1.0
PAIR_BOOST = 1.0


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
        phrase = _phrase([word.folded for word in words], words[0].column, is_prefix=words[-1].is_prefix)
        marked = [_term(word.marked, word.column) for word in words if word.marked]
        return {"bool": {"must": [phrase], "should": marked}} if marked else phrase
    return {"bool": {"must": [strengthened(word) for word in words]}} if len(words) > 1 else strengthened(words[0])


def strengthened(word: Word) -> Dsl:
    """Return one word with all that lifts a record that holds it."""
    found = _term(word.folded, word.column, is_prefix=word.is_prefix)
    lifts: list[Dsl] = []
    if word.marked:
        lifts.append(_term(word.marked, word.column, is_prefix=word.is_prefix))
    if word.following:
        lifts.append(_phrase([word.folded, word.following], word.column))
    return {"bool": {"must": [found], "should": lifts}} if lifts else found


def _columns(column: str | None) -> Mapping[str, float]:
    return {column: COLUMN_WEIGHTS[column]} if column else COLUMN_WEIGHTS


def _term(token: str, column: str | None, *, is_prefix: bool = False) -> Dsl:
    kind = "prefix" if is_prefix else "term"
    ways: list[Dsl] = [{kind: {name: {"value": token, "boost": weight}}} for name, weight in _columns(column).items()]
    if is_prefix:  # a prefix scores the same everywhere: what it is worth is its column's weight
        return any_of(ways)
    return ways[0] if len(ways) == 1 else any_of(ways)


def _phrase(tokens: Sequence[str], column: str | None, *, is_prefix: bool = False) -> Dsl:
    kind = "match_phrase_prefix" if is_prefix else "match_phrase"
    ways: list[Dsl] = [
        {kind: {name: {"query": " ".join(tokens), "boost": weight}}} for name, weight in _columns(column).items()
    ]
    return ways[0] if len(ways) == 1 else any_of(ways)


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
