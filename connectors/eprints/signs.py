"""How EPrints is told from an address. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from connectors.reading.html import attribute, parse_html, text_of
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_GENERATOR: Final = re.compile(r"(?i)eprints\s*([\d.]*)")
_REPOSITORY: Final = re.compile(r"/export_([A-Za-z0-9_-]+?)_[A-Z]")
_MARK: Final = re.compile(rb"(?i)eprints")


def recognise(page: Page) -> Found | None:
    """Return what a page of EPrints gives away: its generator, its own search and its classes."""
    if not _MARK.search(page.body):
        return None
    try:
        found = parse_html(page.body)
    except LienThuError:
        return None
    generator = " ".join(attribute(tag, "content") for tag in found.select("meta[name='Generator' i]"))
    version = _GENERATOR.search(generator)
    has_search = found.select_one("form[action*='/cgi/search'], form[action*='/cgi/facet']") is not None
    has_classes = found.select_one("[class^='ep_tm_'], [id^='ep_tm_'], [class^='ep_']") is not None
    if version is None and not (has_search and has_classes):
        return None
    repository = _REPOSITORY.search(" ".join(attribute(tag, "href") for tag in found.select("[href*='/export_']")))
    parts = urlsplit(page.url)
    path = parts.path.partition("/cgi/")[0] if "/cgi/" in parts.path else "/"
    evidence = Reason("sign.eprints.generator", {"version": version[1]}) if version else Reason("sign.eprints.page")
    return Found(
        urlunsplit((parts.scheme, parts.netloc, path or "/", "", "")),
        evidence,
        settings={"repository": repository[1]} if repository else {},
        name=text_of(found.title).removeprefix("Welcome to ").partition(" - ")[0].strip() or None,
        is_sure=version is not None or (has_search and has_classes),
    )


SIGNS: Final = (
    Sign(path="", recognise=recognise, step=55, hint=r"(?i)eprints|ep_tm_"),
    Sign(path="/cgi/search/simple", recognise=recognise, step=75, hint=r"(?i)eprints|ep_tm_|/cgi/search"),
)
