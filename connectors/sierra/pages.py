"""Reads the pages of a WebPAC: hits, one record, headings, none. Pure.

Sources: the classes of Innovative's own templates, which libraries change around them: `briefcitTitle` in each row (a
`td`, `tr` or `div` of class `briefCitRow`), `browseHeaderData` with "(1-50 of 234)", `bibItems` for copies,
`bibInfoData` on the page of one record, `browseEntry` for headings, `msg` or `yourEntryWouldBeHere` where nothing was
found. Labels are in the library's language and are not read.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from bs4 import BeautifulSoup, Tag

from connectors.formats.coins import texts_of_coins
from connectors.formats.named_texts import record_from_texts
from connectors.reading.counts import counts
from connectors.reading.html import attribute, refuse_other_pages, text_of
from connectors.reading.innovative import DateOrder, copies_in
from connectors.reading.none_found import says_none
from connectors.reading.web_address import linked
from engine.errors import FaultError, UnreadableError
from engine.model import Holding, Record
from engine.normalise.identifiers import recognise
from engine.normalise.years import year

_RANGE: Final = re.compile(r"(\d[\d.,]*)\s*[-\u2013]\s*(\d[\d.,]*)\D+(\d[\d.,]*)")
_BIB: Final = re.compile(r"(?:^|[./=])(b\d{6,9}[0-9xa]?)(?=$|[~/&?.@-])")
_NONE: Final = re.compile(r"(?i)\bno (?:entries|matches) found\b")
_TROUBLE: Final = re.compile(r"(?i)timed? ?out|unavailable|try (?:again )?later|system error|too many|không sẵn sàng")
_IMPRINT: Final = re.compile(r"\b(?:1[4-9]|20)\d\d\b")


class Hit(msgspec.Struct, frozen=True):
    """One hit as a page shows it: its number ("" where it isn't told), where its page is, and what is said of it."""

    number: str
    link: str
    record: Record | None


class Hits(msgspec.Struct, frozen=True):
    """A page of hits. `first` is the place of the first, `size` how many a full page has, `browse` a link to a page.

    `tells_places`: the page itself says which places it shows; else it is taken for the first.
    """

    hits: tuple[Hit, ...]
    total: int | None
    first: int = 1
    size: int = 0
    browse: str = ""
    is_whole: bool = True
    tells_places: bool = False
    headings: tuple[str, ...] = ()
    """Links of a list of headings, which came in place of hits."""


def hits_of(page: BeautifulSoup, *, url: str, member: str, date_order: DateOrder = "") -> Hits:
    """Return what a page shows, whichever of the four it is. Raises what any other page means."""
    rows = _rows(page)
    if rows:
        return _list(page, rows, url=url, member=member, date_order=date_order)
    if page.select_one(".bibInfoData, .bibDetail, #recordnum, .bibRecordLink") is not None:
        hit = _single(page, url=url, member=member, date_order=date_order)
        return Hits((hit,), 1, size=1)
    if page.select_one(".yourEntryWouldBeHere") is not None:
        return Hits((), 0)
    headings = tuple(
        link
        for tag in page.select(".browseEntry .browseEntryData a[href], .browseEntryData a[href]")
        if text_of(tag) and (link := linked(url, attribute(tag, "href")))
    )
    if headings:
        return Hits((), None, headings=tuple(dict.fromkeys(headings)))
    message = page.select_one("tr.msg, td.msg, .errormessage, .browseSearchtoolMessage, .noResults")
    if message is not None:
        if _TROUBLE.search(text_of(message)):
            raise FaultError(f"the catalogue says: {text_of(message)[:120]!r}")
        return Hits((), 0)
    text = text_of(page.body)
    if not (says_none(text) or _NONE.search(text)):
        refuse_other_pages(page)
    return Hits((), 0)


def _rows(page: BeautifulSoup) -> list[Tag]:
    """Return the rows: what surrounds each title, and no more than one title."""
    found: dict[int, Tag] = {}
    for title in page.select(".briefcitTitle"):
        row = next(
            (parent for parent in title.parents if _is_row(parent) and len(parent.select(".briefcitTitle")) == 1), None
        )
        chosen = row or title.find_parent(["tr", "td", "div", "li"]) or title
        found.setdefault(id(chosen), chosen)
    return list(found.values())


def _is_row(tag: Tag) -> bool:
    return any(name.lower() in {"briefcitrow", "briefcitcell", "briefcit"} for name in attribute(tag, "class").split())


def _list(page: BeautifulSoup, rows: list[Tag], *, url: str, member: str, date_order: DateOrder) -> Hits:
    header = " ".join(text_of(tag) for tag in page.select(".browseHeaderData, .browseHeader, .browseSearchtoolMessage"))
    told = _RANGE.search(header)
    first, last, total = (_number(told[at]) for at in (1, 2, 3)) if told else (1, len(rows), counts(header).total)
    browse = next(
        (
            link
            for tag in page.select("a[href*='B/browse']")
            if (link := linked(url, attribute(tag, "href"))) is not None
        ),
        "",
    )
    return Hits(
        tuple(_hit(row, url, member, date_order) for row in rows),
        total,
        first,
        max(last - first + 1, len(rows)) if total is not None and last < total else len(rows),
        browse,
        is_whole=len(rows) >= last - first + 1,
        tells_places=told is not None,
    )


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text) or "0")


