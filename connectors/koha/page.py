"""A page of results as HTML, of any theme since 2013. Pure.

What is looked for are names that have stayed through all themes: `numresults`, `searchresults`, `title`, the links to
records. Labels are translated and never read. Source: Koha 19.06 as tried, the templates of 3.12 to 25.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final

import msgspec
from bs4 import BeautifulSoup, Comment, Tag

from connectors.koha.marks import inside, is_record_link, own_numbers, parse_row, title_link
from connectors.koha.rows import Row, number_in
from connectors.reading.html import attribute, refuse_other_pages, text_of, title_of
from engine.errors import FaultError, RefusedError, UnreadableError

_COUNT: Final = re.compile(r"\d[\d.,\u00a0\u202f ]*")
_OFFSET: Final = re.compile(r"[?&;]offset=(\d{1,9})\b")
_PAGE_COUNT: Final = re.compile(r"[?&;]count=(\d{1,4})\b")
_BRANCH: Final = re.compile(r"(?<!no)limit=(?:(?:home|holding)?branch)(?::|%3A)([^&\"']{1,40})$", re.IGNORECASE)
_LOCATION: Final = re.compile(r"(?<!no)limit=location(?::|%3A)([^&\"']{1,40})$", re.IGNORECASE)
_FEED: Final = re.compile(r"[?&;]format=(rss2?)\b")
_MAINTENANCE: Final = frozenset({"opac_maintenance", "opac-maintenance"})
_TEMPLATE: Final = re.compile(r"TEMPLATE FILE:\s*([\w-]{1,60})\.tt")


class Results(msgspec.Struct, frozen=True):
    """What a page of results says. `total` is None where it does not.

    `page_rows` is the size of the server's pages as its pager tells, None where it has none. `is_whole` is False for a
    page that broke off. `branches` and `locations` are the names that stand for codes there. `feed` is the name of the
    format of the feed that it links to.
    """

    rows: tuple[Row, ...]
    total: int | None
    page_rows: int | None = None
    is_whole: bool = True
    branches: dict[str, str] = msgspec.field(default_factory=dict)
    locations: dict[str, str] = msgspec.field(default_factory=dict)
    feed: str = ""


def parse_results(page: BeautifulSoup, *, is_whole: bool = True) -> Results:
    """Return what a page of results says; no hits only where it is plainly Koha's page of results and without rows.

    Raises RefusedError for a page to log in or to prove to be human, FaultError where the search itself failed,
    UnreadableError for anything else.
    """
    rows = tuple(_rows(page))
    total = _total(page)
    listed = inside(page, "searchresults")
    if not rows:
        refuse_entrances(page)
        _refuse_all_but_none(page, total, is_listed=listed is not None)
        if not is_whole:
            raise UnreadableError("a page of results that breaks off before its first row")
        # A list without rows: all of this page is hidden from the public.
        total = total if listed is not None else 0
    return Results(
        rows=rows,
        total=total,
        page_rows=_page_rows(page),
        is_whole=is_whole,
        branches=_names(page, _BRANCH),
        locations=_names(page, _LOCATION),
        feed=_feed(page),
    )


def refuse_entrances(page: BeautifulSoup) -> None:
    """Raise RefusedError for the page to log in of a closed catalogue, and for Koha's own challenge.

    Both come with 200. Every page of Koha may hold a hidden form to log in: that alone says nothing.
    """
    template = template_of(page)
    if attribute(page.body, "id") == "opac-login-page" or template == "opac-auth":
        raise RefusedError(f"a login page: {title_of(page)!r}")
    if template:
        return
    scripts = " ".join(attribute(script, "src") + (script.string or "")[:20_000] for script in page.find_all("script"))
    links = " ".join(attribute(link, "href") for link in page.find_all("link"))
    if "koha_fast_challenge" in scripts + links or "KOHA_INIT" in scripts:
        raise RefusedError(f"a page that asks whether we are human: {title_of(page)!r}")


def refuse_other(page: BeautifulSoup, wanted: str) -> None:
    """Raise for a page that is not the one wanted."""
    refuse_entrances(page)
    if attribute(page.body, "id") in _MAINTENANCE or page.find(id="opac-maintenance-message") is not None:
        raise FaultError("the catalogue is closed for maintenance")
    if is_koha(page) or template_of(page):
        raise UnreadableError(f"another page of the catalogue than {wanted}: {title_of(page)!r}")
    refuse_other_pages(page)


def template_of(page: BeautifulSoup) -> str:
    """Return the name of the template that Koha before 21 writes into its pages, "" where none stands."""
    for comment in page.find_all(string=lambda text: isinstance(text, Comment), limit=20):
        if found := _TEMPLATE.search(comment):
            return found[1]
    return ""


def is_koha(page: BeautifulSoup) -> bool:
    """Whether a page says that Koha made it, or is built as only Koha's are."""
    made_by = attribute(page.select_one("meta[name=generator]"), "content")
    parts = page.find_all(["link", "script", "img"], limit=60)
    return made_by.startswith("Koha") or any(
        "/opac-tmpl/" in attribute(part, "href") + attribute(part, "src") for part in parts
    )


