r"""Reads the JSON that EPrints exports. Pure.

Sources: EPrints 3.3 and 3.4, EPrints::Plugin::Export::JSON, and the fields of its eprint and document datasets. Until
3.3 it writes a value to a line and forgets to escape quotes, or escapes what needs none (`\'`). Depositors, their
addresses and files that are not public are dropped unread.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from connectors.formats.named_texts import record_from_texts
from connectors.reading.json import Table, count_of, first_text, parse_json, table_of, tables_of, texts_of
from engine.errors import UnreadableError
from engine.model import Availability, Holding, Host, Link, LinkKind, Record, Service
from engine.normalise.identifiers import isbn

_VALUE_OF_LINE: Final = re.compile(r'^(\s*(?:"[\w.-]+"\s*:\s*)?)"(.*)"(,?)\s*$')
_BAD_ESCAPE: Final = re.compile(r'\\(?!["\\/bfnrtu])')
_CALLBACK: Final = re.compile(rb"^[\w.$]+\(")

_TYPES: Final = {
    "book_section": "book section",
    "conference_item": "conference paper",
    "monograph": "report",
    "teaching_resource": "lecture notes",
    "composition": "score",
    "artefact": "artefact",
    "patent": "",
    "other": "",
}
"""EPrints's own types whose words mislead: its "monograph" is a report or a working paper."""

_PLAIN: Final = {
    "title": "title",
    "publisher": "publisher",
    "place_of_pub": "publisher.place",
    "date": "date",
    "abstract": "abstract",
    "note": "description.note",
    "isbn": "isbn",
    "issn": "issn",
    "doi": "doi",
    "series": "isPartOf",
    "edition": "description.edition",
    "language": "language",
    "thesis_type": "degree",
    "corp_creators": "creator",
}
_PEOPLE: Final = {
    "creators": "creator",
    "editors": "editor",
    "supervisors": "advisor",
    "advisors": "advisor",
    "contributors": "contributor",
}


def records_of(body: bytes) -> list[Table]:
    """Return the records of an export, of a list or of one. Raises UnreadableError for anything else."""
    found = _json(body)
    rows = found if isinstance(found, list) else [found]
    if any(not isinstance(row, dict) or not row.keys() & {"eprintid", "uri"} for row in rows):
        raise UnreadableError("JSON that holds something else than eprints")
    return tables_of(rows)


def _json(body: bytes) -> object:
    text = body.strip()
    if _CALLBACK.match(text):
        text = _CALLBACK.sub(b"", text).rstrip(b"; \r\n").removesuffix(b")")
    try:
        return parse_json(text)
    except UnreadableError:
        if text[:1] not in {b"[", b"{"} or text[-1:] not in {b"]", b"}"}:
            raise
    return parse_json("\n".join(map(_mended, text.decode("utf-8", "replace").splitlines())).encode())


def _mended(line: str) -> str:
    r"""Return a line whose value is escaped as JSON wants it.

    >>> _mended('  "title": "Về \'kinh tế "ngầm\' ở Hà Nội",')
    '  "title": "Về \'kinh tế \\"ngầm\' ở Hà Nội",'
    """
    found = _VALUE_OF_LINE.match(line)
    if found is None:
        return line
    before, inner, comma = found.groups()
    try:
        json.loads(f'"{inner}"')
    except ValueError:
        plain = _BAD_ESCAPE.sub("", inner).replace('\\"', '"')
        return f"{before}{json.dumps(plain, ensure_ascii=False)}{comma}"
    return line


def number_of(eprint: Table) -> str:
    """Return the number of a record, "" for none."""
    number = count_of(eprint.get("eprintid"))
    if number is not None:
        return str(number)
    found = re.search(r"/(\d+)/?$", first_text(eprint.get("uri")))
    return found[1] if found else ""


