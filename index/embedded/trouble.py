"""What SQLite complains of, and what follows from it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from engine.model import Reason


class UnusableError(Exception):
    """A file that is not to be used and not to be touched; `reason` tells the operator why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def is_corrupt(error: sqlite3.Error) -> bool:
    """Whether SQLite says that the file itself is damaged or no database."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    return code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_interrupted(error: sqlite3.Error) -> bool:
    """Whether a search was given up because it took too long."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT


def is_passing(error: sqlite3.Error) -> bool:
    """Whether the same write may succeed later: the store is in trouble, not what was to be written."""
    code = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
    return code in _PASSING


_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }
)


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
