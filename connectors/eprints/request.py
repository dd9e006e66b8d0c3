"""Says a search as the addresses of EPrints. Pure.

Sources: EPrints, EPrints::Search::serialise (the fields of a search expression are divided by `|`, their parts by `:`)
and EPrints::Plugin::Screen::AbstractSearch (an export of version 3.3 and later gives `n` records from `search_offset`,
which counts from 0; one of 3.2 the first `n`).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec

from connectors.eprints.settings import EprintsSettings
from connectors.questions.expressions import sought
from connectors.questions.simpler import Abilities
from connectors.reading.web_address import below, with_pairs
from engine.model import Clause, Expression, Field, Filters, Reason

FIELDS: Final = {
    Field.TITLE: ("title", "title", "ALL:IN"),
    Field.PERSON: ("creators_name", "creators_name", "ALL:EQ"),
    Field.SUBJECT: ("keywords", "keywords", "ALL:IN"),
    Field.PUBLISHER: ("publisher", "publisher", "ALL:IN"),
    Field.SERIES: ("publication/series/book_title", "publication/series/book_title", "ALL:IN"),
}
"""Field -> its id in the advanced search, the eprint's fields that it looks in, and how."""

CAN: Final = Abilities(fields=frozenset({Field.ANY, *FIELDS}))

_OPERATORS: Final = re.compile(r"[\"()+*=<>~\\|:&${}#]+|(?<!\w)-+|-+(?!\w)")


class Said(NamedTuple):
    """A question: which of EPrints's two searches is asked, and the fields of its expression."""

    search: str
    fields: tuple[str, ...]
    words: str = ""
    """What a reader would type into the simple box; empty for the advanced search."""

    unasked: Filters = Filters()
    notices: tuple[Reason, ...] = ()


def said(expression: Expression | None, filters: Filters) -> Said:
    """Return a question. It holds no field where nothing was asked that EPrints can be asked.

    The simple search has one box and knows no years; the advanced one has no box for anything.

    >>> said(Clause("kinh tế"), Filters())[:3]
    ('simple', ('q::ALL:IN:kinh tế',), 'kinh tế')
    >>> said(Clause("kinh tế", Field.TITLE), Filters(year_from=2010)).fields
    ('title:title:ALL:IN:kinh tế', 'date:date:ALL:EQ:2010-')
    """
    clauses = sought(expression)
    if clauses and all(clause.field is Field.ANY for clause in clauses):
        words = " ".join(_words(clause) for clause in clauses)
        return Said("simple", (f"q::ALL:IN:{words}",), words, filters)
    texts: dict[Field, list[str]] = {}
    notices: tuple[Reason, ...] = ()
    for clause in clauses:
        if clause.field is Field.ANY:
            notices = (Reason("notice.words-in-titles"),)
        field = Field.TITLE if clause.field is Field.ANY else clause.field
        texts.setdefault(field, []).append(_words(clause))
    fields = [":".join((*FIELDS[field], " ".join(words))) for field, words in texts.items()]
    left = msgspec.structs.replace(filters, year_from=None, year_to=None)
    return Said("advanced", (*fields, *_years(filters)), "", left, notices)


def _years(filters: Filters) -> tuple[str, ...]:
    if filters.year_from is None and filters.year_to is None:
        return ()
    return (f"date:date:ALL:EQ:{filters.year_from or ''}-{filters.year_to or ''}",)


def _words(clause: Clause) -> str:
    """Return words without what divides the parts of an expression or is read as an operator."""
    return " ".join(_OPERATORS.sub(" ", clause.text).split()) or "-"


def expression_of(asked: Said, settings: EprintsSettings) -> str:
    """Return the search expression as EPrints writes it itself: `0|1|order|archive|-|fields|-|`."""
    order = re.sub(r"[|\\]", "", settings.order)
    return "|".join(("0", "1", order, "archive", "-", *asked.fields, "-", ""))


def list_url(base: str, asked: Said, settings: EprintsSettings, *, offset: int) -> str:
    """Return the address of a page of hits; `offset` counts from 0."""
    pairs = [("screen", "Search"), ("dataset", "archive"), ("_action_search", "1")]
    if asked.words:
        # As the form sends it: servers before 3.3 know no other.
        pairs += [("q", asked.words), ("q_merge", "ALL")]
    else:
        pairs.append(("exp", expression_of(asked, settings)))
    pairs.append(("order", settings.order))
    if offset:
        pairs.append(("search_offset", str(offset)))
    return with_pairs(below(base, f"cgi/search/archive/{asked.search}"), pairs)


def export_url(base: str, asked: Said, settings: EprintsSettings, repository: str, *, offset: int, count: int) -> str:
    """Return the address of the export of so many hits as JSON; `offset` counts from 0."""
    pairs = [
        ("screen", "Search"),
        ("dataset", "archive"),
        ("_action_export", "1"),
        ("output", "JSON"),
        ("exp", expression_of(asked, settings)),
        ("order", settings.order),
        ("n", str(count)),
        ("cache", ""),
    ]
    if offset:
        pairs.append(("search_offset", str(offset)))
    return with_pairs(below(base, f"cgi/search/archive/{asked.search}/export_{repository}_JSON.js"), pairs)


def record_export_url(base: str, record_id: str, repository: str) -> str:
    """Return the address of the export of one record as JSON."""
    return below(base, f"cgi/export/eprint/{record_id}/JSON/{repository}-eprint-{record_id}.js")


def record_url(base: str, record_id: str) -> str:
    """Return the public page of a record."""
    return below(base, f"{record_id}/")
