"""How eMicLib is told from an address."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin

from connectors.reading.json import parse_json
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_MVC: Final = re.compile(
    rb"""(?i)["'](?:https?://[^"'/]*)?(?:/[\w.-]+)?/Item/(?:(?P<search>SearchAdvanced)|ItemDetail/\w)"""
)
_PAGES: Final = re.compile(rb"(?i)\b(?:OShow|ODetail|OSearchAdvanced|OPersonal|OLoginRequest|OBrowse)\.aspx")


def recognise_pages(page: Page) -> Found | None:
    """Tell eMicLib by the names of its pages, of which two must stand there."""
    if page.status != 200 or len({found.lower() for found in _PAGES.findall(page.body)}) < 2:
        return None
    return Found(urljoin(page.url, ".").rstrip("/"), Reason("sign.emiclib"))


def recognise_mvc(page: Page) -> Found | None:
    """Tell the newer pages by their links: to the search and to records, both under `/Item/`."""
    links = {bool(found["search"]) for found in _MVC.finditer(page.body)}
    if page.status != 200 or len(links) < 2:
        return None
    return Found(urljoin(page.url, ".").partition("/Item/")[0].rstrip("/"), Reason("sign.emiclib-items"), is_sure=False)


def recognise_api(page: Page) -> Found | None:
    """Tell eMicLib's JSON by a list of items as it writes them."""
    if page.status != 200:
        return None
    try:
        answer = parse_json(page.body)
    except LienThuError:
        return None
    if not isinstance(answer, list) or not answer or not isinstance(answer[0], dict):
        return None
    if not {"Id", "Title", "CoverPicture"} <= answer[0].keys():
        return None
    way = "json-booth" if "Booth" in page.url else "json"
    return Found(page.url.partition("/api/")[0], Reason("sign.emiclib-json"), {"way": way})


SIGNS: Final = (
    Sign("", recognise_pages, step=55, hint=r"(?i)\bO(?:Show|Detail|SearchAdvanced)\.aspx"),
    Sign("", recognise_mvc, step=56, hint=r"(?i)/Item/(?:SearchAdvanced|ItemDetail/)"),
    Sign(
        "/api/Item/SearchBooth?searchText=a&pageIndex=1&pageSize=1&itemType=0&booth=", recognise_api, step=74,
        hint=r"(?i)eMicLib|/Item/(?:SearchAdvanced|ItemDetail/)",
    ),
    Sign(
        "/api/Item/Search?docType=0&pageIndex=1&pageSize=1&searchText=a", recognise_api, step=75,
        hint=r"(?i)eMicLib|\bO(?:Show|Detail)\.aspx",
    ),
)  # fmt: skip
