"""Writing one part of a harvest: records, deletions and the state after them, in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from engine.ports import HarvestPart, HarvestState, Written
from index.embedded.rows import Body, Described, body_of, described
from index.embedded.schema import immediate
from index.embedded.transaction import write_record

_encoder = msgspec.msgpack.Encoder()
_state = msgspec.msgpack.Decoder(HarvestState)

LOOKED_UP = 500
"""Ids that are looked up with one statement."""


def read_state(connection: sqlite3.Connection, member: str) -> HarvestState | None:
    """Return how far a member was harvested; None also for a state of a Liên Thư whose nouns are not ours."""
    row = connection.execute("SELECT state FROM harvests WHERE member = ?", (member,)).fetchone()
    try:
        return _state.decode(row[0]) if row else None
    except msgspec.MsgspecError:
        return None


def write_part(connection: sqlite3.Connection, member: str, part: HarvestPart) -> Written:
    """Write a part whole or not at all. Raises sqlite3.Error."""
    state = part.state
    bodies = {record.id: body_of(record) for record in part.records if record.member == member}
    before = _known(connection, member, bodies)
    # Words are made before the file is locked, and only of what is not there as it is.
    fresh: dict[str, Described] = {
        key: described(body) for key, body in bodies.items() if key not in before or before[key][1] != body.digest
    }
    gone = 0
    with immediate(connection):
        for key, body in bodies.items():
            number, digest = before.get(key, (None, b""))
            if digest == body.digest:
                connection.execute(
                    "UPDATE records SET asked_at = ?, run = ? WHERE id = ?", (state.begun_at, state.run, number)
                )
            else:
                _write(connection, body, fresh[key], number, state)
        for identifier in part.deleted:
            gone += _delete(connection, "member = ? AND record_id = ?", (member, identifier))
        connection.executemany(
            "UPDATE records SET run = ? WHERE member = ? AND record_id = ?",
            [(state.run, member, identifier) for identifier in part.seen],
        )
        if part.clears:
            gone += _delete(connection, "member = ? AND run < ?", (member, state.run))
        connection.execute(
            "REPLACE INTO harvests (member, state, confirmed_at) VALUES (?, ?, ?)",
            (member, _encoder.encode(state), state.confirmed_at),
        )
    new = sum(key not in before for key in fresh)
    return Written(new=new, changed=len(fresh) - new, gone=gone)


def forget(connection: sqlite3.Connection, member: str) -> int:
    """Delete everything of a member and return how many records that were."""
    with immediate(connection):
        gone = _delete(connection, "member = ?", (member,))
        connection.execute("DELETE FROM harvests WHERE member = ?", (member,))
    connection.execute("INSERT INTO found (found) VALUES ('optimize')")
    connection.executescript("PRAGMA incremental_vacuum")
    return gone


def _write(
    connection: sqlite3.Connection, body: Body, columns: Described, number: int | None, state: HarvestState
) -> None:
    number = write_record(connection, body, columns, asked_at=state.begun_at, number=number)
    connection.execute("UPDATE records SET run = ? WHERE id = ?", (state.run, number))


def _delete(connection: sqlite3.Connection, condition: str, values: tuple[object, ...]) -> int:
    # Not rowcount or total_changes: they count what triggers delete too.
    rows = connection.execute(f"SELECT id FROM records WHERE {condition}", values).fetchall()  # noqa: S608 - constants
    connection.executemany("DELETE FROM records WHERE id = ?", rows)
    return len(rows)


def _known(connection: sqlite3.Connection, member: str, wanted: Iterable[str]) -> dict[str, tuple[int, bytes]]:
    """Return number and digest of the records that are there, by id."""
    found: dict[str, tuple[int, bytes]] = {}
    keys = list(wanted)
    for first in range(0, len(keys), LOOKED_UP):
        some = keys[first : first + LOOKED_UP]
        rows = connection.execute(
            "SELECT record_id, id, digest FROM records WHERE member = ?"  # noqa: S608 - only question marks go in
            f" AND record_id IN ({','.join('?' * len(some))})",
            (member, *some),
        )
        found |= {key: (number, digest) for key, number, digest in rows}
    return found
