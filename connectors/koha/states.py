"""The state of one copy in the table of a record's page. Pure.

A copy may have several states at once: lost, and checked out to somebody. Words are kept only of those that name
nobody: a library may show who has a copy beside "checked out". Source: Koha 19.06 as tried; the template of 25.
"""

from __future__ import annotations

import re
from typing import Final

from bs4 import Tag

from connectors.koha.marks import words_of
from connectors.reading.html import attribute, text_of
from engine.model import Availability, Service

_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_GONE: Final = frozenset({"lost", "withdrawn", "onorder"})
_LENT: Final = frozenset({"checkedout", "onsitecheckout"})
_AWAY: Final = _LENT | {"intransit", "onhold", "waiting", "pendinghold", "recallwaiting", "pendingrecall", "processing"}
_STAYS: Final = frozenset({"notforloan", "damaged"})
_TOLD: Final = ("lost", "withdrawn", "notforloan", "damaged")
"""States whose words are of the library's own list of values, and never name anybody."""

_WORDS: Final = {
    "onorder": "on order", "intransit": "in transit", "onhold": "on hold", "waiting": "on hold",
    "pendinghold": "on hold", "recallwaiting": "on hold", "pendingrecall": "on hold", "processing": "in processing",
}  # fmt: skip


def availability_of(row: Tag) -> tuple[Availability, ...] | None:
    """Return what the states of a copy and the day beside them mean, None where nothing is said.

    States are told by their classes, days by what is written for machines; both are the same in every language.
    """
    marks = row.find_all(class_="item-status")
    states = {name: mark for mark in marks for name in attribute(mark, "class").split() if name != "item-status"}
    stock = _stock(row)
    limitation = _limitation(states)
    if states.keys() & _GONE or (not states and stock in {"OutOfStock", "Discontinued"}):
        return _said(loan=False, presentation=False, limitation=limitation, expected=_due(row))
    if states.keys() & _AWAY:
        expected = _due(row) or ("unknown" if states.keys() & _LENT else None)
        return _said(loan=False, presentation=False, limitation=limitation, expected=expected)
    if states.keys() & _STAYS or (not states and stock == "InStoreOnly"):
        return _said(loan=False, presentation=stock != "OutOfStock", limitation=limitation)
    if "available" in states or stock == "InStock":
        mark = states.get("available")
        is_restricted = mark is not None and mark.find(class_="restricted") is not None
        return _said(loan=not is_restricted, presentation=True, limitation="restricted" if is_restricted else None)
    return None


def _said(
    *, loan: bool, presentation: bool, limitation: str | None, expected: str | None = None
) -> tuple[Availability, ...]:
    return (
        Availability(Service.LOAN, available=loan, expected=expected, limitation=limitation),
        Availability(Service.PRESENTATION, available=presentation, expected=expected),
    )


def _limitation(states: dict[str, Tag]) -> str | None:
    for name in _TOLD:
        if name in states and (words := words_of(states[name], {"restricted"})):
            return words
    return next((_WORDS[name] for name in _WORDS if name in states), None)


def _stock(row: Tag) -> str:
    """Return the last word of the address of schema.org that a row holds: InStock, OutOfStock."""
    link = row.find("link", attrs={"property": "availability"})
    return attribute(link, "href").rpartition("/")[2] if isinstance(link, Tag) else ""


def _due(row: Tag) -> str | None:
    """Return the ISO day on which a copy is due, None where none stands there for machines."""
    cell = row.find("td", class_="date_due", recursive=False)
    if not isinstance(cell, Tag):
        return None
    titled = cell.find(attrs={"title": _ISO_DAY})
    texts = [attribute(titled, "title")] if isinstance(titled, Tag) else []
    texts += [attribute(cell, "data-order"), attribute(cell, "data-sort"), text_of(cell)]
    return next((found[0] for text in texts if (found := _ISO_DAY.search(text))), None)
