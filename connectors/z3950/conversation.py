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
from connectors.z3950.oids import BIB_1, OIDS, Syntax, octets_of
from connectors.z3950.operands import Operand, Term, attributes_plus_term, tree
from connectors.z3950.present import Presented, diagnostics_within, presented
from connectors.z3950.settings import Authentication
from connectors.z3950.tlv import Frames
from engine.errors import BusyError, FaultError, LienThuError, RefusedError, UnreachableError, UnreadableError
from engine.ports import Line

MESSAGE_BYTES: Final = 1 << 20
"""The size of an answer that we propose: what YAZ proposes too. Servers grant less."""

RESULT_SET: Final = "default"
_VERSIONS: Final = (b"\xe0", 3)
"""Versions 1, 2 and 3, one bit each."""

OPTIONS: Final = {0: "search", 1: "present", 2: "delSet", 7: "scan", 8: "sort", 14: "namedResultSets"}
"""By their bit. Source: Z39.50-1995, 3.2.1.1.4."""

_ASKED_OPTIONS: Final = (b"\xc1\x00", 16)
"""Search, present, scan."""

_WITH_NEGOTIATION: Final = (b"\xc1\x00\x40", 18)
_UTF_8: Final = "1.0.10646.1.0.8"
_UTF_8_PROPOSAL: Final = [
    {
        "information": (
            "externallyDefinedInfo",
            {
                "direct-reference": "1.2.840.10003.15.3",
                "encoding": (
                    "single-ASN1-type",
                    (
                        "proposal",
                        {
                            "proposedCharSets": [("iso10646", {"encodingLevel": _UTF_8})],
                            "recordsInSelectedCharSets": True,
                        },
                    ),
                ),
            },
        )
    }
]
"""Terms and records in UTF-8. Source: Z39.50 Character Set and Language Negotiation-3."""


class HungUpError(UnreadableError):
    """The server closed the connection. `had_begun`: in the middle of an answer; `said`: the reason in its Close."""

    def __init__(self, detail: str, *, had_begun: bool, said: int | None = None) -> None:
        super().__init__(detail)
        self.had_begun = had_begun
        self.said = said


class Login(msgspec.Struct, frozen=True):
    """Who asks. Not to be printed."""

    authentication: Authentication = Authentication.NONE
    user: str = ""
    group: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Return nothing that is secret."""
        return f"Login({self.authentication})"

    def as_asn1(self) -> tuple[str, object] | None:
        """Return it as asn1tools takes it; None where nothing is to be said."""
        match self.authentication:
            case Authentication.ANONYMOUS:
                return ("anonymous", None)
            case _ if not (self.user or self.group or self.password):
                return None
            case Authentication.OPEN:
                return ("open", "/".join(filter(None, (self.user, self.group, self.password))).encode())
            case Authentication.ID_PASS:
                named = {"groupId": self.group, "userId": self.user, "password": self.password}
                return ("idPass", {name: text.encode() for name, text in named.items() if text})
            case _:
                return None


class Greeting(msgspec.Struct, frozen=True):
    """What a server says of itself when it accepts. `version` is the highest it grants; `options` by name.

    `speaks_utf8`: it agreed to UTF-8 for terms and records.
    """

    version: int
    options: tuple[str, ...]
    message_bytes: int
    name: str = ""
    release: str = ""
    speaks_utf8: bool = False


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
        value: dict[str, object] = {
            "protocolVersion": _VERSIONS,
            "options": _ASKED_OPTIONS,
            "preferredMessageSize": min(MESSAGE_BYTES, self._most_bytes),
            "exceptionalRecordSize": min(MESSAGE_BYTES, self._most_bytes),
            "implementationId": b"LienThu",
            "implementationName": b"Lien Thu",
            "implementationVersion": version.encode(),
        }
        if proposes_utf8:
            value |= {"options": _WITH_NEGOTIATION, "otherInfo": _UTF_8_PROPOSAL}
        if said := login.as_asn1():
            value["idAuthentication"] = said
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
        self.greeting = _greeting(answer, speaks_utf8=octets_of(_UTF_8) in apdu)

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


def _greeting(answer: dict[str, object], *, speaks_utf8: bool) -> Greeting:
    versions = _bits(answer["protocolVersion"])
    options = _bits(answer["options"])
    return Greeting(
        version=max((bit + 1 for bit in versions), default=0),
        options=tuple(name for bit, name in OPTIONS.items() if bit in options),
        message_bytes=cast("int", answer["preferredMessageSize"]),
        name=_text(answer.get("implementationName")),
        release=_text(answer.get("implementationVersion")),
        speaks_utf8=speaks_utf8,
    )


def _bits(found: object) -> frozenset[int]:
    """Return the places of the bits that are set, the first counted 0."""
    octets, size = cast("tuple[bytes, int]", found)
    return frozenset(bit for bit in range(min(size, 64)) if octets[bit // 8] & 0x80 >> bit % 8)


def _text(found: object) -> str:
    text = bytes(cast("bytes", found or b"")).decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable())[:80]


def _entry(one: dict[str, object]) -> tuple[str, int | None]:
    kind, term = cast("tuple[str, object]", one["term"])
    shown = one.get("displayTerm") or (term if kind != "numeric" else str(term).encode())
    return _text(shown), cast("int | None", one.get("globalOccurrences"))


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
