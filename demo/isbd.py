"""An entry as the cards of many catalogues write it: title / responsibility, place : publisher, year, pages ; size.

Source: ISBD, in the order of areas that Vietnamese catalogues keep.
"""

from __future__ import annotations

import re

from demo import vietnamese
from demo.entries import Entry
from demo.xml_text import joined


def head(entry: Entry) -> str:
    """Return title, subtitle, volume and responsibility."""
    title = joined((entry.title, entry.subtitle), " : ")
    return joined((joined((title, entry.volume), ". "), entry.statement), " / ")


def imprint(entry: Entry) -> str:
    """Return place, publisher and year."""
    return joined((joined((entry.place, entry.publisher), " : "), entry.date), ", ")


def extent(entry: Entry) -> str:
    """Return pages and size."""
    pages = f"{entry.edition.pages}{'tr.' if entry.edition.language == 'vie' else ' p.'}" if entry.edition.pages else ""
    return joined((pages, "24cm"), " ; ")


def tail(entry: Entry) -> str:
    """Return what stands behind the head on a card."""
    return joined((entry.edition_statement, imprint(entry), extent(entry)), ". - ")


def slug(entry: Entry) -> str:
    """Return the title in plain letters and hyphens, with the number of the record behind it."""
    words = re.findall(r"[a-z0-9]+", vietnamese.unmarked(entry.title).lower())
    return "-".join([*words[:20], f"2026{entry.id:0>12}"])


def number_in(slug_text: str) -> str:
    """Return the number of the record that a slug ends with.

    >>> number_in("truyen-kieu-2026000000001234")
    '1234'
    """
    return slug_text.rpartition("-")[2].removeprefix("2026").lstrip("0")
