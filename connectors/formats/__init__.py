"""Records in every format that members send -> `engine.model.Record`.

MARC 21, UNIMARC, MODS, Dublin Core and PICA as XML, MARC 21 and UNIMARC as ISO 2709, OPAC records with holdings. Each
format is a table of rules in a module of its own. Knows no protocol and no member.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from lxml import etree

from connectors.formats.dc import record_from_dc
from connectors.formats.dialects import DIALECTS as DIALECTS
from connectors.formats.dialects import dialect_of as dialect_of
from connectors.formats.dialects import unwrapped
from connectors.formats.fields import MarcRecord, fields_from_xml
from connectors.formats.iso2709 import read_fields, split_records
from connectors.formats.marc21 import FIELDS as MARC21_FIELDS
from connectors.formats.marc21 import record_from_marc21
from connectors.formats.mods import record_from_mods
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
    element = unwrapped(element)
    match dialect or dialect_of(element):
        case "marc21":
            return record_from_marc21(fields_from_xml(element, MARC21_FIELDS), member)
        case "dc":
            return record_from_dc(element, member)
        case "mods":
            return record_from_mods(element, member)
        case "unimarc":
            return record_from_unimarc(fields_from_xml(element, UNIMARC_FIELDS), member)
        case "pica":
            return record_from_pica(fields_from_pica(element), member)
        case "opac":
            return _record_from_opac(element, member)
        case other:
            found = f"{other or 'no known format'}: {element.tag}"
            raise UnreadableError(f"{found}, expected one of {', '.join(DIALECTS)}")


def _record_from_opac(element: etree._Element, member: str) -> Record:
    inner = bibliographic_record(element)
    if inner is None:
        raise UnreadableError("an opacRecord without a bibliographic record")
    record = record_from_xml(inner, member=member)
    holdings = tuple(opac_holdings(element))
    return msgspec.structs.replace(record, holdings=holdings) if holdings else record


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