def record_of(eprint: Table, *, member: str, url: str) -> Record | None:
    """Return the record of an export, None where it cannot be read or does not stand in the public archive."""
    if first_text(eprint.get("eprint_status")) not in {"", "archive"}:
        return None
    number = number_of(eprint)
    if not number:
        return None
    try:
        record = record_from_texts(_texts(eprint), member=member, own_id=number, url=url, host=_host(eprint))
    except UnreadableError:
        return None
    return _with_access(record, eprint)


def _texts(eprint: Table) -> Iterator[tuple[str, str]]:
    yield from _people(eprint)
    for key, element in _PLAIN.items():
        if key == "isbn" and _is_chapter(eprint):
            continue  # it is the book's
        for text in texts_of(eprint.get(key)):
            yield element, text
    yield from _dates_and_types(eprint)
    for text in texts_of(eprint.get("keywords")):
        for word in re.split(r"[;,\n]", text):
            yield "subject", word
    if pages := count_of(eprint.get("pages")):
        yield "extent", f"{pages} p."
    if (number := first_text(eprint.get("id_number"))).lower().startswith(("10.", "doi:")) or "doi.org/" in number:
        yield "doi", number
    yield "references", first_text(eprint.get("official_url"))


def _people(eprint: Table) -> Iterator[tuple[str, str]]:
    for key, element in _PEOPLE.items():
        for person in tables_of(eprint.get(key)):
            name = table_of(person.get("name")) or person
            parts = [first_text(name.get(part)) for part in ("family", "given")]
            if whole := ", ".join(part for part in parts if part):
                yield element, whole


def _dates_and_types(eprint: Table) -> Iterator[tuple[str, str]]:
    for dated in tables_of(eprint.get("dates")):  # 3.4 with several dates
        element = "issued" if first_text(dated.get("date_type")) == "published" else "date"
        yield element, first_text(dated.get("date"))
    kind = first_text(eprint.get("type"))
    sharper = first_text(eprint.get("monograph_type")) if kind == "monograph" else ""
    yield "type", (sharper or _TYPES.get(kind, kind)).replace("_", " ")
    if kind == "thesis" and not first_text(eprint.get("publisher")):
        yield "publisher", first_text(eprint.get("institution"))


def _is_chapter(eprint: Table) -> bool:
    return first_text(eprint.get("type")) == "book_section"


def _host(eprint: Table) -> Host | None:
    title = first_text(eprint.get("publication")) or first_text(eprint.get("book_title"))
    if not title:
        return None
    book = isbn(first_text(eprint.get("isbn"))) if _is_chapter(eprint) else None
    return Host(
        title,
        isbn=book.value if book is not None else None,
        volume=first_text(eprint.get("volume")) or None,
        issue=first_text(eprint.get("number")) or None,
        pages=first_text(eprint.get("pagerange")) or None,
    )


def _with_access(record: Record, eprint: Table) -> Record:
    """Return a record with what everybody may read of it. Files that are not public are not even named."""
    links = list(record.links)
    embargo: str | None = None
    is_open = False
    for document in tables_of(eprint.get("documents")):
        if first_text(document.get("security")) not in {"", "public"}:
            embargo = embargo or first_text(document.get("date_embargo")) or None
            continue
        is_open = True
        address = first_text(document.get("uri"))
        if address.startswith(("http://", "https://")):
            label = first_text(document.get("formatdesc")) or None
            links.append(Link(address, LinkKind.FULL_TEXT, label))
    status = first_text(eprint.get("full_text_status"))
    is_open = is_open or status == "public"
    holdings = record.holdings
    if is_open:
        holdings = (Holding(url=record.url, availability=(Availability(Service.OPEN_ACCESS, available=True),)),)
    elif status == "restricted" or tables_of(eprint.get("documents")):
        closed = Availability(Service.OPEN_ACCESS, available=False, expected=embargo)
        holdings = (Holding(url=record.url, availability=(closed,)),)
    return msgspec.structs.replace(
        record,
        links=tuple(dict.fromkeys(links)),
        holdings=holdings,
        is_online=True if is_open else record.is_online,
    )
