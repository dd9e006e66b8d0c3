"""PICA -> Record: the table of rules. Plain PICA XML and PPXML; call numbers per library (level 1 and 2).

Source: PICA+ as GBV and SWB (K10plus) use it. A tag's last sign tells the field; levels 1 and 2 belong to the library
(101@) before them.
"""

from __future__ import annotations

from lxml import etree

from connectors.formats import headings, imprints, material, numbers
from connectors.formats import pica_values as values
from connectors.formats.assembly import finish
from connectors.formats.draft import Draft
from connectors.formats.fields import MarcField, local_name
from connectors.formats.marc21 import languages
from connectors.formats.mending import mend_fields
from connectors.formats.rules import Rule, apply_rules, compile_rules
from engine.errors import UnreadableError
from engine.model import Material, Record

RULES: tuple[Rule, ...] = (
    # target               where from                                          clean-up
    ("ids",                "003@$0",                                           numbers.first),
    ("titles",             "021A",                                             values.title_statement),
    ("spare_titles",       "036C 021B 029A",                                   values.title_statement),
    ("volumes",            "036C$l 036D$l 021B$l",                             values.volumes),
    ("part_titles",        "021B",                                             values.part_titles),
    ("other_titles",       "022A$a 025@$a 026C$a 027A$a 047C$a 021G$a 046C$a", values.other_titles),
    ("leads",              "028A",                                             values.person),
    ("names",              "028B 028C 028D 028E 028F 028G",                    values.person),
    ("names",              "029A 029E 029F 030F",                              values.body),
    ("publishers",         "033A$n",                                           imprints.publishers),
    ("places",             "033A$p",                                           imprints.places),
    ("years",              "011@$a",                                           imprints.spare_years),
    ("spare_years",        "011@$n 011@$r",                                    imprints.spare_years),
    ("editions",           "032@$a",                                           imprints.sentence),
    ("languages",          "010@$a",                                           languages),
    ("extents",            "034D$a 034M$a 034I$a 034K$a",                      values.extent),
    ("materials",          "037C",                                             material.thesis),
    ("degrees",            "037C$ad",                                          material.degrees),
    ("spare_materials",    "013D$a 013H$a",                                    material.genres),
    ("series",             "036E$a 036F$a",                                    values.series),
    ("subjects",           "041A 044K 044L 044A 044F 044H",                    values.subject),
    ("subjects",           "044N$a 144Z$a 044Z$a",                             headings.keywords),
    ("notes",              "037A$a 037C$adef 046L$a",                          imprints.phrase),
    ("summaries",          "047I$a",                                           imprints.phrase),
    ("identifiers",        "004A$0A 004D$0",                                   numbers.isbns),
    ("identifiers",        "005A$0 005I$0",                                    numbers.issns),
    ("identifiers",        "004V$0 004R$0 004U$0 006A$0 003O$0 006G$0",        values.other_numbers),
    ("classes",            "045A$a 045B$a 045F$a 045Q$a8 045R$a 045D$a",       values.class_numbers),
    ("hosts",              "039B",                                             values.host),
    ("enumerations",       "031A",                                             values.enumeration),
    ("links",              "009Q$ua 009P$ua 017C$ua 017M$ua",                  headings.links),
)  # fmt: skip

COMPILED = compile_rules(RULES)

# 002@ $0: first sign the kind, second the level.
_BY_KIND = {
    "B": Material.FILM, "G": Material.SOUND, "H": Material.MANUSCRIPT, "K": Material.MAP, "M": Material.SCORE,
    "S": Material.SOFTWARE, "V": Material.OBJECT, "Z": Material.MIXED,
}  # fmt: skip
_BY_LEVEL = {
    "a": Material.BOOK, "f": Material.BOOK, "F": Material.BOOK, "c": Material.BOOK, "b": Material.JOURNAL,
    "d": Material.JOURNAL, "s": Material.ARTICLE, "o": Material.ARTICLE,
}  # fmt: skip


def fields_from_pica(record: etree._Element) -> list[MarcField]:
    """Read the fields of plain PICA XML (`datafield tag="021A"`) and of PPXML (`tag id="021A"`), in their order."""
    fields: list[MarcField] = []
    for element in record.iter():
        name = local_name(element)
        if name in {"datafield", "tag", "field"} and (tag := element.get("tag") or element.get("id")):
            subfields = [
                (code, text) for sub in element if (code := sub.get("code") or sub.get("id")) and (text := sub.text)
            ]
            if subfields:
                occurrence = element.get("occurrence") or element.get("occ") or ""
                fields.append(MarcField(tag, subfields, occurrence=occurrence))
    return fields


def record_from_pica(fields: list[MarcField], member: str) -> Record:
    """Return the Record that PICA fields describe."""
    draft = Draft()
    draft.raw += mend_fields(fields)
    apply_rules(COMPILED, fields, draft)
    draft.holdings += values.holdings(fields)
    kind = next((field.first("0") or "" for field in fields if field.tag == "002@"), "")
    if kind[:1] == "T":
        raise UnreadableError(f"002@ is {kind!r}: an authority record")
    found = _BY_KIND.get(kind[:1]) or _BY_LEVEL.get(kind[1:2])
    if found is not None:
        draft.materials.append(found)
    if kind:
        draft.online.append(kind[:1] == "O")
    return finish(draft, member)
