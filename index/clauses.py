"""What every store looks for: the words of a clause, folded, marked and in pairs. Pure."""

from __future__ import annotations

import msgspec

from engine.model import And, Clause, Expression, Field, Not, Or
from engine.text import exact_key, folded_key
from index.words import FIELD_COLUMN, compact

LONGEST = 24
"""Words of one clause that are searched for; the others are left out."""

DEEPEST = 8
"""How far ANDs and ORs may stand inside each other; what stands deeper is searched as plain words."""

NUMBERS = frozenset({Field.ISBN, Field.ISSN, Field.IDENTIFIER})


class Word(msgspec.Struct, frozen=True):
    """One word of a clause: its folded token, its marked one if marks were typed, the next folded one, its column."""

    folded: str
    marked: str | None
    following: str | None
    column: str | None
    is_prefix: bool = False


def clause_words(clause: Clause) -> tuple[Word, ...]:
    """Return the words of a clause.

    >>> clause_words(Clause("kinh tế", field=Field.TITLE))[1]
    Word(folded='te', marked='tế', following=None, column='title', is_prefix=False)
    """
    column = FIELD_COLUMN[clause.field]
    if clause.field in NUMBERS:
        token = compact(clause.text)
        return (Word(token, None, None, column, clause.is_truncated),) if token else ()
    folded = folded_key(clause.text).split()[:LONGEST]
    exact = exact_key(clause.text).split()[:LONGEST]
    marked = exact if len(exact) == len(folded) else folded
    last = len(folded) - 1
    return tuple(
        Word(
            folded=token,
            marked=marked[number] if marked[number] != token else None,
            following=folded[number + 1] if number < last else None,
            column=column,
            is_prefix=clause.is_truncated and number == last,
        )
        for number, token in enumerate(folded)
    )


def is_phrase(clause: Clause) -> bool:
    """Whether its words must stand side by side; one word alone needs not."""
    return clause.is_phrase and len(clause_words(clause)) > 1


def clauses(expression: Expression) -> tuple[Clause, ...]:
    """Return the clauses that are looked for, without those that are excluded."""
    match expression:
        case Clause():
            return (expression,)
        case And(parts) | Or(parts):
            return tuple(clause for part in parts for clause in clauses(part))
        case Not():
            return ()


def excluded(expression: Expression) -> tuple[Expression, ...]:
    """Return what stands under a NOT at the top: it stays excluded when any word will do."""
    if isinstance(expression, And):
        return tuple(part.part for part in expression.parts if isinstance(part, Not))
    return ()
