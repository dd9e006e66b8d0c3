"""What of an answer certainly contradicts the question, and is dropped here. What is unknown stays.

A member may not understand a filter or a NOT; a record that says itself that it does not belong is not shown.
Words that are asked for need not be seen: a member may have found them in fields that it does not send.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine import text
from engine.model import (
    And,
    Availability,
    Clause,
    Expression,
    Field,
    Filters,
    Identifier,
    LinkKind,
    Not,
    Or,
    Query,
    Record,
    Scheme,
    Service,
)

Belongs = Callable[[Record], bool]


def narrower(query: Query) -> Belongs | None:
    """Tell of a record whether it may belong to the answer; None if nothing is to be dropped.

    >>> from engine.model import Filters
    >>> may_belong = narrower(Query(None, Filters(year_from=2010)))
    >>> [may_belong(Record("m", "1", "A", year=year)) for year in (2009, 2010, None)]
    [False, True, True]
    """
    filters, expression = query.filters, query.expression
    has_not = expression is not None and _has_not(expression)
    if not has_not and filters == Filters(members=filters.members, not_members=filters.not_members):
        return None

    def may_belong(record: Record) -> bool:
        if not _passes(record, filters):
            return False
        return not (has_not and expression is not None and _is_false(expression, record))

    return may_belong


# Filters ------------------------------------------------------------------------------


def _passes(record: Record, filters: Filters) -> bool:
    return (
        _year_passes(record, filters)
        and _languages_pass(record, filters)
        and _kind_passes(record, filters)
        and not (filters.available_only and is_available(record) is False)
        and not (filters.online_only and record.is_online is False and not has_full_text(record))
    )


def _year_passes(record: Record, filters: Filters) -> bool:
    if record.year is None:
        return True
    is_late = filters.year_from is None or record.year >= filters.year_from
    return is_late and (filters.year_to is None or record.year <= filters.year_to)


def _languages_pass(record: Record, filters: Filters) -> bool:
    languages = {language for language in record.languages if language != "und"}
    if not languages:
        return True
    is_wanted = not filters.languages or not languages.isdisjoint(filters.languages)
    return is_wanted and not languages.issubset(filters.not_languages)


def _kind_passes(record: Record, filters: Filters) -> bool:
    if filters.degrees and record.degree is not None and record.degree not in filters.degrees:
        return False
    if record.material is None:
        return True
    is_wanted = not filters.materials or record.material in filters.materials
    return is_wanted and record.material not in filters.not_materials


def is_available(record: Record) -> bool | None:
    """Whether something of the record is to be had now; None where the member did not say."""
    if record.is_online or has_full_text(record):
        return True
    said = False
    for holding in record.holdings:
        if holding.copies_available is not None:
            said = True
            if holding.copies_available > 0:
                return True
        elif holding.availability is not None:
            said = True
            if _is_to_be_had(holding.availability):
                return True
        else:
            return None
    return False if said else None


def _is_to_be_had(services: Iterable[Availability]) -> bool:
    return any(one.available and one.service is not Service.INTERLOAN for one in services)


def has_full_text(record: Record) -> bool:
    """Whether a link leads to the full text."""
    return any(link.kind is LinkKind.FULL_TEXT for link in record.links)


# NOT ----------------------------------------------------------------------------------


def _has_not(expression: Expression) -> bool:
    if isinstance(expression, Not):
        return True
    return isinstance(expression, And | Or) and any(_has_not(part) for part in expression.parts)


def _is_false(expression: Expression, record: Record) -> bool:
    """Whether the expression certainly does not hold of the record. Words not seen are not certainly absent."""
    if isinstance(expression, Not):
        return _is_true(expression.part, record)
    if isinstance(expression, And):
        return any(_is_false(part, record) for part in expression.parts)
    if isinstance(expression, Or):
        return all(_is_false(part, record) for part in expression.parts)
    return False


def _is_true(expression: Expression, record: Record) -> bool:
    """Whether the expression certainly holds of the record."""
    if isinstance(expression, Not):
        return _is_false(expression.part, record)
    if isinstance(expression, And):
        return all(_is_true(part, record) for part in expression.parts)
    if isinstance(expression, Or):
        return any(_is_true(part, record) for part in expression.parts)
    return _holds(expression, record)


def _holds(clause: Clause, record: Record) -> bool:
    if clause.field in {Field.ISBN, Field.ISSN, Field.IDENTIFIER}:
        return any(_is_named(identifier, clause) for identifier in record.identifiers)
    typed = text.exact_key(clause.text)
    is_marked = typed != text.folded_key(clause.text)
    key = text.exact_key if is_marked else text.folded_key
    wanted = key(clause.text).split()
    texts = [key(found) for found in _texts(record, clause.field)]
    if not wanted or not texts:
        return False
    if clause.is_phrase or (clause.field is not Field.ANY and len(wanted) == 1):
        phrase = " " + " ".join(wanted) + ("" if clause.is_truncated else " ")
        return any(phrase in f" {found} " for found in texts)
    words = {word for found in texts for word in found.split()}
    if clause.is_truncated:
        *wanted, last = wanted
        if not any(word.startswith(last) for word in words):
            return False
    return words.issuperset(wanted)


def _is_named(identifier: Identifier, clause: Clause) -> bool:
    if identifier.value != clause.text:
        return False
    wanted = {Field.ISBN: Scheme.ISBN, Field.ISSN: Scheme.ISSN}.get(clause.field)
    return wanted is None or identifier.scheme is wanted


def _texts(record: Record, field: Field) -> list[str]:
    """Return what a record shows of a field."""
    title = [record.title, record.subtitle, record.part_title, *record.other_titles]
    people: list[str | None] = [person.name for person in record.people]
    series: list[str | None] = [series.title for series in record.series]
    subjects: list[str | None] = list(record.subjects)
    call_numbers: list[str | None] = [holding.call_number for holding in record.holdings]
    by_field: dict[Field, list[str | None]] = {
        Field.TITLE: title,
        Field.PERSON: people,
        Field.SUBJECT: subjects,
        Field.PUBLISHER: [record.publisher],
        Field.SERIES: series,
        Field.CALL_NUMBER: call_numbers,
    }
    chosen = by_field.get(field, [*title, *people, *series, *subjects, record.publisher])
    return [found for found in chosen if found]
