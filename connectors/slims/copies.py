"""Reads the copies of a record and what can be had from its page. Pure.

Sources: SLiMS 9, lib/detail.inc.php, getItemCopy: classes `item-available`, `item-onloan`, `item-notforloan`; SLiMS 7
and 8: `table.itemList` with `td.biblio-item-code` and a label `status-on-loan` or `status-available`. The text says the
date due in the library's own format and language.
"""

from __future__ import annotations

import re
from typing import Final

from bs4 import BeautifulSoup, Tag

from connectors.reading.html import attribute, text_of
from engine.model import Availability, Holding, Service

_ISO: Final = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DAY_FIRST: Final = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_ON_LOAN: Final = re.compile(r"item-onloan|status-on-loan|label-important|label-danger|#f{1,2}0{2,4}\b", re.IGNORECASE)
_NOT_FOR_LOAN: Final = re.compile(r"item-notforloan|status-not-loan", re.IGNORECASE)


def copies_of(page: BeautifulSoup) -> tuple[Holding, ...] | None:
    """Return the copies of a record; () where it has none, None where the page is none of a record."""
    found = [_new_copy(tag) for tag in page.select(".availability-item")]
    found += [_old_copy(tag) for tag in page.select(".itemList tr:has(.biblio-item-code)")]
    if found:
        return tuple(found)
    is_record = page.select_one("[itemtype*='schema.org/Book'], .detail-list, .s-detail, [itemprop='name']") is not None
    return () if is_record else None


def _new_copy(status: Tag) -> Holding:
    """Read a copy of SLiMS 9: place and call number, code and status in boxes side by side."""
    row = status.find_parent(class_="w-100") or status.find_parent("tr") or status.parent
    cells = row.find_all("div", recursive=False) if row is not None else []
    place = cells[0].find("span") if cells else None
    mark = cells[0].find("small") if cells else None
    return Holding(
        location=text_of(place) or None,
        call_number=text_of(mark) or None,
        item=text_of(cells[1]) or None if len(cells) > 2 else None,
        availability=_availability(status),
    )


def _old_copy(row: Tag) -> Holding:
    cells = row.find_all("td")
    return Holding(
        location=text_of(row.select_one(".biblio-location")) or None,
        call_number=text_of(row.select_one(".biblio-call-number")) or None,
        item=text_of(row.select_one(".biblio-item-code")) or None,
        availability=_availability(cells[-1]) if len(cells) > 3 else None,
    )


def _availability(status: Tag) -> tuple[Availability, ...] | None:
    told = " ".join(f"{attribute(tag, 'class')} {attribute(tag, 'style')}" for tag in [status, *status.select("*")])
    text = text_of(status)
    if _ON_LOAN.search(told):
        return (Availability(Service.LOAN, available=False, expected=_date(text) or "unknown"),)
    if _NOT_FOR_LOAN.search(told):
        return (Availability(Service.LOAN, available=False), Availability(Service.PRESENTATION, available=True))
    if not text:
        return None
    return (Availability(Service.LOAN, available=True),)


def _date(text: str) -> str | None:
    if found := _ISO.search(text):
        return "-".join(found.groups())
    if (found := _DAY_FIRST.search(text)) and 1 <= int(found[2]) <= 12 and 1 <= int(found[1]) <= 31:
        return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    return None
