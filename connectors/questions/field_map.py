"""Which field of a library's own index holds which part of a record, as its member file says; and its records. Pure.

The schema of such an index is the library's. A stored MARC record, where there is one, tells most; the single fields
fill in what it does not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal
from urllib.parse import quote

import msgspec

from connectors.formats.headings import web_address
from connectors.formats.named_texts import record_from_texts
from connectors.formats.stored import record_from_stored
from connectors.reading.json import Table, at, count_of, first_text, texts_of
from engine.errors import UnreadableError
from engine.model import Availability, Holding, Host, Link, LinkKind, Record, Service

Part = Literal[
    "id", "title", "subtitle", "other_titles", "authors", "contributors", "editors", "translators", "advisors",
    "publisher", "place", "year", "edition", "languages", "material", "degree", "extent", "volume", "series",
    "subjects", "summary", "notes", "isbn", "issn", "doi", "oclc", "identifiers", "ddc", "udc", "host", "links", "url",
    "branch", "location", "call_number", "item", "available", "copies", "copies_available",
]  # fmt: skip
"""The parts of a record that a field can hold."""

Name = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z_@][\w.@-]*\Z")]
"""The name of a field; an object's own field stands behind a dot."""

NameOrNone = Annotated[str, msgspec.Meta(pattern=r"\A(?:[A-Za-z_@][\w.@-]*)?\Z")]
"""The name of a field, or "" for none."""

Boosted = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z_@*][\w.@*-]*(?:\^[0-9.]+)?\Z")]
"""The name of a field that is searched, with what it weighs behind a caret."""

_NAMES: dict[str, str] = {
    "other_titles": "alternative",
    "authors": "creator",
    "contributors": "contributor",
    "editors": "contributor.editor",
    "translators": "contributor.translator",
    "advisors": "contributor.advisor",
    "publisher": "publisher",
    "place": "publisher.place",
    "year": "date.issued",
    "edition": "hasVersion",
    "languages": "language",
    "material": "type",
    "degree": "degree",
    "extent": "extent",
    "volume": "volume",
    "series": "isPartOf",
    "subjects": "subject",
    "summary": "abstract",
    "notes": "description.note",
    "isbn": "isbn",
    "issn": "issn",
    "doi": "doi",
    "oclc": "oclc",
    "identifiers": "identifier",
    "ddc": "ddc",
    "udc": "udc",
}
"""Parts, and the names that `formats.named_texts` reads them under."""

_YES = frozenset({"true", "1", "yes", "available", "có", "còn"})
_NO = frozenset({"false", "0", "no", "unavailable", "on loan", "không", "hết"})


class FieldMap(msgspec.Struct, frozen=True):
    """Fields by part, of which the first that holds anything counts; the field that holds MARC; the library's pages."""

    fields: Mapping[str, tuple[str, ...]]
    marc: str = ""
    record_url: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every field that is read."""
        found = [name for names in self.fields.values() for name in names]
        return tuple(dict.fromkeys([*found, *([self.marc] if self.marc else [])]))


def field_map(
    fields: Mapping[Part, str | tuple[str, ...]], marc: str, record_url: str, *, own_id: str = "id"
) -> FieldMap:
    """Return the map of a member file's table. Where it names no field for the id, that is `own_id` ("": none)."""
    listed: dict[str, tuple[str, ...]] = {
        part: (names,) if isinstance(names, str) else names for part, names in fields.items()
    }
    return FieldMap({"id": (own_id,) if own_id else (), **listed}, marc, record_url)


def record_from_fields(document: Table, by: FieldMap, member: str, *, own_id: str = "") -> Record | None:
    """Return the record of one document of an index; None where neither its MARC nor its fields tell a title."""
    own_id = first_text(_value(document, by, "id")) or own_id
    url = by.record_url.replace("{id}", quote(own_id, safe="")) if by.record_url and own_id else None
    told_url = first_text(_value(document, by, "url"))
    url = url or (told_url if web_address(told_url) else None)
    stored = first_text(at(document, by.marc)) if by.marc else ""
    full = record_from_stored(stored, member=member) if stored else None
    try:
        told = record_from_texts(_texts(document, by), member=member, own_id=own_id, url=url, host=_host(document, by))
    except UnreadableError:
        told = None
    if told is not None:
        links = tuple(
            Link(address, LinkKind.FULL_TEXT)
            for address in texts_of(_value(document, by, "links"))
            if web_address(address)
        )
        told = msgspec.structs.replace(told, holdings=_holdings(document, by), links=told.links + links)
    if full is None:
        return told
    full = msgspec.structs.replace(full, id=own_id or full.id, url=url or full.url)
    return filled(full, told) if told is not None else full


