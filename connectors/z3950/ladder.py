"""The ladder of second tries: which other way of asking a server's own words allow. Pure.

A rung is a `Dialect`; see `connectors.questions.second_tries`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import msgspec

from connectors.questions import second_tries
from connectors.questions.cql_map import YearForm
from connectors.questions.expressions import clauses
from connectors.questions.second_tries import Step, first_change, without_boolean
from connectors.reading.diagnostics import Means
from connectors.z3950.bib1 import ANY, ANYWHERE, COMPLETENESS, POSITION, RELATION, Use, Words
from connectors.z3950.diagnostics import Diagnostic, Try
from connectors.z3950.settings import Dialect
from engine.model import Field, Query


class OtherWayError(Exception):
    """A present request showed that the server wants to be spoken to otherwise."""

    def __init__(self, step: Step[Dialect]) -> None:
        self.step = step


class LostSetError(Exception):
    """The server no longer has the result set."""


def after_diagnostics(speaking: Dialect, query: Query, said: tuple[Diagnostic, ...]) -> Step[Dialect] | None:
    """Return the next rung after a server's diagnostics, None where they allow none."""
    return first_change(speaking, query, (_after(speaking, query, diagnostic) for diagnostic in said))


def after_nothing(speaking: Dialect, query: Query) -> Step[Dialect] | None:
    """Return the next rung after an answer without hits: marked words without their marks. None where none is left."""
    word_by_word = _word_by_word(speaking) if Words.PHRASE in _manners(speaking) else None
    return second_tries.after_nothing(speaking, query, word_by_word=word_by_word)


def step_after_present(speaking: Dialect, said: tuple[Diagnostic, ...]) -> None:
    """Raise OtherWayError or LostSetError, if the diagnostics of a present request allow that it is made again."""
    if any(one.meaning.means is Means.LOST for one in said):
        raise LostSetError
    if any(one.meaning.second_try in {Try.SYNTAX, Try.ELEMENTS} for one in said):
        step = after_diagnostics(speaking, Query(None), said)
        if step is not None:
            raise OtherWayError(step)


def _after(speaking: Dialect, query: Query, diagnostic: Diagnostic) -> Step[Dialect] | None:
    second_try = diagnostic.meaning.second_try
    match second_try:
        case Try.USE:
            return _without_use(speaking, query, diagnostic)
        case Try.BOOLEAN:
            return without_boolean(speaking, query, re.split(r"[^a-z]+", diagnostic.details.lower()))
        case Try.ATTRIBUTES:
            return Step(_fewer_attributes(speaking), query)
        case None:
            return None
        case _:
            return Step(msgspec.structs.replace(speaking, **_GIVES_UP[second_try](speaking)), query)


def _without_use(speaking: Dialect, query: Query, diagnostic: Diagnostic) -> Step[Dialect] | None:
    """Return the rung without the Use attribute that the server names: its field is then looked for anywhere.

    Some name none: then it is the only one that the query needs, if it needs one only. Else this question alone is
    asked anywhere. A server that does not know 1016 is asked for 1035, and then without any Use.
    """
    number = re.search(r"\d+", diagnostic.details)
    named = int(number[0]) if number else _only_use(speaking, query)
    change = msgspec.structs.replace
    left = dict(speaking.uses)
    for field, use in speaking.uses.items():
        numbers = _numbers(use)
        if named not in numbers:
            continue
        kept = tuple(one for one in numbers if one != named)
        if kept:
            left[field] = change(use, use=kept) if isinstance(use, Use) else kept
        elif field is Field.ANY:
            left[field] = ANYWHERE if named == ANY else 0
        else:
            del left[field]
    changed = change(
        speaking,
        uses=left,
        year_use=0 if named == speaking.year_use else speaking.year_use,
        language_use=0 if named == speaking.language_use else speaking.language_use,
    )
    if changed != speaking:
        return Step(changed, query)
    anything = {field: use for field, use in speaking.uses.items() if field is Field.ANY}
    bare = change(speaking, uses=anything, year_use=0, language_use=0)
    if bare == speaking:
        bare = change(speaking, uses={Field.ANY: 0})
    return Step(bare, query, is_lasting=False)


