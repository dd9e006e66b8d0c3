"""Diagnostics of the set bib-1: what a server says went wrong, who must act, and which second try it allows.

The table stands in `diagnostics.toml`.
"""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

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

BUSY_WAIT_S: Final = 30.0
"""How long a server that says it has too many sessions, or no resources, is left alone."""


class Means(StrEnum):
    """What a diagnostic means for us. LOST: the result set is gone, and the search is to be made again."""

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
    LOST = "lost"


class Try(StrEnum):
    """The second try that a diagnostic allows."""

    USE = "use"
    SYNTAX = "syntax"
    ELEMENTS = "elements"
    RELATION = "relation"
    POSITION = "position"
    STRUCTURE = "structure"
    TRUNCATION = "truncation"
    COMPLETENESS = "completeness"
    ATTRIBUTES = "attributes"
    BOOLEAN = "boolean"
    WORDS = "words"


class Meaning(msgspec.Struct, frozen=True, rename={"second_try": "try"}, forbid_unknown_fields=True):
    """One row of the table."""

    means: Means
    second_try: Try | None = None


UNKNOWN: Final = Meaning(Means.FAULT)
"""What a diagnostic that is in no list means: the server speaks of itself."""

_CLOSED_SESSIONS: Final = 1015


class Diagnostic(msgspec.Struct, frozen=True):
    """What a server says went wrong. `number` is None for a diagnostic of another set than bib-1.

    `details` is what it says beside the number: often the value that it does not take, at times the reader's words.
    """

    number: int | None
    details: str = ""

    @property
    def meaning(self) -> Meaning:
        """What it means, by the table."""
        return meanings().get(self.number, UNKNOWN) if self.number is not None else UNKNOWN

    def failure(self, member: str) -> LienThuError:
        """Return this diagnostic as a failure, named by who must act. What it quotes stays out."""
        said = f"Z39.50 diagnostic {self.number}" if self.number is not None else "a diagnostic of its own"
        if re.fullmatch(r"[0-9.]{1,40}", self.details):  # an attribute, an object identifier
            said += f": {self.details}"
        match self.meaning.means:
            case Means.SETTINGS:
                return SettingsError(f"members/{member}.toml", None, said)
            case Means.BUSY:
                wait_s = BUSY_WAIT_S if self.number is not None and self.number >= _CLOSED_SESSIONS else None
                return BusyError(said, retry_after_s=wait_s)
            case means:
                return _FAILURES.get(means, FaultError)(said)


_FAILURES: Final[dict[Means, type[LienThuError]]] = {
    Means.REFUSED: RefusedError,
    Means.READER: ReaderError,
    Means.UNSUPPORTED: UnsupportedError,
    Means.OURS: BugError,
}


@cache
def meanings() -> dict[int, Meaning]:
    """Return the table by number."""
    found: dict[int, Meaning] = {}
    text = files("connectors.z3950").joinpath("diagnostics.toml").read_text("utf-8")
    for span, row in tomllib.loads(text).items():
        first, _, last = span.partition("-")
        meaning = msgspec.convert(row, Meaning)
        found |= dict.fromkeys(range(int(first), int(last or first) + 1), meaning)
    return found
