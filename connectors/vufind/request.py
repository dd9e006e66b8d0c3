"""Says a query in VuFind's parameters, the same for its REST interface and its pages. Pure.

A question of one clause is a basic search (`lookfor`, `type`), one of several an advanced search: groups of typed
clauses with one boolean inside each and one between them. Source: VuFind, Search/Base/Params and Search/QueryAdapter.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from connectors.questions.expressions import clauses
from connectors.questions.lucene import lucene, plain
from connectors.questions.notices import once
from connectors.vufind.settings import TYPES, VufindSettings
from engine.errors import UnsupportedError
from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Query, Reason

Pairs = tuple[tuple[str, str], ...]

ASKED_FIELDS = (
    "id", "title", "shortTitle", "subTitle", "titleSection", "authors", "formats", "languages", "publishers",
    "placesOfPublication", "publicationDates", "edition", "series", "subjects", "isbns", "issns", "cleanDoi", "oclc",
    "callNumbers", "physicalDescriptions", "summary", "generalNotes", "urls", "institutions", "containerTitle",
    "containerVolume", "containerIssue", "containerStartPage", "containerEndPage",
)  # fmt: skip
"""What is asked of each record. A field that a version does not know is passed over by it.

Source: VuFind, SearchApiRecordFields.yaml.
"""


class VufindQuery(msgspec.Struct, frozen=True):
    """A query in VuFind's parameters, what was given up, and the filters that they do not hold."""

    pairs: Pairs
    notices: tuple[Reason, ...] = ()
    unasked: Filters = Filters()


class _Group(NamedTuple):
    boolean: str
    clauses: tuple[Clause, ...]


def vufind_query(query: Query, settings: VufindSettings) -> VufindQuery:
    """Return the parameters of a query.

    Raises UnsupportedError where nothing is left that VuFind can be asked.

    >>> vufind_query(Query(Clause("kinh tế", field=Field.TITLE)), VufindSettings()).pairs
    (('lookfor', 'kinh tế'), ('type', 'Title'))
    """
    notices: list[Reason] = []
    types = {field: name for field, name in (TYPES | settings.types).items() if name}
    filters, unasked = _filters(query.filters, settings)
    pairs = _pairs(query.expression, types, notices) if query.expression is not None else (("lookfor", ""),)
    if query.expression is None and not filters:
        raise UnsupportedError("neither words nor a filter that VuFind could be asked for")
    fixed = tuple(("filter[]", text) for text in settings.filters)
    kept = once(notices)
    return VufindQuery(pairs + filters + fixed, kept, unasked)


def _pairs(expression: Expression, types: dict[Field, str], notices: list[Reason]) -> Pairs:
    groups, join = _groups(expression)
    if groups is None:  # nested deeper than groups go
        fields = {clause.field for clause in clauses(expression)}
        if len(fields) == 1:
            nested = lucene(expression, lambda _: ())
            notices += nested.notices
            return ("lookfor", nested.text), ("type", _type(fields.pop(), types, notices))
        groups, join = _simplified(expression, notices), "AND"
    said_groups = [
        (group.boolean, [pair for clause in group.clauses if (pair := _typed(clause, types, notices))[0]])
        for group in groups
    ]
    said_groups = [(boolean, said) for boolean, said in said_groups if said]
    if not any(boolean != "NOT" for boolean, _ in said_groups):
        raise UnsupportedError("a query without a word to look for")
    if len(said_groups) == 1 and len(said_groups[0][1]) == 1:
        text, kind = said_groups[0][1][0]
        return ("lookfor", text), ("type", kind)
    found: list[tuple[str, str]] = [("join", join)]
    for at, (boolean, said) in enumerate(said_groups):
        found.append((f"bool{at}[]", boolean))
        for text, kind in said:
            found += [(f"lookfor{at}[]", text), (f"type{at}[]", kind)]
    return tuple(found)


