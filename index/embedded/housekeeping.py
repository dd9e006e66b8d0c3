"""What leaves the embedded index, and when: what is too old, what is private, what does not fit.

- Answers and records older than `keep_s` go.
- What fewer than three asked for goes after a day, with its answers; what members found for it may stay, as records.
- What was asked often is forgotten when its demand has faded to almost nothing.
- When the file has grown to its bound the least wanted goes: first records that no answer holds, then the
  answers worth least (`index.admission.value`) with the records that only they hold.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from engine.ports import Question, Wanted
from engine.text import folded_key
from index.demand import demand, weight
from index.embedded.rows import LONGEST_KEY
from index.embedded.schema import immediate, read_scale
from index.embedded.settings import DAY_S, EmbeddedSettings

READERS = 3
"""What fewer asked for is private. SQL says it as a plain 3: only so it uses the partial indexes of `terms`."""

SWEEP_S = 600.0
"""How often what is old or private is looked for."""

PRIVATE_S = DAY_S - 2 * SWEEP_S
"""Age at which private questions are forgotten, so that none is older than a day between two looks."""

FADED = 0.25
"""Demand at which a question that was asked often is forgotten: three asks, after three and a half half-lives."""

GROWTH = 3
"""About how many bytes a record takes in the store for each byte that it comes as: words and indexes go with it."""

FULL, ROOMY = 0.95, 0.88
"""Shares of the bound: from the first on something must leave, until the second is reached."""

MERGED_PAGES = 500
"""Pages of the full-text index that are merged in one go, some ten milliseconds of work."""

FRONTIER_S = 60.0
"""For how long it is remembered what the next to leave is worth."""


DUE = 0.8
"""Share of its freshness after which an answer in demand is due to be asked for again."""

CLAIM_S = 120.0
"""For how long an answer that is due is left to the process that was told of it."""


class Housekeeping:
    """Keeps the store clean and within its bound. Belongs to the writing thread."""

    def __init__(self, settings: EmbeddedSettings) -> None:
        self._settings = settings
        self._swept_at: float | None = None
        self._frontier: tuple[float, float | None] | None = None
        self._has_forgotten = False
        self.refused = 0

    def is_due(self, now: float) -> bool:
        """Whether it is time to look for what is old or private. The clock may have been set back."""
        return self._swept_at is None or not 0 <= now - self._swept_at < SWEEP_S

    def sweep(self, connection: sqlite3.Connection, now: float) -> None:
        """Forget what is old or private, if it is time."""
        if not self.is_due(now):
            return
        oldest = now - self._settings.keep_s
        # Pages that become free are overwritten too, which FAST leaves out; elsewhere no words of readers go.
        connection.execute("PRAGMA secure_delete = ON")
        forgotten = connection.total_changes
        connection.execute("DELETE FROM answers WHERE asked_at < ?", (oldest,))
        connection.execute(
            "DELETE FROM records WHERE asked_at < ? AND NOT EXISTS (SELECT 1 FROM placed WHERE record = records.id)",
            (oldest,),
        )
        connection.execute("DELETE FROM terms WHERE asks < 3 AND first_at < ?", (now - PRIVATE_S,))
        scale = read_scale(connection)
        connection.execute("DELETE FROM terms WHERE asks >= 3 AND weight < ?", (weight(scale, FADED, now),))
        connection.execute("PRAGMA secure_delete = FAST")
        self._has_forgotten = connection.total_changes > forgotten
        self._swept_at = now

    def frontier(self, connection: sqlite3.Connection, now: float) -> float | None:
        """Return what the answer that would leave next is worth; None while there is room."""
        if used_bytes(connection) < FULL * self._settings.store_bytes * 0.98:
            return None
        if self._frontier is None or now - self._frontier[0] > FRONTIER_S:
            worst = self._least_wanted(connection, now, 1)
            self._frontier = (now, worst[0][0] if worst else None)
        return self._frontier[1]

    def evict(self, connection: sqlite3.Connection, now: float, coming_bytes: int) -> None:
        """Let the least wanted go if the store is too full for what comes, until it is roomy."""
        most = FULL * self._settings.store_bytes - coming_bytes
        if used_bytes(connection) <= most:
            return
        roomy = min(most, ROOMY * self._settings.store_bytes)
        # Deleted words stay in the full-text index until its segments are merged: negative begins a merge of all.
        connection.execute("INSERT INTO found (found, rank) VALUES ('merge', ?)", (-MERGED_PAGES,))
        while used_bytes(connection) > roomy:
            orphans = connection.execute(
                "SELECT id FROM records WHERE NOT EXISTS (SELECT 1 FROM placed WHERE record = records.id)"
                " ORDER BY asked_at LIMIT 200"
            ).fetchall()
            if orphans:
                connection.executemany("DELETE FROM records WHERE id = ?", orphans)
            else:
                (answers,) = connection.execute("SELECT count(*) FROM answers").fetchone()
                leaving = self._least_wanted(connection, now, max(8, answers // 20))
                if not leaving:
                    break
                self._frontier = (now, leaving[-1][0])
                connection.executemany("DELETE FROM answers WHERE id = ?", [(number,) for _, number in leaving])
            connection.execute("INSERT INTO found (found, rank) VALUES ('merge', ?)", (MERGED_PAGES,))

    def _least_wanted(self, connection: sqlite3.Connection, now: float, limit: int) -> list[tuple[float, int]]:
        """Return the value and number of the answers worth least, worst first."""
        today = demand(read_scale(connection), 1.0, now)
        return connection.execute(
            "SELECT value(terms.weight * ?, ? - answers.asked_at, ?) AS worth, answers.id FROM answers"
            " JOIN terms ON terms.id = answers.terms ORDER BY worth LIMIT ?",
            (today, now, self._settings.fresh_s, limit),
        ).fetchall()

    def shrink(self, connection: sqlite3.Connection) -> None:
        """Give free pages back to the disk, and keep the log within its part of the bound."""
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
        if free * 4096 > self._settings.store_bytes // 50:
            # Not `execute`: that takes one step of it, and each step frees one page.
            connection.executescript("PRAGMA incremental_vacuum(2000)")
        log = self._settings.file.with_name(self._settings.file.name + "-wal")
        if self._has_forgotten or (log.exists() and log.stat().st_size > self._settings.log_bytes):
            self._has_forgotten = False
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def due(connection: sqlite3.Connection, settings: EmbeddedSettings, now: float, limit: int) -> tuple[Question, ...]:
    """Claim and return the questions most wanted whose answers soon grow old; for a while nobody else gets them."""
    least = weight(read_scale(connection), READERS - 0.5, now)
    with immediate(connection):
        rows = connection.execute(
            "SELECT answers.id, member, terms.terms, start, count FROM answers JOIN terms ON terms.id = answers.terms"
            " WHERE terms.weight >= ? AND answers.asked_at <= ? AND answers.claimed_until <= ?"
            " ORDER BY terms.weight DESC LIMIT ?",
            (least, now - DUE * settings.fresh_s, now, limit),
        ).fetchall()
        connection.executemany(
            "UPDATE answers SET claimed_until = ? WHERE id = ?", [(now + CLAIM_S, row[0]) for row in rows]
        )
    return tuple(Question(*row[1:]) for row in rows)


def purge(connection: sqlite3.Connection, *, member: str | None) -> int:
    """Delete the answers and records of a member, or of all with all that was asked; return how many answers."""
    with immediate(connection):
        connection.execute("PRAGMA secure_delete = ON")  # what was asked for must not stay readable in the file
        which, values = ("", ()) if member is None else (" WHERE member = ?", (member,))
        gone = connection.execute(f"DELETE FROM answers{which}", values).rowcount  # noqa: S608 - constants
        connection.execute(f"DELETE FROM records{which}", values)  # noqa: S608 - constants
        if member is None:
            connection.execute("DELETE FROM terms")
        connection.execute("PRAGMA secure_delete = FAST")
    return gone


def take_demand(connection: sqlite3.Connection, asked: Sequence[Wanted], now: float) -> None:
    """Take what was asked elsewhere; what counts more stays."""
    with immediate(connection):
        scale = read_scale(connection)
        connection.executemany(
            "INSERT INTO terms (terms, folded, weight, asks, first_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (terms)"
            " DO UPDATE SET weight = max(weight, excluded.weight), asks = max(asks, excluded.asks)",
            [
                (one.terms, folded_key(one.terms)[:LONGEST_KEY], weight(scale, one.demand, one.at), one.asks, now)
                for one in asked
            ],
        )


def used_bytes(connection: sqlite3.Connection) -> int:
    """Return how many bytes of the file are in use."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * size)
