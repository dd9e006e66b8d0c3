"""What the embedded index offers to somebody who begins to type."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from index.offers import ASKED_BY_SEVERAL, Title, beginning, ranked

OFFERED_FROM = 300
"""Titles with the letters typed so far that are looked at."""

_LAST = chr(0x10FFFF)


def suggest(
    connection: sqlite3.Connection, prefix: str, limit: int, further: Collection[Title] = ()
) -> tuple[str, ...]:
    """Return questions asked by several and titles that begin so: typed marks first, then the most wanted.

    `further` titles come from elsewhere, as `titles` gives them.
    """
    begins = beginning(prefix)
    if begins is None or limit < 1:
        return ()
    terms = connection.execute(
        "SELECT terms, weight FROM terms WHERE asks >= ? AND folded >= ? AND folded < ? ORDER BY weight DESC LIMIT ?",
        (ASKED_BY_SEVERAL, begins.folded, begins.folded + _LAST, 4 * limit),
    ).fetchall()
    return ranked(begins, terms, titles(connection, prefix).union(further), limit)


def titles(connection: sqlite3.Connection, prefix: str) -> set[Title]:
    """Return titles that begin so."""
    begins = beginning(prefix)
    if begins is None:
        return set()
    found = _titles(connection, "folded", begins.folded)
    return found if begins.exact == begins.folded else found | _titles(connection, "exact", begins.exact)


def _titles(connection: sqlite3.Connection, column: str, prefix: str) -> set[Title]:
    rows = connection.execute(
        f"SELECT title, folded, exact FROM titles WHERE {column} >= ? AND {column} < ?"  # noqa: S608 - constants
        f" ORDER BY {column} LIMIT {OFFERED_FROM}",
        (prefix, prefix + _LAST),
    )
    return {Title(*row) for row in rows}
