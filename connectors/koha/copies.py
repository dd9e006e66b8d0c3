"""The page of one record: what it says of the record, and the table of its copies. Pure."""

from __future__ import annotations

import re
from typing import Final

from bs4 import BeautifulSoup, Tag

from connectors.koha.marks import inside, words_of
from connectors.koha.page import is_koha, refuse_entrances, refuse_other, template_of
from connectors.koha.rows import Row, coins, number_in
from connectors.koha.states import availability_of
from connectors.reading.html import attribute, text_of
from engine.errors import UnreadableError
from engine.model import Holding

_ALL_COPIES: Final = re.compile(r"[?&;]viewallitems=1\b")


def parse_record_page(page: BeautifulSoup, address: str = "") -> Row:
    """Return what the page of a record says, as a row with its copies; raises as `parse_results` does."""
    mark = inside(page, "unapi-id")
    number = number_in(attribute(mark, "title")) or number_in(address)
    heading = page.find("h1", class_="title") or page.find("h2", class_="title") or page.find(id="opacxslt")
    said = coins(attribute(inside(page, "Z3988"), "title"))
    title = words_of(heading, {"title_resp_stmt", "title_medium"}) if isinstance(heading, Tag) else ""
    title = title or next(iter(said.get("btitle", ())), "")
    if not number or not (title or mark):
        refuse_other(page, "that of a record")
    if not (is_koha(page) or template_of(page) or mark):
        refuse_entrances(page)
        raise UnreadableError("no page of a record in Koha")
    authors = page.find_all(attrs={"property": ["author", "contributor"]})
    imprint = next((part for part in page.find_all(class_="publisher") if "results_summary" in part["class"]), None)
    return Row(
        number=number,
        title=title,
        authors=tuple(text for part in authors if (text := words_of(part, {"authordates", "relatorcode"})))
        or said.get("au", ()),
        imprint=words_of(imprint, {"label"}),
        place=_property(imprint, "location"),
        publisher=_property(imprint, "name"),
        date=_property(imprint, "datePublished") or next(iter(said.get("date", ())), ""),
        isbns=tuple(text_of(part) for part in page.find_all(attrs={"property": "isbn"})) or said.get("isbn", ()),
        holdings=_holdings(page),
    )


def _property(tag: Tag | None, name: str) -> str:
    found = tag.find(attrs={"property": name}) if tag is not None else None
    return text_of(found) if isinstance(found, Tag) else ""


def _holdings(page: BeautifulSoup) -> tuple[Holding, ...] | None:
    """Return the copies of the table, () where the page shows its place and no table, None where it shows neither.

    Columns without content are left out, so cells are told by their class and never by their place.
    """
    found = [
        holding
        for row in page.find_all("tr")
        if row.find("td", class_=["status", "call_no", "barcode"], recursive=False)
        and (holding := _copy(row)) is not None
    ]
    if found:
        return tuple(found)
    place = page.find(id=["holdings", "noitems", "holdings_panel"])
    if not isinstance(place, Tag) or has_more_copies(page):
        return None
    return () if place.find(["table", "script"]) is None else None


def has_more_copies(page: BeautifulSoup) -> bool:
    """Whether a page leaves out its copies for their number, and links to all of them."""
    return page.find("a", href=_ALL_COPIES) is not None


def _copy(row: Tag) -> Holding | None:
    """Return the copy of a row of the table of holdings."""
    if row.find("td", class_=["location", "item_location", "status", "barcode"], recursive=False) is None:
        return None
    spot = row.find("td", class_=["location", "item_location"], recursive=False)
    spot = spot if isinstance(spot, Tag) else None
    shelf = text_of(inside(row, "shelvingloc"))
    branch = words_of(spot, {"shelvingloc", "branch-info-tooltip", "branch-info-tooltip-trigger"})
    volume, note = _cell(row, "vol_info"), _cell(row, "notes")
    call_number = row.find("td", class_="call_no", recursive=False)
    return Holding(
        branch=branch.strip(" -–") or None,
        location=shelf or None,
        call_number=_call_number(call_number) if isinstance(call_number, Tag) else None,
        item=_cell(row, "barcode") or None,
        availability=availability_of(row),
        note=" ".join(filter(None, (volume, note))) or None,
    )


def _cell(row: Tag, name: str) -> str:
    found = row.find("td", class_=name, recursive=False)
    return text_of(found) if isinstance(found, Tag) else ""


def _call_number(cell: Tag) -> str | None:
    """Return a call number without the link behind it that leads along the shelf."""
    text = " ".join(" ".join(str(part) for part in cell.find_all(string=True) if part.find_parent("a") is None).split())
    return re.sub(r"\(\s*\)$", "", text).strip() or None
