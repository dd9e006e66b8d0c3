"""How a Koha is told from the bare address of a library, and what it calls itself. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup

from connectors.koha.address import base_of
from connectors.koha.page import is_koha, template_of
from connectors.reading.html import attribute, parse_html, text_of, title_of
from engine.errors import UnreadableError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_SHORT_NAME: Final = re.compile(rb"<ShortName>\s*([^<]{1,200}?)\s*</ShortName>")
_SEARCH: Final = re.compile(rb"""template\s*=\s*["'][^"']{0,300}/cgi-bin/koha/opac-search\.pl""")
_CATALOGUE: Final = re.compile(r"^(https?://[^/?#]{1,200})(?:/[^?#]{0,200}?)??/cgi-bin/koha/(?:opac-|$)")
_VERSION: Final = re.compile(r"Koha\s+(\d{1,2})\.(\d{2})")
_NO_NAMES: Final = frozenset({"koha online", "library catalog", "koha", "koha online catalog"})


def recognise_page(page: Page) -> Found | None:
    """Recognise a page of the catalogue itself, or a portal that links to one."""
    if page.status >= 400 or b"koha" not in page.body.lower():
        return None
    try:
        tree = parse_html(page.body)
    except UnreadableError:
        return None
    if b"/intranet-tmpl/" in page.body:
        return None  # the staff's side
    if is_koha(tree) or template_of(tree).startswith("opac-"):
        return Found(_root_in(tree, page.url), Reason("sign.koha", _version(tree)), name=_name(tree))
    for link in tree.find_all("a", href=_CATALOGUE):
        url = base_of(attribute(link, "href"))
        return Found(url, Reason("sign.koha-link", {"url": url}), is_sure=False)
    return None


def recognise_description(page: Page) -> Found | None:
    """Recognise the OpenSearch description, which every version gives without a search."""
    if page.status != 200 or not _SEARCH.search(page.body[:20_000]):
        return None
    said = _SHORT_NAME.search(page.body[:20_000])
    name = _shown(said[1].decode("utf-8", "replace")) if said else None
    return Found(_root(page.url), Reason("sign.koha-opensearch"), name=name)


def _root(url: str) -> str:
    """Return the root of a catalogue: its pages stand below `/cgi-bin/` or at short addresses of the same host."""
    parts = urlsplit(url)
    return base_of(url) if "/cgi-bin/" in parts.path else f"{parts.scheme}://{parts.netloc}"


def _root_in(tree: BeautifulSoup, url: str) -> str:
    """Return the root of a catalogue as its own pages link to it: a proxy may have put a path before it."""
    if "/cgi-bin/" in urlsplit(url).path:
        return base_of(url)
    for part in tree.find_all(["a", "form"], limit=200):
        address = urljoin(url, attribute(part, "href") or attribute(part, "action"))
        if "/cgi-bin/koha/opac-" in address and urlsplit(address).netloc == urlsplit(url).netloc:
            return base_of(address)
    return _root(url)


def recognise_login(page: Page) -> Found | None:
    """Recognise Koha where it shows a page of its own at the usual address: to log in, to search."""
    found = recognise_page(page)
    return found if found is not None and found.is_sure else None


def version_of(tree: BeautifulSoup) -> str | None:
    """Return the version that a page says, as people write it: `19.06`."""
    said = _VERSION.search(attribute(tree.select_one("meta[name=generator]"), "content"))
    return f"{said[1]}.{said[2]}" if said else None


def _version(tree: BeautifulSoup) -> dict[str, str | int | float]:
    return {"version": version_of(tree) or "?"}


def _name(tree: BeautifulSoup) -> str | None:
    """Return the name before or after "catalog" in a title: both orders have been in use."""
    logo = tree.select_one("#logo, #opacheader h1, .navbar-brand")
    parts = re.split(r"\s*[›»|]\s*", title_of(tree))
    worded = [part for part in parts if re.search(r"(?i)\s(?:catalog|online catalog)$", part)]
    named = [re.sub(r"(?i)\s+catalog$", "", part) for part in worded]
    return next((name for text in [*named, text_of(logo)] if (name := _shown(text))), None)


def _shown(text: str) -> str | None:
    name = " ".join(text.split()).strip(" .:-")
    return name[:120] if name and name.lower() not in _NO_NAMES else None


SIGNS: Final = (
    Sign(path="", recognise=recognise_page, step=10, hint=r"/opac-tmpl/|/cgi-bin/koha/|Koha \d\d\."),
    Sign(
        path="/cgi-bin/koha/opac-search.pl?format=opensearchdescription",
        recognise=recognise_description,
        step=30,
        hint=r"/opac-tmpl/|/cgi-bin/koha/|Koha \d\d\.",
    ),
    Sign(path="/cgi-bin/koha/opac-main.pl", recognise=recognise_login, step=60, hint=r"/opac-tmpl/|/cgi-bin/koha/"),
)
