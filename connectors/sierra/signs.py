"""How a WebPAC is told from an address. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from connectors.reading.html import attribute, parse_html, text_of
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_SEARCH: Final = re.compile(r"/search(?:~S(\d+))?(?:\*([a-z]{3}))?(?:/|\?)")
_MARK: Final = re.compile(
    rb"/search~S\d|/search\*[a-z]{3}|searcharg|briefcit|iii, inc|innovative interfaces", re.IGNORECASE
)


def recognise(page: Page) -> Found | None:
    """Return what a page of a WebPAC gives away: its addresses `/search~S…`, or its search box `searcharg`."""
    if not _MARK.search(page.body) or b"/iii/encore/" in page.body:
        return None
    try:
        found = parse_html(page.body)
    except LienThuError:
        return None
    addresses = [attribute(tag, name) for tag in found.select("a[href], form[action]") for name in ("href", "action")]
    told = [match for address in addresses if (match := _SEARCH.search(address)) and (match[1] or match[2])]
    has_box = found.select_one("input[name=searcharg], input[name=SEARCH], select[name=searchtype]") is not None
    if not told and not has_box:
        return None
    settings: dict[str, object] = {}
    if told and told[0][1]:
        settings["scope"] = told[0][1]
    if told and told[0][2]:
        settings["language"] = told[0][2]
    parts = urlsplit(page.url)
    return Found(
        urlunsplit((parts.scheme, parts.netloc, "/", "", "")),
        Reason("sign.sierra.addresses") if told else Reason("sign.sierra.box"),
        settings=settings,
        name=text_of(found.title).partition("/")[0].strip() or None,
        is_sure=bool(told),
    )


SIGNS: Final = (Sign(path="", recognise=recognise, step=60, hint=r"/search~S\d|searcharg|iii\.com|/screens/"),)
