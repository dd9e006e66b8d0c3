"""What a check found out: lines with a verdict each, and the counts above them. Data without behaviour."""

from __future__ import annotations

from enum import StrEnum

from engine.errors import LienThuError
from engine.model import Noun, Reason
from engine.ports import Finding, Names
from engine.sentences import sentences


class Verdict(StrEnum):
    """How a thing was found. UNKNOWN: it was not tried, or does not concern this member."""

    WELL = "well"
    WANTING = "wanting"
    UNKNOWN = "unknown"


class Line(Noun, frozen=True):
    """One thing that was looked at. `what` is a short key (`field.title`, `paging`); `reason` a sentence to act on."""

    what: str
    verdict: Verdict
    reason: Reason


class Checkup(Noun, frozen=True):
    """How one member's server was found. Times are of whole searches, in milliseconds; `checked_at` of the epoch.

    `answers`: at least one search was answered. `fields` and `searchable` count fields that found what stands in the
    member's own records, and those that can be searched.
    """

    id: str
    name: Names
    system: str
    url: str
    enabled: bool
    checked_at: float
    answers: bool
    lines: tuple[Line, ...]
    requests: int = 0
    median_ms: int | None = None
    slowest_ms: int | None = None
    fields: int = 0
    searchable: int = 0

    def verdict_of(self, what: str) -> Verdict:
        """Return the worst verdict of the lines about a thing, and of those below it (`tls`, `tls.chain`)."""
        found = {line.verdict for line in self.lines if line.what == what or line.what.startswith(f"{what}.")}
        return next((one for one in (Verdict.WANTING, Verdict.WELL) if one in found), Verdict.UNKNOWN)

    @property
    def deviations(self) -> tuple[Line, ...]:
        """The lines that somebody should act on."""
        return tuple(line for line in self.lines if line.verdict is Verdict.WANTING)


def well(what: str, code: str, **values: str | float) -> Line:
    """Return a line about what is as it should be."""
    return Line(what, Verdict.WELL, Reason(f"checkup.{code}", values))


def wanting(what: str, code: str, **values: str | float) -> Line:
    """Return a line about what somebody should act on."""
    return Line(what, Verdict.WANTING, Reason(f"checkup.{code}", values))


def unknown(what: str, code: str, **values: str | float) -> Line:
    """Return a line about what was not tried."""
    return Line(what, Verdict.UNKNOWN, Reason(f"checkup.{code}", values))


def failed(what: str, error: LienThuError, *, url: str) -> Line:
    """Return a line about what did not come about, with what was found and what to do."""
    code = f"checkup.fails.{error.code}"
    if code not in sentences():
        return Line(what, Verdict.WANTING, error.reason)
    return Line(what, Verdict.WANTING, Reason(code, {"detail": error.detail or type(error).__name__, "url": url}))


def line_of(finding: Finding) -> Line:
    """Return what a system found out about itself as a line."""
    return Line(finding.what, Verdict.WELL if finding.is_well else Verdict.WANTING, finding.reason)
