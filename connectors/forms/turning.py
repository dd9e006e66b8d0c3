"""How a page of results leads to another of its list: by an address, or by a post-back of ASP.NET. Pure.

Pagers are told by what every theme has in common: a link whose words are the number of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx
from bs4 import BeautifulSoup, Tag

from connectors.forms.aspnet import form_of, post_back_of
from connectors.reading.html import attribute, text_of

_NEXT: Final = frozenset(
    {">", "»", "›", ">>", "tiếp", "trang sau", "trang tiếp", "tiếp theo", "sau", "next", "next page"}
)
_PAGE_IN_ADDRESS: Final = re.compile(r"(?i)[?&;](?:page|pg|p|pidx|pageindex|pageno|intpg|trang)=(\d+)")


def turned(page: BeautifulSoup, url: str, number: int, current: int) -> httpx.Request | None:
    """Return the request for the page of a number, as the page at hand leads to it; None if it does not."""
    for link in _links(page, number, current):
        href, script = attribute(link, "href"), attribute(link, "onclick")
        back = post_back_of(href) or post_back_of(script)
        if back is not None:
            form = form_of(page, url, "form:has(input[name=__VIEWSTATE])")
            return httpx.Request("POST", form.action, data=form.posted_back(*back))
        target = urljoin(url, href)
        if (
            href
            and not href.lower().startswith(("javascript:", "#"))
            and urlsplit(target).netloc == urlsplit(url).netloc
        ):
            return httpx.Request("GET", target, headers={"Referer": url})
    return None


def _links(page: BeautifulSoup, number: int, current: int) -> Iterator[Tag]:
    """Return links to the page of a number, the surest first."""
    links = page.find_all("a", limit=3000)
    pagers = [link for link in links if text_of(link).strip("[]( )") == str(number)]
    yield from pagers
    for link in links:
        found = _PAGE_IN_ADDRESS.search(attribute(link, "href"))
        if found and int(found[1]) == number:
            yield link
    if number == current + 1:
        for link in links:
            words = text_of(link).lower().strip(" .…") or attribute(link, "title").lower().strip()
            if (
                words in _NEXT
                or "next" in attribute(link, "rel")
                or re.search(r"(?i)\bnext\b", attribute(link, "class"))
            ):
                yield link
