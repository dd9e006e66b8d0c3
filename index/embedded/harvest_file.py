"""The file of what was harvested, beside the index, and the lock of each member's harvest.

It is a file of its own: what was asked for lately may be emptied and begun anew at any time, a catalogue that took
hours to harvest may not. Nothing leaves it for want of room, and a damaged one is not moved aside by itself.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import HarvestHeldError, StoreError
from index.embedded.opening import alone, connected
from index.embedded.schema import RECORD_TABLES, SHORTEST_FIRST, immediate, run

if sys.platform != "win32":
    import fcntl

HARVEST_SCHEMA = 2
"""Goes up with every change of the tables, and of what `index.words` makes of a record."""

HARVEST_MIGRATIONS: dict[int, str] = {1: SHORTEST_FIRST}
"""Schema -> the statements that make the next one of it."""

HARVEST_APPLICATION = 0x4C69_5448
"""Marks the file as ours ("LiTH")."""

WRITE_PATIENCE_MS = 30_000
"""How long a harvest waits for another member's to end its write."""

HARVEST_TABLES = """
-- The harvest in which a record was seen last.
ALTER TABLE records ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
CREATE INDEX records_run ON records (member, run);

-- How far each member was harvested (engine.ports.HarvestState), and of when its records are.
CREATE TABLE harvests (member TEXT PRIMARY KEY, state BLOB NOT NULL, confirmed_at REAL) WITHOUT ROWID;
"""
"""Beside the records."""


def harvest_file(index_file: Path) -> Path:
    """Return the file of what was harvested that stands beside an index file.

    >>> harvest_file(Path("var/index.sqlite")).name
    'index-harvest.sqlite'
    """
    return index_file.with_name(f"{index_file.stem}-harvest{index_file.suffix}")


def store_error(path: Path, error: Exception) -> StoreError:
    """Return the failure that an error of the file is."""
    detail = getattr(error, "strerror", None) or str(error)
    return StoreError(f"{path}: {detail}")


def open_to_harvest(path: Path) -> sqlite3.Connection:
    """Open the file for one thread that writes, making it where it is missing. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with alone(path):
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = connected(path, "rwc")
            try:
                _prepare(connection, path)
            except BaseException:
                connection.close()
                raise
    except (sqlite3.Error, OSError) as error:
        raise store_error(path, error) from error
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if tables and application != HARVEST_APPLICATION:
        raise StoreError(f"{path} is a database of something else")
    if tables and version != HARVEST_SCHEMA and version not in HARVEST_MIGRATIONS:
        raise StoreError(f"{path} is of another version of Liên Thư (schema {version}, known here {HARVEST_SCHEMA})")
    connection.execute(f"PRAGMA busy_timeout = {WRITE_PATIENCE_MS}")
    if not tables:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        with immediate(connection):
            run(connection, RECORD_TABLES)
            run(connection, HARVEST_TABLES)
            connection.execute(f"PRAGMA application_id = {HARVEST_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {HARVEST_SCHEMA}")
    elif version != HARVEST_SCHEMA:
        _migrate(connection)
    # A killed process loses nothing that was committed. A power cut may lose the last pages together with their tokens.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -16000")


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to this version, unless another process has just done so."""
    with immediate(connection):
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        while version in HARVEST_MIGRATIONS:
            run(connection, HARVEST_MIGRATIONS[version])
            version += 1
        connection.execute(f"PRAGMA user_version = {version}")


def bring_up_harvest(path: Path) -> None:
    """Bring a file of an older version, if there is one, up to this one. What is wrong with it is told by its use."""
    if path.exists():
        with contextlib.suppress(StoreError):
            open_to_harvest(path).close()


@contextmanager
def held(path: Path, member: str, holder: str) -> Iterator[None]:
    """Hold the lock of a member's harvest. The system lets go of it when the process ends, however it ends.

    Raises HarvestHeldError with what the holder said of itself, and StoreError.
    """
    lock = path.with_name(f"{path.name}.{member}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("a+", encoding="utf-8")
    except OSError as error:
        raise store_error(lock, error) from error
    with file:
        if sys.platform != "win32":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.seek(0)
                other = file.read(200).strip() or "?"
                raise HarvestHeldError(f"{member} is harvested by {other}", holder=other) from error
        file.seek(0)
        file.truncate()
        file.write(holder)
        file.flush()
        try:
            yield
        finally:
            file.seek(0)
            file.truncate()
