"""Searching what was harvested of one member, as that member would answer: all words, its own total, page by page."""

from __future__ import annotations

import sqlite3

import msgspec

from engine.model import Query, Window
from engine.ports import Aged, Harvested
from index.embedded.expression import match
from index.embedded.harvest_writing import read_state
from index.embedded.reading import aged
from index.embedded.searching import BM25, conditions

COUNTED = 10_000
"""Hits are counted up to this."""

WEIGHED = 2_000
"""So many hits are put in order, those that were harvested last first; further ones are not shown."""


def harvested(connection: sqlite3.Connection, member: str, query: Query, window: Window) -> Harvested | None:
    """Return one window of what a member's records hold; None if it was never harvested."""
    state = read_state(connection, member)
    if state is None:
        return None
    wanted = ["records.member = ?"]
    values: list[object] = [member]
    more, more_values = conditions(query.filters)
    condition = " AND ".join([*wanted, *more])
    values += more_values
    if query.expression is None:
        source = f"FROM records WHERE {condition}"
        weight, last, order = "0", "records.year", "year DESC, id"
    else:
        expression = match(query.expression)
        if expression is None:
            return Harvested((), 0, COUNTED, WEIGHED, state)
        source = f"FROM found CROSS JOIN records ON records.id = found.rowid WHERE found MATCH ? AND {condition}"
        weight, last, order = BM25, "found.rowid", "weight, id"
        values = [expression, *values]
    (total,) = connection.execute(f"SELECT count(*) FROM (SELECT 1 {source} LIMIT {COUNTED})", values).fetchone()  # noqa: S608 - constants
    rows = connection.execute(
        "SELECT bodies.body FROM (SELECT id, weight, year FROM (SELECT records.id AS id, records.year AS year,"  # noqa: S608 - only question marks and constants go in
        f" {weight} AS weight {source} ORDER BY {last} DESC LIMIT {WEIGHED}) ORDER BY {order} LIMIT ? OFFSET ?) AS best"
        f" CROSS JOIN bodies ON bodies.id = best.id ORDER BY best.{order.replace(', ', ', best.')}",
        (*values, window.count, window.start - 1),
    ).fetchall()
    records = tuple(one.record for (body,) in rows if (one := aged(body, 0.0)))
    return Harvested(records, total, COUNTED, WEIGHED, state)


def confirmed(connection: sqlite3.Connection, kept: tuple[Aged, ...]) -> tuple[Aged, ...]:
    """Return records with the time at which their members last confirmed them: the last harvest says so of all."""
    times = dict(connection.execute("SELECT member, confirmed_at FROM harvests WHERE confirmed_at IS NOT NULL"))
    return tuple(
        msgspec.structs.replace(one, asked_at=max(one.asked_at, times.get(one.record.member, 0.0))) for one in kept
    )


def count(connection: sqlite3.Connection, member: str | None) -> int:
    """Return how many records of a member there are; None: of all."""
    if member is None:
        (found,) = connection.execute("SELECT count(*) FROM records").fetchone()
    else:
        (found,) = connection.execute("SELECT count(*) FROM records WHERE member = ?", (member,)).fetchone()
    return int(found)