def _refuse_all_but_none(page: BeautifulSoup, total: int | None, *, is_listed: bool) -> None:
    """Raise for a page without rows, unless it is a page of results that has none."""
    is_results = attribute(page.body, "id") == "results" or template_of(page) == "opac-results"
    says_count = page.find(id=["numresults", "noresultsfound", "userresults"]) is not None
    if not (is_results and says_count):
        refuse_other(page, "that of results")
    if not is_listed:
        if page.select_one("#userresults .alert, #userresults .dialog.alert") is not None:
            raise FaultError("the catalogue's own search failed")
        if total:
            raise UnreadableError(f"{total} hits are told, and no list of them is there")


def _total(page: BeautifulSoup) -> int | None:
    """Return the count of hits: the number in #numresults, whatever the language around it."""
    found = _COUNT.search(text_of(page.select_one("#numresults")))
    digits = re.sub(r"\D", "", found[0]) if found else ""
    return int(digits) if digits and len(digits) < 12 else None


def _rows(page: BeautifulSoup) -> Iterator[Row]:
    """Return the rows in their order, each record once; a record that a row only names, as its host, is no row."""
    place = inside(page, "searchresults") or page.find(id=["bookbag_form", "userresults"]) or inside(page, "bibliocol")
    if not isinstance(place, Tag):
        return
    if place.name == "td":
        place = place.find_parent("table") or place
    known: set[str] = set()
    for link in place.find_all("a", href=is_record_link):
        number = number_in(attribute(link, "href"))
        if not number or number in known:
            continue
        row = link.find_parent("tr") or link.find_parent(["li", "article"]) or link.find_parent("div")
        if row is None or not text_of(title_link(row, number)):
            continue
        own = own_numbers(row)
        if own and number not in own:
            continue
        known.add(number)
        yield parse_row(row, number)


def _page_rows(page: BeautifulSoup) -> int | None:
    """Return how many rows a page has as the links of the pager tell; None where there is no other page.

    They say so themselves where the count was asked for; else by their offsets.
    """
    pager = inside(page, "pagination") or inside(page, "pages")
    links = pager.find_all("a", href=_OFFSET) if pager is not None else []
    counts = {int(found[1]) for link in links if (found := _PAGE_COUNT.search(attribute(link, "href")))}
    if len(counts) == 1:
        return counts.pop() or None
    offsets = [int(found[1]) for link in links if (found := _OFFSET.search(attribute(link, "href")))]
    return math.gcd(*offsets) or None


def _names(page: BeautifulSoup, limit: re.Pattern[str]) -> dict[str, str]:
    """Return the names of codes that the links of the facets tell; shortened ones are left out."""
    facets = page.find(id=["search-facets", "facetcontainer"])
    found: dict[str, str] = {}
    for link in facets.find_all("a", href=limit) if isinstance(facets, Tag) else ():
        code = limit.search(attribute(link, "href"))
        name = text_of(link)
        if code and name and not name.endswith(("...", "…")):
            found.setdefault(code[1], name)
    return found


def _feed(page: BeautifulSoup) -> str:
    found = _FEED.search(attribute(page.select_one('link[type="application/rss+xml"]'), "href"))
    return found[1] if found else ""
