"""What is asked of a tim-kiem OPAC. Pure."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import httpx
from bs4 import BeautifulSoup

from connectors.forms.aspnet import token_of
from connectors.questions.one_box import Boxed
from connectors.reading.html import refuse_other_pages
from connectors.tim_kiem.settings import TimKiemSettings
from engine.model import Field

_JSON = "application/json; charset=utf-8"


def address(base: str, path: str) -> str:
    """Return an address below a member's; the search page itself may have been given as the member's address.

    >>> address("https://opac.example.org/tim-kiem", "/Search")
    'https://opac.example.org/Search'
    """
    base = base.partition("?")[0].rstrip("/")
    if base.endswith("/tim-kiem"):
        base = base.removesuffix("/tim-kiem")
    return base + path


def search_body(settings: TimKiemSettings, asked: Boxed, number: int) -> dict[str, object]:
    """Return the body of a search for a page, counted from 1."""
    code = settings.known_codes.get(asked.field) or settings.known_codes[Field.ANY]
    field, _, direction = settings.sort.partition(" ")
    return {
        "type": "quick",
        "page": number,
        "pageSize": settings.page_size,
        "hasFacetFilter": settings.facets,
        "request": {
            "searchBy": [["option", code], ["keyword", asked.text]],
            "sortBy": [[field, direction or "asc"]] if field else [],
            "filterBy": [],
        },
    }


def search_request(
    base: str, settings: TimKiemSettings, asked: Boxed, number: int, page: BeautifulSoup
) -> httpx.Request:
    """Return the POST that the search page's script makes, with the token that stands on the page.

    Raises what the page is, if no token stands there.
    """
    token = token_of(page)
    if not token:
        refuse_other_pages(page)
    return httpx.Request(
        "POST",
        address(base, settings.search_path),
        content=json.dumps(search_body(settings, asked, number), ensure_ascii=False).encode(),
        headers={
            "Content-Type": _JSON,
            "Accept": "text/html, */*",
            "RequestVerificationToken": token,
            "X-Requested-With": "XMLHttpRequest",
            "Referer": address(base, settings.form_path),
        },
    )


def plain_url(base: str, settings: TimKiemSettings, asked: Boxed, number: int) -> str:
    """Return the address that gives a page of results without a token, where an installation has it."""
    code = settings.known_codes.get(asked.field) or settings.known_codes[Field.ANY]
    parameters = {"type": "quick", "option": code, "keyword": asked.text, "page": str(number)}
    return f"{address(base, settings.form_path)}?{urlencode(parameters, quote_via=quote)}"


def download_request(base: str, settings: TimKiemSettings, slug: str, title: str, page: BeautifulSoup) -> httpx.Request:
    """Return the POST for a record's ISO 2709, with the token of the record's own page."""
    query = urlencode({"slug": slug, "title": title}, quote_via=quote)
    return httpx.Request(
        "POST",
        f"{address(base, settings.download_path)}?{query}",
        headers={"Content-Type": _JSON, "RequestVerificationToken": token_of(page)},
    )
