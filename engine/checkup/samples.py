"""Words to try a server with, taken from its own records. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from engine.model import Field, PersonKind, Record, Scheme
from engine.text import folded_key, unmarked

_OTHER_TONE: Final = {
    "\u0301": "\u0300",
    "\u0300": "\u0301",
    "\u0309": "\u0303",
    "\u0303": "\u0309",
    "\u0323": "\u0301",
}
_MOST_WORDS: Final = 4
_SCHEMES: Final = {
    Field.ISBN: {Scheme.ISBN}, Field.ISSN: {Scheme.ISSN}, Field.IDENTIFIER: {Scheme.DOI, Scheme.HANDLE},
}  # fmt: skip


def sample(records: Sequence[Record], field: Field) -> str | None:
    """Return words that stand in a field of one of these records; None where none has it."""
    return next((text for record in records if (text := _text(record, field))), None)


def _text(record: Record, field: Field) -> str:
    return next((text for text in _texts(record, field) if text), "")


def _texts(record: Record, field: Field) -> Iterator[str]:
    """Give what stands in a field, short enough to find it by."""
    match field:
        case Field.ANY | Field.TITLE:
            yield _words(record.title)
        case Field.PERSON:
            yield from (_words(person.name) for person in record.people if person.kind is PersonKind.PERSON)
        case Field.SUBJECT:
            yield from map(_words, record.subjects)
        case Field.PUBLISHER:
            yield _words(record.publisher or "")
        case Field.SERIES:
            yield from (_words(series.title) for series in record.series)
        case Field.ISBN | Field.ISSN | Field.IDENTIFIER:
            yield from (one.value for one in record.identifiers if one.valid and one.scheme in _SCHEMES[field])
        case Field.CALL_NUMBER:
            yield from (holding.call_number or "" for holding in record.holdings)
            yield from (one.number for one in record.classes)


def _words(text: str) -> str:
    """Return the first words of a text without its punctuation: enough to find it by."""
    return " ".join(re.findall(r"[^\W_]+", text)[:_MOST_WORDS])


def holds(record: Record, field: Field, text: str) -> bool:
    """Whether a record has all words of a text in a field, whatever their marks."""
    places = {
        Field.TITLE: (record.title, record.subtitle or "", record.part_title or "", *record.other_titles),
        Field.PERSON: (*(person.name for person in record.people), record.responsibility or ""),
        Field.SUBJECT: record.subjects,
        Field.PUBLISHER: (record.publisher or "",),
        Field.SERIES: tuple(series.title for series in record.series),
        Field.ISBN: tuple(one.value for one in record.identifiers),
        Field.ISSN: (*(one.value for one in record.identifiers), record.host.issn or "" if record.host else ""),
    }.get(field)
    if places is None:
        return True
    found = set(folded_key(" ".join(places)).split())
    return set(folded_key(text).split()) <= found


def has_marks(text: str) -> bool:
    """Whether a text has letters that are other ones without their marks."""
    return unmarked(text) != text


def with_wrong_tones(text: str) -> str | None:
    """Return a text with other tones than it has; None where it has none.

    >>> with_wrong_tones("kinh tế vĩ mô")
    'kinh tề vỉ mô'
    """
    changed = "".join(_OTHER_TONE.get(letter, letter) for letter in unicodedata.normalize("NFD", text))
    wrong = unicodedata.normalize("NFC", changed)
    return wrong if wrong != unicodedata.normalize("NFC", text) else None


def decomposed(text: str) -> str:
    """Return a text in NFD, as macOS and some keyboards give it."""
    return unicodedata.normalize("NFD", text)
