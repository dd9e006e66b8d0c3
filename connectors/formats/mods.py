"""MODS -> Record, version 3.x: the table of rules.

Source: MODS 3.7 user guidelines.
"""

from __future__ import annotations

from lxml import etree

from connectors.formats import mods_relations as relations
from connectors.formats import mods_values as values
from connectors.formats.assembly import finish
from connectors.formats.draft import Draft
from connectors.formats.fields import local_name
from connectors.formats.mending import mended_element
from connectors.formats.rules import NamedRule, apply_names, compile_names
from engine.model import Record

RULES: tuple[NamedRule[etree._Element], ...] = (
    # target               where from                clean-up
    ("ids",                "recordInfo",             values.record_ids),
    ("titles",             "titleInfo",              values.main_titles),
    ("other_titles",       "titleInfo",              values.other_titles),
    ("volumes",            "part",                   values.volumes),
    ("leads",              "name",                   values.primary_names),
    ("names",              "name",                   values.other_names),
    ("publishers",         "originInfo",             values.publishers),
    ("places",             "originInfo",             values.places),
    ("years",              "originInfo",             values.years_issued),
    ("spare_years",        "originInfo part",        values.other_years),
    ("editions",           "originInfo",             values.editions),
    ("languages",          "language",               values.languages),
    ("materials",          "originInfo",             values.issuance),
    ("materials",          "typeOfResource",         values.types),
    ("spare_materials",    "genre",                  values.genres),
    ("degrees",            "genre note",             values.degrees),
    ("online",             "physicalDescription",    values.online),
    ("extents",            "physicalDescription",    values.extents),
    ("series",             "relatedItem",            relations.series),
    ("hosts",              "relatedItem",            relations.hosts),
    ("enumerations",       "part",                   values.enumerations),
    ("subjects",           "subject",                values.subjects),
    ("classes",            "classification",         values.classes),
    ("summaries",          "abstract",               values.texts),
    ("notes",              "note tableOfContents",   values.notes),
    ("responsibilities",   "note",                   values.responsibilities),
    ("identifiers",        "identifier",             relations.identifiers),
    ("links",              "location",               relations.links),
    ("links",              "identifier relatedItem", relations.other_links),
    ("urls",               "location",               relations.pages),
    ("holdings",           "location",               relations.holdings),
)  # fmt: skip

COMPILED = compile_names(RULES)


def record_from_mods(element: etree._Element, member: str) -> Record:
    """Return the Record that a MODS element describes."""
    draft = Draft()
    element, draft.raw = mended_element(element)
    apply_names(COMPILED, ((local_name(child), child) for child in element), draft)
    return finish(draft, member)
