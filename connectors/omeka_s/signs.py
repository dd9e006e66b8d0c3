"""How Omeka S is told from an address. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from connectors.reading.html import attribute, parse_html, text_of
from connectors.reading.json import parse_json
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_ASSETS: Final = "application/asset/"
_ITEM: Final = re.compile(r"/s/([A-Za-z0-9_-]+)(?:/|$)")


def recognise_api(page: Page) -> Found | None:
    """Return what an answer of the API gives away: items with the keys that only Omeka S writes."""
    if page.body[:1] not in {b"[", b"{"}:
        return None
    try:
        found = parse_json(page.body)
    except LienThuError:
        return None
    first = found[0] if isinstance(found, list) and found else None
    if not isinstance(first, dict) or "o:id" not in first or "@id" not in first:
        return None
    parts = urlsplit(page.url)
    path = parts.path.partition("/api/")[0] or "/"
    return Found(urlunsplit((parts.scheme, parts.netloc, path, "", "")), Reason("sign.omeka-s.api"))


def recognise_page(page: Page) -> Found | None:
    """Return what a page gives away: the folder of Omeka S's own styles, and addresses below `/s/`."""
    if _ASSETS.encode() not in page.body:
        return None
    try:
        found = parse_html(page.body)
    except LienThuError:
        return None
    styles = [attribute(tag, "href") or attribute(tag, "src") for tag in found.select("link[href], script[src]")]
    own = next((style for style in styles if _ASSETS in style), "")
    if not own:
        return None
    parts = urlsplit(page.url)
    path = urlsplit(own).path.partition(_ASSETS)[0] or "/"
    site = next((match[1] for tag in found.select("a[href]") if (match := _ITEM.search(attribute(tag, "href")))), "")
    return Found(
        urlunsplit((parts.scheme, parts.netloc, path if path.startswith("/") else "/", "", "")),
        Reason("sign.omeka-s.page"),
        settings={"site": site} if site else {},
        name=text_of(found.title).rpartition("·")[2].strip() or None,
        is_sure=bool(site),
    )


SIGNS: Final = (
    Sign(path="", recognise=recognise_page, step=60, hint=r"(?i)application/asset/|omeka"),
    Sign(path="api/items?per_page=1", recognise=recognise_api, step=70, hint=r"(?i)omeka"),
)
