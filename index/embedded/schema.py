"""The tables of the embedded index, their version, and the opening of the file.

Everything in the file is a copy of what members can be asked again: a schema that is not ours to migrate is
emptied and begun anew, a damaged file moved aside. A file that is no index of ours is never touched.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.model import Reason
from index.demand import Scale
from index.embedded.settings import EmbeddedSettings

if sys.platform != "win32":
    import fcntl

SCHEMA = 1
"""Goes up with every change of TABLES, and of what `index.words` makes of a record."""

MIGRATIONS: dict[int, str] = {}
"""Schema -> the statements that make the next one of it. Where one is missing the index begins anew."""

APPLICATION = 0x4C69_5468
"""Marks the file as ours ("LiTh"). Source: SQLite file format, 1.3.14 application id."""

BUSY_S = 5.0
"""How long a process waits for another to end its write."""

TABLES = """
-- One row: how demand is weighed (index/demand.py).
CREATE TABLE scale (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  landmark REAL NOT NULL,
  half_life_s REAL NOT NULL
);

-- What was asked: the only words of readers, forgotten as index/embedded/housekeeping.py says.
CREATE TABLE terms (
  id INTEGER PRIMARY KEY,
  terms TEXT NOT NULL UNIQUE,
  folded TEXT NOT NULL,
  weight REAL NOT NULL,
  asks INTEGER NOT NULL,
  first_at REAL NOT NULL
);
CREATE INDEX terms_folded ON terms (folded) WHERE asks >= 3;
CREATE INDEX terms_rare ON terms (first_at) WHERE asks < 3;

-- What members answered; the records of an answer stand in `placed`, in the order of `ordinal`.
CREATE TABLE answers (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE,
  terms INTEGER NOT NULL,
  member TEXT NOT NULL,
  start INTEGER NOT NULL,
  count INTEGER NOT NULL,
  asked_at REAL NOT NULL,
  claimed_until REAL NOT NULL DEFAULT 0,
  head BLOB NOT NULL
);
CREATE INDEX answers_terms ON answers (terms);
CREATE INDEX answers_asked ON answers (asked_at);

CREATE TABLE placed (
  answer INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  place INTEGER NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY (answer, ordinal)
) WITHOUT ROWID;
CREATE INDEX placed_record ON placed (record);

-- What is filtered by, kept narrow; the record itself stands in `bodies`, its words in `words`.
CREATE TABLE records (
  id INTEGER PRIMARY KEY,
  member TEXT NOT NULL,
  record_id TEXT NOT NULL,
  asked_at REAL NOT NULL,
  digest BLOB NOT NULL,
  year INTEGER,
  material TEXT,
  degree TEXT,
  languages TEXT NOT NULL,
  is_online INTEGER NOT NULL,
  is_available INTEGER NOT NULL,
  title TEXT NOT NULL,
  folded_title TEXT NOT NULL,
  exact_title TEXT NOT NULL,
  UNIQUE (member, record_id)
);
CREATE INDEX records_asked ON records (asked_at);
CREATE INDEX records_folded ON records (folded_title);
CREATE INDEX records_exact ON records (exact_title);

CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB NOT NULL);

CREATE TABLE words (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  people TEXT NOT NULL,
  subject TEXT NOT NULL,
  identifiers TEXT NOT NULL,
  publisher TEXT NOT NULL,
  series TEXT NOT NULL,
  shelf TEXT NOT NULL,
  rest TEXT NOT NULL
);

