"""Theses in ETD-MS -> Record: Dublin Core's elements, with what each contributor did, and the degree inside an element.

Source: ETD-MS 1.1 (NDLTD), and DSpace 6.4 and 7.6 as tried.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from connectors.formats import dc, dc_values
from connectors.formats.assembly import finish
from connectors.formats.dc import fill_draft
from connectors.formats.draft import Draft
from connectors.formats.fields import inner_text, local_name
from connectors.formats.rules import NamedRule, compile_names
from engine.model import Material, Record

RULES: tuple[NamedRule[str], ...] = (
    # target   where from                      clean-up
    *dc.RULES,
    ("degrees", "degree.level degree.name",     dc_values.degrees),
    ("notes",   "degree.discipline",            dc_values.line),
)  # fmt: skip

COMPILED = compile_names(RULES)


def texts_of(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Return the (name, text) pairs: a contributor's role and a part of the degree joined to the name by a dot."""
    for child in element:
        name = local_name(child)
        if name == "degree":
            yield from ((f"degree.{local_name(part)}", inner_text(part)) for part in child if local_name(part))
        elif name == "contributor" and (role := child.get("role")):
            yield f"contributor.{role.strip().lower()}", inner_text(child)
        elif name and (text := inner_text(child)).strip():
            yield name, text


def record_from_etdms(element: etree._Element, member: str) -> Record:
    """Return the Record that a thesis describes. DSpace tells days of deposit first: the earliest date counts."""
    draft = fill_draft(Draft(), COMPILED, texts_of(element))
    draft.years.sort()
    draft.spare_years.sort()
    draft.spare_materials.append(Material.THESIS)
    return finish(draft, member)
