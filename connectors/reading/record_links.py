"""Rows of a page of results, told by their links to records: whatever elements a theme puts around them.

All links to one record are one row; its row is the largest element that holds links to no other record. What stands in
it is told by its labels, else by its shape.
"""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urljoin

import msgspec
import soupsieve
from bs4 import BeautifulSoup, Tag

from connectors.formats.isbd import is_card, parse_isbd
from connectors.formats.labelled import record_from_texts
from connectors.formats.labels import labelled_texts, name_of_label, name_of_shape, text_outside
from connectors.lists.numbered import Sheet
from connectors.reading.counts import counts
from connectors.reading.html import attribute, refuse_other_pages, text_of
from connectors.reading.none_found import says_none
from engine.errors import UnreadableError
from engine.model import Record

_MOST_ROWS = 300
_PAGES = frozenset({"body", "html", "form", "[document]"})
_LISTS = frozenset({"ul", "ol", "table", "tbody", "main"})
_PARTS_OF_PAGES = ["nav", "header", "footer", "select", "form", "h1"]
_PLACE = re.compile(r"^\s*\d{1,6}\s*[.)/]\s+(?=\S)")


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a system's pages of results look like. `links` are CSS selectors of links to records, tried in their order.

    `ids` find a record's id in the link's `href` or `onclick` (their first group). `titles` prefers some of them as
    bearers of the title, `rows` names the elements of rows where the links alone would take too much or too little.
    `none` are selectors of what stands only on a page without hits, `counts` of the count of hits, `hidden` of what is
    left out. `record` is the address of a record's page, with {id}, where links are scripts.
    """

    links: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    ids: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    titles: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    record: str = ""
    is_online: bool = False


class Row(msgspec.Struct, frozen=True):
    """One row: the record's id, the link that bears its title, and all that stands in it."""

    id: str
    link: Tag
    element: Tag


def rows_of(page: BeautifulSoup | Tag, look: Look) -> list[Row]:
    """Return the rows of a page, each record once, in their order."""
    for selector in look.links:
        links: dict[str, list[Tag]] = {}
        held: dict[int, set[str]] = {}
        for link in page.select(selector, limit=_MOST_ROWS * 8):
            if own := _id_of(link, look):
                links.setdefault(own, []).append(link)
                for parent in link.parents:
                    held.setdefault(id(parent), set()).add(own)
        if links:
            alone = len(links) == 1
            return [_row(own, some, held, look, is_alone=alone) for own, some in list(links.items())[:_MOST_ROWS]]
    return []


def _row(own: str, links: list[Tag], held: dict[int, set[str]], look: Look, *, is_alone: bool) -> Row:
    """Return the row of a record. `held` are the records to which the links inside of an element lead.

    Where no other row bounds it (`is_alone`), the row ends at the list, or at what has parts of a page in it.
    """
    bearer = max(links, key=lambda link: (_is_title(link, look), len(_title_of(link))))
    element = bearer
    known = next((found for selector in look.rows for found in [_closest(bearer, selector)] if found), None)
    if known is not None:
        return Row(own, bearer, known)
    for parent in bearer.parents:
        if parent.name in _PAGES or held[id(parent)] != {own} or (is_alone and _is_more_than_a_row(parent)):
            break
        element = parent
    return Row(own, bearer, element)


def _is_more_than_a_row(tag: Tag) -> bool:
    return tag.name in _LISTS or tag.find(_PARTS_OF_PAGES) is not None


def _is_title(link: Tag, look: Look) -> bool:
    return any(soupsieve.match(one, link) for one in look.titles)


def _closest(tag: Tag, selector: str) -> Tag | None:
    return soupsieve.closest(selector, tag)


def _id_of(link: Tag, look: Look) -> str:
    address = f"{attribute(link, 'href')} {attribute(link, 'onclick')}"
    return next((found[1] for pattern in look.ids if (found := re.search(pattern, address))), "")


