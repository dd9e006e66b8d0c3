"""One batch, one transaction: counts, answers, records, and what must leave for them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence

import msgspec

from engine.text import folded_key
from index.admission import admits, value
from index.demand import demand, is_far, rebased, weight
from index.embedded.housekeeping import GROWTH, Housekeeping
from index.embedded.rows import LONGEST_KEY, Body, Described, Kept, described, key
from index.embedded.schema import immediate, read_scale
from index.embedded.settings import EmbeddedSettings

PART_BYTES = 1_000_000
"""What goes in with one transaction: more would keep other processes waiting for the file."""


class Batch(msgspec.Struct, frozen=True):
    """What goes in together."""

    keeps: Sequence[Kept]
    counts: Mapping[str, int]


class Transaction:
    """Writes batches. Belongs to the writing thread."""

    def __init__(self, settings: EmbeddedSettings) -> None:
        self._settings = settings
        self._housekeeping = Housekeeping(settings)
        self._part_bytes = min(PART_BYTES, settings.store_bytes // (20 * GROWTH))

    def write(self, connection: sqlite3.Connection, batch: Batch, now: float) -> None:
        """Write a batch in parts of bounded size, each whole or not at all. Raises sqlite3.Error."""
        part: list[Kept] = []
        counts = batch.counts
        for kept in batch.keeps:
            part.append(kept)
            if sum(one.size_bytes for one in part) >= self._part_bytes:
                self._write_part(connection, Batch(part, counts), now)
                part, counts = [], {}
        self._write_part(connection, Batch(part, counts), now)

    def _write_part(self, connection: sqlite3.Connection, batch: Batch, now: float) -> None:
        oldest = now - self._settings.keep_s
        keeps = [kept for kept in batch.keeps if kept.asked_at >= oldest]
        # Words are made of records before the file is locked, and only of those that it does not have as they are.
        fresh = _described(connection, keeps)
        if keeps or batch.counts or self._housekeeping.is_due(now):
            with immediate(connection):
                self._rebase(connection, now)
                _add_counts(connection, batch.counts, now)
                self._housekeeping.sweep(connection, now)
                admitted = self._admitted(connection, keeps, now)
                self._housekeeping.evict(connection, now, GROWTH * sum(kept.size_bytes for kept in admitted))
                for kept in admitted:
                    _keep(connection, kept, fresh, now)
        self._housekeeping.shrink(connection)

    def _rebase(self, connection: sqlite3.Connection, now: float) -> None:
        """Count weights from a new landmark where they grow too large or the half-life was set anew."""
        scale = read_scale(connection)
        if scale.half_life_s != self._settings.half_life_s or is_far(scale, now):
            anew, factor = rebased(scale, now, self._settings.half_life_s)
            connection.execute("UPDATE terms SET weight = weight * ?", (factor,))
            connection.execute("UPDATE scale SET landmark = ?, half_life_s = ?", (anew.landmark, anew.half_life_s))

    def _admitted(self, connection: sqlite3.Connection, keeps: list[Kept], now: float) -> list[Kept]:
        """Return those that are worth what would have to leave for them; all while there is room."""
        leaver = self._housekeeping.frontier(connection, now)
        if leaver is None:
            return keeps
        scale = read_scale(connection)
        admitted = []
        for kept in keeps:
            row = connection.execute("SELECT weight FROM terms WHERE terms = ?", (kept.question.terms,)).fetchone()
            wanted = demand(scale, row[0], now) if row else 0.0
            if admits(value(wanted, now - kept.asked_at, self._settings.fresh_s), leaver):
                admitted.append(kept)
            else:
                self._housekeeping.refused += 1
        return admitted

    @property
    def refused(self) -> int:
        """How many answers were not worth what would have had to leave for them."""
        return self._housekeeping.refused


def _described(connection: sqlite3.Connection, keeps: Sequence[Kept]) -> dict[bytes, Described]:
    """Return the columns of the records that the store does not have as they are, by digest."""
    found: dict[bytes, Described] = {}
    for kept in keeps:
        for body in kept.bodies:
            if body.digest in found or _is_there(connection, body):
                continue
            found[body.digest] = described(body)
            # Let the event loop have its turn: the interpreter lets go of its lock by itself every 5 ms only.
            time.sleep(0)
    return found


def _is_there(connection: sqlite3.Connection, body: Body) -> bool:
    row = connection.execute(
        "SELECT 1 FROM records WHERE member = ? AND record_id = ? AND digest = ?",
        (body.member, body.record_id, body.digest),
    ).fetchone()
    return row is not None


def _add_counts(connection: sqlite3.Connection, counts: Mapping[str, int], now: float) -> None:
    scale = read_scale(connection)
    connection.executemany(
        "INSERT INTO terms (terms, folded, weight, asks, first_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (terms) DO UPDATE SET weight = weight + excluded.weight, asks = asks + excluded.asks",
        [
            (terms, folded_key(terms)[:LONGEST_KEY], weight(scale, asks, now), asks, now)
            for terms, asks in counts.items()
        ],
    )


def _keep(connection: sqlite3.Connection, kept: Kept, fresh: dict[bytes, Described], now: float) -> None:
    """Write one answer and its records, unless a newer one is there."""
    question = kept.question
    connection.execute(
        "INSERT INTO terms (terms, folded, weight, asks, first_at) VALUES (?, ?, 0, 0, ?) ON CONFLICT DO NOTHING",
        (question.terms, folded_key(question.terms)[:LONGEST_KEY], now),
    )
    row = connection.execute(
        "INSERT INTO answers (key, terms, member, start, count, asked_at, head)"
        " VALUES (?, (SELECT id FROM terms WHERE terms = ?), ?, ?, ?, ?, ?)"
        " ON CONFLICT (key) DO UPDATE SET asked_at = excluded.asked_at, head = excluded.head, claimed_until = 0"
        " WHERE excluded.asked_at >= asked_at RETURNING id",
        (key(question), question.terms, question.member, question.start, question.count, kept.asked_at, kept.head),
    ).fetchone()
    if row is None:
        return
    (answer,) = row
    former = {number for (number,) in connection.execute("SELECT record FROM placed WHERE answer = ?", (answer,))}
    records = [_record(connection, body, kept.asked_at, fresh) for body in kept.bodies]
    connection.execute("DELETE FROM placed WHERE answer = ?", (answer,))
    connection.executemany(
        "INSERT INTO placed (answer, ordinal, place, record) VALUES (?, ?, ?, ?)",
        [(answer, ordinal, kept.places[ordinal], record) for ordinal, record in enumerate(records)],
    )
    if kept.is_complete:
        delete_unheld(connection, former.difference(records))


def delete_unheld(connection: sqlite3.Connection, records: set[int]) -> None:
    """Delete those of the records that no answer holds."""
    connection.executemany(
        "DELETE FROM records WHERE id = ? AND NOT EXISTS (SELECT 1 FROM placed WHERE record = records.id)",
        [(record,) for record in records],
    )


def _record(connection: sqlite3.Connection, body: Body, asked_at: float, fresh: dict[bytes, Described]) -> int:
    """Write one record, unless a newer one is there, and return its number."""
    row = connection.execute(
        "SELECT id, digest, asked_at FROM records WHERE member = ? AND record_id = ?", (body.member, body.record_id)
    ).fetchone()
    if row is not None:
        number = int(row[0])
        if asked_at < row[2]:
            return number
        if row[1] == body.digest:
            connection.execute("UPDATE records SET asked_at = ? WHERE id = ?", (asked_at, number))
            return number
    columns = fresh.get(body.digest) or described(body)
    return write_record(connection, body, columns, asked_at=asked_at, number=int(row[0]) if row is not None else None)


def write_record(
    connection: sqlite3.Connection, body: Body, columns: Described, *, asked_at: float, number: int | None
) -> int:
    """Write a record that is new (`number` None) or other than before, and return its number."""
    values = (
        asked_at,
        body.digest,
        columns.year,
        columns.material,
        columns.degree,
        columns.languages,
        columns.is_online,
        columns.is_available,
        body.member,
        body.record_id,
    )
    if number is not None:
        connection.execute(
            "UPDATE records SET asked_at = ?, digest = ?, year = ?, material = ?, degree = ?, languages = ?,"
            " is_online = ?, is_available = ? WHERE member = ? AND record_id = ?",
            values,
        )
        connection.execute("DELETE FROM words WHERE id = ?", (number,))
    else:
        inserted = connection.execute(
            "INSERT INTO records (asked_at, digest, year, material, degree, languages, is_online, is_available,"
            " member, record_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )
        number = int(inserted.lastrowid or 0)
    connection.execute("REPLACE INTO bodies (id, body) VALUES (?, ?)", (number, body.body))
    connection.execute(
        "REPLACE INTO titles (id, title, folded, exact) VALUES (?, ?, ?, ?)",
        (number, columns.title, columns.folded_title, columns.exact_title),
    )
    texts = columns.words
    connection.execute(
        "INSERT INTO words (id, title, people, subject, identifiers, publisher, series, shelf, rest)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            texts.title,
            texts.people,
            texts.subject,
            texts.identifiers,
            texts.publisher,
            texts.series,
            texts.shelf,
            texts.rest,
        ),
    )
    return number
