"""A query as an FTS5 expression: which records hold its words. Pure.

Only the folded words are looked for. Marks and words side by side exclude nothing, so they are left to
`index.embedded.weighing`, which looks at the few records that are found: to look for them here would mean to walk
through every record that holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from engine.model import And, Clause, Expression, Not, Or
from index.clauses import DEEPEST, Word, clause_words, clauses

WAYS = 6
"""Of so many ways two at a time are looked for: fifteen pairs."""


def match(expression: Expression) -> str | None:
    """Return what to MATCH for an expression; None if it holds no word to search for.

    >>> match(Clause("kinh tế"))
    '"kinh" AND "te"'
    """
    return _match(expression, 0, lambda word: word.column)


def match_in_titles(expression: Expression) -> str | None:
    """Return what to MATCH for the records that hold in their titles what may stand anywhere; None for nothing such.

    >>> match_in_titles(Clause("kinh tế"))
    'title : "kinh" AND title : "te"'
    """
    if all(word.column for clause in clauses(expression) for word in clause_words(clause)):
        return None
    return _match(expression, 0, lambda word: word.column or "title")


_Column = Callable[[Word], str | None]


def _match(expression: Expression, depth: int, column: _Column) -> str | None:
    match expression:
        case Clause():
            return _clause(expression, column)
        case And(parts) if depth < DEEPEST:
            wanted = _joined(" AND ", [part for part in parts if not isinstance(part, Not)], depth, column)
            # What is not wanted is not wanted anywhere.
            excluded = [part.part for part in parts if isinstance(part, Not)]
            unwanted = _joined(" OR ", excluded, depth, lambda word: word.column)
            return f"({wanted}) NOT ({unwanted})" if wanted and unwanted else wanted
        case Or(parts) if depth < DEEPEST:
            return _joined(" OR ", [part for part in parts if not isinstance(part, Not)], depth, column)
        case And() | Or():
            return _joined(" AND ", clauses(expression), depth, column)
        case Not():
            return None


def _joined(operator: str, parts: Sequence[Expression], depth: int, column: _Column) -> str | None:
    found = [text for part in parts if (text := _match(part, depth + 1, column))]
    return operator.join(f"({text})" for text in found) if len(found) > 1 else (found[0] if found else None)


def _clause(clause: Clause, column: _Column) -> str | None:
    words = clause_words(clause)
    if not words:
        return None
    if clause.is_phrase and len(words) > 1:
        phrase = quoted(" ".join(word.folded for word in words)) + (" *" if words[-1].is_prefix else "")
        return _in_column(column(words[0]), phrase)
    return " AND ".join(_in_column(column(word), _word(word)) for word in words)


def one_word(word: Word) -> str:
    """Return what to MATCH for one word."""
    return _in_column(word.column, _word(word))


def _word(word: Word) -> str:
    return quoted(word.folded) + (" *" if word.is_prefix else "")


def any_of(ways: Sequence[str]) -> str:
    """Return what to MATCH for the records that one of these finds."""
    return " OR ".join(f"({way})" for way in ways)


def two_of(ways: Sequence[str]) -> str | None:
    """Return what to MATCH for the records that two of these find, or more; None for fewer ways, or too many."""
    if not 2 < len(ways) <= WAYS:
        return None
    return any_of([f"({one}) AND ({other})" for one, other in combinations(ways, 2)])


def _in_column(column: str | None, text: str) -> str:
    return f"{column} : {text}" if column else text


def quoted(text: str) -> str:
    """Return a text as an FTS5 string: whatever stands in it is looked for, never obeyed."""
    return '"' + text.replace('"', '""').replace("\0", "") + '"'
