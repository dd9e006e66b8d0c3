"""What is said at the beginning of an association: who we are, and what a server says of itself. Pure.

Source: Z39.50-1995, 3.2.1.
"""

from __future__ import annotations

from typing import Final, cast

import msgspec

from connectors.z3950.oids import octets_of
from connectors.z3950.settings import Authentication

MESSAGE_BYTES: Final = 1 << 20
"""The size of an answer that we propose: what YAZ proposes too. Servers grant less."""

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

    @property
    def server(self) -> str:
        """What the server calls itself, with its release; empty where it does not say."""
        return f"{self.name} {self.release.partition(' ')[0]}".strip()


def init_request(login: Login, *, version: str, most_bytes: int, proposes_utf8: bool) -> dict[str, object]:
    """Return an Init as asn1tools takes it."""
    value: dict[str, object] = {
        "protocolVersion": _VERSIONS,
        "options": _ASKED_OPTIONS,
        "preferredMessageSize": min(MESSAGE_BYTES, most_bytes),
        "exceptionalRecordSize": min(MESSAGE_BYTES, most_bytes),
        "implementationId": b"LienThu",
        "implementationName": b"Lien Thu",
        "implementationVersion": version.encode(),
    }
    if proposes_utf8:
        value |= {"options": _WITH_NEGOTIATION, "otherInfo": _UTF_8_PROPOSAL}
    if said := login.as_asn1():
        value["idAuthentication"] = said
    return value


def greeting(apdu: bytes, answer: dict[str, object]) -> Greeting:
    """Return what an accepted Init says, given as it came and as asn1tools reads it."""
    versions = _bits(answer["protocolVersion"])
    options = _bits(answer["options"])
    return Greeting(
        version=max((bit + 1 for bit in versions), default=0),
        options=tuple(name for bit, name in OPTIONS.items() if bit in options),
        message_bytes=cast("int", answer["preferredMessageSize"]),
        name=readable(answer.get("implementationName")),
        release=readable(answer.get("implementationVersion")),
        speaks_utf8=octets_of(_UTF_8) in apdu,
    )


def _bits(found: object) -> frozenset[int]:
    """Return the places of the bits that are set, the first counted 0."""
    octets, size = cast("tuple[bytes, int]", found)
    return frozenset(bit for bit in range(min(size, 64)) if octets[bit // 8] & 0x80 >> bit % 8)


def readable(found: object) -> str:
    """Return a short string of a server's, for people."""
    text = bytes(cast("bytes", found or b"")).decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable())[:80]
