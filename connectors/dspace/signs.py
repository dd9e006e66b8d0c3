"""How a DSpace is told from an address: its root names the version, its pages name their generator. Pure."""

from __future__ import annotations

import re
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from connectors.dspace.interface import CONFIG, is_interface, root_of, server_in
from connectors.dspace.rest import item_pages
from connectors.dspace.settings import DspaceSettings
from connectors.dspace.ways import by_home_page
from connectors.reading.html import generator_of, parse_html, title_of
from connectors.reading.json import first_text, parse_json
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_INTERFACE_HINT: Final = r"<ds-(?:app|root)[\s>]|dspace-angular"
_HINT: Final = r"(?i)dspace|/simple-search|/jspui|/xmlui|/bitstream/"
_GENERATOR: Final = re.compile(r"(?i)\bdspace\b\s*([\w.-]*)")
_IS_DSPACE: Final = re.compile(r"(?i)<Tags>IR DSpace</Tags>|<(?:ShortName|Description)>[^<]*DSpace")
_LONG_NAME: Final = re.compile(r"<LongName>([^<]{1,200})</LongName>")
_DESCRIPTION: Final = "/open-search/description.xml"


def recognise_root(page: Page) -> Found | None:
    """Tell a DSpace 7 or later by the root of its REST interface."""
    path = urlsplit(page.url).path.rstrip("/")
    if page.status != 200 or not path.endswith("/api"):
        return None
    try:
        root = parse_json(page.body)
    except LienThuError:
        return None
    if not isinstance(root, dict) or "dspaceVersion" not in root:
        return None
    server = page.url.partition("?")[0].rstrip("/").removesuffix("/api")
    version = first_text(root.get("dspaceVersion")).removeprefix("DSpace ").strip()
    settings: dict[str, object] = {"way": "rest7"}
    unsure: dict[str, str] = {}
    pages = item_pages(root, server)
    if pages and pages != server.removesuffix("/server") and not _is_private(pages):
        settings["pages"] = pages
        unsure["pages"] = f"the server names {pages} as the address of its pages"
    name = first_text(root.get("dspaceName")) or None
    return Found(server, Reason("sign.dspace.root", {"version": version or "?"}), settings, name, unsure=unsure)


def recognise_interface(page: Page) -> Found | None:
    """Tell a DSpace 7 or later by a page of its interface, or its settings: they say where the server stands."""
    base, is_config, rest = page.url.partition("?")[0].partition(CONFIG)
    if page.status != 200 or rest or not (is_config or is_interface(page.body)):
        return None
    server = server_in(page.body)
    if not server or _is_private(server):
        return None
    settings: dict[str, object] = {"way": "rest7"}
    unsure: dict[str, str] = {}
    pages = base if is_config else root_of(page.body, page.url)
    if pages != server.removesuffix("/server"):
        settings["pages"] = pages
        unsure["pages"] = "the server stands elsewhere than the pages for people"
    return Found(server, Reason("sign.dspace.interface", {"url": server}), settings, unsure=unsure)


def recognise_page(page: Page) -> Found | None:
    """Tell a DSpace up to version 6 by the generator that its pages name, and where its search is."""
    if page.status != 200 or b"dspace" not in page.body.lower():
        return None
    try:
        tree = parse_html(page.body)
    except LienThuError:
        return None
    generator = _GENERATOR.search(generator_of(tree))
    ways = by_home_page(tree, page.url, DspaceSettings(), "") if generator is not None else []
    if generator is None or not ways:
        return None
    evidence = Reason("sign.dspace.generator", {"version": generator[1] or "?"})
    return Found(ways[0].base, evidence, name=_name(tree))


def recognise_description(page: Page) -> Found | None:
    """Tell a DSpace up to version 6 by the description of its OpenSearch, which is there when the feed is off too.

    It is not parsed: JSPUI counts its letters for bytes, so that its end is missing where the name has marks.
    """
    base, described, rest = page.url.partition(_DESCRIPTION)
    if page.status != 200 or not described or rest.strip("/") or b"<OpenSearchDescription" not in page.body:
        return None
    text = page.body.decode("utf-8", "replace")
    if not _IS_DSPACE.search(text):
        return None
    name = _LONG_NAME.search(text)
    return Found(base, Reason("sign.dspace.opensearch"), name=(unescape(name[1]).strip() or None) if name else None)


def _name(tree: BeautifulSoup) -> str | None:
    """Return what the repository calls itself: the title of its pages, without the name of this page."""
    return title_of(tree).partition(": ")[0] or None


def _is_private(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "127.0.0.1", "::1"} or host.startswith(("10.", "192.168.", "172.")) or "." not in host


SIGNS: Final = (
    Sign("", recognise_page, step=20, hint=_HINT),
    Sign("", recognise_root, step=10, hint=_HINT),
    Sign("", recognise_interface, step=15, hint=_HINT),
    Sign(CONFIG, recognise_interface, step=15, hint=_INTERFACE_HINT),
    Sign("/server/api", recognise_root, step=10, hint=_HINT),
    Sign("/jspui/", recognise_page, step=30, hint=_HINT),
    Sign("/xmlui/", recognise_page, step=60, hint=r"/xmlui"),
    Sign(_DESCRIPTION, recognise_description, step=35, hint=_HINT),
    Sign("/dspace/", recognise_page, step=70, hint=r"/dspace"),
)
