"""How many copies of a record are free, as `ODetail.aspx` says it: "3 / 5" beside the label of free copies. Pure.

The table of copies beneath it is not read. Source: the published code of one installation.
"""

from __future__ import annotations

import re
from typing import Final

from bs4 import BeautifulSoup

from connectors.reading.html import text_of
from engine.model import Availability, Holding, Service

_COUNT: Final = re.compile(r"(?P<free>\d{1,5})\s*/\s*(?P<all>\d{1,5})")
_PLACES: Final = ".txt-center span, .text-center .item-title-secondary"
_RECORD: Final = "#TabbedPanels1, .book-detail, .detail-info"


def read_copies(page: BeautifulSoup) -> tuple[Holding, ...] | None:
    """Return the copies of a record as one holding, () where its page tells of none; None for another page."""
    for tag in page.select(_PLACES):
        found = _COUNT.fullmatch(text_of(tag))
        if found is not None and int(found["free"]) <= int(found["all"]):
            free = int(found["free"])
            available = (Availability(Service.LOAN, available=free > 0),)
            return (Holding(copies=int(found["all"]), copies_available=free, availability=available),)
    return () if page.select_one(_RECORD) is not None else None
