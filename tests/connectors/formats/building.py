"""Small made-up records, written as a cataloguer would: `245 10 $a Title : $b more`."""

from __future__ import annotations

from lxml import etree

from connectors.formats import record_from_xml
from engine.model import Record

SLIM = "http://www.loc.gov/MARC21/slim"
BOOK = "00000nam a2200000 a 4500"


def taken_apart(line: str) -> tuple[str, str, str, list[tuple[str, str]]]:
    """Return tag, indicators and subfields of a written field; a control field has no `$`."""
    tag, _, rest = line.partition(" ")
    head, *parts = rest.split("$")
    indicators = head.replace("#", " ").ljust(3)
    return tag, indicators[0], indicators[1], [(part[0], part[1:].removeprefix(" ")) for part in parts]


def marcxml(*lines: str, leader: str = BOOK, namespace: str = SLIM) -> etree._Element:
    """Return a MARCXML record of the written fields."""
    root = etree.Element(f"{{{namespace}}}record" if namespace else "record")
    name = f"{{{namespace}}}" if namespace else ""
    etree.SubElement(root, f"{name}leader").text = leader
    for line in lines:
        if "$" not in line:
            tag, _, text = line.partition(" ")
            etree.SubElement(root, f"{name}controlfield", tag=tag).text = text
            continue
        tag, ind1, ind2, subfields = taken_apart(line)
        field = etree.SubElement(root, f"{name}datafield", tag=tag, ind1=ind1, ind2=ind2)
        for code, text in subfields:
            etree.SubElement(field, f"{name}subfield", code=code).text = text.rstrip(" ") or text
    return root


def described(*lines: str, leader: str = BOOK) -> Record:
    """Return what MARC 21 fields describe; a title is added where none is written."""
    has_title = any(line.startswith("245") for line in lines)
    return record_from_xml(marcxml(*([] if has_title else ["245 00 $a Sách"]), *lines, leader=leader), member="thu")


def iso2709(*lines: str, leader: str = BOOK, charset: str = "utf-8") -> bytes:
    """Return an ISO 2709 record of the written fields, with a true directory."""
    entries, bodies, start = b"", b"", 0
    for line in lines:
        if "$" not in line:
            tag, _, text = line.partition(" ")
            body = text.encode(charset)
        else:
            tag, ind1, ind2, subfields = taken_apart(line)
            written = "".join(f"\x1f{code}{text.rstrip(' ')}" for code, text in subfields)
            body = f"{ind1}{ind2}{written}".encode(charset)
        body += b"\x1e"
        entries += f"{tag}{min(len(body), 9999):04}{start:05}".encode()
        bodies += body
        start += len(body)
    base = 24 + len(entries) + 1
    length = base + len(bodies) + 1
    return f"{length:05}{leader[5:12]}{base:05}{leader[17:]}".encode() + entries + b"\x1e" + bodies + b"\x1d"
