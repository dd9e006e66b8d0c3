"""The ladder of second tries: which other way of asking a server's own words allow. Pure.

A rung is a `Dialect`; see `connectors.questions.second_tries`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from connectors.questions import second_tries
from connectors.questions.cql_map import Index, Quoting, Words, YearForm
from connectors.questions.expressions import clauses
from connectors.questions.second_tries import Step, first_change, without_boolean
from connectors.sru.diagnostics import Diagnostic, Try
from connectors.sru.settings import Dialect, Packing, Version
from engine.model import Field, Query

_LOWER = {Version.V2_0: Version.V1_2, Version.V1_2: Version.V1_1}


def after_diagnostics(speaking: Dialect, query: Query, said: tuple[Diagnostic, ...]) -> Step[Dialect] | None:
    """Return the next rung after a server's diagnostics, None where they allow none."""
    return first_change(speaking, query, (_after(speaking, query, diagnostic) for diagnostic in said))


def after_nothing(speaking: Dialect, query: Query) -> Step[Dialect] | None:
    """Return the next rung after an answer without hits, None where nothing is left to try.

    Words that were sent side by side are first asked for one by one; then marked words without their marks.
    """
    side_by_side = {Words.PHRASE, Words.ADJ}
    manners = {speaking.words} | {index.words for index in speaking.indexes.values() if isinstance(index, Index)}
    word_by_word = _word_by_word(speaking) if manners & side_by_side else None
    return second_tries.after_nothing(speaking, query, word_by_word=word_by_word)


def _after(speaking: Dialect, query: Query, diagnostic: Diagnostic) -> Step[Dialect] | None:
    second_try = diagnostic.meaning.second_try
    if second_try in _GIVES_UP:
        return Step(msgspec.structs.replace(speaking, **_GIVES_UP[second_try](speaking)), query)
    match second_try:
        case Try.VERSION:
            return _lower_version(speaking, query, diagnostic)
        case Try.PARAMETER:
            return _without_parameter(speaking, query, diagnostic)
        case Try.INDEX:
            return _without_index(speaking, query, diagnostic)
        case Try.BOOLEAN:
            return without_boolean(speaking, query, diagnostic.details.lower().split())
        case _:
            return None


def _lower_version(speaking: Dialect, query: Query, diagnostic: Diagnostic) -> Step[Dialect] | None:
    """Return the rung of the version that the server names as its highest, else of the next lower one."""
    lower = _LOWER.get(speaking.version)
    named = re.search(r"\b(1\.1|1\.2)\b", diagnostic.details)
    if lower is not None and named and named[1] < speaking.version.value:
        lower = Version(named[1])
    return Step(msgspec.structs.replace(speaking, version=lower), query) if lower is not None else None


def _without_parameter(speaking: Dialect, query: Query, diagnostic: Diagnostic) -> Step[Dialect] | None:
    """Return the rung without the parameter that the server names, else without the next one it can do without."""
    change = msgspec.structs.replace
    named = diagnostic.details + " " + diagnostic.message
    if "version" in named and diagnostic.number == 6:
        return _lower_version(speaking, query, diagnostic)
    if "recordSchema" in named:
        return Step(change(speaking, schemas=speaking.schemas[1:]), query)
    if "maximumRecords" in named and speaking.max_records > 10:
        return Step(change(speaking, max_records=10), query)
    for name in speaking.parameters:
        if name in named:
            kept = {other: value for other, value in speaking.parameters.items() if other != name}
            return Step(change(speaking, parameters=kept), query)
    if "sortKeys" not in named and speaking.packing is not Packing.NONE:
        return Step(change(speaking, packing=Packing.NONE), query)
    return Step(change(speaking, sort=""), query)


def _without_index(speaking: Dialect, query: Query, diagnostic: Diagnostic) -> Step[Dialect] | None:
    """Return the rung without the index or the context set that the server names.

    Zebra names none: then it is the only one that the query needs, if it needs one only. Else this question alone is
    asked in the index for anything.
    """
    named = diagnostic.details.strip().strip("\"'") or _only_index(speaking, query)
    change = msgspec.structs.replace

    def is_meant(name: str) -> bool:
        return bool(named) and (name == named or name.startswith(f"{named}.") or name.rpartition(".")[2] == named)

    left = dict(speaking.indexes)
    for field, index in speaking.indexes.items():
        names = _names(index)
        kept = tuple(name for name in names if not is_meant(name))
        if kept == names:
            continue
        if kept:
            left[field] = change(index, names=kept) if isinstance(index, Index) else kept
        elif field is Field.ANY:
            left[field] = ""  # the bare term: the server's own choice
        else:
            del left[field]
    changed = change(
        speaking,
        indexes=left,
        year_index="" if is_meant(speaking.year_index) else speaking.year_index,
        language_index="" if is_meant(speaking.language_index) else speaking.language_index,
    )
    if changed != speaking:
        return Step(changed, query)
    anything = {field: index for field, index in speaking.indexes.items() if field is Field.ANY}
    bare = change(speaking, indexes=anything, year_index="", language_index="")
    if bare == speaking:
        bare = change(speaking, indexes={Field.ANY: ""})
    return Step(bare, query, is_lasting=False)


def _only_index(speaking: Dialect, query: Query) -> str:
    """Return the name of the one index that a query needs beside that for anything; empty where it needs several."""
    fields = {clause.field for clause in clauses(query.expression)} if query.expression is not None else set()
    names = {name for field in fields if field is not Field.ANY for name in _names(speaking.indexes.get(field, ""))}
    if query.filters.year_from is not None or query.filters.year_to is not None:
        names.add(speaking.year_index)
    if query.filters.languages:
        names.add(speaking.language_index)
    names.discard("")
    return names.pop() if len(names) == 1 else ""


def _plain_relations(speaking: Dialect) -> dict[str, object]:
    """Return what makes every relation `=` and every word a clause of its own."""
    plain = _word_by_word(speaking)
    form = YearForm.LIST if plain.year_form in {YearForm.RANGE, YearForm.WITHIN} else plain.year_form
    return {
        "words": plain.words,
        "indexes": plain.indexes,
        "relation": "=",
        "phrase_relation": "=",
        "year_form": form,
    }


def _word_by_word(speaking: Dialect) -> Dialect:
    indexes = {
        field: msgspec.structs.replace(index, words=None, relation=None, phrase_relation=None)
        if isinstance(index, Index)
        else index
        for field, index in speaking.indexes.items()
    }
    return msgspec.structs.replace(speaking, words=Words.AND, indexes=indexes)


def _names(index: str | tuple[str, ...] | Index) -> tuple[str, ...]:
    match index:
        case Index():
            return index.names
        case str():
            return (index,) if index else ()
        case _:
            return index


_GIVES_UP: dict[Try | None, Callable[[Dialect], dict[str, object]]] = {
    Try.SCHEMA: lambda speaking: {"schemas": speaking.schemas[1:]},
    Try.PACKING: lambda _: {"packing": Packing.NONE},
    Try.SORT: lambda _: {"sort": ""},
    # Servers that read no escapes take what they cannot read for a syntax error.
    Try.QUOTES: lambda _: {"quoting": Quoting.SPACE},
    Try.MASKING: lambda _: {"truncation": ""},
    Try.RELATION: _plain_relations,
}
