"""What single elements of MODS say of other things: series, hosts, identifiers, addresses, copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from connectors.formats.fields import local_name
from connectors.formats.headings import link_kind, parse_enumeration, web_address
from connectors.formats.mods_values import below, enumerated, said, statement
from connectors.formats.numbers import bare, wrong
from connectors.formats.tidy import tidy, undot
from engine.model import Holding, Host, Identifier, Link, LinkKind, Scheme, Series
from engine.normalise.identifiers import doi, handle, isbn, issn, lccn, oclc

_READERS: dict[str, Callable[[str], Identifier | None]] = {
    "isbn": isbn, "issn": issn, "issn-l": issn, "doi": doi, "hdl": handle, "handle": handle, "lccn": lccn, "oclc": oclc,
}  # fmt: skip
_SCHEMES = {
    "urn": Scheme.NBN, "nbn": Scheme.NBN, "ismn": Scheme.ISMN, "ean": Scheme.EAN, "upc": Scheme.EAN,
    "uri": Scheme.URI, "music publisher": Scheme.PUBLISHER_NUMBER, "issue number": Scheme.PUBLISHER_NUMBER,
}  # fmt: skip


def series(element: etree._Element) -> Iterator[Series]:
    """Read a related item that is a series."""
    if element.get("type") == "series":
        for child in below(element, "titleInfo"):
            if (found := statement(child)) is not None:
                name = found.title
                name, _, number = name.partition(" ; ")
                yield Series(undot(name), found.volume or number or None)


def hosts(element: etree._Element) -> Iterator[Host]:
    """Read a related item that is a host."""
    if element.get("type") != "host":
        return
    title = next((found for child in below(element, "titleInfo") if (found := statement(child))), None)
    if title is None:
        return
    numbers: dict[str, str] = {}
    for child in below(element, "identifier"):
        kind = (child.get("type") or "").lower()
        number = _READERS[kind](bare(said(child))) if kind in {"isbn", "issn"} else None
        if number is not None:
            numbers.setdefault(kind, number.value)
    part: dict[str, str] = {}
    for child in below(element, "part"):
        part = enumerated(child)
        for text in below(child, "text"):
            volume, issue, pages = parse_enumeration(said(text))
            told = {"volume": volume, "issue": issue, "pages": pages}
            part = {kind: number for kind, number in told.items() if number} | part
    yield Host(
        title.title,
        issn=numbers.get("issn"),
        isbn=numbers.get("isbn"),
        volume=part.get("volume"),
        issue=part.get("issue"),
        pages=part.get("pages"),
    )


def identifiers(element: etree._Element) -> Iterator[Identifier]:
    """Read an identifier by its type."""
    kind = (element.get("type") or "").strip().lower()
    text = said(element)
    if not text:
        return
    if reader := _READERS.get(kind):
        found = reader(bare(text) if kind in {"isbn", "issn"} else text)
    elif "doi.org/" in text:
        found = doi(text)
    elif "hdl.handle.net/" in text:
        found = handle(text)
    else:
        found = Identifier(_SCHEMES.get(kind, Scheme.OTHER), text)
    if found is not None:
        yield wrong(found) if element.get("invalid") == "yes" else found


def links(element: etree._Element) -> Iterator[Link]:
    """Read location/url."""
    for child in below(element, "url"):
        url = said(child)
        label = tidy(child.get("displayLabel") or child.get("note") or "")
        if not web_address(url):
            continue
        kind = LinkKind.COVER if child.get("access") == "preview" else link_kind(label, "")
        if child.get("access") in {"raw object", "object in context"} and kind is LinkKind.RELATED:
            kind = LinkKind.FULL_TEXT
        yield Link(url, kind, label or None)


def other_links(element: etree._Element) -> Iterator[Link]:
    """Read addresses of identifiers, and of related items that are neither series nor host."""
    if local_name(element) == "identifier":
        url = said(element)
        if web_address(url):
            yield Link(url)
    elif element.get("type") not in {"series", "host"}:
        for child in below(element, "location"):
            yield from links(child)


def pages(element: etree._Element) -> Iterator[str]:
    """Read the address that MODS marks as the record's page."""
    for child in below(element, "url"):
        if child.get("usage") in {"primary", "primary display"} and web_address(url := said(child)):
            yield url


def holdings(element: etree._Element) -> Iterator[Holding]:
    """Read location: the library, its call number, and its copies (holdingSimple)."""
    branch = next((said(child) for child in below(element, "physicalLocation")), "") or None
    shelf = next((said(child) for child in below(element, "shelfLocator")), "") or None
    is_told = False
    for simple in below(element, "holdingSimple"):
        for copy in below(simple, "copyInformation"):
            one = {local_name(child): said(child) for child in reversed(copy)}
            is_told = True
            yield Holding(
                branch=branch,
                location=one.get("subLocation") or None,
                call_number=one.get("shelfLocator") or shelf,
                item=one.get("itemIdentifier") or None,
                note=one.get("note") or one.get("enumerationAndChronology") or None,
            )
    if not is_told and (branch or shelf):
        yield Holding(branch=branch, call_number=shelf)