-- index/words.py cuts the tokens; all that is left to SQLite is to divide them at spaces, and its ascii
-- tokenizer does that without an opinion on any letter beyond ASCII.
CREATE VIRTUAL TABLE found USING fts5 (
  title, people, subject, identifiers, publisher, series, shelf, rest,
  content = 'words', content_rowid = 'id', tokenize = 'ascii'
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (found, row);

CREATE TRIGGER words_came AFTER INSERT ON words BEGIN
  INSERT INTO found (rowid, title, people, subject, identifiers, publisher, series, shelf, rest)
  VALUES (new.id, new.title, new.people, new.subject, new.identifiers, new.publisher, new.series, new.shelf, new.rest);
END;
CREATE TRIGGER words_went AFTER DELETE ON words BEGIN
  INSERT INTO found (found, rowid, title, people, subject, identifiers, publisher, series, shelf, rest)
  VALUES ('delete', old.id, old.title, old.people, old.subject, old.identifiers, old.publisher, old.series, old.shelf,
    old.rest);
END;
CREATE TRIGGER records_went AFTER DELETE ON records BEGIN
  DELETE FROM bodies WHERE id = old.id;
  DELETE FROM words WHERE id = old.id;
END;
CREATE TRIGGER answers_went AFTER DELETE ON answers BEGIN
  DELETE FROM placed WHERE answer = old.id;
END;
CREATE TRIGGER terms_went AFTER DELETE ON terms BEGIN
  DELETE FROM answers WHERE terms = old.id;
END;
"""


class UnusableError(Exception):
    """A file that is not to be used and not to be touched; `reason` tells the operator why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def is_corrupt(error: sqlite3.Error) -> bool:
    """Whether SQLite says that the file itself is damaged or no database."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    return code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def trouble(error: Exception, path: Path, otherwise: str = "unwritable") -> Reason:
    """Return the sentence for an error of the store; `otherwise` is its code where SQLite names nothing better."""
    detail = getattr(error, "strerror", None) or str(error)
    code = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
    kind = {
        sqlite3.SQLITE_FULL: "full",
        sqlite3.SQLITE_BUSY: "busy",
        sqlite3.SQLITE_LOCKED: "busy",
        sqlite3.SQLITE_CORRUPT: "corrupt",
        sqlite3.SQLITE_NOTADB: "corrupt",
    }.get(code, otherwise)
    return Reason(code=f"index.{kind}", values={"path": str(path), "detail": detail, "aside": str(aside(path))})


def aside(path: Path) -> Path:
    """Where a damaged file goes. One is kept, the last."""
    return path.with_name(f"{path.name}.corrupt")


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
        connection = _connect(path, "rwc")
        try:
            _check_owner(connection, path)
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = FAST")
            connection.execute("PRAGMA cache_size = -8000")
            connection.execute(f"PRAGMA journal_size_limit = {settings.log_bytes}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {max(16, settings.log_bytes // 2 // 4096)}")
            _bring_up(connection, settings, now)
        except BaseException:
            connection.close()
            raise
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open the file as it is and return a connection for one thread that reads."""
    connection = _connect(path, "rw")
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA cache_size = -8000")
    if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
        connection.close()
        raise sqlite3.OperationalError("it is of another schema")
    return connection


def read_scale(connection: sqlite3.Connection) -> Scale:
    """Return how demand is weighed in this file."""
    landmark, half_life_s = connection.execute("SELECT landmark, half_life_s FROM scale").fetchone()
    return Scale(landmark, half_life_s)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )


def _check_owner(connection: sqlite3.Connection, path: Path) -> None:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if tables and application != APPLICATION:
        raise UnusableError(Reason(code="index.foreign", values={"path": str(path)}))
    if version > SCHEMA:
        raise UnusableError(
            Reason(code="index.newer", values={"path": str(path), "found": version, "known": SCHEMA}),
        )


def _bring_up(connection: sqlite3.Connection, settings: EmbeddedSettings, now: float) -> None:
    """Make the tables, migrate them, or empty the file and begin anew; in one transaction."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == SCHEMA:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        while version != SCHEMA:
            if version in MIGRATIONS:
                version += 1
                run(connection, MIGRATIONS[version - 1])
                continue
            _empty(connection)
            run(connection, TABLES)
            connection.execute("INSERT INTO scale VALUES (1, ?, ?)", (now, settings.half_life_s))
            version = SCHEMA
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _empty(connection: sqlite3.Connection) -> None:
    rows = connection.execute(
        "SELECT name, type, sql LIKE 'CREATE VIRTUAL%' FROM sqlite_schema WHERE type IN ('table', 'view', 'trigger')"
        " ORDER BY type = 'trigger' DESC, sql LIKE 'CREATE VIRTUAL%' DESC, name DESC"
    ).fetchall()
    for name, kind, _ in rows:
        there = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
        if there and not name.startswith("sqlite_"):
            quoted = name.replace('"', '""')
            connection.execute(f'DROP {kind.upper()} IF EXISTS "{quoted}"')


def run(connection: sqlite3.Connection, script: str) -> None:
    """Run statements one by one, inside the transaction that is open (`executescript` would end it)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
