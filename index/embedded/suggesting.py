"""What the embedded index offers to somebody who begins to type."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from index.embedded.rows import LONGEST_KEY
from index.offers import ASKED_BY_SEVERAL, Title, beginning, ranked

OFFERED_FROM = 100
"""Titles with the letters typed so far that are looked at, the shortest of them."""

STEP = 8
"""Titles of so many letters stand together in the file, in the order of the alphabet."""

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
    found: set[Title] = set()
    for step in range(len(prefix) // STEP, LONGEST_KEY // STEP + 1):
        rows = connection.execute(
            f"SELECT title, folded, exact FROM titles WHERE length({column}) / {STEP} = ?"  # noqa: S608 - constants
            f" AND {column} >= ? AND {column} < ? ORDER BY {column} LIMIT {OFFERED_FROM}",
            (step, prefix, prefix + _LAST),
        )
        found.update(Title(*row) for row in rows)
        if len(found) >= OFFERED_FROM:
            break
    return found
