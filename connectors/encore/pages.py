"""Reads the pages of Encore: hits, none, one record. Pure.

Sources: the ids and classes that Encore writes itself: links `recordDisplayLink2Component…`, `noResultsHideMessage`
with "1 - 25 of 234", `dpBibAuthor`, `itemMediaYear`, `itemMediaDescription`, `itemTable` for copies, `tryAgainMessage`
where nothing was found. Articles from elsewhere and events stand among the hits; they have no record number.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from bs4 import BeautifulSoup, Tag

from connectors.formats.named_texts import record_from_texts
from connectors.reading.html import attribute, refuse_other_pages, text_of
from connectors.reading.innovative import DateOrder, copies_in
from connectors.reading.none_found import says_none
from connectors.reading.web_address import linked
from engine.errors import UnreadableError
from engine.model import Holding, Record

_LINKS: Final = "a[id^='recordDisplayLink2Component'][href], .dpBibTitle .title a[href], .dpBibTitle > a[href]"
_NUMBER: Final = re.compile(r"__R([a-z]*b\d{5,9}[0-9xa]?)(?=__|[;?/]|$)")
_RANGE: Final = re.compile(r"(\d[\d.,]*)\s*[-\u2013]\s*(\d[\d.,]*)\D+(\d[\d.,]*)")
_NONE: Final = ".tryAgainMessage, .noResultsMessage, .noResultsFound, #noResultsComponent, .noResults"


class Hit(msgspec.Struct, frozen=True):
    """One hit: its record number, the link to its page, and what the page of hits says of it."""

    number: str
    link: str
    record: Record | None


class Hits(msgspec.Struct, frozen=True):
    """A page of hits. `first` is the place of the first as the page tells it, None if it does not."""

    hits: tuple[Hit, ...]
    total: int | None
    first: int | None = None
    last: int | None = None


def hits_of(page: BeautifulSoup, *, url: str, member: str, date_order: DateOrder = "") -> Hits:
    """Return a page of hits. Raises what a page in its place means."""
    anchors = {id(tag): tag for tag in page.select(_LINKS) if _NUMBER.search(attribute(tag, "href"))}
    hits = tuple(_hit(anchor, url, member, date_order) for anchor in anchors.values())
    told = _RANGE.search(" ".join(text_of(tag) for tag in page.select(".noResultsHideMessage")))
    if told is not None:
        first, last, total = (int(re.sub(r"\D", "", told[at])) for at in (1, 2, 3))
        return Hits(hits, total, first, last)
    if hits:
        return Hits(hits, None)
    if page.select_one(_NONE) is None and not says_none(text_of(page.body)):
        refuse_other_pages(page)
    return Hits((), 0)


def _hit(anchor: Tag, url: str, member: str, date_order: DateOrder) -> Hit:
    found = _NUMBER.search(attribute(anchor, "href"))
    number = found[1] if found else ""
    row = _row(anchor)
    texts = [("title", text_of(anchor))]
    texts += [("creator", text_of(tag)) for tag in row.select(".dpBibAuthor")[:1]]
    texts += [("date", text_of(tag)) for tag in row.select(".itemMediaYear")[:1]]
    texts += [("type", text_of(tag)) for tag in row.select(".itemMediaDescription")[:1]]
    link = linked(url, attribute(anchor, "href")) or ""
    try:
        record = record_from_texts(texts, member=member, own_id=number)
    except UnreadableError:
        return Hit(number, link, None)
    copies = _copies(row, date_order)
    return Hit(number, link, msgspec.structs.replace(record, holdings=copies) if copies else record)


def _row(anchor: Tag) -> Tag:
    """Return what surrounds a hit: the largest element that holds no other."""
    row = anchor
    for parent in anchor.parents:
        if parent.name in {"body", "html", "[document]"} or len(parent.select(_LINKS)) > 1:
            break
        row = parent
    return row


def _copies(page: Tag, date_order: DateOrder) -> tuple[Holding, ...]:
    tables = page.select("table.itemTable, table.bibItems")
    return tuple(copy for table in tables for copy in copies_in(table, date_order=date_order))


def copies_of(page: BeautifulSoup, *, date_order: DateOrder = "") -> tuple[Holding, ...] | None:
    """Return the copies on the page of a record, () where it has none, None where it is no such page."""
    found = _copies(page, date_order)
    is_record = page.select_one("[id^='recordDisplay'], .dpBibTitle, .bibInfoData, #bibTitle") is not None
    return found if found or is_record else None
