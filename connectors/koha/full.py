"""Full records out of what Koha's ways to them send: a cart in ISO 2709, MARCXML, ILS-DI without borrowers. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from connectors.formats import record_from_xml, records_from_iso2709
from connectors.koha.rows import Row
from connectors.reading.xml import parse_xml
from engine.errors import RefusedError, UnreadableError
from engine.model import Holding, Record
from engine.text import folded_key

_END: Final = b"\x1d"
_LENGTH: Final = re.compile(rb"\s*\d{5}[a-z ]")
_RECORD: Final = re.compile(rb"<record>(.*?)</record>", re.DOTALL)
_NUMBER: Final = re.compile(rb"<biblionumber>\s*(\d{1,12})\s*</biblionumber>")
_MARC: Final = re.compile(rb"<marcxml>(.*?)</marcxml>", re.DOTALL)
_NAMED: Final = re.compile(rb"<(homebranch|holdingbranch)(name)?>([^<]{1,200})</\1(?:name)?>")
_ITEM: Final = re.compile(rb"<item>(.*?)</item>", re.DOTALL)
_CODE: Final = re.compile(rb"<code>\s*(\w{1,60})\s*</code>")
# Borrowers stand in these. An element that never ends takes everything behind it along.
_OF_BORROWERS: Final = re.compile(
    rb"<((?:\w+:)?(?:issues|reserves|issue|reserve|borrower))(?:\s[^>]*)?(?:/>|>.*?(?:</\1\s*>|\Z))", re.DOTALL
)


def cart_records(body: bytes, *, member: str, dialect: str) -> list[Record]:
    """Return the records of a downloaded cart, those that can be read; one that breaks off would lack its copies.

    Raises UnreadableError for what is no ISO 2709: nothing at all, or a page.
    """
    if not _LENGTH.match(body[:40]):
        raise UnreadableError("no ISO 2709 in a downloaded cart" if body.strip() else "an empty cart")
    whole = body[: body.rfind(_END) + 1]
    found = records_from_iso2709(whole, member=member, dialect=_dialect(body) or dialect)
    return [record for record in found if not isinstance(record, UnreadableError)]


def _dialect(body: bytes) -> str | None:
    """Return the dialect of a cart as the fields of its first record tell it: 245 holds the title, or 200 does."""
    head = body.lstrip()
    base = int(head[12:17]) if head[12:17].isdigit() else 0
    tags = {head[at : at + 3] for at in range(24, min(base, len(head)) - 1, 12)}
    if b"245" in tags:
        return "marc21"
    return "unimarc" if b"200" in tags else None


def marcxml_record(body: bytes, number: str, *, member: str, dialect: str) -> Record:
    """Return the record of a MARCXML answer under the number that it was asked for."""
    text = body.lstrip()
    if not text.startswith(b"<") or b"<html" in text[:2000].lower():
        raise UnreadableError("no MARCXML where a record was asked for")
    root = parse_xml(body, lenient=True)
    if next(root.iter("{*}datafield"), None) is None:
        raise UnreadableError("XML without a field of MARC where a record was asked for")
    record = record_from_xml(root, member=member, dialect=dialect if dialect == "unimarc" else None)
    return msgspec.structs.replace(record, id=number)


def without_borrowers(body: bytes) -> bytes:
    """Return an answer of ILS-DI without its loans and holds: before anything of it is looked at.

    >>> without_borrowers(b"<a><issues><issue><surname>X</surname></issue></issues><b/></a>")
    b'<a><b/></a>'
    """
    return _OF_BORROWERS.sub(b"", body)


def ils_di_records(body: bytes, *, member: str, dialect: str) -> tuple[dict[str, Record], dict[str, str]]:
    """Return the records of GetRecords by their numbers, and the names of branches by their codes.

    Only the MARC and the names of branches are looked at: the answer need not be well-formed, and is not where a text
    holds control characters. Raises RefusedError where the service is off or closed to us.
    """
    body = without_borrowers(body)
    refuse_errors(body)
    records: dict[str, Record] = {}
    branches: dict[str, str] = {}
    for part in _RECORD.findall(body):
        branches |= _branches(part)
        number, marc = _NUMBER.search(part), _MARC.search(part)
        if number is None or marc is None:
            continue
        text = html.unescape(marc[1].decode("utf-8", "replace")).encode()
        try:
            record = marcxml_record(text, number[1].decode(), member=member, dialect=dialect)
        except UnreadableError:
            continue
        records[record.id] = record
    if not records:
        raise UnreadableError("no record in an answer of ILS-DI")
    return records, branches


def refuse_errors(body: bytes) -> None:
    """Raise for an answer of ILS-DI that is an error: all come with 200, and only their code tells."""
    if b"<record>" in body or b":record>" in body:
        return
    code = _CODE.search(body)
    if code is not None:
        raise RefusedError(f"ILS-DI says {code[1].decode('ascii', 'replace')}")
    if b"NotSupported" in body[:2000]:
        raise UnreadableError("ILS-DI does not know the service")


def _branches(part: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in _ITEM.findall(part):
        said = {
            (kind, bool(is_name)): html.unescape(text.decode("utf-8", "replace")).strip()
            for kind, is_name, text in _NAMED.findall(item)
        }
        for kind in (b"homebranch", b"holdingbranch"):
            if said.get((kind, False)) and said.get((kind, True)):
                found[said[kind, False]] = said[kind, True]
    return found


def by_number(records: Sequence[Record], rows: Sequence[Row]) -> dict[str, Record]:
    """Return the records by the numbers of the rows that they belong to.

    Koha writes its number into 999 (001 in UNIMARC). Where a library hides that field, all came and in the order asked;
    else the first words of the title must be those of the row.

    >>> by_number([Record("m", "x", "Toán")], [Row("7", "Toán")])["7"].id
    '7'
    """
    numbers = {row.number for row in rows}
    found = {record.id: record for record in records if record.id in numbers}
    if found or not records:
        return found
    if len(records) == len(rows):
        pairs: Iterable[tuple[Row, Record]] = zip(rows, records, strict=True)
        return {row.number: _numbered(record, row) for row, record in pairs if _is_same(row, record)}
    left = list(rows)
    for record in records:
        for at, row in enumerate(left):
            if _is_same(row, record):
                found[row.number] = _numbered(record, row)
                del left[: at + 1]
                break
    return found


def _numbered(record: Record, row: Row) -> Record:
    return msgspec.structs.replace(record, id=row.number)


def _is_same(row: Row, record: Record) -> bool:
    shown, full = folded_key(row.title), folded_key(record.title)
    return not shown or not full or shown.startswith(full[:30]) or full.startswith(shown[:30])


def named(
    holdings: Sequence[Holding], branches: Mapping[str, str], locations: Mapping[str, str]
) -> tuple[Holding, ...]:
    """Return holdings with names in the place of the codes that are known."""
    return tuple(
        msgspec.structs.replace(
            holding,
            branch=branches.get(holding.branch or "", holding.branch),
            location=locations.get(holding.location or "", holding.location),
        )
        for holding in holdings
    )
