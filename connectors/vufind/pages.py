"""Reads a result page of VuFind, of the themes since version 2. Pure.

Rows are told by the hidden id or the link to a record that stands in them, counts by digits, never by words: the words
are in the language of the page. Source: VuFind, themes blueprint, bootstrap3 and bootstrap5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, unquote, urljoin, urlsplit

import msgspec
from bs4 import BeautifulSoup, Tag

from connectors.formats.headings import web_address
from connectors.formats.named_texts import record_from_texts
from connectors.lists.by_place import Listed
from connectors.reading.html import attribute, refuse_other_pages, text_of
from engine.errors import UnreadableError, UnsupportedError
from engine.model import Host, Link, LinkKind, Record
from engine.normalise.years import year

_RECORD_PATH = re.compile(r"/(?:Record|record)/([^/?#]+)")
_HEADS = ".search-stats, .search-header, .search-controls, .resulthead"
_NAMES = {
    "rft.au": "creator",
    "rft.creator": "creator",
    "rft.date": "date.issued",
    "rft.pub": "publisher",
    "rft.publisher": "publisher",
    "rft.place": "publisher.place",
    "rft.edition": "hasVersion",
    "rft.isbn": "isbn",
    "rft.issn": "issn",
    "rft.language": "language",
    "rft.series": "isPartOf",
    "rft.genre": "type",
    "rft.format": "type",
}
"""Keys of a COinS (OpenURL), and the names that `formats.named_texts` reads them under."""


def listed_page(page: BeautifulSoup, url: str, member: str, base: str) -> Listed:
    """Return the rows of a result page; `url` is where the request ended.

    A search that found one record may lead to that record's own page. Raises UnsupportedError where VuFind says that it
    cannot read the question, and what `refuse_other_pages` raises for a page without rows that does not say "none".
    """
    rows = [row for row in page.select(".result") if _id_of(row)]
    total = _total(page)
    if rows:
        return Listed(tuple(_row(row, member, base) for row in rows), total)
    if total == 0 or (total is None and _says_none(page)):
        if page.select_one(".alert-danger, p.error + p.error") is not None:
            raise UnsupportedError("VuFind says that it cannot read the question")
        return Listed((), 0)
    if found := _RECORD_PATH.search(urlsplit(url).path):
        return Listed((_only(page, unquote(found[1]), member, base),), 1)
    refuse_other_pages(page)
    raise AssertionError  # the line above always raises


def is_vufind(body: bytes) -> bool:
    """Whether a page that came in the place of another is one of VuFind's own: it has VuFind's search box."""
    return re.search(rb"""(?i)<input[^>]{0,300}name=["']?lookfor""", body[:200_000]) is not None


def _id_of(row: Tag) -> str:
    hidden = attribute(row.select_one("input.hiddenId"), "value")
    if hidden:
        return hidden
    for link in row.select("a[href]"):
        if found := _RECORD_PATH.search(attribute(link, "href")):
            return unquote(found[1])
    return ""


def _total(page: BeautifulSoup) -> int | None:
    told = attribute(page.select_one("[data-record-total]"), "data-record-total")
    if told.isdigit():
        return int(told)
    for head in page.select(_HEADS):
        # First, last, all: "1 - 20 of 345", in any language and with any thousands' mark.
        numbers = [int(digits) for strong in head.select("strong") if (digits := _digits(text_of(strong)))]
        if len(numbers) >= 3:
            return numbers[2]
    return None


def _digits(text: str) -> str:
    bare = re.sub(r"[\s.,\u00a0\u202f'\u2019]", "", text)
    return bare if bare.isascii() and bare.isdigit() and len(bare) < 13 else ""


def _says_none(page: BeautifulSoup) -> bool:
    """Whether it is a result page whose head has a heading in the place of the count."""
    if page.select_one("[name=lookfor]") is None:
        return False
    return any(head.select_one("h2, h3") is not None for head in page.select(_HEADS))


def _row(row: Tag, member: str, base: str) -> Record | None:
    own_id = _id_of(row)
    coins = row.select_one("span.Z3988")
    if coins is None:  # the oldest theme sets it behind the row
        after = row.find_next_sibling()
        coins = after if isinstance(after, Tag) and "Z3988" in attribute(after, "class") else None
    title = text_of(row.select_one("a.title, .title a, .resultItemLine1 a"))
    try:
        found = _record(_texts(row, title, coins), coins, own_id, member, base)
    except UnreadableError:
        return None
    links = tuple(
        Link(url, LinkKind.FULL_TEXT)
        for link in row.select("a.fulltext[href]")
        if web_address(url := urljoin(f"{base}/", attribute(link, "href")))
    )
    return msgspec.structs.replace(found, links=links)


def _only(page: BeautifulSoup, own_id: str, member: str, base: str) -> Record:
    """Return the record of its own page."""
    main = page.select_one(".record, .mainbody, main, #content") or page
    title = text_of(main.select_one("h1, h2, h3, [property=name]"))
    coins = page.select_one("span.Z3988")
    if not title and coins is None:
        refuse_other_pages(page)
    return _record(_texts(main, title, coins), coins, own_id, member, base)


def _record(texts: Iterator[tuple[str, str]], coins: Tag | None, own_id: str, member: str, base: str) -> Record:
    url = f"{base}/Record/{quote(own_id, safe='')}"
    return record_from_texts(texts, member=member, own_id=own_id, url=url, host=_host(_said(coins)))


def _said(coins: Tag | None) -> dict[str, list[str]]:
    return parse_qs(attribute(coins, "title"), max_num_fields=100) if coins is not None else {}


def _texts(row: Tag, title: str, coins: Tag | None) -> Iterator[tuple[str, str]]:
    said = _said(coins)
    in_coins = next((said[key][0] for key in ("rft.atitle", "rft.btitle", "rft.title") if said.get(key)), "")
    shown = title.rstrip(". …") if title.endswith(("...", "…")) else title
    # A title is cut on the page; that of the COinS is whole, but may be the journal's.
    yield "title", in_coins if in_coins and (not title or in_coins.startswith(shown)) else title
    for key, name in _NAMES.items():
        for text in said.get(key, ()):
            if key == "rft.genre" and text in {"unknown", "document"}:
                continue
            yield name, text
    if "rft.au" not in said and "rft.creator" not in said:
        for link in row.select('.result-author, .authors a, a[href*="/Author/"]'):
            yield "creator", text_of(link)
    if "rft.date" not in said:
        words = text_of(row.select_one(".resultItemLine2, .result-body, .media-body"))
        if (found := year(words.replace(title, " "))) is not None:
            yield "date.issued", str(found)
    for kind in row.select("span.format, .iconlabel"):
        yield "type", text_of(kind)


def _host(said: dict[str, list[str]]) -> Host | None:
    """Return what an article stands in, of a COinS that has both titles."""
    if not said.get("rft.jtitle") or not (said.get("rft.atitle") or said.get("rft.title")):
        return None
    first = {key: values[0] for key, values in said.items() if values}
    pages = "-".join(filter(None, (first.get("rft.spage"), first.get("rft.epage"))))
    return Host(
        first["rft.jtitle"],
        issn=first.get("rft.issn"),
        volume=first.get("rft.volume"),
        issue=first.get("rft.issue"),
        pages=pages or first.get("rft.pages"),
    )
