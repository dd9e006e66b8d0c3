"""The words a record is found by, folded and marked, in the columns that every index searches.

Folding is ours (`engine.text`), never the store's: what is written here and what is asked there go through
the same functions, so any store that can keep apart tokens divided by spaces will do. A column holds the
folded tokens in their order, then those tokens once more that carry marks: whoever types marks finds both.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.model import Field, Record
from engine.text import exact_key, folded_key

WALL = "¦"
"""A token between two values of a column, so that no phrase runs from one into the next."""

COLUMN_WEIGHTS: dict[str, float] = {
    "title": 8.0,
    "people": 5.0,
    "subject": 3.0,
    "identifiers": 10.0,
    "publisher": 1.0,
    "series": 1.0,
    "shelf": 1.0,
    "rest": 1.0,
}
"""The columns and what a word found in each weighs."""

FIELD_COLUMN: dict[Field, str | None] = {
    Field.ANY: None,
    Field.TITLE: "title",
    Field.PERSON: "people",
    Field.SUBJECT: "subject",
    Field.PUBLISHER: "publisher",
    Field.SERIES: "series",
    Field.ISBN: "identifiers",
    Field.ISSN: "identifiers",
    Field.IDENTIFIER: "identifiers",
    Field.CALL_NUMBER: "shelf",
}
"""The column that a clause of a field looks in; None: all of them."""

LONGEST_COLUMN = 1_000
"""Characters of one value that are searched: a summary is cut there."""


class Words(msgspec.Struct, frozen=True):
    """The texts of one record's columns, named as in COLUMN_WEIGHTS."""

    title: str
    people: str
    subject: str
    identifiers: str
    publisher: str
    series: str
    shelf: str
    rest: str


def compact(identifier: str) -> str:
    """Return an identifier as one token: lower case letters and digits of it only.

    >>> compact("10.1000/ABC-12"), compact("1859-000X")
    ('101000abc12', '1859000x')
    """
    return "".join(letter for letter in identifier.lower() if letter.isalnum())


def column(values: Iterable[str | None]) -> str:
    """Return what one column holds for these values."""
    folded: list[str] = []
    marked: dict[str, None] = {}
    for value in values:
        if not value:
            continue
        text = value[:LONGEST_COLUMN]
        key = folded_key(text)
        if key:
            folded.append(key)
        if not text.isascii():
            plain = set(key.split())
            marked.update((token, None) for token in exact_key(text).split() if token not in plain)
    if marked:
        folded.append(" ".join(marked))
    return f" {WALL} ".join(folded)


def words(record: Record) -> Words:
    """Return the words that a record is found by."""
    host = record.host
    numbers = [identifier.value for identifier in record.identifiers]
    if host:
        numbers += [number for number in (host.issn, host.isbn) if number]
    return Words(
        title=column((_heading(record), record.part_title, *record.other_titles)),
        people=column((*(person.name for person in record.people), record.responsibility)),
        subject=column(record.subjects),
        identifiers=f" {WALL} ".join(dict.fromkeys(token for number in numbers if (token := compact(number)))),
        publisher=column((record.publisher,)),
        series=column([*(series.title for series in record.series), *([host.title] if host else [])]),
        shelf=column(
            [*(number.number for number in record.classes), *(holding.call_number for holding in record.holdings)]
        ),
        rest=column(
            (record.summary, *record.notes, record.place, record.edition, str(record.year) if record.year else None)
        ),
    )


def _heading(record: Record) -> str:
    return " ".join(part for part in (record.title, record.subtitle, record.volume) if part)


def is_available(record: Record) -> bool:
    """Whether some copy of it is known to be had now."""
    return any(
        bool(holding.copies_available) or any(service.available for service in holding.availability or ())
        for holding in record.holdings
    )
