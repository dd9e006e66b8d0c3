"""CSL-JSON: what citation processors, Zotero and Pandoc read. Names that may not be parted are `literal`.

Source: the CSL 1.0.2 data schema and the appendix of its specification.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

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
from engine.model import Material, Record

Item = dict[str, object]
"""A work as CSL-JSON has it."""


def csl_json(records: Sequence[Record]) -> bytes:
    """Return the records as one file."""
    return msgspec.json.format(msgspec.json.encode([item(record) for record in records]), indent=2) + b"\n"


def item(record: Record) -> Item:
    """Return a record as CSL-JSON. What is not known is not there.

    >>> item(Record("neu", "1", "Kinh tế vi mô", year=2012, languages=("vie",)))["issued"]
    {'date-parts': [[2012]]}
    """
    return {name: value for name, value in _values(record) if value}


def _name(name: Name) -> dict[str, str]:
    return {"literal": name.family} if name.is_whole else {"family": name.family, "given": name.given}


def _values(record: Record) -> Iterator[tuple[str, object]]:
    authors, editors, translators = credits_of(record)
    yield "id", f"{record.member}~{line(record.id)}"
    yield "type", kind_of(record).csl
    yield "title", whole_title(record)
    yield "author", [_name(name) for name in authors]
    yield "editor", [_name(name) for name in editors]
    yield "translator", [_name(name) for name in translators]
    yield "issued", {"date-parts": [[record.year]]} if record.year is not None else None
    yield "publisher", school_of(record)
    yield "publisher-place", line(record.place)
    yield "edition", shown_edition(record)
    yield "genre", thesis_words(record)
    yield from _where(record)
    yield "ISBN", " ".join(isbns_of(record))
    yield "ISSN", issn_of(record)
    yield "DOI", doi_of(record)
    yield "URL", web_of(record)
    yield "language", language_of(record)
    yield "call-number", call_number_of(record)
    yield "abstract", line(record.summary)


def _where(record: Record) -> Iterator[tuple[str, object]]:
    host = record.host
    if host is not None:
        yield "container-title", line(host.title)
        yield "volume", line(host.volume)
        yield "issue", line(host.issue)
        yield "page", "-".join(filter(None, pages_of(record)))
        return
    yield "volume", line(record.volume)
    if record.material is not Material.JOURNAL:
        yield "number-of-pages", page_count_of(record)
    if record.series:
        yield "collection-title", line(record.series[0].title)
        yield "collection-number", line(record.series[0].number)