def _title_of(link: Tag) -> str:
    """Return the words of a link, its title attribute where it has none or more."""
    words, said = text_of(link), attribute(link, "title").strip()
    if not words and (image := link.find("img")) is not None and isinstance(image, Tag):
        words = attribute(image, "alt").strip()
    return said if not words or (said.startswith(words.rstrip(". …")) and len(said) > len(words)) else words


def texts_of(row: Row, look: Look, url: str) -> list[tuple[str, str]]:
    """Return the (name, text) pairs that a row says of its record."""
    title = _PLACE.sub("", _title_of(row.link))
    texts = [("id", row.id), ("isbd" if is_card(title) else "title", title)]
    href = attribute(row.link, "href")
    if look.record:
        texts.append(("url", urljoin(url, look.record.replace("{id}", row.id))))
    elif href and not href.lower().startswith(("javascript:", "#")):
        texts.append(("url", urljoin(url, href)))
    if look.is_online:
        texts.append(("is_online", "true"))
    if row.element is row.link:
        return texts
    labelled = [pair for pair in labelled_texts(row.element) if pair[0] != "title"]
    known = {name for name, _ in labelled}
    return [*texts, *labelled, *(pair for pair in _unlabelled(row, title) if pair[0] not in known)]


def _unlabelled(row: Row, title: str) -> list[tuple[str, str]]:
    """Return what the lines of a row say by their shape, and of a card the areas behind the title."""
    words, bearer = text_of(row.element), text_of(row.link)
    behind = words.partition(bearer)[2].strip(" -–") if bearer else ""
    whole = parse_isbd(f"{title}. - {behind.lstrip('. -–')}") if behind else None
    is_line = row.element.find(["p", "div", "li", "br"]) is None
    if whole is not None and whole.imprint and len(whole.notes) < 2 and (whole.extent or is_line or " . - " in behind):
        found = [("imprint", whole.imprint), ("edition", whole.edition), ("extent", whole.extent), ("isbn", whole.isbn)]
        return [(name, text) for name, text in found if text]
    texts: list[tuple[str, str]] = []
    for line in row.element.find_all(["p", "span", "div", "li", "td", "i", "em"]):
        text = text_of(line)
        if not text or text in title or line.find(name=True) is not None or name_of_label(text.partition(":")[0]):
            continue
        if name := name_of_shape(text):
            texts.append((name, text))
        elif "author" in f"{attribute(line, 'class')} {attribute(line, 'id')}".lower() and not texts:
            texts.append(("people", text))
    return texts


def read_list(page: BeautifulSoup, look: Look, url: str, member: str, *, is_whole: bool = True) -> Sheet:
    """Return what a page of results says.

    Raises RefusedError, FaultError or UnreadableError for a page that is none.
    """
    for selector in look.hidden:
        for tag in page.select(selector):
            tag.extract()
    rows = rows_of(page, look)
    around = text_outside(page, [row.element for row in rows])
    told = " ".join(text_of(tag) for selector in look.counts for tag in page.select(selector))
    count = counts(told) if told else counts(around)
    if count.total is None and told and (alone := re.fullmatch(r"\D{0,40}(\d[\d.,]*)\D{0,40}", told)):
        count = count._replace(total=int(re.sub(r"\D", "", alone[1])))
    if not rows:
        is_none = any(page.select_one(selector) for selector in look.none) or says_none(around)
        if count.total == 0 or (not count.total and is_none):
            return Sheet((), 0)
        if not count.total:
            refuse_other_pages(page)
        raise UnreadableError(f"{count.total} hits and not one row")
    if count.first and count.last:
        is_whole = is_whole and len(rows) >= count.last - count.first + 1
    records = tuple(_record(row, look, url, member) for row in rows)
    total = count.total if count.total and count.total >= len(rows) else None
    return Sheet(records, total, count.first, is_whole)


def _record(row: Row, look: Look, url: str, member: str) -> Record | None:
    try:
        return record_from_texts(texts_of(row, look, url), member)
    except UnreadableError:
        return None
