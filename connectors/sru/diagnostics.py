"""SRU diagnostics: what a server says went wrong, who must act, and which second try it allows.

The table stands in `diagnostics.toml`.
"""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from engine.errors import (
    BugError,
    BusyError,
    FaultError,
    LienThuError,
    ReaderError,
    RefusedError,
    SettingsError,
    UnsupportedError,
)


class Means(StrEnum):
    """What a diagnostic means for us."""

    FAULT = "fault"
    BUSY = "busy"
    REFUSED = "refused"
    SETTINGS = "settings"
    READER = "reader"
    OURS = "ours"
    UNSUPPORTED = "unsupported"
    IGNORE = "ignore"
    END = "end"
    EMPTY = "empty"
    PARTIAL = "partial"


class Try(StrEnum):
    """The second try that a diagnostic allows."""

    VERSION = "version"
    SCHEMA = "schema"
    PARAMETER = "parameter"
    PACKING = "packing"
    SORT = "sort"
    INDEX = "index"
    RELATION = "relation"
    MASKING = "masking"
    BOOLEAN = "boolean"
    QUOTES = "quotes"


class Meaning(msgspec.Struct, frozen=True, rename={"second_try": "try"}, forbid_unknown_fields=True):
    """One row of the table."""

    means: Means
    second_try: Try | None = None


_QUOTES = re.compile(r"[:'\"«“‘(\[]")

UNKNOWN = Meaning(Means.FAULT)
"""What a diagnostic that is in no list means: the server speaks of itself."""


class Diagnostic(msgspec.Struct, frozen=True):
    """What a server says went wrong. `number` is None for a diagnostic of another list than SRU's."""

    number: int | None
    message: str = ""
    details: str = ""

    @classmethod
    def of(cls, uri: str, message: str | None, details: str | None) -> Diagnostic:
        """Return a diagnostic from its URI, as `info:srw/diagnostic/1/16` or the bare number that some servers send.

        >>> Diagnostic.of("info:srw/diagnostic/1/16", None, "dc.publisher").number
        16
        """
        match = re.fullmatch(r"(?:info:srw/diagnostic/1/)?(\d{1,4})", uri.strip())
        return cls(int(match[1]) if match else None, message or "", details or "")

    @property
    def meaning(self) -> Meaning:
        """What it means, by the table."""
        return meanings().get(self.number, UNKNOWN) if self.number is not None else UNKNOWN

    def failure(self, member: str) -> LienThuError:
        """Return this diagnostic as a failure, named by who must act.

        `details` stay out, and so does what a message quotes: they may hold the reader's words.
        """
        said = f"SRU diagnostic {self.number}: {_QUOTES.split(self.message)[0].strip()}"[:120]
        means = self.meaning.means
        if means is Means.SETTINGS:
            return SettingsError(f"members/{member}.toml", None, said)
        return _FAILURES.get(means, FaultError)(said)


_FAILURES: dict[Means, type[LienThuError]] = {
    Means.BUSY: BusyError,
    Means.REFUSED: RefusedError,
    Means.READER: ReaderError,
    Means.UNSUPPORTED: UnsupportedError,
    Means.OURS: BugError,
}


@cache
def meanings() -> dict[int, Meaning]:
    """Return the table by number."""
    found: dict[int, Meaning] = {}
    for span, row in tomllib.loads(files("connectors.sru").joinpath("diagnostics.toml").read_text("utf-8")).items():
        first, _, last = span.partition("-")
        meaning = msgspec.convert(row, Meaning)
        found |= dict.fromkeys(range(int(first), int(last or first) + 1), meaning)
    return found