def _only_use(speaking: Dialect, query: Query) -> int | None:
    """Return the one Use that a query needs beside that for anything; None where it needs none or several."""
    fields = {clause.field for clause in clauses(query.expression)} if query.expression is not None else set()
    found = {number for field in fields - {Field.ANY} for number in _numbers(speaking.uses.get(field, 0))}
    if query.filters.year_from is not None or query.filters.year_to is not None:
        found.add(speaking.year_use)
    if query.filters.languages:
        found.add(speaking.language_use)
    found.discard(0)
    if not found and fields == {Field.ANY}:
        found = set(_numbers(speaking.uses.get(Field.ANY, 0)))
    return found.pop() if len(found) == 1 else None


def _fewer_attributes(speaking: Dialect) -> Dialect:
    """Return the rung with Use and Structure only, then with single words and Use only."""
    uses = {
        field: msgspec.structs.replace(use, attributes=None) if isinstance(use, Use) else use
        for field, use in speaking.uses.items()
    }
    fewer = msgspec.structs.replace(speaking, attributes={}, truncation=0, uses=uses)
    return fewer if fewer != speaking else msgspec.structs.replace(speaking, **_no_structure(speaking))


def _no_structure(speaking: Dialect) -> dict[str, object]:
    """Return what sends no Structure: then every word must be an operand of its own."""
    plain = _word_by_word(speaking)
    none = ("word_structure", "list_structure", "phrase_structure", "number_structure", "year_structure")
    return {"uses": plain.uses, "words": plain.words} | dict.fromkeys(none, 0)


def _word_by_word(speaking: Dialect) -> Dialect:
    uses = {
        field: msgspec.structs.replace(use, words=None, structure=None) if isinstance(use, Use) else use
        for field, use in speaking.uses.items()
    }
    return msgspec.structs.replace(speaking, words=Words.AND, uses=uses)


def _manners(speaking: Dialect) -> set[Words | None]:
    return {speaking.words} | {use.words for use in speaking.uses.values() if isinstance(use, Use)}


def _numbers(use: int | tuple[int, ...] | Use) -> tuple[int, ...]:
    match use:
        case Use():
            return use.use
        case int():
            return (use,) if use else ()
        case _:
            return use


def _without(speaking: Dialect, kind: int) -> dict[str, object]:
    """Return what sends no attribute of a type."""
    uses = {
        field: msgspec.structs.replace(use, attributes=_but(use.attributes, kind))
        if isinstance(use, Use) and use.attributes is not None
        else use
        for field, use in speaking.uses.items()
    }
    return {"attributes": _but(speaking.attributes, kind), "uses": uses}


def _but(attributes: dict[str, int], kind: int) -> dict[str, int]:
    return {one: value for one, value in attributes.items() if int(one) != kind}


def _no_relation(speaking: Dialect) -> dict[str, object]:
    form = YearForm.LIST if speaking.year_form is YearForm.RANGE else speaking.year_form
    return _without(speaking, RELATION) | {"year_form": form}


_GIVES_UP: Final[dict[Try, Callable[[Dialect], dict[str, object]]]] = {
    Try.SYNTAX: lambda speaking: {"syntaxes": speaking.syntaxes[1:]},
    Try.ELEMENTS: lambda _: {"element_set": "", "element_sets": {}},
    Try.RELATION: _no_relation,
    Try.POSITION: lambda speaking: _without(speaking, POSITION),
    Try.COMPLETENESS: lambda speaking: _without(speaking, COMPLETENESS),
    Try.TRUNCATION: lambda speaking: _without(speaking, 5) | {"truncation": 0},
    Try.STRUCTURE: _no_structure,
    # Servers that cannot read a term of several words, or of letters that they do not know.
    Try.WORDS: lambda speaking: {"uses": _word_by_word(speaking).uses, "words": Words.AND},
}
