"""Result pages of DSpace up to version 6, of JSPUI and of XMLUI (Mirage and Mirage 2): addresses and readers, pure.

Nothing is told by the words of a page, which change with its language. Source: recorded pages of DSpace 6.4 (JSPUI,
XMLUI with Mirage); the public templates of Mirage 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from bs4 import BeautifulSoup, Tag

from connectors.dspace.listed import Listing, Row
from connectors.dspace.metadata import handle_in, page_of, record_of
from connectors.reading.html import attribute, refuse_other_pages, text_of
from engine.errors import UnreadableError, UnsupportedError

MOST_ROWS: Final = 100
"""JSPUI cuts more to this; XMLUI does not, and takes seconds."""

_NUMBERS: Final = re.compile(r"\d[\d.,\u00a0\u202f ]*")
_DATE: Final = re.compile(r"(?:\d{1,2}[-/. ])?\w{1,9}[-/. ]\d{4}|[\[(]?\d{4}\??[\])]?(?:-\d{2}){0,2}")
_NO_AUTHOR: Final = frozenset({"-", "–", ""})


def jspui_url(base: str, text: str, *, start: int, count: int, scope: str = "") -> str:
    """Return the address of a part of JSPUI's list; `start` counts hits from 0."""
    asked = [
        ("query", text), ("rpp", str(min(count, MOST_ROWS))), ("start", str(start)),
        ("sort_by", "score"), ("order", "desc"), ("etal", "0"),
    ]  # fmt: skip
    if scope:
        asked.append(("location", scope))
    return f"{base}/simple-search?{urlencode(asked)}"


def xmlui_url(base: str, text: str, *, page: int, count: int, scope: str = "") -> str:
    """Return the address of a page of XMLUI's list; `page` counts from 1, and a place is not understood."""
    asked = [
        ("query", text), ("rpp", str(min(count, MOST_ROWS))), ("page", str(page)), ("sort_by", "score"),
        ("order", "desc"), ("etal", "0"),
    ]  # fmt: skip
    if scope:
        asked.append(("scope", scope))
    return f"{base}/discover?{urlencode(asked)}"


# JSPUI ------------------------------------------------------------------------------------


def jspui_listing(page: BeautifulSoup, *, member: str, pages: str, first_place: int) -> Listing:
    """Return the hits of a page of JSPUI.

    A query that it cannot read comes with status 200 and a warning: UnsupportedError. A page that is no list of results
    is what `refuse_other_pages` says.
    """
    if page.select_one("p.submitFormWarn, .alert-danger.submitFormWarn") is not None:
        raise UnsupportedError("the server says that it cannot read the query, or that its search is down")
    rows = [_jspui_row(row, member, pages) for row in _jspui_rows(page)] or _loose_rows(page, member, pages)
    told = next(filter(None, map(_counts, page.select(_JSPUI_COUNTS))), None)
    if told is None:
        if rows and page.select_one(".discovery-result-results") is not None:
            return Listing(first_place, tuple(rows), None)
        if not rows and _is_jspui_search(page) and page.select_one('p[align="center"], p.alert') is not None:
            return Listing(first_place, (), 0)
        refuse_other_pages(page)
    assert told is not None
    first, total = told
    return Listing(first if rows else first_place, tuple(rows), total)


_JSPUI_COUNTS: Final = (
    ".discovery-result-pagination .alert-info, .discovery-result-pagination .alert, .discovery-result-pagination p, "
    '.browse_range, p[align="center"]'
)


def _is_jspui_search(page: BeautifulSoup) -> bool:
    """Whether this is the page of a search: its form tells where was looked; every page has a smaller one."""
    return any(
        "simple-search" in attribute(form, "action") and form.select_one("[name=location], [name=rpp]") is not None
        for form in page.select("form")
    )


def _jspui_rows(page: BeautifulSoup) -> Iterator[Tag]:
    scope = page.select(".discovery-result-results") or page.select("table[summary], table.miscTable, table.table")
    for part in scope:
        for row in part.select("tr"):
            if row.select_one("td[headers] a[href*='/handle/'], td a[href*='/handle/']") is not None:
                yield row


def _loose_rows(page: BeautifulSoup, member: str, pages: str) -> list[Row]:
    """Read the hits of a theme that uses no tables: a link to an item, and what stands in the same block."""
    found: dict[str, Row] = {}
    for link in page.select(".discovery-result-results a[href*='/handle/']"):
        handle, title = handle_in(attribute(link, "href")), text_of(link)
        block = link.find_parent(["li", "article", "section", "div"])
        if not (handle and title) or handle in found or block is None:
            continue
        pairs = [("dc.title", title)]
        pairs += [("dc.contributor.author", text_of(one)) for one in block.select("a[href*='type=author']")]
        dates = (text.strip() for text in block.stripped_strings)
        pairs += [("dc.date.issued", text) for text in dates if _DATE.fullmatch(text)][:1]
        found[handle] = _brief(pairs, handle, member, pages)
    return list(found.values())


def _jspui_row(row: Tag, member: str, pages: str) -> Row:
    """Read one row. Which column holds what is each site's configuration; the heading of a date cannot be relied on."""
    cells = row.select("td")
    title_cell = next((cell for cell in cells if cell.select_one("strong a[href*='/handle/']")), None)
    links = (title_cell or row).select("a[href*='/handle/']")
    link = next((one for one in links if text_of(one)), links[0])
    handle = handle_in(attribute(link, "href"))
    if not _is_item_row(row, cells):
        return Row(None, is_item=False)
    pairs = [("dc.title", text_of(link))]
    pairs += [("dc.contributor.author", name) for name in _jspui_authors(cells, link)]
    pairs += [("dc.date.issued", day) for day in _jspui_dates(cells, link)]
    return _brief(pairs, handle, member, pages)


