"""How SLiMS is told from an address. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from connectors.reading.html import attribute, parse_html, text_of
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_GENERATOR: Final = re.compile(r"(?i)\b(?:slims|senayan)")
_MARKS: Final = re.compile(rb"(?i)slims|senayan")


def recognise(page: Page) -> Found | None:
    """Return what a page of SLiMS gives away, None for any other page.

    The generator in its head says so; templates without one keep the addresses of its pages and its name.
    """
    if not _MARKS.search(page.body):
        return None
    try:
        found = parse_html(page.body)
    except LienThuError:
        return None
    generators = " ".join(attribute(tag, "content") for tag in found.select("meta[name=generator i]"))
    name = attribute(found.select_one("meta[property='og:site_name']"), "content") or None
    if _GENERATOR.search(generators):
        return Found(_base(page.url), Reason("sign.slims.generator", {"generator": generators[:60]}), name=name)
    has_addresses = found.select_one("a[href*='index.php?p=']") is not None
    has_box = found.select_one("input[name=keywords]") is not None
    if has_addresses and has_box:
        name = name or text_of(found.title).partition("|")[0].strip() or None
        return Found(_base(page.url), Reason("sign.slims.page"), name=name, is_sure=False)
    return None


def _base(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", "", ""))


SIGNS: Final = (Sign(path="", recognise=recognise, step=60, hint=r"(?i)slims|senayan|index\.php\?p="),)
