"""MARC-like fields: the shape that MARCXML, MarcXchange, PICA XML and ISO 2709 have in common.

Knows how to get fields out of XML, whatever its namespace. Knows nothing about what they mean.
"""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

import msgspec
from lxml import etree


class MarcField(msgspec.Struct, gc=False):
    """One variable field. `subfields` are (code, text) pairs in their order; no text is empty.

    `source` is its XML element, or its two indicators: most readers do not ask for them. `occurrence` is PICA's.
    """

    tag: str
    subfields: list[tuple[str, str]]
    source: etree._Element | str = "  "
    occurrence: str = ""

    @property
    def ind1(self) -> str:
        """The first indicator."""
        source = self.source
        return source[0] if isinstance(source, str) else (source.get("ind1") or " ")

    @property
    def ind2(self) -> str:
        """The second indicator."""
        source = self.source
        return source[1] if isinstance(source, str) else (source.get("ind2") or " ")

    def first(self, codes: str) -> str | None:
        """Return the first subfield with one of these codes."""
        for code, text in self.subfields:
            if code in codes:
                return text
        return None

    def every(self, codes: str) -> list[str]:
        """Return all subfields with one of these codes, in their order."""
        return [text for code, text in self.subfields if code in codes]


class MarcRecord(NamedTuple):
    """A leader, control fields by tag (of a repeated one all), and variable fields in their order."""

    leader: str
    control: dict[str, list[str]]
    fields: list[MarcField]


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace; "" for comments and processing instructions."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def inner_text(element: etree._Element) -> str:
    """Return all text inside an element, without markup."""
    return "".join(str(text) for text in element.itertext())


def fields_from_xml(record: etree._Element, wanted: Container[str]) -> MarcRecord:
    """Read leader, control fields and the wanted variable fields of a MARCXML-like record.

    Elements are told by their attributes rather than by name, so that prefixes and wrong namespaces do not matter. A
    field without tag and a subfield without code or text are left out: nothing can be said of them.
    """
    leader = ""
    control: dict[str, list[str]] = {}
    fields: list[MarcField] = []
    for element in record:
        tag = element.get("tag")
        if tag is None:
            if not leader and local_name(element) == "leader":
                leader = element.text or ""
        elif tag in wanted:
            subfields = [(code, text) for sub in element if (code := sub.get("code")) and (text := sub.text)]
            if subfields:
                fields.append(MarcField(tag, subfields, element))
        elif tag < "010" and (text := element.text):
            control.setdefault(tag, []).append(text)
    return MarcRecord(leader, control, fields)
