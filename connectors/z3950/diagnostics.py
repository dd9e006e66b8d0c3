"""Diagnostics of the set bib-1: what a server says went wrong, who must act, and which second try it allows.

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

BUSY_WAIT_S: Final = 30.0
"""How long a server that says it has too many sessions, or no resources, is left alone."""


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


UNKNOWN: Final[Meaning[Try]] = Meaning(Means.FAULT)
"""What a diagnostic that is in no list means: the server speaks of itself."""

_CLOSED_SESSIONS: Final = 1015


class Diagnostic(msgspec.Struct, frozen=True):
    """What a server says went wrong. `number` is None for a diagnostic of another set than bib-1.

    `details` is what it says beside the number: often the value that it does not take, at times the reader's words.
    """

    number: int | None
    details: str = ""

    @property
    def meaning(self) -> Meaning[Try]:
        """What it means, by the table."""
        return meanings().get(self.number, UNKNOWN) if self.number is not None else UNKNOWN

    def failure(self, member: str) -> LienThuError:
        """Return this diagnostic as a failure, named by who must act. What it quotes stays out."""
        said = f"Z39.50 diagnostic {self.number}" if self.number is not None else "a diagnostic of its own"
        if re.fullmatch(r"[0-9.]{1,40}", self.details):  # an attribute, an object identifier
            said += f": {self.details}"
        wait_s = BUSY_WAIT_S if self.number is not None and self.number >= _CLOSED_SESSIONS else None
        return failure_of(self.meaning.means, said, member=member, wait_s=wait_s)


@cache
def meanings() -> dict[int, Meaning[Try]]:
    """Return the table by number."""
    return meanings_of("connectors.z3950", Meaning[Try])
