"""RIS: what EndNote, Mendeley, Zotero and nearly all others read. UTF-8, lines end with CR and LF.

A name without parts ends with a comma, else EndNote takes its last word for the family's; commas inside it would part
it, so they become full stops as catalogues write bodies ("Bộ Y tế. Cục Quản lý Dược").
Source: the RIS specification of Research Information Systems (2001, 2011).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.export.kinds import kind_of, thesis_words
from engine.export.names import Name, credits_of
from engine.export.texts import (
    call_number_of,
    doi_of,
    isbns_of,
    issn_of,
    language_of,
    line,
    page_count_of,
    pages_of,
    school_of,
    shown_edition,
    web_of,
    whole_title,
)
from engine.model import Record

_MOST_SUBJECTS = 50


def ris(records: Sequence[Record]) -> bytes:
    """Return the records as one file."""
    return "".join(f"{tag}  - {value}\r\n" for record in records for tag, value in _lines(record)).encode()


def _name(name: Name) -> str:
    return name.inverted if name.given else name.family.replace(", ", ". ").replace(",", ".") + ","


def _lines(record: Record) -> Iterator[tuple[str, str]]:
    yield "TY", kind_of(record).ris
    for tag, value in _values(record):
        if value:
            yield tag, value
    yield "ER", ""


def _values(record: Record) -> Iterator[tuple[str, str]]:
    authors, editors, translators = credits_of(record)
    yield "TI", whole_title(record)
    yield from (("AU", _name(name)) for name in authors)
    yield from (("ED", _name(name)) for name in editors)
    yield from (("A4", _name(name)) for name in translators)
    yield "PY", str(record.year) if record.year is not None else ""
    yield "PB", school_of(record)
    yield "CY", line(record.place)
    yield "ET", shown_edition(record)
    yield "M3", thesis_words(record)
    yield from _where(record)
    yield from (("SN", number) for number in isbns_of(record) or (issn_of(record),))
    yield "DO", doi_of(record)
    yield "UR", web_of(record)
    yield "LA", language_of(record)
    yield "CN", call_number_of(record)
    yield from (("KW", line(subject)) for subject in record.subjects[:_MOST_SUBJECTS])
    yield "AB", line(record.summary)
    yield from (("N1", line(note)) for note in record.notes)
    yield "ID", f"{record.member}~{line(record.id)}"


def _where(record: Record) -> Iterator[tuple[str, str]]:
    """Say in what a work stands: its host, or else its series."""
    host = record.host
    if host is not None:
        first, last = pages_of(record)
        yield from (("T2", line(host.title)), ("VL", line(host.volume)), ("IS", line(host.issue)))
        yield from (("SP", first), ("EP", last))
        return
    yield "VL", line(record.volume)
    yield "SP", page_count_of(record)
    if record.series:
        yield "T2", line(record.series[0].title)
        yield "M1", line(record.series[0].number)
