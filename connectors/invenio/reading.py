"""Reads pages of results of InvenioRDM's REST API. Pure.

Sources: InvenioRDM documentation, "REST API: Search records"; invenio-records-resources, errors of its resources.
"""

from __future__ import annotations

from typing import NamedTuple

from connectors.invenio.record import record_of
from connectors.reading.json import count_of, first_text, table_of, tables_of
from engine.errors import FaultError, UnreadableError, UnsupportedError
from engine.model import Record


class Results(NamedTuple):
    """A page of results: the count of hits, and its rows; None stands for a row that cannot be read."""

    total: int
    rows: tuple[Record | None, ...]


def results_of(found: object, *, member: str, url: str) -> Results:
    """Return the records of an answer. No hits is a count of 0.

    Raises UnsupportedError where the API does not take the question, FaultError where it speaks of trouble, and
    UnreadableError for anything else.
    """
    if not isinstance(found, dict):
        raise UnreadableError("JSON that is no object")
    if "hits" not in found and "message" in found:
        _complain(found)
    hits = table_of(found.get("hits"))
    told = hits.get("total")
    total = count_of(told.get("value") if isinstance(told, dict) else told)
    rows = hits.get("hits")
    if total is None or not isinstance(rows, list) or len(tables_of(rows)) < len(rows):
        raise UnreadableError("no `hits.total`, or no rows in `hits.hits`")
    return Results(total, tuple(record_of(row, member=member, url=url) for row in tables_of(rows)))


def _complain(found: dict[str, object]) -> None:
    """Raise what the API says: `{"status": 400, "message": ..., "errors": [{"field": ..., "messages": [...]}]}`."""
    errors = [first_text(error.get("messages")) for error in tables_of(found.get("errors"))]
    said = " ".join([first_text(found["message"]), *errors])[:200]
    status = count_of(found.get("status"))
    if status is not None and 400 <= status < 500:
        raise UnsupportedError(f"the API does not take the question: {said}")
    raise FaultError(f"the API says: {said}")