def _groups(expression: Expression) -> tuple[list[_Group] | None, str]:
    """Return the groups of an expression and what joins them; None where it is nested deeper."""
    match expression:
        case Clause():
            return [_Group("AND", (expression,))], "AND"
        case Not():
            raise UnsupportedError("a query that only excludes")
        case Or():
            alternatives = tuple(part for part in expression.parts if isinstance(part, Clause))
            others = [part for part in expression.parts if not isinstance(part, Clause)]
            joined = [_clauses_of(part, And) for part in others]
            if any(group is None for group in joined):
                return None, "OR"
            found = [_Group("OR", alternatives)] if alternatives else []
            return found + [_Group("AND", group) for group in joined if group], "OR"
        case And():
            found = []
            together = tuple(part for part in expression.parts if isinstance(part, Clause))
            if together:
                found.append(_Group("AND", together))
            for part in expression.parts:
                if isinstance(part, Clause):
                    continue
                inner = part.part if isinstance(part, Not) else part
                group = (inner,) if isinstance(inner, Clause) else _clauses_of(inner, Or)
                if group is None:
                    return None, "AND"
                found.append(_Group("NOT" if isinstance(part, Not) else "OR", group))
            return found, "AND"


def _clauses_of(expression: Expression, kind: type[And | Or]) -> tuple[Clause, ...] | None:
    """Return the parts of an And or Or that holds nothing but clauses, None of any other expression."""
    if not isinstance(expression, kind):
        return None
    found = tuple(part for part in expression.parts if isinstance(part, Clause))
    return found if len(found) == len(expression.parts) else None


def _simplified(expression: Expression, notices: list[Reason]) -> list[_Group]:
    """Return what is left of an expression that is nested too deep: of alternatives the first, no exclusions."""
    match expression:
        case Clause():
            return [_Group("AND", (expression,))]
        case Or():
            notices.append(Reason("notice.dropped-alternatives"))
            return _simplified(expression.parts[0], notices)
        case Not():
            notices.append(Reason("notice.dropped-exclusion"))
            return []
        case And():
            return [group for part in expression.parts for group in _simplified(part, notices)]


def _typed(clause: Clause, types: dict[Field, str], notices: list[Reason]) -> tuple[str, str]:
    said = plain(clause)
    notices += said.notices
    return said.text, _type(clause.field, types, notices) if said.text else ""


def _type(field: Field, types: dict[Field, str], notices: list[Reason]) -> str:
    if field not in types:
        notices.append(Reason("notice.any-field", {"field": field.value}))
    return types.get(field) or types.get(Field.ANY, TYPES[Field.ANY])


def _filters(filters: Filters, settings: VufindSettings) -> tuple[Pairs, Filters]:
    """Return what VuFind can filter by, and what is left to filter here."""
    pairs: list[tuple[str, str]] = []
    first, last = filters.year_from, filters.year_to
    if settings.year_filter and (first is not None or last is not None):
        span = f"[{'*' if first is None else first} TO {'*' if last is None else last}]"
        pairs.append(("filter[]", f'{settings.year_filter}:"{span}"'))
        filters = msgspec.structs.replace(filters, year_from=None, year_to=None)
    if settings.language_filter and filters.languages and set(filters.languages) <= settings.languages.keys():
        # The tilde makes alternatives of several values.
        pairs += [
            ("filter[]", f'~{settings.language_filter}:"{settings.languages[code]}"') for code in filters.languages
        ]
        filters = msgspec.structs.replace(filters, languages=())
    return tuple(pairs), filters


def page_pairs(number: int, limit: int) -> Pairs:
    """Return the parameters of one page."""
    return ("page", str(number)), ("limit", str(limit))


def field_pairs(settings: VufindSettings) -> Pairs:
    """Return the parameters that name what is asked of each record."""
    names = (*ASKED_FIELDS, "fullRecord") if settings.full_record else ASKED_FIELDS
    return tuple(("field[]", name) for name in names)
