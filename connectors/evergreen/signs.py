"""How Evergreen is told from an address. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit, urlunsplit

from connectors.formats.fields import inner_text, local_name
from connectors.reading.html import attribute, parse_html, text_of
from connectors.reading.xml import parse_xml
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_PATH: Final = "opac/extras/opensearch/1.1/-/keyword/osd.xml"


def recognise_description(page: Page) -> Found | None:
    """Return what an OpenSearch description gives away: templates below `/opac/extras/opensearch`."""
    if b"OpenSearchDescription" not in page.body[:1000]:
        return None
    try:
        root = parse_xml(page.body)
    except LienThuError:
        return None
    templates = [one.get("template") or "" for one in root if local_name(one) == "Url"]
    if not any("/extras/opensearch/" in template for template in templates):
        return None
    name = next((inner_text(one).strip() for one in root if local_name(one) == "LongName"), "")
    return Found(_base(page.url), Reason("sign.evergreen.opensearch"), name=name.removeprefix("Search ") or None)


def recognise_page(page: Page) -> Found | None:
    """Return what a page of the catalogue gives away: its addresses `/eg/opac/` and its unAPI server."""
    if b"/eg/opac/" not in page.body and b"/opac/extras/unapi" not in page.body:
        return None
    try:
        found = parse_html(page.body)
    except LienThuError:
        return None
    server = found.select_one("link[rel='unapi-server']")
    actions = [attribute(tag, "action") for tag in found.select("form[action]")]
    has_box = any("/eg/opac/results" in action for action in actions)
    has_unapi = "/opac/extras/unapi" in attribute(server, "href")
    if not has_box and not has_unapi:
        return None
    return Found(
        _base(page.url),
        Reason("sign.evergreen.page"),
        name=text_of(found.title).partition("-")[0].strip() or None,
        is_sure=has_box and has_unapi,
    )


def _base(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path.partition("/eg/")[0].partition("/opac/")[0]
    return urlunsplit((parts.scheme, parts.netloc, path if path.startswith("/") else "/", "", ""))


SIGNS: Final = (
    Sign(path="", recognise=recognise_page, step=55, hint=r"/eg/opac/"),
    Sign(path=f"/{_PATH}", recognise=recognise_description, step=65, hint=r"/eg/opac/|(?:evergreen)"),
)