def _hit(row: Tag, url: str, member: str, date_order: DateOrder) -> Hit:
    anchor = row.select_one(".briefcitTitle a[href]") or row.select_one("a[href]")
    link = linked(url, attribute(anchor, "href")) or "" if anchor is not None else ""
    number = _number_of(row, link)
    texts = list(_texts(row))
    holdings = _copies(row, date_order)
    try:
        record = record_from_texts(texts, member=member, own_id=number)
    except UnreadableError:
        return Hit(number, link, None)
    return Hit(number, link, msgspec.structs.replace(record, holdings=holdings) if holdings else record)


def _number_of(row: Tag, link: str) -> str:
    marks = [attribute(tag, "value") for tag in row.select("input[value]")]
    marks += [attribute(tag, "href") for tag in row.select("a[href]")]
    marks += [attribute(tag, name) for tag in row.select("[id], [name]") for name in ("id", "name")]
    return next((found[1] for mark in [link, *marks] if (found := _BIB.search(mark))), "")


def is_number(text: str) -> bool:
    """Whether a text is a record number of Innovative's: `b1234567`, with or without its check digit."""
    return re.fullmatch(r"b\d{6,9}[0-9xa]?", text) is not None


def number_in_marc(text: str) -> str:
    r"""Return the record number that a MARC view holds in 907 $a, "" for none.

    >>> number_in_marc("245 10 x\n907    .b1234567x|b01-02-20")
    'b1234567x'
    """
    found = re.search(r"(?m)^907 .{3}(?:\|a)?\.(b\d{6,9}[0-9xa]?)\b", text)
    return found[1] if found else ""


def _texts(row: Tag) -> list[tuple[str, str]]:
    """Return what a row says: what it tells reference managers, else its lines by what they look like."""
    coins = row.select_one("span.Z3988[title]")
    if coins is not None:
        found = list(texts_of_coins(attribute(coins, "title")))
        if any(name == "title" for name, _ in found):
            return found
    title = row.select_one(".briefcitTitle")
    texts = [("title", text_of(title))]
    texts += [("creator", text_of(tag)) for tag in row.select(".briefcitAuthor")]
    for line in _lines(row, title):
        number = recognise(line)
        if number is not None and number.scheme.value in {"isbn", "issn"}:
            texts.append((number.scheme.value, line))
        elif _IMPRINT.search(line):
            texts += [("publisher", re.split(r",?\s*\[?c?\d{4}", line)[0].replace(":", " : ")), ("date", line)]
        elif not any(name == "creator" for name, _ in texts) and not any(letter.isdigit() for letter in line):
            texts.append(("creator", line))
    return [(name, text) for name, text in texts if text]


def _lines(row: Tag, title: Tag | None) -> list[str]:
    """Return the lines of text behind a title, without copies, buttons and notes of the skin."""
    detail = row.select_one(".briefcitDetailMain, .briefcitDetail") or row
    copy = BeautifulSoup(str(detail), "lxml")
    for tag in copy.select(".briefcitTitle, .briefcitAuthor, table.bibItems, .bibItemsEntry, .briefcitActions, script"):
        tag.decompose()
    for tag in copy.select("br"):
        tag.replace_with("\n")
    own = text_of(title)
    lines = [" ".join(line.split()) for line in copy.get_text().split("\n")]
    return [line for line in lines if 3 < len(line) < 300 and line != own][:4]


def _copies(page: Tag, date_order: DateOrder) -> tuple[Holding, ...]:
    return tuple(
        copy for table in page.select("table.bibItems, .bibItems") for copy in copies_in(table, date_order=date_order)
    )


def _single(page: BeautifulSoup, *, url: str, member: str, date_order: DateOrder) -> Hit:
    """Return the hit of a page of one record. Its title is the first value that is set in bold, or the first at all."""
    permanent = page.select_one("#recordnum, .bibRecordLink a, a[href*='/record=b']")
    address = linked(url, attribute(permanent, "href")) or ""
    number = next((found[1] for mark in (address, url) if (found := _BIB.search(mark))), "")
    marc = page.select_one("a[href*='/marc']")
    link = linked(url, attribute(marc, "href")) or ""
    values = page.select(".bibInfoData")
    bold = next((text_of(tag) for tag in page.select(".bibInfoData strong") if text_of(tag)), "")
    texts = [("title", bold or next((text_of(tag) for tag in values if text_of(tag)), ""))]
    for value in map(text_of, values):
        known = recognise(value)
        if known is not None and known.scheme.value in {"isbn", "issn"}:
            texts.append((known.scheme.value, value))
        elif _IMPRINT.search(value) and " : " in value and year(value):
            texts += [("publisher", re.split(r",?\s*\[?c?\d{4}", value)[0]), ("date", value)]
    holdings = _copies(page, date_order)
    try:
        record = record_from_texts([pair for pair in texts if pair[1]], member=member, own_id=number)
    except UnreadableError:
        return Hit(number, link or url, None)
    return Hit(number, link or url, msgspec.structs.replace(record, holdings=holdings) if holdings else record)


def copies_of(page: BeautifulSoup, *, date_order: DateOrder = "") -> tuple[Holding, ...] | None:
    """Return the copies on the page of a record, () where it has none, None where it is no such page."""
    found = _copies(page, date_order)
    is_record = page.select_one(".bibInfoData, .bibDetail, #recordnum, .bibRecordLink, .bibItems") is not None
    return found if found or is_record else None
