"""Opening the file of the embedded index, and opening it anew after trouble.

A damaged file is moved aside and a new one begun. Which process does that is settled by a lock file, and the others
see by its inode that the file was replaced.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.model import Reason
from engine.ports import Clock
from index.admission import value
from index.embedded.schema import SCHEMA, bring_up, check_owner
from index.embedded.settings import EmbeddedSettings
from index.embedded.trouble import UnusableError, aside, is_corrupt, trouble

if sys.platform != "win32":
    import fcntl

log = logging.getLogger(__name__)

BUSY_S = 5.0
"""How long a process waits for another to end its write."""

REOPEN_S = 5.0
"""How long a file that cannot be opened is left alone."""


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Be the only process that opens or replaces the file, for the moment that takes."""
    if sys.platform == "win32":
        yield
        return
    with path.with_name(f"{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def inode(path: Path) -> int | None:
    """Which file stands at the path; None for none."""
    try:
        return path.stat().st_ino
    except OSError:
        return None


def move_aside(path: Path, damaged: int | None) -> None:
    """Move a damaged file out of the way, unless another process has done so: `damaged` is its inode."""
    with alone(path):
        if damaged is None or inode(path) != damaged:
            return
        path.replace(aside(path))
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def open_to_write(settings: EmbeddedSettings, now: float) -> sqlite3.Connection:
    """Open the file, making or migrating it, and return a connection for the one thread that writes.

    Raises OSError, sqlite3.Error and UnusableError.
    """
    path = settings.file
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(path):
        # It holds what readers asked: nobody else on the machine may read it.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = connected(path, "rwc")
        try:
            check_owner(connection, path)
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = FAST")
            connection.execute("PRAGMA cache_size = -2000")
            connection.execute(f"PRAGMA journal_size_limit = {settings.log_bytes}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {max(16, settings.log_bytes // 2 // 4096)}")
            connection.create_function("value", 3, value, deterministic=True)
            bring_up(connection, settings, now)
        except BaseException:
            connection.close()
            raise
    return connection


def open_to_read(path: Path, schema: int = SCHEMA) -> sqlite3.Connection:
    """Open the file as it is and return a connection for one thread that reads."""
    connection = connected(path, "rw")
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA cache_size = -2000")
    if connection.execute("PRAGMA user_version").fetchone()[0] != schema:
        connection.close()
        raise sqlite3.OperationalError("it is of another schema")
    return connection


def connected(path: Path, mode: str) -> sqlite3.Connection:
    """Return a bare connection; `mode` is SQLite's (`rw`, `rwc`)."""
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )


class WrittenFile:
    """The file as the writing thread has it open: opened when needed, again after trouble.

    `problem` is what is wrong now, `replaced` when and why a damaged file was moved aside.
    """

    def __init__(self, settings: EmbeddedSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._connection: sqlite3.Connection | None = None
        self._inode: int | None = None
        self._failed_at: float | None = None
        self.problem: Reason | None = None
        self.replaced: tuple[float, Reason] | None = None

    def opened(self, *, is_urgent: bool = False) -> sqlite3.Connection | None:
        """Return the connection, or None; what failed is tried again after a pause, or at once if it is urgent."""
        if self._connection is not None:
            if inode(self._settings.file) == self._inode:
                return self._connection
            self.close()  # another process has replaced it
        if self._failed_at is not None and not is_urgent and time.monotonic() - self._failed_at < REOPEN_S:
            return None
        return self._open() or (self._open() if self._failed_at is None else None)

    def _open(self) -> sqlite3.Connection | None:
        """Open the file. None: it can't be opened, or (no `_failed_at`) was damaged and is out of the way now."""
        path = self._settings.file
        self._failed_at = None
        found = inode(path)
        try:
            self._connection = open_to_write(self._settings, self._clock())
            self._inode = inode(path)
        except UnusableError as error:
            self.problem = error.reason
        except sqlite3.Error as error:
            self.fail(error, found)
            if is_corrupt(error):
                return None
        except OSError as error:
            self.problem = trouble(error, path)
        if self._connection is None:
            self._failed_at = time.monotonic()
        return self._connection

    def fail(self, error: sqlite3.Error, damaged: int | None = None) -> None:
        """Take note of what is wrong. A damaged file, told by its inode (None: the one open), is moved aside."""
        path = self._settings.file
        damaged = damaged if damaged is not None else self._inode
        self.problem = trouble(error, path)
        log.warning("index_trouble", extra={"path": str(path), "error": str(error)})
        if is_corrupt(error) and damaged is not None:
            self.close()
            try:
                move_aside(path, damaged)
            except OSError as failure:
                self.problem = trouble(failure, path)
            else:
                self.replaced = (self._clock(), self.problem)

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._inode = None, None
