"""Which format an XML element is in, told by its content: namespaces and declared schemas are often wrong."""

from __future__ import annotations

from lxml import etree

from connectors.formats.fields import local_name

DIALECTS = ("marc21", "unimarc", "mods", "dc", "pica", "opac")

_WRAPPERS = frozenset(
    {"collection", "modsCollection", "metadata", "recordData", "dcCollection", "dcx", "RDF", "records"}
)
_DC_ROOTS = frozenset({"dc", "dublincore", "qualifieddc", "dcterms", "dim", "thesis", "dcCollection"})
_DC_ELEMENTS = frozenset({"title", "creator", "contributor", "identifier", "subject", "description", "publisher"})
_MOST_LOOKS = 60


def unwrapped(element: etree._Element) -> etree._Element:
    """Return the record inside wrappers: a collection, OAI-PMH's `record/metadata`, SRU's `record/recordData`."""
    for _ in range(4):
        name = local_name(element)
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


def dialect_of(element: etree._Element) -> str:
    """Return which of `DIALECTS` a record's element is in, "" for none of them."""
    name = local_name(element)
    if name == "mods":
        return "mods"
    if name in _DC_ROOTS:
        return "dc"
    if name == "opacRecord":
        return "opac"
    if name == "global" or "ppxml" in str(element.tag) or "pica" in str(element.tag).lower():
        return "pica"
    looked = 0
    is_marc = False
    for child in element:
        tag = child.get("tag")
        if tag is None:
            if local_name(child) == "leader":
                is_marc = True
            continue
        if tag == "245":
            return "marc21"
        if tag == "200":
            return "unimarc"
        if len(tag) == 4 and (tag[3] == "@" or (tag[:3].isdigit() and tag[3].isalpha())):
            return "pica"
        is_marc = True
        looked += 1
        if looked > _MOST_LOOKS:
            break
    if is_marc:
        return "unimarc" if "unimarc" in (element.get("format") or "").lower() else "marc21"
    if any(local_name(child) in _DC_ELEMENTS for child in element):
        return "dc"
    return ""
