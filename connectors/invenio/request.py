"""Says a search as an address of InvenioRDM's REST API. Pure.

Sources: InvenioRDM documentation, "REST API: Search records" and "Metadata reference"; the search mapping
`record-v7.0.0.json` of invenio-rdm-records. `q` is the query string syntax of OpenSearch; words side by side mean OR
there, so that AND is always written.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from connectors.questions.lucene import lucene
from connectors.questions.one_box import hyphenated
from connectors.questions.simpler import Abilities
from connectors.reading.web_address import below, with_pairs
from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Reason

_OWN_NUMBERS: Final = "metadata.identifiers.identifier"
NAMES: Final[dict[Field, tuple[str, ...]]] = {
    Field.TITLE: ("metadata.title", "metadata.additional_titles.title"),
    Field.PERSON: ("metadata.creators.person_or_org.name", "metadata.contributors.person_or_org.name"),
    Field.SUBJECT: ("metadata.subjects.subject",),
    Field.PUBLISHER: ("metadata.publisher",),
    Field.ISBN: (_OWN_NUMBERS, r"custom_fields.imprint\:imprint.isbn"),
    Field.ISSN: (_OWN_NUMBERS, r"custom_fields.journal\:journal.issn"),
    Field.IDENTIFIER: ("pids.doi.identifier", _OWN_NUMBERS),
}
CAN: Final = Abilities(
    fields=frozenset({Field.ANY, *NAMES}), has_or=True, has_not=True, has_phrases=True, has_truncation=True
)

MOST_PLACES: Final = 10_000
"""No server shows more of a list: OpenSearch's own bound."""


class Said(NamedTuple):
    """The text that asks a question, and what was given up to say it."""

    text: str
    notices: tuple[Reason, ...] = ()


def said(expression: Expression | None, filters: Filters) -> Said:
    """Return what goes into `q`: the question, and the years, which every record has.

    >>> said(Clause("kinh tế", Field.PUBLISHER), Filters(year_from=2010)).text
    '(metadata.publisher:kinh AND metadata.publisher:tế) AND metadata.publication_date_range:[2010 TO *]'
    """
    parts: list[str] = []
    notices: tuple[Reason, ...] = ()
    if expression is not None:
        asked = lucene(_with_hyphens(expression), lambda field: NAMES.get(field, ()))
        parts.append(asked.text)
        notices = asked.notices
    if filters.year_from is not None or filters.year_to is not None:
        first, last = (year if year is not None else "*" for year in (filters.year_from, filters.year_to))
        parts.append(f"metadata.publication_date_range:[{first} TO {last}]")
    return Said(" AND ".join(parts), notices)


def _with_hyphens(expression: Expression) -> Expression:
    """Return a question that asks for an ISBN with its hyphens too: repositories keep it as it was typed."""
    match expression:
        case Clause(text=text, field=Field.ISBN):
            forms = dict.fromkeys((text, *hyphenated(text, 2)))
            return Or(tuple(Clause(form, Field.ISBN) for form in forms)) if len(forms) > 1 else expression
        case Not(part=part):
            return Not(_with_hyphens(part))
        case And(parts=parts):
            return And(tuple(_with_hyphens(part) for part in parts))
        case Or(parts=parts):
            return Or(tuple(_with_hyphens(part) for part in parts))
        case _:
            return expression


def unasked(filters: Filters) -> Filters:
    """Return the filters that `said` does not hold. Asking for a language would lose the many records without one."""
    return msgspec.structs.replace(filters, year_from=None, year_to=None)


def search_url(base: str, text: str, *, page: int, size: int, community: str = "") -> str:
    """Return the address of a page of results, counted from 1.

    >>> search_url("https://kho.example.org", "tế", page=1, size=20, community="luan-an")
    'https://kho.example.org/api/communities/luan-an/records?q=t%E1%BA%BF&sort=bestmatch&page=1&size=20'
    """
    path = f"api/communities/{community}/records" if community else "api/records"
    asked = [("q", text), ("sort", "bestmatch")] if text else [("sort", "newest")]
    return with_pairs(below(base, path), [*asked, ("page", str(page)), ("size", str(size))])


def probe_text() -> str:
    """Return the plainest question."""
    return said(Clause("history"), Filters()).text
