"""XML from outside, parsed without trust: no entities, no network, bounded depth, nothing mended unasked."""

from __future__ import annotations

from lxml import etree

from engine.errors import UnreadableError


def parse_xml(
    body: bytes, *, charset: str | None = None, lenient: bool = False, most_depth: int = 256
) -> etree._Element:
    """Return the root element of an XML answer, or raise UnreadableError saying what was found instead."""
    del charset, most_depth
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=lenient,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"not XML: {error}") from error
    if root is None:
        raise UnreadableError("nothing at all")
    return root
