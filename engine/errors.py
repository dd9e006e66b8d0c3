"""Every failure the engine knows, named by who must act.

    LienThuError
    ├── ReaderError          the reader: the question cannot be read or answered as it stands
    │   └── QueryError           with position, what was found and a proposal
    ├── OurError             us: a bug, a wrong setting or a wrong member file
    │   ├── SettingsError        with file, line, what was found and what was expected
    │   ├── UnsupportedError     this member's system cannot answer this query
    │   ├── UnharvestedError     this member is searched in what was harvested of it, and nothing was yet
    │   ├── StoreError           what was harvested cannot be read or written
    │   └── BugError             anything that should not happen
    ├── MemberError          the member: its librarian or its system's keeper
    │   ├── UnreachableError     no such host, connection refused, TLS trouble
    │   ├── RefusedError         401, 403, a login page, a challenge page, "not allowed"
    │   ├── FaultError           5xx, a diagnostic that speaks of the server itself
    │   ├── UnreadableError      the page has changed, the XML is broken: an answer, but not one we can read
    │   └── OversizeError        more bytes, redirects or expansion than a search may cost
    └── NobodyError          nobody: it passes by itself, and is asked again later
        ├── TimedOutError        no complete answer within the member's deadline
        ├── BusyError            429, 503 with Retry-After, "too many": with the seconds to wait
        ├── HarvestHeldError     another process harvests this member now
        ├── TokenLostError       the repository no longer knows where its list was left: it is begun anew
        └── RestingError         rests after repeated failures, with the seconds until the next probe

`values` fill the sentence `failure.<code>` of `engine/phrases/*.toml`. No member's secret and no
reader's query goes in.
"""

from __future__ import annotations

from typing import ClassVar

from engine.model import Failure, Reason, Who


class LienThuError(Exception):
    """Base of all. `values` fill the sentence of this failure in every language."""

    code: ClassVar[str] = "bug"
    who: ClassVar[Who] = Who.US

    def __init__(self, detail: str = "", *, retry_after_s: float | None = None, **values: str | float) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.values: dict[str, str | int | float] = {"detail": detail, **values}

    @property
    def failure(self) -> Failure:
        """This failure as a noun that travels."""
        return Failure(code=self.code, who=self.who, values=self.values, retry_after_s=self.retry_after_s)

    @property
    def reason(self) -> Reason:
        """This failure as a sentence to say."""
        return Reason(code=f"failure.{self.code}", values=self.values)


class ReaderError(LienThuError):
    """The reader must put the question differently."""

    code = "reader"
    who = Who.READER


class QueryError(ReaderError):
    """A query that cannot be read.

    What must be changed stands at `length` characters from `position` of the typed text, counted from 0; None where it
    does not stand there at all. `proposal` is a query that can be read.
    `problem` is the code of the sentence `query.<problem>`, which counts places from 1.
    """

    code = "query"

    def __init__(
        self, problem: str, *, position: int | None, proposal: str, length: int = 1, **values: str | float
    ) -> None:
        super().__init__(problem)
        self.values = {"place": position + 1, **values} if position is not None else values
        self.problem = problem
        self.position = position
        self.length = length
        self.proposal = proposal

    @property
    def reason(self) -> Reason:
        """The sentence of this problem."""
        return Reason(code=f"query.{self.problem}", values=self.values)


class OurError(LienThuError):
    """We must act."""


class SettingsError(OurError):
    """A setting or member file that cannot be used. Reads `file:line: found, expected`."""

    code = "settings"

    def __init__(self, file: str, line: int | None, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}" if line else f"{file}: {problem}")
        self.file, self.line, self.problem = file, line, problem


class UnsupportedError(OurError):
    """This member's system, as its member file describes it, cannot answer this query."""

    code = "unsupported"


class UnharvestedError(OurError):
    """This member is searched in what was harvested of it, and nothing was yet: `lienthu harvest` must be run."""

    code = "unharvested"


class StoreError(OurError):
    """The store of what was harvested cannot be read or written: its operator must look."""

    code = "store"


class BugError(OurError):
    """Something that should not happen, in our own code."""

    code = "bug"


class MemberError(LienThuError):
    """The member must act."""

    code = "member"
    who = Who.MEMBER


class UnreachableError(MemberError):
    """No such host, connection refused, TLS trouble."""

    code = "unreachable"


class RefusedError(MemberError):
    """The member does not let us in: 401, 403, a login or challenge page."""

    code = "refused"


class FaultError(MemberError):
    """The member's server failed: 5xx, or a diagnostic that speaks of itself."""

    code = "fault"


class UnreadableError(MemberError):
    """An answer came, but not one that can be read. Never to be told as 'no hits'."""

    code = "unreadable"


class OversizeError(MemberError):
    """More bytes, redirects or expansion than a search may cost."""

    code = "oversize"


class NobodyError(LienThuError):
    """Nobody must act; it passes."""

    code = "nobody"
    who = Who.NOBODY


class TimedOutError(NobodyError):
    """No complete answer within the member's deadline."""

    code = "timed-out"


class BusyError(NobodyError):
    """The member asks to be left alone for a while, or our own limits for it are used up."""

    code = "busy"


class HarvestHeldError(NobodyError):
    """Another process harvests this member now. `holder` says which."""

    code = "harvest-held"


class TokenLostError(NobodyError):
    """A repository no longer knows where its list was left: the list is begun anew."""

    code = "token-lost"


class RestingError(NobodyError):
    """The member rests after repeated failures; a probe will find out when it is back."""

    code = "resting"
