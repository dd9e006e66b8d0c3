"""PICA+ of an entry in PicaXML, as K10plus sends it. Source: the K10plus format documentation (GBV, BSZ)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from demo.entries import Entry, State
from demo.xml_text import Subfields, subfields

NAMESPACE: Final = "info:srw/schema/5/picaXML-v1.0"
_ROLES: Final = {
    "author": ("VerfasserIn", "aut"), "editor": ("HerausgeberIn", "edt"), "translator": ("ÜbersetzerIn", "trl"),
    "compiler": ("ZusammenstellendeR", "com"), "advisor": ("AkademischeR BetreuerIn", "dgs"),
    "introducer": ("VerfasserIn eines Geleitwortes", "aui"), "illustrator": ("IllustratorIn", "ill"),
}  # fmt: skip


def _fields(entry: Entry) -> Iterator[tuple[str, str, Subfields]]:
    edition = entry.edition
    yield "001@", "", (("0", "1"),)
    yield "002@", "", (("0", {"journal": "Abvz", "e-resource": "Oauc"}.get(edition.material, "Aauc")),)
    yield "003@", "", (("0", entry.id),)
    for typed in entry.isbns:
        yield "004A", "", (("A" if len(typed) > 10 else "0", typed),)
    if edition.issn:
        yield "005A", "", (("0", edition.issn),)
    yield "010@", "", (("a", entry.language),)
    yield "011@", "", (("a", str(edition.year or "")), ("n", entry.date))
    yield "021A", "", (("a", f"@{entry.title}"), ("d", entry.subtitle), ("l", entry.volume), ("h", entry.statement))
    for place, name in enumerate(entry.names):
        tag, count = ("028A", "") if place == 0 and entry.heads_name else ("028C", f"{place:02}")
        word, code = _ROLES.get(name.role, ("MitwirkendeR", "ctb"))
        family, comma, given = name.text.partition(", ")
        if name.is_body:
            yield "029F", count, (("a", name.text), ("B", word), ("4", code))
        elif comma:
            yield tag, count, (("A", family), ("D", given), ("B", word), ("4", code))
        else:
            yield tag, count, (("P", name.text), ("B", word), ("4", code))
    yield "032@", "", (("a", entry.edition_statement),)
    yield "033A", "", (("p", entry.place), ("n", entry.publisher))
    yield "034D", "", (("a", f"{edition.pages} Seiten" if edition.pages else ""),)
    yield "036E", "00", (("a", edition.series),)
    if edition.degree:
        word = {"doctor": "Dissertation", "master": "Masterarbeit"}.get(edition.degree, "Bachelorarbeit")
        yield "037C", "", (("d", word), ("e", edition.publisher), ("f", str(edition.year)))
    for subject in entry.subjects:
        yield "044N", "", (("a", subject),)
    yield "045F", "01", (("a", edition.ddc),)
    if edition.url:
        yield "017C", "", (("u", edition.url), ("4", "LF"))
    yield "101@", "", (("a", "9707"),)
    for number, copy in enumerate(entry.copies, 1):
        count = f"{number:02}"
        yield "201A", count, (("e", f"{copy.due:%d-%m-%Y}" if copy.due else ""),)
        yield "203@", count, (("0", f"{entry.id}{count}"),)
        # 209A $d: u loan, i reading room only, z lost
        use = {State.READING_ROOM: "i", State.LOST: "z"}.get(copy.state, "u")
        held = (("B", copy.branch_name), ("f", copy.shelf), ("a", copy.call_number), ("d", use), ("x", "00"))
        yield "209A", count, held
        yield "209G", count, (("a", copy.barcode), ("x", "00"))


def picaxml(entry: Entry) -> str:
    """Return the record as PicaXML."""
    parts = [f'<record xmlns="{NAMESPACE}">']
    for tag, count, pairs in _fields(entry):
        inner = subfields(pairs)
        if inner:
            occurrence = f' occurrence="{count}"' if count else ""
            parts.append(f'<datafield tag="{tag}"{occurrence}>{inner}</datafield>')
    parts.append("</record>")
    return "".join(parts)
