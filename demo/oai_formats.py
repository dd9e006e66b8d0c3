"""The formats of the OAI-PMH repository: the same entry as DSpace writes it in each.

Source: DSpace 6.4 and 7.6 as tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from demo.entries import Entry
from demo.other_formats import DEGREES, dublin_core, link
from demo.xml_text import element, escaped

FIRST: Final = datetime(2024, 1, 1, 6, 30, tzinfo=UTC)
"""When the first item was taken in."""

_QDC: Final = {
    "dc.title": "dc:title", "dc.contributor.author": "dc:creator", "dc.contributor.advisor": "dc:contributor",
    "dc.date.issued": "dcterms:issued", "dc.publisher": "dc:publisher", "dc.type": "dc:type",
    "dc.language.iso": "dc:language", "dc.subject": "dc:subject", "dc.identifier.isbn": "dc:identifier",
    "dc.identifier.uri": "dc:identifier", "dc.format.extent": "dcterms:extent",
}  # fmt: skip


def stamp(entry: Entry) -> str:
    """Return when an entry was last changed: made up from its number."""
    number = int(entry.id)
    return said(FIRST + timedelta(days=number % 700, seconds=number % 3000))


def said(time: datetime) -> str:
    """Return a time as the protocol writes it.

    >>> said(FIRST)
    '2024-01-01T06:30:00Z'
    """
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def _fields(entry: Entry) -> Iterable[tuple[str, str]]:
    """Return every value with its qualified name; when it was deposited stands among them."""
    yield "dc.date.accessioned", stamp(entry)
    yield "dc.date.available", stamp(entry)
    edition = entry.edition
    yield "dc.title", entry.title + (f": {entry.subtitle}" if entry.subtitle else "")
    for name in entry.names:
        yield f"dc.contributor.{'advisor' if name.role == 'advisor' else 'author'}", name.text
    yield "dc.date.issued", str(edition.year or "")
    yield "dc.publisher", entry.publisher
    yield "dc.type", DEGREES.get(edition.degree) or "Sách"
    yield "dc.language.iso", entry.language
    yield from (("dc.subject", subject) for subject in entry.subjects)
    yield from (("dc.identifier.isbn", typed) for typed in entry.isbns)
    yield "dc.identifier.uri", link(entry)
    yield "dc.format.extent", f"{edition.pages} tr." if edition.pages else ""


def _access(entry: Entry) -> str:
    """Return who may read the files, as the Dublin Core of the same entry says it."""
    if entry.edition.material != "thesis":
        return "metadata.only"
    return "open.access" if int(entry.id) % 3 else "restricted"


def _dim(entry: Entry) -> str:
    fields = []
    for name, value in _fields(entry):
        schema, part, *qualifier = name.split(".")
        more = {"qualifier": qualifier[0]} if qualifier else {}
        fields.append(element("dim:field", value, mdschema=schema, element=part, **more))
    status = element("dim:field", _access(entry), mdschema="others", element="access-status")
    return f'<dim:dim xmlns:dim="http://www.dspace.org/xmlns/dspace/dim">{"".join(fields)}{status}</dim:dim>'


def _xoai(entry: Entry) -> str:
    inner = []
    for name, value in _fields(entry):
        text = _nested("none", _field("value", value))
        for part in reversed(name.split(".")[1:]):
            text = _nested(part, text)
        inner.append(text)
    file = _field("name", "toan-van.pdf") + _field("url", f"{link(entry)}/1.pdf")
    bundle = _field("name", "ORIGINAL") + _nested("bitstreams", _nested("bitstream", file))
    status = _nested("access-status", _field("value", _access(entry)))
    parts = (
        _nested("dc", "".join(inner)),
        _nested("bundles", _nested("bundle", bundle)),
        _nested("others", _field("handle", f"TVSSC/{entry.id}") + status),
    )
    return f'<metadata xmlns="http://www.lyncode.com/xoai">{"".join(parts)}</metadata>'


def _nested(name: str, inner: str) -> str:
    return f'<element name="{name}">{inner}</element>'


def _field(name: str, text: str) -> str:
    return f'<field name="{name}">{escaped(text)}</field>'


def _qdc(entry: Entry) -> str:
    inner = [element("dcterms:dateAccepted", stamp(entry)), element("dcterms:created", stamp(entry))]
    inner += [element(_QDC[name], value) for name, value in _fields(entry) if name in _QDC]
    return (
        '<qdc:qualifieddc xmlns:qdc="http://dspace.org/qualifieddc/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:dcterms="http://purl.org/dc/terms/">{"".join(inner)}</qdc:qualifieddc>'
    )


def _etdms(entry: Entry) -> str:
    names = {"dc.contributor.author": "creator", "dc.contributor.advisor": "contributor", "dc.language.iso": "language",
             "dc.identifier.isbn": "identifier", "dc.identifier.uri": "identifier"}  # fmt: skip
    inner = []
    for name, value in _fields(entry):
        tag = names.get(name, name.split(".")[1])
        inner.append(element(tag, value[:10] if tag == "date" else value))
    return f'<thesis xmlns="http://www.ndltd.org/standards/metadata/etdms/1.0/">{"".join(inner)}</thesis>'


FORMATS: Final[dict[str, tuple[str, Callable[[Entry], str]]]] = {
    "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc/", dublin_core),
    "qdc": ("http://purl.org/dc/terms/", _qdc),
    "dim": ("http://www.dspace.org/xmlns/dspace/dim", _dim),
    "xoai": ("http://www.lyncode.com/xoai", _xoai),
    "etdms": ("http://www.ndltd.org/standards/metadata/etdms/1.0/", _etdms),
}
"""The formats by prefix: namespace, and what writes an entry in it."""
