"""Reads the list of SLiMS as a page, where the library gives no XML. Pure.

Sources: SLiMS 9, template/default/biblio_list_template.php; SLiMS 7 and 8, template/default/biblio_list_template.php.
Both say `div.biblioResult` around the list, `div.search-found-info` above it and a link `p=show_detail&id=` in each
row; the fields have classes (`publishField`) or labels in the library's own language.
"""

from __future__ import annotations

import re
from typing import Final

from bs4 import BeautifulSoup, Tag

from connectors.formats.named_texts import record_from_texts
from connectors.reading.html import attribute, refuse_other_pages, text_of
from connectors.reading.web_address import parameter_of
from connectors.slims.mods_list import ListPage
from connectors.slims.request import record_url
from engine.errors import FaultError, UnreadableError
from engine.model import Record
from engine.normalise.identifiers import recognise

_ID_IN_LINK: Final = re.compile(r"[?&]id=(\d+)")
_YEAR_AT_END: Final = re.compile(r"[\s,:;]+(\d{4})\.?$")
_TROUBLE: Final = re.compile(r"(?i)sqlstate|mysqli?\b|database (?:error|connection)|connect\w* to [\w ]{0,30}database")
_FIELDS: Final = {
    "isbn": "isbn",
    "author": "creator",
    "publish": "publisher",
    "year": "date",
    "edition": "description.edition",
    "collation": "extent",
    "series": "isPartOf",
    "topic": "subject",
    "language": "language",
    "notes": "description",
}
"""Beginnings of the classes of fields -> elements of Dublin Core."""


def list_of_page(page: BeautifulSoup, *, member: str, base: str) -> ListPage:
    """Return a page of the list. Raises what a page in its place means."""
    info, result = page.select_one(".search-found-info"), page.select_one(".biblioResult")
    total = _total(info)
    links = [link for link in page.select("a[href*='p=show_detail']") if _ID_IN_LINK.search(attribute(link, "href"))]
    if info is None and result is None and not links:
        _refuse(page)
    rows: dict[str, Tag] = {}
    for link in (result or page).select("a[href*='p=show_detail']"):
        number = _ID_IN_LINK.search(attribute(link, "href"))
        if number and "inXML" not in attribute(link, "href") and number[1] not in rows and text_of(link):
            rows[number[1]] = link
    if total is None and not rows:
        raise UnreadableError("a list without a count and without a record")
    goes_on = _goes_on(page)
    return ListPage(
        rows=tuple(_row(number, link, member, base) for number, link in rows.items()),
        total=total,
        page_size=len(rows) if goes_on and rows else None,
        is_whole=page.find("body") is not None and bool(page.select(".biblioPagingBottom, footer, .footer")),
        goes_on=goes_on,
    )


def _total(info: Tag | None) -> int | None:
    number = text_of(info.select_one("strong")) if info is not None else ""
    digits = re.sub(r"[.,\s]", "", number)
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _goes_on(page: BeautifulSoup) -> bool | None:
    paging = page.select_one(".biblioPaging, .pagingList")
    return paging.select_one(".next_link, a[rel=next]") is not None if paging is not None else None


def _refuse(page: BeautifulSoup) -> None:
    text = text_of(page.body)
    if len(text) < 2000 and _TROUBLE.search(text):
        raise FaultError("the server speaks of trouble with its database")
    refuse_other_pages(page)


def _row(number: str, link: Tag, member: str, base: str) -> Record | None:
    texts = [("title", attribute(link, "data-title") or text_of(link))]
    row = _around(link)
    texts += [("creator", name) for name in _authors(row)]
    for name, text in _labelled(row):
        if name == "isbn" and (found := recognise(text)) is not None:
            texts.append((found.scheme.value, text))
        elif name != "isbn":
            texts.append((name, text))
    try:
        return record_from_texts(texts, member=member, own_id=number, url=record_url(base, number))
    except UnreadableError:
        return None


def _around(link: Tag) -> Tag:
    """Return the row that a title stands in: the element of class `item`, or the nearest that has fields."""
    for parent in link.parents:
        classes = attribute(parent, "class").split()
        if {"item", "grid-item", "biblioRecord"} & set(classes):
            return parent
        if "biblioResult" in classes or parent.name == "body":
            break
    return link.parent or link


def _authors(row: Tag) -> list[str]:
    found = [attribute(link, "href") for link in row.select("a[href*='author=']")]
    names = [parameter_of(href, "author").strip("\"' ") for href in found]
    return [name for name in dict.fromkeys(names) if name]


def _labelled(row: Tag) -> list[tuple[str, str]]:
    """Return the fields that a row shows, by the beginnings of their classes; labels are translated and not read."""
    found = []
    for field in row.select("[class*=Field]"):
        names = attribute(field, "class").lower().split()
        element = next((_FIELDS[begin] for name in names for begin in _FIELDS if name.startswith(begin)), "")
        label = field.select_one(":scope > *")
        value = text_of(field).removeprefix(text_of(label)).strip(" :") or text_of(field)
        if not element or value in {"", "-"}:
            continue
        year = _YEAR_AT_END.search(value) if element == "publisher" else None
        if year is not None:
            found.append(("date", year[1]))
            value = value[: year.start()]
        found.append((element, value))
    # SLiMS 9 lists them without classes; a number of the book is known by what it looks like.
    found += [("isbn", text) for text in map(text_of, row.select("dd")) if recognise(text) is not None]
    return found
