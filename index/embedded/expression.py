"""A query as an FTS5 expression. Pure.

A word stands as its folded token, OR its marked token if marks were typed, OR the pair it makes with the
next word of its clause: each of these holds the folded word too, so they find nothing more, and each one that is
there lifts the record in bm25. That is how typed marks and words side by side count without excluding anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.model import And, Clause, Expression, Not, Or
from index.clauses import DEEPEST, Word, clause_words, clauses


def match(expression: Expression) -> str | None:
    """Return what to MATCH for an expression; None if it holds no word to search for.

    >>> match(Clause("kinh tế"))
    '("kinh" OR "kinh te") AND ("te" OR "tế")'
    """
    return _match(expression, 0)


def _match(expression: Expression, depth: int) -> str | None:
    match expression:
        case Clause():
            return _clause(expression)
        case And(parts) if depth < DEEPEST:
            wanted = _joined(" AND ", [part for part in parts if not isinstance(part, Not)], depth)
            unwanted = _joined(" OR ", [part.part for part in parts if isinstance(part, Not)], depth)
            return f"({wanted}) NOT ({unwanted})" if wanted and unwanted else wanted
        case Or(parts) if depth < DEEPEST:
            return _joined(" OR ", [part for part in parts if not isinstance(part, Not)], depth)
        case And() | Or():
            return _joined(" AND ", clauses(expression), depth)
        case Not():
            return None


def _joined(operator: str, parts: Sequence[Expression], depth: int) -> str | None:
    found = [text for part in parts if (text := _match(part, depth + 1))]
    return operator.join(f"({text})" for text in found) if len(found) > 1 else (found[0] if found else None)


def _clause(clause: Clause) -> str | None:
    words = clause_words(clause)
    if not words:
        return None
    if clause.is_phrase and len(words) > 1:
        phrase = quoted(" ".join(word.folded for word in words)) + (" *" if words[-1].is_prefix else "")
        marked = [_in_column(word.column, quoted(word.marked)) for word in words if word.marked]
        found = _in_column(words[0].column, phrase)
        # The phrase must be there; marked words of it count besides.
        return f"{found} AND ({' OR '.join([found, *marked])})" if marked else found
    return " AND ".join(f"({text})" if " OR " in text else text for text in map(strengthened, words))


def strengthened(word: Word) -> str:
    """Return one word with all that lifts a record that holds it."""
    ways = [quoted(word.folded) + (" *" if word.is_prefix else "")]
    if word.marked:
        ways.append(quoted(word.marked) + (" *" if word.is_prefix else ""))
    if word.following:
        ways.append(quoted(f"{word.folded} {word.following}"))
    return " OR ".join(_in_column(word.column, way) for way in ways)


def _in_column(column: str | None, text: str) -> str:
    return f"{column} : {text}" if column else text


def quoted(text: str) -> str:
    """Return a text as an FTS5 string: whatever stands in it is looked for, never obeyed."""
    return '"' + text.replace('"', '""').replace("\0", "") + '"'
