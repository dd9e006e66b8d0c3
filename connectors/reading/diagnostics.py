"""Diagnostics, as SRU and Z39.50 number them: what each means for us, who must act, which second try it allows. Pure.

Each protocol has a list of its own, told in the `diagnostics.toml` of its package.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from importlib.resources import files
from typing import Final, Generic, TypeVar

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


HARMLESS: Final = frozenset({Means.PARTIAL, Means.END, Means.IGNORE, Means.EMPTY})
"""What leaves an answer that can be shown."""

Try = TypeVar("Try", bound=StrEnum)


class Meaning(msgspec.Struct, Generic[Try], frozen=True, rename={"second_try": "try"}, forbid_unknown_fields=True):
    """One row of a table."""

    means: Means
    second_try: Try | None = None


def meanings_of(package: str, row: type[Meaning[Try]]) -> dict[int, Meaning[Try]]:
    """Return the table of a package by number; its keys are numbers or spans of them ("13-14")."""
    found: dict[int, Meaning[Try]] = {}
    for span, told in tomllib.loads(files(package).joinpath("diagnostics.toml").read_text("utf-8")).items():
        first, _, last = span.partition("-")
        found |= dict.fromkeys(range(int(first), int(last or first) + 1), msgspec.convert(told, row))
    return found


def failure_of(means: Means, said: str, *, member: str, wait_s: float | None = None) -> LienThuError:
    """Return what a diagnostic means as a failure, named by who must act. `wait_s`: how long a busy server is left."""
    match means:
        case Means.SETTINGS:
            return SettingsError(f"members/{member}.toml", None, said)
        case Means.BUSY:
            return BusyError(said, retry_after_s=wait_s)
        case _:
            return _FAILURES.get(means, FaultError)(said)


_FAILURES: Final[dict[Means, type[LienThuError]]] = {
    Means.REFUSED: RefusedError,
    Means.READER: ReaderError,
    Means.UNSUPPORTED: UnsupportedError,
    Means.OURS: BugError,
}
