"""One item of DSpace up to version 6: XMLUI's METS, which is complete and small, and JSPUI's page of the full record.

Both tell whether the files are open. Names of files that are closed are never taken. Source: recorded answers of DSpace
6.4; `citation_pdf_url` stands in the head of a page only where everybody may read a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import msgspec
from bs4 import BeautifulSoup
from lxml import etree

from connectors.dspace.access import Access, Status, with_end
from connectors.formats.fields import inner_text
from connectors.reading.html import attribute, refuse_other_pages, text_of
from engine.errors import UnreadableError

_FIELD: Final = re.compile(r"^[a-z]+(?:\.[A-Za-z]+){1,2}$")
_OPEN_SIGN: Final = re.compile(r"isAllowed=([yn])")
_CONTENT: Final = frozenset({"CONTENT", "ORIGINAL"})
_METAS: Final = {
    "DC.title": "dc.title", "DCTERMS.alternative": "dc.title.alternative", "DC.creator": "dc.contributor.author",
    "DC.contributor": "dc.contributor", "DCTERMS.issued": "dc.date.issued", "DC.publisher": "dc.publisher",
    "DC.type": "dc.type", "DC.language": "dc.language.iso", "DC.subject": "dc.subject",
    "DCTERMS.abstract": "dc.description.abstract", "DC.identifier": "dc.identifier",
    "DCTERMS.bibliographicCitation": "dc.identifier.citation", "DC.relation": "dc.relation",
    "DCTERMS.isPartOf": "dc.relation.ispartof",
}  # fmt: skip
"""What the head of an item's page says, whatever its theme: for pages without the table of fields."""


class Details(msgspec.Struct, frozen=True):
    """What an item says of itself, and the access to its files."""

    pairs: tuple[tuple[str, str], ...]
    access: Access | None


def mets_url(base: str, handle: str) -> str:
    """Return the address of an item's METS."""
    return f"{base}/metadata/handle/{quote(handle, safe='/._-~:')}/mets.xml?sections=dmdSec,fileSec"


def full_page_url(base: str, handle: str) -> str:
    """Return the address of JSPUI's page with every field of an item."""
    return f"{base}/handle/{quote(handle, safe='/._-~:')}?mode=full"


def mets_details(root: etree._Element) -> Details:
    """Return what a METS says; UnreadableError for XML that is none, or tells no field."""
    pairs = tuple(_dim_fields(root))
    if etree.QName(root).localname != "METS" or not pairs:
        raise UnreadableError("XML that is no METS with the fields of an item")
    signs = [_sign(link) for group in _named(root, "fileGrp") if _is_content(group) for link in _named(group, "FLocat")]
    if not signs:
        found = Access(Status.METADATA_ONLY)
    elif "y" in signs:
        found = Access(Status.OPEN)
    else:
        found = Access(Status.RESTRICTED if "n" in signs else Status.UNKNOWN)
    return Details(pairs, found)


def _dim_fields(root: etree._Element) -> Iterator[tuple[str, str]]:
    for field in _named(root, "field"):
        parts = [field.get("mdschema"), field.get("element"), field.get("qualifier")]
        text = inner_text(field).strip()
        if text and parts[0] and parts[1]:
            yield ".".join(filter(None, parts)), text


def _named(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return root.iter(f"{{*}}{name}")


def _is_content(group: etree._Element) -> bool:
    return (group.get("USE") or "").upper() in _CONTENT


def _sign(link: etree._Element) -> str:
    address = next((value for name, value in link.attrib.items() if str(name).endswith("href")), "")
    found = _OPEN_SIGN.search(str(address))
    return found[1] if found else ""


def page_details(page: BeautifulSoup) -> Details | None:
    """Return what an item's page says, None where it says that the item is withdrawn.

    A login, and a page that is no item's, are what `refuse_other_pages` says.
    """
    pairs = tuple(_table_fields(page)) or tuple(_head_fields(page))
    if not pairs:
        if page.select_one('meta[name="Generator"][content*="DSpace"]') is not None and not _asks_login(page):
            return None
        refuse_other_pages(page)
    return Details(pairs, _access_on(page))


def _asks_login(page: BeautifulSoup) -> bool:
    return page.select_one("input[type=password]") is not None


def _table_fields(page: BeautifulSoup) -> Iterator[tuple[str, str]]:
    for row in page.select("table.itemDisplayTable tr, table.ds-includeSet-table tr, table.detailtable tr"):
        cells = row.select("td")
        if len(cells) >= 2 and _FIELD.match(name := text_of(cells[0])) and (value := text_of(cells[1])):
            yield name, value


def _head_fields(page: BeautifulSoup) -> Iterator[tuple[str, str]]:
    for meta in page.select("meta[name][content]"):
        field = _METAS.get(attribute(meta, "name"))
        if field and (text := attribute(meta, "content").strip()):
            yield field, text


def _access_on(page: BeautifulSoup) -> Access | None:
    if page.select_one('meta[name="citation_pdf_url"]') is not None:
        return Access(Status.OPEN)
    locks = [text_of(sign.find_parent(["i", "td"])) for sign in page.select("td .glyphicon-lock, td .fa-lock")]
    if locks:
        ends = [found for text in locks if (found := with_end(Status.EMBARGO, text)).until]
        return ends[0] if len(ends) == len(locks) else Access(Status.RESTRICTED)
    addresses = [attribute(link, "href") for link in page.select("a[href*='/bitstream/']")]
    if not addresses:
        return Access(Status.METADATA_ONLY)
    signs = {sign[1] for address in addresses if (sign := _OPEN_SIGN.search(address))}
    if signs:
        return Access(Status.OPEN if "y" in signs else Status.RESTRICTED)
    return Access(Status.UNKNOWN)
