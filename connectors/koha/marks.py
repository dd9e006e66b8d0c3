"""One row of a page of results: what stands in which element. Pure.

Source: the style sheets and templates of Koha 3.12 to 25: with XSLT, and 19.06 without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from bs4 import BeautifulSoup, Comment, Tag

from connectors.koha.rows import Row, coins, number_in
from connectors.reading.html import attribute, text_of
from engine.model import Availability, Holding, Service

_IN_BRACKETS: Final = re.compile(r"\((\d{1,5})\)")
_REFERENCE: Final = re.compile(r"(?i)reference|tham khảo|tại chỗ")
_RECORD_LINK: Final = re.compile(r"opac-(?:detail|MARCdetail|ISBDdetail)\.pl\?|/bib/\d")
_NO_TITLE: Final = frozenset({"title_resp_stmt", "title_medium", "byAuthor", "label", "author"})
_NO_NAME: Final = frozenset({"relatorcode", "separator", "authordates", "titleportion", "label", "byAuthor"})
_NO_BRANCH: Final = frozenset({"CallNumberAndLabel", "CallNumber", "LabelCallNumber", "shelvingloc"})
_NO_COUNT: Final = frozenset({"CallNumberAndLabel", "CallNumber", "LabelCallNumber", "AvailabilityLabel"})
_COUNTED: Final = re.compile(r"(.*?)\((\d{1,5})\)")
_ENDS: Final = " .,;:"
_OF_STATE: Final = re.compile(r"^unavailable_")
_OF_REFERENCE: Final = re.compile(r"^notforloandesc_")


def is_record_link(address: str | None) -> bool:
    """Whether an address is that of a record's page."""
    return bool(address and _RECORD_LINK.search(address))


def inside(tag: Tag | BeautifulSoup | None, *names: str) -> Tag | None:
    """Return the first element that has one of these classes, None for none."""
    found = tag.find(class_=list(names)) if tag is not None else None
    return found if isinstance(found, Tag) else None


def words_of(tag: Tag | None, without: Iterable[str] = ()) -> str:
    """Return the words of an element, but not those in elements of some classes."""
    if tag is None:
        return ""
    left_out = frozenset(without)
    return " ".join(" ".join(_texts(tag, left_out)).split())


def _texts(tag: Tag, left_out: frozenset[str]) -> Iterator[str]:
    """Return the texts in an element in their order. A stack, since a page may nest as deep as it likes."""
    stack = [tag.contents[::-1]]
    while stack:
        if not stack[-1]:
            stack.pop()
            continue
        part = stack[-1].pop()
        if isinstance(part, Tag):
            if left_out.isdisjoint(part.get_attribute_list("class")):
                stack.append(part.contents[::-1])
        elif not isinstance(part, Comment):
            yield str(part)


def title_link(row: Tag, number: str) -> Tag | None:
    """Return the link with the title: the one of class `title`, else the first to the record that has words."""
    links = [link for link in row.find_all("a", href=is_record_link) if number_in(attribute(link, "href")) == number]
    worded = [link for link in links if text_of(link)]
    return next((link for link in worded if "title" in link.get_attribute_list("class")), next(iter(worded), None))


def own_numbers(row: Tag) -> frozenset[str]:
    """Return the numbers that a row is of, as its check box and its title say; none where it has neither.

    Other links in a row lead elsewhere: a chapter names its book, a bundle what it holds.
    """
    boxes = [attribute(box, "value") for box in row.find_all("input", attrs={"name": "biblionumber"})]
    titles = [number_in(attribute(link, "href")) for link in row.find_all("a", class_="title", href=is_record_link)]
    return frozenset(filter(None, boxes or titles))


def parse_row(row: Tag, number: str) -> Row:
    """Return what a row shows of a record."""
    said = coins(attribute(inside(row, "Z3988"), "title"))
    link = title_link(row, number)
    imprint = next((part for part in row.find_all(class_="publisher") if "results_summary" in part["class"]), None)
    return Row(
        number=number,
        title=words_of(inside(link, "biblio-title") or link, _NO_TITLE) or _first(said, "btitle"),
        subtitle=text_of(inside(link, "subtitle")) if inside(link, "biblio-title") else "",
        authors=_authors(row) or said.get("au", ()),
        imprint=words_of(imprint, {"label"}),
        place=_part(imprint, "location", "publisher_place") or _first(said, "place"),
        publisher=_part(imprint, "name", "publisher_name") or _first(said, "pub"),
        date=_part(imprint, "datePublished", "publisher_date") or _first(said, "date"),
        isbns=said.get("isbn", ()),
        holdings=_holdings(row),
    )


