"""Which format an XML element is in, told by its content: namespaces and declared schemas are often wrong."""

from __future__ import annotations

import re

from lxml import etree

from connectors.formats.fields import local_name

DIALECTS = ("marc21", "unimarc", "mods", "dc", "pica", "opac", "oai_marc", "dim", "xoai", "uketd", "etdms")

_WRAPPERS = frozenset(
    {"collection", "modsCollection", "metadata", "recordData", "dcCollection", "dcx", "RDF", "records"}
)
_BY_NAME = {
    "mods": "mods", "opacRecord": "opac", "global": "pica", "dc": "dc", "dublincore": "dc", "qualifieddc": "dc",
    "dcterms": "dc", "dim": "dim", "uketddc": "uketd", "thesis": "etdms",
    "oai_marc": "oai_marc", "xoai": "xoai",
}  # fmt: skip
_PICA_TAG = re.compile(r"\d\d\d[A-Z@]").fullmatch
_DC_ELEMENTS = frozenset({"title", "creator", "contributor", "identifier", "subject", "description", "publisher"})
_TITLE_TAGS = {"245": "marc21", "200": "unimarc"}


def unwrapped(element: etree._Element) -> etree._Element:
    """Return the record inside wrappers: a collection, OAI-PMH's `record/metadata`, SRU's `record/recordData`."""
    for _ in range(4):
        name = local_name(element)
        if is_xoai(element):
            return element
        if name in _WRAPPERS:
            inner = next((child for child in element if local_name(child)), None)
        elif name == "record" and len(element) and element[0].get("tag") is None:
            inner = next((child for child in element if local_name(child) in {"metadata", "recordData"}), None)
        else:
            return element
        if inner is None:
            return element
        element = inner
    return element


def is_xoai(element: etree._Element) -> bool:
    """Whether it is DSpace's `xoai`, whose root is called `metadata` as the wrapper around it is."""
    return local_name(element) == "metadata" and len(element) > 0 and local_name(element[0]) == "element"


def dialect_of(element: etree._Element) -> str:
    """Return which of `DIALECTS` a record's element is in, "" for none of them."""
    name = "xoai" if is_xoai(element) else local_name(element)
    if name in _BY_NAME:
        return _BY_NAME[name]
    if "pica" in str(element.tag).lower() or "ppxml" in str(element.tag):
        return "pica"
    is_marc = False
    for child in element:
        tag = child.get("tag")
        if tag in _TITLE_TAGS:
            return _TITLE_TAGS[tag]
        if tag is None:
            is_marc = is_marc or local_name(child) == "leader"
        elif _PICA_TAG(tag):
            return "pica"
        else:
            is_marc = True
    if is_marc:
        return "unimarc" if "unimarc" in (element.get("format") or "").lower() else "marc21"
    return "dc" if any(local_name(child) in _DC_ELEMENTS for child in element) else ""
