"""Reads an answer of VuFind's REST interface. Pure.

Source: VuFind, SearchApiRecordFields.yaml and RecordFormatter.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from connectors.formats.headings import link_kind, web_address
from connectors.formats.named_texts import record_from_texts
from connectors.formats.stored import record_from_stored
from connectors.formats.tidy import role_of
from connectors.lists.by_place import Listed
from connectors.questions.field_map import filled
from connectors.reading.json import Table, count_of, first_text, table_of, tables_of, texts_of
from engine.errors import FaultError, RefusedError, UnreadableError, UnsupportedError
from engine.model import Holding, Host, Link, Record

_NAMES = (
    ("formats", "type"),
    ("languages", "language"),
    ("publishers", "publisher"),
    ("placesOfPublication", "publisher.place"),
    ("publicationDates", "date.issued"),
    ("edition", "hasVersion"),
    ("isbns", "isbn"),
    ("issns", "issn"),
    ("cleanDoi", "doi"),
    ("oclc", "oclc"),
    ("physicalDescriptions", "extent"),
    ("summary", "abstract"),
    ("generalNotes", "description.note"),
)
"""Fields of the interface, and the names that `formats.named_texts` reads them under."""


class LimitError(UnsupportedError):
    """More records were asked for at once than this VuFind gives."""


def listed(answer: Table, member: str, base: str) -> Listed:
    """Return the records of one answer. `base` is the address of the VuFind, without a slash at its end.

    Raises what the answer's own word for an error means, UnreadableError where it has neither count nor error.
    """
    refuse_errors(answer)
    total = count_of(answer.get("resultCount"))
    if total is None:
        raise UnreadableError("JSON without resultCount: not VuFind's answer to a search")
    rows = tuple(_row(one, member, base) for one in tables_of(answer.get("records", [])))
    return Listed(rows, total)


def refuse_errors(answer: Table) -> None:
    """Raise what `status: ERROR` means."""
    if str(answer.get("status", "OK")).upper() != "ERROR":
        return
    message = first_text(answer.get("statusMessage"))[:120]
    lower = message.lower()
    if "permission" in lower or "key" in lower or "denied" in lower:
        raise RefusedError(f"VuFind says: {message}")
    if "limit" in lower:
        raise LimitError(f"VuFind says: {message}")
    if "search" in lower or "invalid" in lower:
        raise UnsupportedError(f"VuFind says: {message}")
    raise FaultError(f"VuFind says: {message}")


def _row(found: Table, member: str, base: str) -> Record | None:
    try:
        return record(found, member, base)
    except UnreadableError:
        return None


def record(found: Table, member: str, base: str) -> Record:
    """Return one record: its full MARC or other XML where that came and can be read, filled up by its single fields."""
    own_id = first_text(found.get("id"))
    url = f"{base}/Record/{quote(own_id, safe='')}" if own_id else None
    told = _told(found, member, own_id, url)
    full = record_from_stored(first_text(found.get("fullRecord")), member=member)
    if full is None:
        if told is None:
            raise UnreadableError("a record without a title", found=own_id)
        return told
    if own_id:
        full = msgspec.structs.replace(full, id=own_id, url=url)
    return filled(full, told) if told is not None else full


def _told(found: Table, member: str, own_id: str, url: str | None) -> Record | None:
    """Return what the single fields say."""
    try:
        record = record_from_texts(_texts(found), member=member, own_id=own_id, url=url, host=_host(found))
    except UnreadableError:
        return None
    return msgspec.structs.replace(record, links=record.links + _links(found), holdings=_holdings(found))


def _texts(found: Table) -> Iterator[tuple[str, str]]:
    short, sub = first_text(found.get("shortTitle")), first_text(found.get("subTitle"))
    title = first_text(found.get("title"))
    yield "title", f"{short} : {sub}" if short and sub else title or short
    if section := first_text(found.get("titleSection")):
        yield "alternative", section
    yield from _authors(table_of(found.get("authors")))
    for key, name in _NAMES:
        for text in _values(found.get(key)):
            yield name, text
    for one in _listed(found.get("series")):
        texts = _values(one) if not isinstance(one, dict) else [first_text(one.get("name"))]
        number = first_text(one.get("number")) if isinstance(one, dict) else ""
        for text in texts:
            yield "isPartOf", f"{text}; {number}" if number else text
    for heading in _listed(found.get("subjects")):
        parts = _values(heading.get("heading") if isinstance(heading, dict) else heading)
        if parts:
            yield "subject", " -- ".join(parts)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _values(value: object) -> list[str]:
    """Return texts; a value that came with its translation is told by the value itself."""
    found: list[str] = []
    for one in _listed(value):
        found += texts_of(one.get("value") or one.get("translated")) if isinstance(one, dict) else texts_of(one)
    return found


def _authors(authors: Table) -> Iterator[tuple[str, str]]:
    """Return authors: of the newer versions objects of name and roles, of the older ones plain names."""
    for group, name in (
        ("main", "creator"),
        ("primary", "creator"),
        ("corporate", "creator"),
        ("secondary", "contributor"),
    ):
        came = authors.get(group)
        people = came if isinstance(came, dict) else dict.fromkeys(texts_of(came))
        for person, about in people.items():
            roles = [role for role in texts_of(table_of(about).get("role")) if role_of(role) is not None]
            yield name, f"{person} ({roles[0]})" if roles else str(person)


def _host(found: Table) -> Host | None:
    title = first_text(found.get("containerTitle"))
    if not title:
        return None
    pages = "-".join(filter(None, (first_text(found.get(f"container{end}Page")) for end in ("Start", "End"))))
    issns = texts_of(found.get("issns"))
    return Host(
        title,
        issn=issns[0] if issns else None,
        volume=first_text(found.get("containerVolume")) or None,
        issue=first_text(found.get("containerIssue")) or None,
        pages=pages or None,
    )


def _links(found: Table) -> tuple[Link, ...]:
    links = []
    for one in tables_of(found.get("urls")):
        url, label = first_text(one.get("url")), first_text(one.get("desc"))
        if web_address(url):
            kind = link_kind(label, "0")
            links.append(Link(url, kind, label if label and label != url else None))
    return tuple(links)


def _holdings(found: Table) -> tuple[Holding, ...]:
    branch = next(iter(_values(found.get("institutions"))), None)
    return tuple(Holding(branch=branch, call_number=text) for text in dict.fromkeys(_values(found.get("callNumbers"))))
