"""Makes a question simple enough for a system: what it cannot be asked is given up, and told. Pure."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec

from engine.errors import UnsupportedError
from engine.model import And, Clause, Expression, Field, Not, Or, Reason
from engine.text import clean

MOST_TERM_BYTES: Final = 1_200
"""Most bytes of a clause: in an address they may become three times as many letters, and servers take about 8,000."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


class Abilities(msgspec.Struct, frozen=True):
    """What a system can be asked. `fields` it searches on their own; the words of others are looked for anywhere."""

    fields: frozenset[Field]
    has_or: bool = False
    has_not: bool = False
    has_phrases: bool = False
    has_truncation: bool = False


class Simpler(NamedTuple):
    """What is left of a question, and what was given up; None: nothing but filters was asked."""

    expression: Expression | None
    notices: tuple[Reason, ...] = ()


def simpler(expression: Expression | None, can: Abilities) -> Simpler:
    """Return what a system can be asked of a question. Raises UnsupportedError where nothing is left of it.

    >>> asked = simpler(Or((Clause("kinh"), Clause("tế"))), Abilities(frozenset({Field.ANY})))
    >>> asked.expression, asked.notices[0].code
    (Clause(text='kinh', field=<Field.ANY: 'any'>, is_phrase=False, is_truncated=False), 'notice.dropped-alternatives')
    """
    if expression is None:
        return Simpler(None)
    notices: dict[str, None] = {}
    left = _simpler(expression, can, notices)
    if left is None:
        raise UnsupportedError("nothing is left of the question that this system could be asked")
    return Simpler(left, tuple(Reason(code) for code in notices))


def _simpler(expression: Expression, can: Abilities, notices: dict[str, None]) -> Expression | None:
    match expression:
        case Clause():
            return _clause(expression, can, notices)
        case Not(part=part):
            if not can.has_not:
                notices["notice.dropped-exclusion"] = None
                return None
            left = _simpler(part, can, notices)
            return None if left is None else Not(left)
        case Or(parts=parts):
            if not can.has_or:
                notices["notice.dropped-alternatives"] = None
                parts = parts[:1]
            return _joined([_simpler(part, can, notices) for part in parts], is_and=False)
        case And(parts=parts):
            return _joined([_simpler(part, can, notices) for part in parts], is_and=True)


def _joined(parts: list[Expression | None], *, is_and: bool) -> Expression | None:
    kept = [part for part in parts if part is not None]
    if is_and and kept and all(isinstance(part, Not) for part in kept):
        return None
    if len(kept) < 2:
        return kept[0] if kept else None
    if not is_and:
        return Or(tuple(kept))
    flat = [inner for part in kept for inner in (part.parts if isinstance(part, And) else (part,))]
    return And(tuple(flat))


def _clause(clause: Clause, can: Abilities, notices: dict[str, None]) -> Clause | None:
    text = " ".join(_CONTROL.sub(" ", clean(clause.text)).split())
    if len(text.encode()) > MOST_TERM_BYTES:
        text = _cut(text)
        notices["notice.dropped-clause"] = None
    if not any(character.isalnum() for character in text):
        notices["notice.dropped-clause"] = None
        return None
    field, is_phrase, is_truncated = clause.field, clause.is_phrase, clause.is_truncated
    if field not in can.fields:
        notices["notice.any-field"] = None
        field = Field.ANY
    if is_phrase and not can.has_phrases:
        is_phrase = False
        if " " in text:
            notices["notice.no-phrases"] = None
    if is_truncated and not can.has_truncation:
        is_truncated = False
        notices["notice.no-truncation"] = None
    return Clause(text, field, is_phrase=is_phrase, is_truncated=is_truncated)


def _cut(text: str) -> str:
    """Return the first words of a text that is too long; of one endless word its beginning."""
    short = text.encode()[:MOST_TERM_BYTES].decode("utf-8", "ignore")
    words, blank, _ = short.rpartition(" ")
    return words if blank else short
