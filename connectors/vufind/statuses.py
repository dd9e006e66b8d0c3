"""Reads what VuFind's pages ask for behind their results: the status of items, several records at once. Pure.

Source: VuFind, AjaxHandler/GetItemStatuses; versions before 5 answer the list itself as `data`.
"""

from __future__ import annotations

from collections.abc import Collection

from connectors.reading.html import parse_html, text_of
from connectors.reading.json import Table, first_text, table_of, tables_of
from engine.errors import UnreadableError
from engine.model import Availability, Holding, Service


def statuses(answer: Table, wanted: Collection[str]) -> dict[str, tuple[Holding, ...]]:
    """Return the holdings of the wanted records; one of which nothing can be told is absent.

    >>> told = {"data": {"statuses": [{"id": "1", "availability": "true", "callnumberHtml": "330"}]}}
    >>> statuses(told, ["1"])["1"][0].call_number
    '330'
    """
    data = answer.get("data")
    rows = tables_of(data) if isinstance(data, list) else tables_of(table_of(data).get("statuses"))
    if not isinstance(data, (list, dict)):
        raise UnreadableError("JSON without data: not VuFind's answer about items")
    found: dict[str, tuple[Holding, ...]] = {}
    for row in rows:
        own_id = first_text(row.get("id"))
        if own_id in wanted and not row.get("error"):
            found[own_id] = _holdings(row)
    return found


def _holdings(row: Table) -> tuple[Holding, ...]:
    if row.get("missing_data") and not row.get("locationList"):
        return ()
    if isinstance(row.get("locationList"), list) and row["locationList"]:
        return tuple(_holding(one, row) for one in tables_of(row["locationList"]))
    return (_holding(row, row),)


def _holding(told: Table, row: Table) -> Holding:
    """Return one place's holding: `availability` is a word in some versions and a boolean in others."""
    locations = told.get("location") or told.get("locationList") or ""
    calls = first_text(told.get("callnumberHtml")) or first_text(told.get("callnumbers") or told.get("callnumber"))
    word = told.get("availability")
    if isinstance(word, dict):
        word = word.get("status") or word.get("availability")
    state = {"true": True, "available": True, "1": True, "false": False, "unavailable": False, "0": False}.get(
        str(word).lower() if word is not None else ""
    )
    if told.get("status_unknown") or row.get("use_unknown_message"):
        state = None
    return Holding(
        location=_words(first_text(locations)) or None,
        call_number=_words(calls) or None,
        availability=(Availability(Service.LOAN, state),) if state is not None else None,
    )


def _words(text: str) -> str:
    """Return the words of a piece of HTML; what was listed with tabs is divided by semicolons."""
    listed = "; ".join(part.strip(" ,") for part in text.split("\t") if part.strip(" ,"))
    return text_of(parse_html(f"<p>{listed}</p>".encode()).p) if "<" in listed or "&" in listed else listed
