"""MARC 21 -> Record: the table of rules, and what the coded places add.

Sources: MARC 21 Format for Bibliographic Data; TCVN 7539:2005; practice of Koha, Alma and Vietnamese libraries.
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.formats import agents, headings, holdings, imprints, material, numbers, titles
from connectors.formats.assembly import finish
from connectors.formats.coded import (
    NO_BIBLIOGRAPHIC_TYPES,
    material_of_codes,
    online_of_codes,
    year_of_codes,
)
from connectors.formats.draft import Draft
from connectors.formats.fields import MarcField, MarcRecord
from connectors.formats.marcxml import PlainRecord, reader_of_fields
from connectors.formats.mending import mend_fields
from connectors.formats.rules import Rule, apply_rules, compile_rules
from engine.errors import UnreadableError
from engine.model import Record
from engine.normalise.languages import language as known_language


def languages(field: MarcField, codes: str) -> Iterator[str]:
    """Read 041: codes that may stand in one subfield without spaces ("engfre")."""
    for text in field.every(codes):
        word = text.strip()
        if len(word) > 3 and len(word) % 3 == 0 and word.isascii() and word.isalpha() and word.islower():
            parts = [word[place : place + 3] for place in range(0, len(word), 3)]
            known = [found for part in parts if (found := known_language(part))]
            if len(known) == len(parts):
                yield from known
                continue
        if (found := known_language(word)) is not None:
            yield found


RULES: tuple[Rule, ...] = (
    # target               where from                                                clean-up
    ("ids",                "999$cd",                                                 numbers.koha_id),
    ("titles",             "245$abnpcsk",                                            titles.title_statement),
    ("spare_titles",       "880$abnpc",                                              titles.linked_statement),
    ("spare_titles",       "130$anp 222$a 240$anp 242$abnp",                         titles.title_statement),
    ("other_titles",       "246$abnp 247$abnp 130$anp 240$anp 242$abnp 210$a 222$a", titles.other_title),
    ("other_titles",       "740$anp",                                                titles.other_title),
    ("other_titles",       "880$abnp",                                               titles.linked_title),
    ("volumes",            "490$v",                                                  titles.volume_of_series),
    ("leads",              "100 110 111",                                            agents.access_point),
    ("names",              "700 710 711 720",                                        agents.access_point),
    ("publishers",         "260$b 264$b",                                            imprints.publishers),
    ("spare_publishers",   "264$b",                                                  imprints.spare_publishers),
    ("places",             "260$a 264$a",                                            imprints.places),
    ("years",              "260$c 264$c",                                            imprints.years),
    ("spare_years",        "264$c 260$g 502$d 362$a",                                imprints.spare_years),
    ("editions",           "250$ab",                                                 imprints.sentence),
    ("languages",          "041$ad",                                                 languages),
    ("extents",            "300$abce",                                               imprints.sentence),
    ("materials",          "502",                                                    material.thesis),
    ("degrees",            "502$ab",                                                 material.degrees),
    ("spare_materials",    "245$h 655$a",                                            material.genres),
    ("spare_materials",    "336$b",                                                  material.content_types),
    ("online",             "338$b",                                                  material.carriers),
    ("online",             "245$h",                                                  material.online_designation),
    ("series",             "490$ap 440$anp",                                         headings.series),
    ("spare_series",       "800$tnp 810$tnp 811$tnp 830$anp",                        headings.series),
    ("subjects",           "600$abcdqtvxyz 610$abtvxyz 611$acdetvxyz 630$anptvxyz",  headings.subject),
    ("subjects",           "650$abvxyz 651$avxyz 655$avxyz 648$avxyz",               headings.subject),
    ("subjects",           "653$a",                                                  headings.keywords),
    ("notes",              "500$a 501$a 502$abcdg 504$a 505$agrt 508$a 511$a 515$a", imprints.phrase),
    ("notes",              "518$a 521$a 525$a 530$a 533$abcd 534$pabct 538$a 546$a", imprints.phrase),
    ("notes",              "550$a 580$a 586$a",                                      imprints.phrase),
    ("summaries",          "520$ab",                                                 imprints.phrase),
    ("identifiers",        "020$az",                                                 numbers.isbns),
    ("identifiers",        "022$alyz",                                               numbers.issns),
    ("identifiers",        "024$a",                                                  numbers.standard_numbers),
    ("identifiers",        "028$ab",                                                 numbers.publisher_numbers),
    ("identifiers",        "035$a",                                                  numbers.oclcs),
    ("identifiers",        "010$a",                                                  numbers.lccns),
    ("identifiers",        "015$a",                                                  numbers.nbns),
    ("classes",            "082$a 080$a 050$a 060$a 084$a 090$a 092$a",              numbers.class_numbers),
    ("hosts",              "773",                                                    headings.host),
    ("enumerations",       "773",                                                    headings.enumeration),
    ("links",              "856$u",                                                  headings.links),
    ("holdings",           "952",                                                    holdings.koha_item),
    ("holdings",           "AVA",                                                    holdings.alma_physical),
    ("holdings",           "AVE",                                                    holdings.alma_electronic),
    ("holdings",           "AVD",                                                    holdings.alma_digital),
    ("spare_holdings",     "852",                                                    holdings.marc_holding),
    ("holding_summaries",  "866$az",                                                 holdings.summary_of_holdings),
)  # fmt: skip

COMPILED = compile_rules(RULES)
FIELDS = frozenset(COMPILED)
"""The tags that are read."""


_fill = reader_of_fields(COMPILED)


def record_from_marc21(marc: MarcRecord, member: str) -> Record:
    """Return the Record that a MARC 21 record describes."""
    draft = Draft()
    draft.raw += mend_fields(marc.fields)
    apply_rules(COMPILED, marc.fields, draft)
    return _record(draft, marc.leader, marc.control, member)


def record_from_plain_marc21(marc: PlainRecord, member: str) -> Record:
    """Return the same as `record_from_marc21` of a record in pieces. Raises NotPlainError."""
    draft = Draft()
    _fill(marc.fields, draft)
    return _record(draft, marc.leader, marc.control, member)


def _record(draft: Draft, leader: str, control: dict[str, list[str]], member: str) -> Record:
    """Return the Record of a draft, with what the coded places add."""
    if not draft.titles and leader[6:7] in NO_BIBLIOGRAPHIC_TYPES:
        raise UnreadableError(f"no title, and leader 06 is {leader[6:7]!r}: no bibliographic record")
    if not draft.ids and (ids := [text.strip() for text in control.get("001", ()) if text.strip()]):
        draft.ids.append(ids[0])
    field_008 = control["008"][0] if "008" in control else ""
    if (year := year_of_codes(field_008)) is not None:
        draft.spare_years.insert(0, year)
    if (language := field_008[35:38].strip(" |")) and (code := known_language(language)):
        draft.languages.insert(0, code)
    if (kind := material_of_codes(leader, field_008)) is not None:
        draft.materials.append(kind)
    online = online_of_codes(leader, control.get("006", []), control.get("007", []), field_008)
    if online is not None:
        draft.online.append(online)
    return finish(draft, member)
