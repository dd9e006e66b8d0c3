"""Copies of a record as Libol's page WHoldingCollection.aspx shows them in a table. Pure.

Only columns that are known are read: who has a copy is never looked at.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from bs4 import BeautifulSoup, Tag

from connectors.reading.html import text_of
from connectors.reading.none_found import says_none
from engine.model import Availability, Holding, Service
from engine.text import folded_key

_MOST_COPIES = 300


@cache
def _table(name: str) -> dict[str, str]:
    tables = tomllib.loads(files("connectors.libol").joinpath("holdings.toml").read_text("utf-8"))
    return {folded_key(word): meaning for meaning, words in tables[name].items() for word in words}


def read_holdings(page: BeautifulSoup) -> tuple[Holding, ...] | None:
    """Return the copies of a record; None where the page does not tell.

    A table counts if at least two of its heads are known, one of them the copy's number or its state.
    """
    for table in page.find_all("table"):
        rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
        heads = [_table("columns").get(folded_key(text_of(cell)), "") for cell in _cells(rows[0])] if rows else []
        if len({head for head in heads if head}) > 1 and {"item", "state"} & set(heads):
            found = [_holding(dict(zip(heads, _cells(row), strict=False))) for row in rows[1:][:_MOST_COPIES]]
            return tuple(holding for holding in found if holding != Holding())
    return () if says_none(text_of(page.body)) else None


def _cells(row: Tag) -> list[Tag]:
    return row.find_all(["td", "th"], recursive=False)


def _holding(cells: dict[str, Tag]) -> Holding:
    def said(name: str) -> str | None:
        return text_of(cells.get(name)) or None

    return Holding(
        branch=said("branch"),
        location=said("location"),
        call_number=said("call_number"),
        item=said("item"),
        availability=_availability(said("state") or ""),
    )


def _availability(state: str) -> tuple[Availability, ...] | None:
    """Return what a state means; one that is not known says nothing, and is not kept."""
    match _table("states").get(folded_key(state)):
        case "available":
            return (Availability(Service.LOAN, available=True),)
        case "on_loan":
            return (Availability(Service.LOAN, available=False),)
        case "here_only":
            return (Availability(Service.PRESENTATION, available=True), Availability(Service.LOAN, available=False))
        case _:
            return None
