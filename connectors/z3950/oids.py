"""The object identifiers of Z39.50 that are spoken of here. Source: Z39.50 Maintenance Agency, register of OIDs."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

_ROOT: Final = "1.2.840.10003"
BIB_1: Final = f"{_ROOT}.3.1"
"""The attribute set bib-1."""

DIAGNOSTICS: Final = f"{_ROOT}.4.1"
"""The diagnostic set bib-1."""


class Syntax(StrEnum):
    """A record syntax that can be asked for and read."""

    MARC21 = "marc21"
    UNIMARC = "unimarc"
    XML = "xml"
    OPAC = "opac"
    SUTRS = "sutrs"
    INTERMARC = "intermarc"
    NORMARC = "normarc"
    DANMARC = "danmarc"
    UKMARC = "ukmarc"
    RUSMARC = "rusmarc"


OIDS: Final = {
    Syntax.UNIMARC: f"{_ROOT}.5.1",
    Syntax.INTERMARC: f"{_ROOT}.5.2",
    Syntax.MARC21: f"{_ROOT}.5.10",
    Syntax.UKMARC: f"{_ROOT}.5.11",
    Syntax.NORMARC: f"{_ROOT}.5.12",
    Syntax.DANMARC: f"{_ROOT}.5.14",
    Syntax.RUSMARC: f"{_ROOT}.5.28",
    Syntax.SUTRS: f"{_ROOT}.5.101",
    Syntax.OPAC: f"{_ROOT}.5.102",
    Syntax.XML: f"{_ROOT}.5.109.10",
}


def octets_of(oid: str) -> bytes:
    """Return an object identifier as its octets in BER. Source: ITU-T X.690, 8.19.

    >>> octets_of("1.2.840.10003.5.10").hex()
    '2a8648ce13050a'
    """
    first, second, *rest = map(int, oid.split("."))
    found = bytearray([40 * first + second])
    for number in rest:
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(0x80 | number & 0x7F)
        found += bytes(reversed(groups))
    return bytes(found)


SYNTAX_OF: Final = {octets_of(oid): syntax for syntax, oid in OIDS.items()} | {
    octets_of(f"{_ROOT}.5.109.11"): Syntax.XML,
}
"""By the octets of its object identifier; application/xml counts as XML."""

DIAGNOSTIC_OCTETS: Final = octets_of(DIAGNOSTICS)
