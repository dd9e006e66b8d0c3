"""UNIMARC -> Record: the table of rules, and what the coded places add.

Sources: UNIMARC Manual, Bibliographic Format (IFLA); practice of ABES (SUDOC) and BnF for holdings.
"""

from __future__ import annotations

from connectors.formats import headings, holdings, imprints, material, numbers, titles
from connectors.formats import unimarc_values as values
from connectors.formats.assembly import finish
from connectors.formats.draft import Draft
from connectors.formats.fields import MarcRecord
from connectors.formats.marc21 import languages
from connectors.formats.mending import mend_fields
from connectors.formats.rules import Rule, apply_rules, compile_rules
from engine.model import Material, Record

RULES: tuple[Rule, ...] = (
    # target               where from                                                      clean-up
    ("titles",             "200",                                                          values.title_statement),
    ("spare_titles",       "500$ahi 530$a",                                                titles.title_statement),
    ("other_titles",       "500$ahi 501$a 510$aehi 512$ae 513$ae 514$ae 515$ae 516$ae",    titles.other_title),
    ("other_titles",       "517$aehi 518$a 520$ae 530$a 531$a 532$a 540$ae 541$ae",        titles.other_title),
    ("leads",              "700 710 720",                                                  values.access_point),
    ("names",              "701 702 703 711 712 721 722 730",                              values.access_point),
    ("publishers",         "210$c 214$c 219$c",                                            values.publishers),
    ("places",             "210$a 214$a 219$a",                                            values.places),
    ("years",              "210$d 214$d 219$d",                                            values.years),
    ("spare_years",        "210$h 214$d 328$d",                                            imprints.spare_years),
    ("editions",           "205$ab",                                                       imprints.sentence),
    ("languages",          "101$a",                                                        languages),
    ("extents",            "215$acde",                                                     values.extent),
    ("materials",          "328",                                                          values.thesis),
    ("degrees",            "328$abz",                                                      values.degrees),
    ("spare_materials",    "608$a 200$b",                                                  material.genres),
    ("online",             "135$a",                                                        values.remote),
    ("online",             "230",                                                          values.is_remote),
    ("series",             "225$aei 410$t",                                                headings.series),
    ("subjects",           "600$abcfxyz 601$abxyz 602$axyz 604$atxyz 605$axyz 606$axyzj",  values.subject),
    ("subjects",           "607$axyz 608$axyz",                                            values.subject),
    ("subjects",           "610$a",                                                        headings.keywords),
    ("notes",              "300$a 302$a 303$a 304$a 305$a 307$a 310$a 311$a 312$a 314$a",  imprints.phrase),
    ("notes",              "316$a 320$a 321$a 323$a 324$a 326$a 327$abc 328$abcedz 333$a", imprints.phrase),
    ("notes",              "336$a 337$a",                                                  imprints.phrase),
    ("summaries",          "330$a",                                                        imprints.phrase),
    ("identifiers",        "010$az",                                                       numbers.isbns),
    ("identifiers",        "011$ayz",                                                      numbers.issns),
    ("identifiers",        "013$a 014$a 017$a 020$b 033$a 035$a 071$a",                    values.other_numbers),
    ("classes",            "675$a 676$a 680$ab 686$a",                                     values.class_numbers),
    ("hosts",              "461 463 464",                                                  values.host),
    ("links",              "856$u 859$u",                                                  headings.links),
    ("spare_holdings",     "852",                                                          holdings.marc_holding),
    ("holdings",           "930",                                                          values.sudoc_holding),
    ("holdings",           "995",                                                          values.holding_995),
    ("holding_summaries",  "955$ar 956$a 959$a",                                           values.sudoc_summary),
)  # fmt: skip

COMPILED = compile_rules(RULES)

_BY_TYPE = {
    "b": Material.MANUSCRIPT, "c": Material.SCORE, "d": Material.SCORE, "e": Material.MAP, "f": Material.MAP,
    "g": Material.FILM, "i": Material.SOUND, "j": Material.SOUND, "k": Material.IMAGE, "l": Material.E_RESOURCE,
    "m": Material.MIXED, "r": Material.OBJECT,
}  # fmt: skip
_BY_LEVEL = {"m": Material.BOOK, "s": Material.JOURNAL, "a": Material.ARTICLE, "i": Material.E_RESOURCE}


def record_from_unimarc(marc: MarcRecord, member: str) -> Record:
    """Return the Record that a UNIMARC record describes."""
    leader, control, fields = marc
    draft = Draft()
    draft.raw += mend_fields(fields)
    apply_rules(COMPILED, fields, draft)
    draft.ids += [text.strip() for text in control.get("001", ()) if text.strip()][:1]
    draft.urls += [text.strip() for text in control.get("003", ()) if headings.web_address(text.strip())][:1]
    for field in fields:
        if field.tag == "100":
            _read_general_data(field.first("a") or "", draft)
        elif field.tag == "105" and {"m", "v"} & set((field.first("a") or "")[4:8]):
            draft.materials.insert(0, Material.THESIS)
    found = _BY_LEVEL.get(leader[7:8]) if leader[6:7] in {"a", "l", ""} else _BY_TYPE.get(leader[6:7])
    if leader[6:7] == "l":
        draft.online.append(True)
    if found is not None:
        draft.materials.append(found)
    return finish(draft, member)


def _read_general_data(text: str, draft: Draft) -> None:
    """Read 100 $a: first date at 9-12 of the type at 8, language of cataloguing not among it."""
    year = text[9:13]
    if len(year) == 4 and year.isascii() and year.isdigit() and "1000" <= year < "2100":
        draft.spare_years.insert(0, int(year))


FIELDS = frozenset(COMPILED) | {"100", "105"}
"""The tags that are read."""
