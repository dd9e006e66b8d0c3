"""Records in every format that members send -> `engine.model.Record`.

MARC 21, UNIMARC, MODS, Dublin Core and PICA as XML, MARC 21 and UNIMARC as ISO 2709, OPAC records with holdings. Each
format is a table of rules in a module of its own. Knows no protocol and no member.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import msgspec
from lxml import etree

from connectors.formats.dc import record_from_dc
from connectors.formats.dialects import DIALECTS as DIALECTS
from connectors.formats.dialects import dialect_of as dialect_of
from connectors.formats.dialects import unwrapped
from connectors.formats.dspace import record_from_dim, record_from_uketd, record_from_xoai
from connectors.formats.etdms import record_from_etdms
from connectors.formats.fields import MarcRecord, fields_from_xml, local_name
from connectors.formats.iso2709 import read_fields, split_records
from connectors.formats.marc21 import FIELDS as MARC21_FIELDS
from connectors.formats.marc21 import record_from_marc21, record_from_plain_marc21
from connectors.formats.marcxml import NotPlainError, plain_record
from connectors.formats.mods import record_from_mods
from connectors.formats.oai_marc import fields_from_oai_marc
from connectors.formats.opac import bibliographic_record, opac_holdings
from connectors.formats.pica import fields_from_pica, record_from_pica
from connectors.formats.unimarc import FIELDS as UNIMARC_FIELDS
from connectors.formats.unimarc import record_from_unimarc
from engine.errors import UnreadableError
from engine.model import Record


def record_from_xml(element: etree._Element, *, member: str, dialect: str | None = None) -> Record:
    """Return the Record that an XML element describes, or raise UnreadableError for what is no record.

    `dialect` is one of `DIALECTS`; None: it is told from the element. Wrappers around the record (a collection,
    `metadata` of OAI-PMH, `recordData` of SRU) are opened.
    """
    if dialect is None and len(element) and local_name(element[0]) == "leader":
        return _record_from_marcxml(element, member)
    element = unwrapped(element)
    name = dialect or dialect_of(element)
    reader = _READERS.get(name)
    if reader is None:
        raise UnreadableError(f"{name or element.tag} is no known format, expected one of {', '.join(DIALECTS)}")
    return reader(element, member)


def _record_from_marcxml(element: etree._Element, member: str) -> Record:
    """Return the Record of a MARC record of either dialect. Nearly all have field 245 and need no closer look."""
    plain = plain_record(element)
    if plain is not None:
        with suppress(NotPlainError):
            return record_from_plain_marc21(plain, member)
    marc = fields_from_xml(element, MARC21_FIELDS)
    if all(field.tag != "245" for field in marc.fields) and dialect_of(element) == "unimarc":
        return record_from_unimarc(fields_from_xml(element, UNIMARC_FIELDS), member)
    return record_from_marc21(marc, member)


def _record_from_opac(element: etree._Element, member: str) -> Record:
    inner = bibliographic_record(element)
    if inner is None:
        raise UnreadableError("an opacRecord without a bibliographic record")
    record = record_from_xml(inner, member=member)
    holdings = tuple(opac_holdings(element))
    return msgspec.structs.replace(record, holdings=holdings) if holdings else record


def _record_from_oai_marc(element: etree._Element, member: str) -> Record:
    marc = fields_from_oai_marc(element, MARC21_FIELDS | UNIMARC_FIELDS)
    tags = {field.tag for field in marc.fields}
    return _record_from_marc(marc, member, "unimarc" if "200" in tags and "245" not in tags else "marc21")


def records_from_iso2709(body: bytes, *, member: str, dialect: str = "marc21") -> Iterator[Record | UnreadableError]:
    """Return the records of an ISO 2709 stream in their order, and in the place of each that cannot be read its error.

    Nothing is raised: one broken record costs itself only.
    """
    for piece in split_records(body):
        try:
            yield _record_from_marc(read_fields(piece, dialect), member, dialect)
        except UnreadableError as error:
            yield error


def _record_from_marc(marc: MarcRecord, member: str, dialect: str) -> Record:
    if dialect == "unimarc":
        return record_from_unimarc(marc, member)
    return record_from_marc21(marc, member)


_READERS: dict[str, Callable[[etree._Element, str], Record]] = {
    "marc21": lambda element, member: record_from_marc21(fields_from_xml(element, MARC21_FIELDS), member),
    "unimarc": lambda element, member: record_from_unimarc(fields_from_xml(element, UNIMARC_FIELDS), member),
    "mods": record_from_mods,
    "dc": record_from_dc,
    "pica": lambda element, member: record_from_pica(fields_from_pica(element), member),
    "opac": _record_from_opac,
    "oai_marc": _record_from_oai_marc,
    "dim": record_from_dim,
    "xoai": record_from_xoai,
    "uketd": record_from_uketd,
    "etdms": record_from_etdms,
}
