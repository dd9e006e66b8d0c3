"""UNIMARC of an entry in MarcXchange, as the Bibliothèque nationale de France sends it.

Source: UNIMARC Bibliographic Format (IFLA); ISO 25577 MarcXchange, namespace version 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from demo.entries import Entry
from demo.marc21 import Field
from demo.xml_text import escaped, subfields

NAMESPACE: Final = "info:lc/xmlns/marcxchange-v2"
_ROLES: Final = {
    "author": "070", "editor": "340", "compiler": "220", "translator": "730", "advisor": "727", "reviser": "640",
    "introducer": "080", "illustrator": "440",
}  # fmt: skip
_THESES: Final = {"doctor": "Thèse de doctorat", "master": "Mémoire de master", "bachelor": "Mémoire"}


def _fields(entry: Entry) -> Iterator[Field]:
    edition = entry.edition
    for typed in entry.isbns:
        yield "010", "  ", (("a", typed), ("d", entry.price))
    if edition.issn:
        yield "011", "  ", (("a", edition.issn),)
    year = f"{edition.year:04}" if edition.year else "    "
    yield "100", "  ", (("a", f"20200101d{year}    m  y0frey50      ba"),)
    yield "101", "0 ", (("a", entry.language),)
    yield "102", "  ", (("a", {"vie": "VN", "eng": "US", "fre": "FR"}.get(edition.language, "XX")),)
    yield "105", "  ", (("a", "    m   000yy" if edition.degree else "        000yy"),)
    yield "200", "1 ", (
        ("a", entry.title), ("b", "Texte imprimé"), ("e", entry.subtitle), ("h", entry.volume), ("f", entry.statement),
    )  # fmt: skip
    if entry.edition_statement:
        yield "205", "  ", (("a", entry.edition_statement),)
    tag = "214" if edition.year >= 2018 else "210"
    yield tag, " 0" if tag == "214" else "  ", (("a", entry.place), ("c", entry.publisher), ("d", entry.date))
    if edition.pages:
        yield "215", "  ", (("a", f"1 vol. ({edition.pages} p.)"), ("d", "24 cm"))
    if edition.series:
        yield "225", "| ", (("a", edition.series),)
    if edition.degree:
        yield "328", "  ", (("b", _THESES[edition.degree]), ("e", edition.publisher), ("d", str(edition.year)))
    yield from _content(entry)
    yield from _names(entry)
    yield "801", " 0", (("a", "VN"), ("b", "DEMO"), ("c", "20240315"))
    if edition.url:
        yield "856", "4 ", (("u", edition.url),)
    for copy in entry.copies:
        yield "930", "  ", (
            ("5", f"DEMO:{copy.barcode}"), ("a", copy.call_number), ("b", copy.branch), ("c", copy.branch_name),
            ("z", copy.shelf),
        )  # fmt: skip


def _content(entry: Entry) -> Iterator[Field]:
    for subject in entry.subjects:
        yield (
            ("606", "  ", (("a", subject), ("2", "rameau")))
            if entry.subjects_are_controlled
            else ("610", "0 ", (("a", subject),))
        )
    if entry.edition.ddc:
        yield "676", "  ", (("a", entry.edition.ddc), ("v", "23"))


def _names(entry: Entry) -> Iterator[Field]:
    for place, name in enumerate(entry.names):
        tag = ("71" if name.is_body else "70") + (
            "0" if place == 0 and entry.heads_name else "1" if place == 0 else "2"
        )
        family, comma, given = name.text.partition(", ")
        parts = (("a", family), ("b", given)) if comma and not name.is_body else (("a", name.text),)
        yield tag, " |" if comma else " 0", (*parts, ("4", _ROLES.get(name.role, "570")))


def marcxchange(entry: Entry) -> str:
    """Return the record with the prefix `mxc:`."""
    is_serial = entry.edition.material == "journal"
    kind = "Serial" if is_serial else "Bibliographic"
    parts = [f'<mxc:record xmlns:mxc="{NAMESPACE}" format="UNIMARC" id="{escaped(entry.id)}" type="{kind}">']
    parts.append(f"<mxc:leader>     ca{'s' if is_serial else 'm'}  22        450 </mxc:leader>")
    parts.append(f'<mxc:controlfield tag="001">{escaped(entry.id)}</mxc:controlfield>')
    for tag, ends, pairs in _fields(entry):
        inner = subfields(pairs, "mxc:subfield")
        if inner:
            parts.append(f'<mxc:datafield tag="{tag}" ind1="{ends[0]}" ind2="{ends[1]}">{inner}</mxc:datafield>')
    parts.append("</mxc:record>")
    return "".join(parts)