def _first(said: dict[str, tuple[str, ...]], key: str) -> str:
    return next(iter(said.get(key, ())), "")


def _part(tag: Tag | None, marked: str, named: str) -> str:
    """Return the words of the part that is marked by a property of schema.org or a class."""
    found = tag.find(attrs={"property": marked}) or tag.find(class_=named) if tag is not None else None
    return text_of(found) if isinstance(found, Tag) else ""


def _authors(row: Tag) -> tuple[str, ...]:
    """Return the names of a row: each of a list, or the words of the element of class `author`."""
    place = inside(row, "author")
    if place is None:
        return ()
    parts = place.find_all("li") or place.find_all("a", recursive=False) or [place]
    return tuple(text for part in parts if (text := words_of(part, _NO_NAME)))


def _holdings(row: Tag) -> tuple[Holding, ...] | None:
    """Return what a row says of its copies: those to be had by branch, the others by the count in brackets.

    () where it says that there are none, None where it says nothing that can be read.
    """
    place = inside(row, "availability")
    if place is None:
        block = inside(row, "available", "unavailable")
        place = block.parent if block is not None else None
    if place is None:
        return None
    found: list[Holding] = []
    for block in _outermost(place, "available"):
        label = words_of(block, {"ItemSummary"})
        is_reference = "reference" in block["class"] or _REFERENCE.search(label)
        can = Availability(Service.PRESENTATION if is_reference else Service.LOAN, available=True)
        parts = block.find_all(class_="ItemSummary") or block.find_all("span", recursive=False)
        found += [_summary(part, can) for part in parts if _IN_BRACKETS.search(words_of(part, _NO_COUNT))]
    for block in _outermost(place, "unavailable"):
        found += _unavailable(block)
    if found:
        return tuple(found)
    words = words_of(place, {"label"})
    return () if words and not _IN_BRACKETS.search(words) else None


def _outermost(place: Tag, name: str) -> Iterator[Tag]:
    """Return the elements of a class that are in no other of it: from 20.11 on they are nested."""
    for block in place.find_all(class_=name):
        if not any(name in outer.get_attribute_list("class") for outer in block.parents):
            yield block


def _unavailable(block: Tag) -> Iterator[Holding]:
    """Return the copies that cannot be had.

    Before 20.11 each state has a block of its own. Since then a library chooses whether there is a group for each
    branch and state ("branch: state (2)"), each state ("state (2)") or each branch ("branch (2)").
    """
    states = block.find_all(class_=_OF_STATE)
    branches = [] if states else block.find_all(class_="ItemSummary")
    for group in states or branches or [block]:
        for label, count in _COUNTED.findall(words_of(group, _NO_COUNT)):
            said, branch = text_of(inside(group, "ItemStatus")) or label.strip(_ENDS), ""
            if branches:
                said, branch = "", said
            elif inside(group, "ItemBranch") is not None:
                branch, _, said = said.rpartition(": ")
            cannot = Availability(Service.LOAN, available=False, limitation=said or None)
            yield Holding(branch=branch or None, copies=int(count), copies_available=0, availability=(cannot,))


def _summary(part: Tag, can: Availability) -> Holding:
    counts = _IN_BRACKETS.findall(words_of(part, _NO_COUNT | {"shelvingloc"}))
    copies = int(counts[-1]) if counts else None
    branch = text_of(inside(part, "ItemBranch")) or words_of(part, _NO_BRANCH)
    if part.find(class_=_OF_REFERENCE) is not None:
        branch = branch.rpartition(": ")[0] or branch  # "branch: state"
    return Holding(
        branch=_IN_BRACKETS.sub("", branch).strip(" .,;[]") or None,
        location=text_of(inside(part, "shelvingloc")) or None,
        call_number=text_of(inside(part, "CallNumber")).removesuffix(", ..") or None,
        copies=copies,
        copies_available=copies,
        availability=(can,),
    )
