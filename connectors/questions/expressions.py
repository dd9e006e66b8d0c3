"""Walks through what is looked for: the clauses of an expression, the same with other words or without marks. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from engine.model import And, Clause, Expression, Field, Not, Or
from engine.text import folded_key, unmarked

_NUMBERS: Final = frozenset({Field.ISBN, Field.ISSN, Field.IDENTIFIER})


def clauses(expression: Expression) -> tuple[Clause, ...]:
    """Return every clause of an expression, those excluded too."""
    match expression:
        case Clause():
            return (expression,)
        case Not():
            return clauses(expression.part)
        case And() | Or():
            return tuple(clause for part in expression.parts for clause in clauses(part))


def sought(expression: Expression | None) -> tuple[Clause, ...]:
    """Return the clauses that are looked for, those excluded left out."""
    match expression:
        case Clause():
            return (expression,)
        case And() | Or():
            return tuple(clause for part in expression.parts for clause in sought(part))
        case _:
            return ()


def rewritten(expression: Expression, change: Callable[[str], str]) -> Expression:
    """Return the expression with the text of every clause changed."""
    return _changed(expression, lambda clause: msgspec.structs.replace(clause, text=change(clause.text)))


def folded(expression: Expression) -> Expression:
    """Return a question with its words as folded keys: for one box, where case and signs say nothing.

    >>> folded(Clause("Kinh tế vi mô")).text
    'kinh te vi mo'
    """
    return _changed(expression, _folded)


def is_marked(expression: Expression) -> bool:
    """Whether any word of the expression has a mark that `unmarked` would take off."""
    return any(unmarked(clause.text) != clause.text for clause in clauses(expression))


def has_letters(expression: Expression) -> bool:
    """Whether any word has a letter, which could bear a mark: a number has none."""
    return any(letter.isalpha() for clause in clauses(expression) for letter in clause.text)


def may_fold(expression: Expression) -> bool:
    """Whether `folded` may find more: it changes signs and ligatures too, so that any word beyond ASCII counts."""
    return any(clause.field not in _NUMBERS and not clause.text.isascii() for clause in clauses(expression))


def _changed(expression: Expression, change: Callable[[Clause], Clause]) -> Expression:
    match expression:
        case Clause():
            return change(expression)
        case Not():
            return Not(_changed(expression.part, change))
        case And():
            return And(tuple(_changed(part, change) for part in expression.parts))
        case Or():
            return Or(tuple(_changed(part, change) for part in expression.parts))


def _folded(clause: Clause) -> Clause:
    if clause.field in _NUMBERS:
        return clause
    return msgspec.structs.replace(clause, text=folded_key(clause.text) or clause.text)
