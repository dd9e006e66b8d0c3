"""Searching what was harvested of one member, as that member would answer: all words, its own total, page by page."""

from __future__ import annotations

import sqlite3

import msgspec

from engine.model import Query, Record, Window
from engine.ports import Aged, Harvested
from index.embedded.expression import match
from index.embedded.harvest_writing import read_state
from index.embedded.reading import EXPORTED_AT_ONCE
from index.embedded.searching import Narrowed, conditions, matching, records, weighed

COUNTED = 10_000
"""Hits are counted up to this."""

WEIGHED = 2_000
"""So many hits are put in order, those that were harvested last first; further ones are not shown."""


def harvested(connection: sqlite3.Connection, member: str, query: Query, window: Window) -> Harvested | None:
    """Return one window of what a member's records hold for a query; None if it was never harvested."""
    state = read_state(connection, member)
    if state is None:
        return None
    more, values = conditions(query.filters)
    narrowed = Narrowed(" AND ".join(["records.member = ?", *more]), (member, *values))
    if query.expression is None:
        total, numbers = _all(connection, narrowed)
    else:
        expression = match(query.expression)
        if expression is None:
            return Harvested((), 0, COUNTED, WEIGHED, state)
        found = matching(connection, expression, narrowed, COUNTED)
        total, numbers = len(found), weighed(connection, query.expression, found[:WEIGHED])
    shown = numbers[window.start - 1 :][: window.count]
    return Harvested(tuple(one.record for one in records(connection, shown)), total, COUNTED, WEIGHED, state)


def _all(connection: sqlite3.Connection, narrowed: Narrowed) -> tuple[int, list[int]]:
    """Return how many records there are, up to COUNTED, and the numbers of those of the latest years."""
    source = f"FROM records WHERE {narrowed.condition}"
    counted = f"SELECT count(*) FROM (SELECT 1 {source} LIMIT {COUNTED})"  # noqa: S608 - constants
    (total,) = connection.execute(counted, narrowed.values).fetchone()
    rows = connection.execute(
        f"SELECT id FROM (SELECT id, year {source} ORDER BY year DESC LIMIT {WEIGHED}) ORDER BY year DESC, id",  # noqa: S608 - only question marks and constants go in
        narrowed.values,
    )
    return int(total), [number for (number,) in rows]


def records_after(connection: sqlite3.Connection, member: str, *, after: int) -> tuple[int, tuple[Record, ...]]:
    """Return a member's records behind a number, and the number behind which there are more, 0 for none."""
    rows = connection.execute(
        "SELECT id FROM records WHERE member = ? AND id > ? ORDER BY id LIMIT ?", (member, after, EXPORTED_AT_ONCE)
    ).fetchall()
    numbers = [number for (number,) in rows]
    more = numbers[-1] if len(numbers) == EXPORTED_AT_ONCE else 0
    return more, tuple(one.record for one in records(connection, numbers))


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
