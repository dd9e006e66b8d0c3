"""The tables of the embedded index and their version.

Everything in the file is a copy of what members can be asked again: a schema that is not ours to migrate is
emptied and begun anew. A file that is no index of ours is never touched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.model import Reason
from index.demand import Scale
from index.embedded.settings import EmbeddedSettings
from index.embedded.trouble import UnusableError

SCHEMA = 2
"""Goes up with every change of the tables, and of what `index.words` makes of a record."""

APPLICATION = 0x4C69_5468
"""Marks the file as ours ("LiTh"). Source: SQLite file format, 1.3.14 application id."""

SHORTEST_FIRST = """
DROP INDEX titles_folded;
DROP INDEX titles_exact;
CREATE INDEX titles_folded ON titles (length(folded) / 8, folded);
CREATE INDEX titles_exact ON titles (length(exact) / 8, exact);
"""
"""From the first schema to the second, of the index and of what was harvested."""

MIGRATIONS: dict[int, str] = {1: SHORTEST_FIRST}
"""Schema -> the statements that make the next one of it. Where one is missing the index begins anew."""

RECORD_TABLES = """
-- What is filtered by, kept narrow; the record itself stands in `bodies`, its words in `words`, its title in `titles`.
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
  UNIQUE (member, record_id)
);
CREATE INDEX records_asked ON records (asked_at);

-- What is offered while somebody types, the shortest first: by steps of eight letters (index/embedded/suggesting.py).
CREATE TABLE titles (id INTEGER PRIMARY KEY, title TEXT NOT NULL, folded TEXT NOT NULL, exact TEXT NOT NULL);
CREATE INDEX titles_folded ON titles (length(folded) / 8, folded);
CREATE INDEX titles_exact ON titles (length(exact) / 8, exact);

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
  DELETE FROM titles WHERE id = old.id;
  DELETE FROM words WHERE id = old.id;
END;
"""
"""Records and what they are found by: in the index itself, and in the store of what was harvested."""

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

CREATE TRIGGER answers_went AFTER DELETE ON answers BEGIN
  DELETE FROM placed WHERE answer = old.id;
END;
CREATE TRIGGER terms_went AFTER DELETE ON terms BEGIN
  DELETE FROM answers WHERE terms = old.id;
END;
"""
"""What was asked and answered."""


@contextmanager
def immediate(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the file for writing; commit at the end, or roll everything back."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite itself rolls back when the disk is full
            connection.execute("ROLLBACK")
        raise


def read_scale(connection: sqlite3.Connection) -> Scale:
    """Return how demand is weighed in this file."""
    landmark, half_life_s = connection.execute("SELECT landmark, half_life_s FROM scale").fetchone()
    return Scale(landmark, half_life_s)


def check_owner(connection: sqlite3.Connection, path: Path) -> None:
    """Raise UnusableError for a file that is not ours, or of a newer Liên Thư."""
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if tables and application != APPLICATION:
        raise UnusableError(Reason(code="index.foreign", values={"path": str(path)}))
    if version > SCHEMA:
        raise UnusableError(
            Reason(code="index.newer", values={"path": str(path), "found": version, "known": SCHEMA}),
        )


def bring_up(connection: sqlite3.Connection, settings: EmbeddedSettings, now: float) -> None:
    """Make the tables, migrate them, or empty the file and begin anew; in one transaction."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == SCHEMA:
        return
    with immediate(connection):
        while version in MIGRATIONS:
            run(connection, MIGRATIONS[version])
            version += 1
        if version != SCHEMA:
            _empty(connection)
            run(connection, RECORD_TABLES)
            run(connection, TABLES)
            connection.execute("INSERT INTO scale VALUES (1, ?, ?)", (now, settings.half_life_s))
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {SCHEMA}")


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
