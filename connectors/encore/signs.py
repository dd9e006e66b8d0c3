"""How Encore is told from an address. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from connectors.reading.html import attribute, parse_html, text_of
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_PATH: Final = re.compile(r"/iii/encore(?:/|\?|$)")
_LANGUAGE: Final = re.compile(r"[?&]lang=([a-z]{3})\b")


def recognise(page: Page) -> Found | None:
    """Return what a page of Encore gives away: its search box, whose form or page stands below `/iii/encore`."""
    if b"/iii/encore" not in page.body and not _PATH.search(page.url):
        return None
    try:
        found = parse_html(page.body)
    except LienThuError:
        return None
    addresses = [attribute(tag, "action") for tag in found.select("form[action]")]
    addresses += [attribute(tag, "href") for tag in found.select("a[href*='/iii/encore'], link[href*='/iii/encore']")]
    own = [address for address in addresses if _PATH.search(address)]
    has_box = found.select_one("#searchString, input[name=searchString], input[name=target]") is not None
    if not own or not (has_box or _PATH.search(page.url)):
        return None
    language = next((match[1] for one in [page.url, *own] if (match := _LANGUAGE.search(one))), "")
    parts = urlsplit(page.url)
    name = text_of(found.title).removeprefix("Encore -- ").strip()
    return Found(
        urlunsplit((parts.scheme, parts.netloc, "/", "", "")),
        Reason("sign.encore.page"),
        settings={"language": language} if language else {},
        name=name or None,
    )


SIGNS: Final = (
    Sign(path="", recognise=recognise, step=50, hint=r"/iii/encore"),
    Sign(path="/iii/encore/home?lang=eng", recognise=recognise, step=80, hint=r"/iii/"),
)
