"""SRU diagnostics: what a server says went wrong, who must act, and which second try it allows.

The table stands in `diagnostics.toml`.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from typing import Final

import msgspec

from connectors.reading.diagnostics import Meaning, Means, failure_of, meanings_of
from engine.errors import LienThuError


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


_QUOTES = re.compile(r"[:'\"«“‘(\[]")

UNKNOWN: Final[Meaning[Try]] = Meaning(Means.FAULT)
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
    def meaning(self) -> Meaning[Try]:
        """What it means, by the table."""
        return meanings().get(self.number, UNKNOWN) if self.number is not None else UNKNOWN

    def failure(self, member: str) -> LienThuError:
        """Return this diagnostic as a failure, named by who must act.

        `details` stay out, and so does what a message quotes: they may hold the reader's words.
        """
        said = f"SRU diagnostic {self.number}: {_QUOTES.split(self.message)[0].strip()}"[:120]
        return failure_of(self.meaning.means, said, member=member)


@cache
def meanings() -> dict[int, Meaning[Try]]:
    """Return the table by number."""
    return meanings_of("connectors.sru", Meaning[Try])