def _is_item_row(row: Tag, cells: list[Tag]) -> bool:
    """Whether a row is of an item. Collections and communities stand in tables of one column."""
    table = row.find_parent("table")
    return len(cells) > 1 and not (table is not None and len(table.select("tr > th")) == 1)


def _jspui_authors(cells: list[Tag], link: Tag) -> list[str]:
    by_link = [
        text_of(one)
        for cell in cells
        for one in cell.select("a[href*='type=author'], a[href*='browse?']")
        if "type=author" in attribute(one, "href") or "value=" in attribute(one, "href")
    ]
    if by_link:
        return by_link
    for cell in reversed(cells):
        text = text_of(cell)
        is_other = link in cell.descendants or _DATE.fullmatch(text) or cell.select_one("img") is not None
        if not is_other and text not in _NO_AUTHOR:
            return [name for part in text.split(";") if (name := part.strip()) not in _NO_AUTHOR]
    return []


def _jspui_dates(cells: list[Tag], link: Tag) -> list[str]:
    texts = [text_of(cell) for cell in cells if link not in cell.descendants]
    return [text for text in texts if _DATE.fullmatch(text)][:1]


# XMLUI ------------------------------------------------------------------------------------

_XMLUI_ROWS: Final = ".ds-artifact-item, .artifact-description, .community-browser-row"
_XMLUI_TITLES: Final = ".artifact-title a, .artifact-description > a, h4 a, a:has(> h4)"
_XMLUI_RESULTS: Final = "[id$='SimpleSearch_div_search-results']"


def xmlui_listing(page: BeautifulSoup, *, member: str, pages: str, first_place: int, page_size: int) -> Listing:
    """Return the hits of a page of XMLUI. A query that it cannot read looks like one that finds nothing."""
    results = page.select_one(_XMLUI_RESULTS)
    hits = (results or page).select(_XMLUI_ROWS)
    rows = [found for row in hits if (found := _xmlui_row(row, member, pages)) is not None]
    told = _counts(page.select_one("p.pagination-info, .pagination-info"))
    if told is None:
        if rows and results is not None:
            return Listing(first_place, tuple(rows), None)
        if results is not None and results.select_one("p") is not None:
            return Listing(first_place, (), 0)
        refuse_other_pages(page)
    assert told is not None
    first, total = told
    return Listing(first if rows else first_place, tuple(rows), total, page_size=page_size)


def _xmlui_row(row: Tag, member: str, pages: str) -> Row | None:
    """Read one hit; None for a part of a hit that was read already."""
    if row.find_parent(class_="ds-artifact-item") is not None:
        return None
    links = [one for one in row.select(_XMLUI_TITLES) if "/handle/" in attribute(one, "href")]
    link = next((one for one in links if text_of(one)), None)
    if link is None or row.select_one(".artifact-info .author, .artifact-info .publisher-date, .Z3988") is None:
        # Collections and communities have neither authors nor a citation.
        return Row(None, is_item=row.select_one("a[href*='/handle/']") is None)
    pairs = [("dc.title", _title(link))]
    for names in row.select(".artifact-info .author")[:1]:
        pairs += [("dc.contributor.author", part) for name in names.select("span") or [names] for part in _parts(name)]
    pairs += [("dc.publisher", text_of(one)) for one in row.select(".publisher-date .publisher")[:1]]
    pairs += [("dc.date.issued", text_of(one)) for one in row.select(".publisher-date .date")[:1]]
    pairs += [("dc.description.abstract", text) for one in row.select(".abstract")[:1] if (text := _abstract(one))]
    return _brief([(name, text) for name, text in pairs if text], handle_in(attribute(link, "href")), member, pages)


def _title(link: Tag) -> str:
    """Return a title in which highlighted letters are no words of their own."""
    return " ".join(link.get_text("").replace("\ufeff", "").split())


def _abstract(told: Tag) -> str:
    """Return an abstract, "" for what may be a piece of the full text.

    Where words were found in a file, open or closed, the piece around them stands in the place of the abstract; it has
    highlighted words and breaks, as an abstract in which words were found has.
    """
    return "" if told.select_one("br, .highlight") is not None else text_of(told)


def _parts(name: Tag) -> list[str]:
    return [part for text in text_of(name).split(";") if (part := text.strip(" ;")) not in _NO_AUTHOR]


# Both -------------------------------------------------------------------------------------


def _brief(pairs: list[tuple[str, str]], handle: str, member: str, pages: str) -> Row:
    if not handle:
        return Row(None)
    try:
        record = record_of(pairs, member=member, own_id=handle, handle=handle, url=page_of(handle, pages))
    except UnreadableError:
        return Row(None)
    return Row(record, tuple(pairs), handle=handle, is_brief=True)


def _counts(told: Tag | None) -> tuple[int, int] | None:
    """Return the place of the first hit and how many there are; the words around the numbers are of any language.

    >>> from connectors.reading.html import parse_html
    >>> _counts(parse_html(b"<p>Results 21-40 of 1,152 (Search time: 0.009 seconds).</p>").p)
    (21, 1152)
    >>> _counts(parse_html(b"<p>1.152 results: 21 to 40</p>").p)
    (21, 1152)
    """
    numbers = [re.sub(r"\D", "", found) for found in _NUMBERS.findall(text_of(told))]
    if len(numbers) < 3:
        return None
    first, last, total = (int(number) for number in numbers[:3])
    is_total_first = first >= total and last < total  # beyond the end it reads "9001-152 of 152"
    return (last, first) if is_total_first else (first, total)
