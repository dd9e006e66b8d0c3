"""A record that an index keeps whole in one of its fields: MARCXML or other XML, MARC-in-JSON, or ISO 2709 as text."""

from __future__ import annotations

import re

import msgspec

from connectors.formats import record_from_xml, records_from_iso2709
from connectors.formats.fields import MarcField, MarcRecord
from connectors.formats.marc21 import record_from_marc21
from connectors.formats.unimarc import record_from_unimarc
from connectors.reading.xml import parse_xml
from engine.errors import LienThuError, UnreadableError
from engine.model import Record

_NUMBERED = re.compile(r"#(29|30|31);")
"""How SolrMarc may write the separators of ISO 2709."""


def record_from_stored(text: str, *, member: str) -> Record | None:
    """Return the Record of a stored text in whatever form it is; None where it cannot be read.

    >>> stored = '{"leader": "00000nam a22", "fields": [{"245": {"subfields": [{"a": "Kinh tế"}]}}]}'
    >>> record_from_stored(stored, member="m").title
    'Kinh tế'
    """
    text = text.strip()
    if not text:
        return None
    try:
        if text.startswith("<"):
            return record_from_xml(parse_xml(text.encode(), lenient=True), member=member)
        if text.startswith("{"):
            return _from_json(msgspec.json.decode(text), member)
        body = _NUMBERED.sub(lambda mark: chr(int(mark[1])), text).encode()
        found = next(records_from_iso2709(body, member=member), None)
    except (LienThuError, msgspec.DecodeError, RecursionError):
        return None
    return found if isinstance(found, Record) else None


def _from_json(told: object, member: str) -> Record:
    """Read MARC-in-JSON. Source: R. Singer, A proposal to serialize MARC in JSON (2010)."""
    if not isinstance(told, dict) or not isinstance(told.get("fields"), list):
        raise UnreadableError("JSON that is no MARC record")
    control: dict[str, list[str]] = {}
    fields: list[MarcField] = []
    for one in told["fields"]:
        for tag, value in one.items() if isinstance(one, dict) else ():
            if isinstance(value, str):
                control.setdefault(tag, []).append(value)
            elif isinstance(value, dict):
                indicators = (str(value.get("ind1") or " ") + " ")[:1] + (str(value.get("ind2") or " ") + " ")[:1]
                listed = value.get("subfields")
                subfields = [
                    (str(code), text)
                    for sub in (listed if isinstance(listed, list) else ())
                    for code, text in (sub.items() if isinstance(sub, dict) else ())
                    if isinstance(text, str) and text
                ]
                if subfields:
                    fields.append(MarcField(tag, subfields, indicators))
    marc = MarcRecord(str(told.get("leader") or ""), control, fields)
    tags = {field.tag for field in fields}
    if "200" in tags and "245" not in tags:
        return record_from_unimarc(marc, member)
    return record_from_marc21(marc, member)
