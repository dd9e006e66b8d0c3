"""Requests as octets, and responses as what they say: asn1tools over the trimmed module `z3950.asn`.

What a later version or a vendor adds to a response is taken off before it is decoded, and so are records and
diagnostics: `connectors.z3950.present` reads those.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import asn1tools.compiler
import asn1tools.errors

from connectors.z3950.tlv import elements, encoded
from engine.errors import UnreadableError

RESPONSES: Final = {21: "initResponse", 23: "searchResponse", 25: "presentResponse", 36: "scanResponse", 48: "close"}
REQUESTS: Final = {20: "initRequest", 22: "searchRequest", 24: "presentRequest", 35: "scanRequest"}

_KNOWN: Final = {
    20: frozenset({2, 3, 4, 5, 6, 7, 110, 111, 112, 201}),
    21: frozenset({2, 3, 4, 5, 6, 12, 110, 111, 112}),
    22: frozenset({2, 13, 14, 15, 16, 17, 18, 21, 104}),
    23: frozenset({2, 22, 23, 24, 25, 26, 27}),
    24: frozenset({2, 19, 29, 30, 31, 104}),
    25: frozenset({2, 24, 25, 27}),
    35: frozenset({2, 3, 5, 6, 7, 102, -6}),
    36: frozenset({2, 3, 4, 5, 6, 7}),
    48: frozenset({2, 3, 211}),
}
"""The members of each APDU that the module knows."""

_NOT_BER = (asn1tools.errors.Error, IndexError, ValueError, OverflowError, TypeError, KeyError, RecursionError)
"""What asn1tools raises over octets that are no BER, or not the BER that was expected."""


@cache
def compiled(text: str) -> asn1tools.compiler.Specification:
    """Return a module compiled for BER. Ours takes about 0.2 s, once a process."""
    module: asn1tools.compiler.Specification = asn1tools.compiler.compile_string(text, "ber")  # type: ignore[no-untyped-call]  # the library has no types
    return module


@cache
def _module() -> asn1tools.compiler.Specification:
    return compiled(files("connectors.z3950").joinpath("z3950.asn").read_text("utf-8"))


def encode(name: str, value: Mapping[str, object]) -> bytes:
    """Return an APDU as octets."""
    return bytes(_module().encode("PDU", (name, value)))  # type: ignore[no-untyped-call]  # as above


def decode(apdu: bytes) -> tuple[str, dict[str, object]]:
    """Return an APDU's name and what it says. Raises UnreadableError."""
    outer = next(elements(apdu), None)
    if outer is None or outer.tag not in _KNOWN:
        raise UnreadableError("what came is not Z39.50: an unknown APDU")
    known = _KNOWN[outer.tag]
    parts = elements(apdu, outer.begin, outer.end)
    inner = b"".join(apdu[part.at : part.after] for part in parts if part.tag in known)
    try:
        name, said = _module().decode("PDU", encoded(outer.tag, inner))  # type: ignore[no-untyped-call]  # as above
    except _NOT_BER as error:
        raise UnreadableError("an APDU that cannot be decoded") from error
    return str(name), said
