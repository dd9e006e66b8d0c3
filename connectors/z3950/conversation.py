"""One association with a server: Init, searches, presents, scans, Close, over a guarded line.

Requests may be sent before earlier ones are answered; answers are read in the order of the requests. Knows no query
language and no second try. Source: Z39.50-1995, 3.2.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final, cast

import msgspec

from connectors.z3950.apdu import decode, encode
from connectors.z3950.diagnostics import BUSY_WAIT_S, Diagnostic
from connectors.z3950.greeting import Greeting, Login, greeting, init_request, readable
from connectors.z3950.oids import BIB_1, OIDS, Syntax
from connectors.z3950.operands import Operand, Term, attributes_plus_term, tree
from connectors.z3950.present import Presented, diagnostics_within, presented
from connectors.z3950.tlv import Frames
from engine.errors import BusyError, FaultError, LienThuError, RefusedError, UnreachableError, UnreadableError
from engine.ports import Line

RESULT_SET: Final = "default"


class HungUpError(UnreadableError):
    """The server closed the connection. `had_begun`: in the middle of an answer; `said`: the reason in its Close."""

    def __init__(self, detail: str, *, had_begun: bool, said: int | None = None) -> None:
        super().__init__(detail)
        self.had_begun = had_begun
        self.said = said


class Searched(msgspec.Struct, frozen=True):
    """What came of a search: how many hits, or diagnostics."""

    count: int
    is_found: bool
    diagnostics: tuple[Diagnostic, ...] = ()


class Scanned(msgspec.Struct, frozen=True):
    """What a list of terms holds near a place: each term with its number of records, None where it is not told."""

    terms: tuple[tuple[str, int | None], ...]
    position: int | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


class Conversation:
    """An association that has been opened on a line. `most_bytes`: of one answer.

    `holds` is what the result set of the server was made of, for who asks the same again. `most_awaited` is how many
    requests were on the way at once.
    """

    def __init__(self, line: Line, *, most_bytes: int) -> None:
        self._line = line
        self._frames = Frames(most_bytes)
        self._most_bytes = most_bytes
        self._answers = 0
        self._awaited: deque[str] = deque()
        self.most_awaited = 0
        self.greeting = Greeting(0, (), 0)
        self.holds: tuple[object, Searched] | None = None
        self._is_reused = False

    @property
    def is_lost_idle(self) -> bool:
        """Whether it was kept idle and has not answered since: the server gave it up, and nobody is at fault."""
        return self._is_reused and not self._answers

    @property
    def is_open(self) -> bool:
        """Whether it can be used again: the line is open and nothing is on the way."""
        return self._line.is_open and not self._awaited and self._frames.is_empty

    def reuse(self) -> None:
        """Begin a new turn on a kept association."""
        self._is_reused = True
        self._answers = self.most_awaited = 0

    async def open(self, login: Login, *, version: str, proposes_utf8: bool = False) -> None:
        """Say who we are, and be accepted. Raises RefusedError, and what the server's diagnostic means."""
        value = init_request(login, version=version, most_bytes=self._most_bytes, proposes_utf8=proposes_utf8)
        await self._send("initRequest", value)
        try:
            apdu, answer = await self._answer()
        except HungUpError as error:
            if error.said is None and not error.had_begun:
                raise UnreachableError("the connection was closed without an answer") from error
            raise closed(error) from error
        if not answer["result"]:
            known = diagnostics_within(apdu)
            raise known[0].failure("-") if known else RefusedError("the server accepts no association with us")
        self.greeting = greeting(apdu, answer)

    async def search(self, databases: Sequence[str], query: Operand, syntax: Syntax | None) -> Searched:
        """Make a result set, without any record of it."""
        self.holds = None
        value: dict[str, object] = {
            "smallSetUpperBound": 0,
            "largeSetLowerBound": 1,
            "mediumSetPresentNumber": 0,
            "replaceIndicator": True,
            "resultSetName": RESULT_SET.encode(),
            "databaseNames": [name.encode() for name in databases],
            "query": ("type-1", tree(query)),
        }
        if syntax is not None:
            value["preferredRecordSyntax"] = OIDS[syntax]
        await self._send("searchRequest", value)
        apdu, answer = await self._answer()
        return Searched(
            count=max(0, cast("int", answer["resultCount"])),
            is_found=bool(answer["searchStatus"]),
            diagnostics=presented(apdu).diagnostics,
        )

    async def ask_present(self, start: int, count: int, *, syntax: Syntax | None, elements: str) -> None:
        """Ask for records of the result set, to be read by `read_present`."""
        value: dict[str, object] = {
            "resultSetId": RESULT_SET.encode(),
            "resultSetStartPoint": start,
            "numberOfRecordsRequested": count,
        }
        if elements:
            value["recordComposition"] = ("simple", ("genericElementSetName", elements.encode()))
        if syntax is not None:
            value["preferredRecordSyntax"] = OIDS[syntax]
        await self._send("presentRequest", value)

    async def read_present(self) -> Presented:
        """Return what the earliest unread present request brought."""
        apdu, _ = await self._answer()
        return presented(apdu)

    async def scan(self, databases: Sequence[str], term: Term, count: int) -> Scanned:
        """Return terms of a list from one on, with how many records hold each."""
        value: dict[str, object] = {
            "databaseNames": [name.encode() for name in databases],
            "attributeSet": BIB_1,
            "termListAndStartPoint": attributes_plus_term(term),
            "stepSize": 0,
            "numberOfTermsRequested": count,
            "preferredPositionInResponse": 1,
        }
        await self._send("scanRequest", value)
        apdu, answer = await self._answer()
        entries = cast("dict[str, list[tuple[str, dict[str, object]]]]", answer.get("entries") or {})
        terms = [_entry(one) for kind, one in entries.get("entries", []) if kind == "termInfo"]
        return Scanned(tuple(terms), cast("int | None", answer.get("positionOfTerm")), diagnostics_within(apdu))

    def close(self) -> None:
        """Say goodbye where nothing is on the way, and hang up."""
        farewell = encode("close", {"closeReason": 0}) if self.is_open else b""
        self._line.close(farewell)

    async def _send(self, name: str, value: Mapping[str, object]) -> None:
        self._awaited.append(name.replace("Request", "Response"))
        self.most_awaited = max(self.most_awaited, len(self._awaited))
        await self._line.send(encode(name, value))

    async def _answer(self) -> tuple[bytes, dict[str, object]]:
        """Return the answer to the earliest unanswered request, as it came and as asn1tools reads it."""
        while (apdu := self._frames.take()) is None:
            piece = await self._line.receive()
            if not piece:
                raise HungUpError(
                    "the connection was closed in the middle of an answer"
                    if not self._frames.is_empty
                    else "the connection was closed without an answer",
                    had_begun=not self._frames.is_empty,
                )
            self._frames.feed(piece)
        name, answer = decode(apdu)
        if name == "close":
            reason = cast("int", answer["closeReason"])
            raise HungUpError(f"the server closed the association, reason {reason}", had_begun=False, said=reason)
        expected = self._awaited[0]
        if name != expected:
            raise UnreadableError(f"{name} came where {expected} was expected")
        self._awaited.popleft()
        self._answers += 1
        return apdu, answer


def _entry(one: dict[str, object]) -> tuple[str, int | None]:
    kind, term = cast("tuple[str, object]", one["term"])
    shown = one.get("displayTerm") or (term if kind != "numeric" else str(term).encode())
    return readable(shown), cast("int | None", one.get("globalOccurrences"))


def closed(error: HungUpError) -> LienThuError:
    """Return what a Close means that we did not ask for, by its reason. Source: Z39.50-1995, 3.2.11.1.1."""
    match error.said:
        case 5:
            return RefusedError("the server closed the association for reasons of security")
        case 3 | 4:
            return BusyError("the server has no room for us", retry_after_s=BUSY_WAIT_S)
        case None:
            return UnreadableError(error.detail)
        case _:
            return FaultError(error.detail)