def filled(record: Record, other: Record) -> Record:
    """Return a record in which what it does not say is taken from another description of the same."""
    apart = {"subtitle", "raw", "other_titles", "responsibility"}
    lacking = {
        name: value
        for name in record.__struct_fields__
        if name not in apart and getattr(record, name) in {None, ()} and (value := getattr(other, name))
    }
    return msgspec.structs.replace(record, **lacking)


def _value(document: Table, by: FieldMap, part: str) -> object:
    for name in by.fields.get(part, ()):
        found = at(document, name)
        if found not in (None, "", []):
            return found
    return None


def _texts(document: Table, by: FieldMap) -> Iterator[tuple[str, str]]:
    title, *others = texts_of(_value(document, by, "title")) or [""]
    subtitle = first_text(_value(document, by, "subtitle"))
    yield "title", f"{title} : {subtitle}" if subtitle and subtitle not in title else title
    for text in others:
        yield "alternative", text
    for part, name in _NAMES.items():
        for text in texts_of(_value(document, by, part)):
            yield name, text


def _host(document: Table, by: FieldMap) -> Host | None:
    title = first_text(_value(document, by, "host"))
    return Host(title) if title else None


def _holdings(document: Table, by: FieldMap) -> tuple[Holding, ...]:
    """Return a holding for each call number or copy; lists of one length belong together."""
    listed = {part: texts_of(_value(document, by, part)) for part in ("branch", "location", "call_number", "item")}
    states = _states(_value(document, by, "available"))
    length = max((len(texts) for texts in listed.values()), default=0)
    copies = count_of(_value(document, by, "copies"))
    copies_available = count_of(_value(document, by, "copies_available"))
    if not length and not states and copies is None and copies_available is None:
        return ()

    def of(part: str, place: int) -> str | None:
        texts = listed[part]
        return texts[place] if place < len(texts) else texts[0] if len(texts) == 1 and part != "item" else None

    return tuple(
        Holding(
            branch=of("branch", place),
            location=of("location", place),
            call_number=of("call_number", place),
            item=of("item", place),
            copies=copies if length < 2 else None,
            copies_available=copies_available if length < 2 else None,
            availability=_availability(
                states[place] if place < len(states) else states[0] if len(states) == 1 else None
            ),
        )
        for place in range(max(length, 1))
    )


def _states(value: object) -> list[bool | None]:
    found: list[bool | None] = []
    for one in value if isinstance(value, list) else [] if value is None else [value]:
        word = str(one).strip().lower()
        found.append(True if word in _YES else False if word in _NO else None)
    return found


def _availability(state: bool | None) -> tuple[Availability, ...] | None:
    return (Availability(Service.LOAN, state),) if state is not None else None


GUESSES: dict[Part, tuple[str, ...]] = {
    "title": ("title_display", "title_tsim", "title_full", "title", "title_t", "title_txt", "dc_title", "dc.title"),
    "subtitle": ("subtitle_display", "subtitle_tsim", "title_sub", "subtitle"),
    "authors": (
        "author_display",
        "author_tsim",
        "author",
        "authors",
        "author_s",
        "creator",
        "dc_creator",
        "dc.creator",
    ),
    "contributors": ("author2", "contributor", "contributors", "dc_contributor", "dc.contributor"),
    "publisher": ("publisher", "publisher_tsim", "published_display", "dc_publisher", "dc.publisher"),
    "year": ("publishDate", "pub_date", "pub_date_ssim", "pub_date_si", "year", "date", "dc_date", "dc.date.issued"),
    "languages": ("language", "language_ssim", "language_facet", "languages", "lang", "dc_language"),
    "material": ("format", "material_type_display", "type", "document_type", "dc_type"),
    "subjects": ("topic", "subject_tsim", "subject_topic_facet", "subject", "subjects", "dc_subject"),
    "summary": ("description", "abstract", "summary", "contents"),
    "isbn": ("isbn", "isbn_t", "isbn_ssm", "isbn_tsim"),
    "issn": ("issn", "issn_tsim"),
    "series": ("series", "series_tsim"),
    "edition": ("edition", "edition_tsim"),
    "extent": ("physical", "extent"),
    "call_number": ("callnumber-raw", "callnumber", "call_number", "lc_callnum_ssm", "lc_callnum_display"),
}
"""Names under which known schemas (VuFind's, Blacklight's, Dublin Core) keep the parts of a record."""

MARC_GUESSES = ("fullrecord", "marc_ss", "marc_display", "marc_record", "marcxml", "marc_xml", "marc")


def guessed(names: Iterator[str] | set[str]) -> tuple[dict[str, str], str]:
    """Return which of these fields likely hold which part, and which the stored MARC ("" for none)."""
    known = set(names)
    fields = {part: name for part, options in GUESSES.items() for name in options[::-1] if name in known}
    return {str(part): name for part, name in fields.items()}, next((one for one in MARC_GUESSES if one in known), "")
