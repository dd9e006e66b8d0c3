"""Cuts records and diagnostics out of responses by hand.

Every record passes here. By hand that takes less time than by asn1tools, and what a server adds, leaves out or wraps
differently costs the record that it concerns and not the answer. `benchmarks/z3950.py` measures both.

Source: Z39.50-1995, 4.1 (Records, NamePlusRecord), REC.5 (OPAC).
"""

from __future__ import annotations

import msgspec

from connectors.z3950.diagnostics import Diagnostic
from connectors.z3950.oids import DIAGNOSTIC_OCTETS, SYNTAX_OF, Syntax
from connectors.z3950.tlv import (
    EXTERNAL,
    INTEGER,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    Element,
    content,
    elements,
    integer,
)

_STRINGS = frozenset({-26, -27, -12, -4, -22, -19, -20})
"""Universal tags of strings: VisibleString, GeneralString, UTF8String, octets, IA5String and others."""

_PRESENT_STATUS = 27
_RECORDS, _ONE_DIAGNOSTIC, _DIAGNOSTICS = 28, 130, 205
_MOST_DEPTH = 12
"""How deep a diagnostic is looked for."""


class Cut(msgspec.Struct, frozen=True, gc=False):
    """One record as it came. `syntax` is None where its object identifier is none that is known, or missing.

    Of an OPAC record `holdings` is the part that tells of copies, still in BER, and `octets` and `syntax` are those of
    the bibliographic record alone; empty where there is none.
    """

    syntax: Syntax | None
    octets: bytes
    holdings: bytes = b""
    is_opac: bool = False


class Presented(msgspec.Struct, frozen=True):
    """What one response brought: records, or diagnostics in their places, and diagnostics of the whole."""

    rows: tuple[Cut | Diagnostic, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    status: int | None = None


def presented(apdu: bytes) -> Presented:
    """Return the records and diagnostics of a response to a search or present request. Raises UnreadableError."""
    outer = next(elements(apdu))
    rows: list[Cut | Diagnostic] = []
    said: list[Diagnostic] = []
    status: int | None = None
    for part in elements(apdu, outer.begin, outer.end):
        if part.tag == _RECORDS:
            rows += (_row(apdu, one) for one in elements(apdu, part.begin, part.end))
        elif part.tag == _ONE_DIAGNOSTIC:
            said.append(_diagnostic(apdu, part))
        elif part.tag == _DIAGNOSTICS:
            said += (_diagnostic(apdu, one) for one in elements(apdu, part.begin, part.end))
        elif part.tag == _PRESENT_STATUS:
            status = integer(apdu, part)
    return Presented(tuple(rows), tuple(said), status)


def _row(apdu: bytes, row: Element) -> Cut | Diagnostic:
    """Return what stands in one NamePlusRecord."""
    for part in elements(apdu, row.begin, row.end):
        if part.tag != 1:
            continue  # the name of the database
        for inner in elements(apdu, part.begin, part.end):
            if inner.tag == 2:
                return _diagnostic(apdu, next(elements(apdu, inner.begin, inner.end), inner))
            for external in elements(apdu, inner.begin, inner.end):
                if external.tag in {EXTERNAL, SEQUENCE}:
                    return _cut(apdu, external)
    return Cut(None, b"")


def _cut(apdu: bytes, external: Element) -> Cut:
    """Return the record that an EXTERNAL holds."""
    syntax: Syntax | None = None
    for part in elements(apdu, external.begin, external.end):
        if part.tag == OBJECT_IDENTIFIER:
            syntax = SYNTAX_OF.get(apdu[part.begin : part.end])
        elif part.tag == 0:  # single-ASN1-type
            inner = next(elements(apdu, part.begin, part.end), None)
            if inner is None:
                break
            if syntax is Syntax.OPAC:
                return _opac(apdu, inner)
            if inner.tag in _STRINGS:
                return Cut(syntax, content(apdu, inner))
            return Cut(None, b"")
        elif part.tag == 1:  # octet-aligned
            return Cut(syntax, content(apdu, part))
        elif part.tag == 2:  # arbitrary: a BIT STRING, whose first octet counts its unused bits
            return Cut(syntax, content(apdu, part)[1:])
    return Cut(syntax, b"")


def _opac(apdu: bytes, record: Element) -> Cut:
    """Return the bibliographic record inside an OPAC record, with its holdings as they came."""
    bibliographic = Cut(None, b"")
    holdings = b""
    for part in elements(apdu, record.begin, record.end):
        if part.tag == 1:
            inner = next(elements(apdu, part.begin, part.end), None)
            # Tagged implicitly by the standard; some wrap the EXTERNAL whole.
            bibliographic = _cut(apdu, inner if inner is not None and inner.tag == EXTERNAL else part)
        elif part.tag == 2:
            holdings = apdu[part.begin : part.end]
    return Cut(bibliographic.syntax, bibliographic.octets, holdings, is_opac=True)


def _diagnostic(apdu: bytes, element: Element, depth: int = 0) -> Diagnostic:
    """Return a diagnostic, whether in the default form or inside an EXTERNAL."""
    number: int | None = None
    details = ""
    is_known = True
    for part in elements(apdu, element.begin, element.end):
        if part.tag == OBJECT_IDENTIFIER:
            is_known = apdu[part.begin : part.end] == DIAGNOSTIC_OCTETS
        elif part.tag == INTEGER:
            number = integer(apdu, part)
        elif part.tag in _STRINGS:
            details = content(apdu, part).decode("utf-8", "replace")[:200]
        elif part.is_constructed and number is None and depth < _MOST_DEPTH:
            inner = _diagnostic(apdu, part, depth + 1)
            if inner.number is not None:
                return inner
    # Many leave the set out or name their own, and mean bib-1 by the number all the same.
    return Diagnostic(number if is_known or (number is not None and number < 2000) else None, details)


def diagnostics_within(apdu: bytes) -> tuple[Diagnostic, ...]:
    """Return the diagnostics that stand anywhere in an APDU: those of a refused Init have no fixed place."""
    found: list[Diagnostic] = []

    def look(element: Element, depth: int) -> None:
        if not element.is_constructed or depth > _MOST_DEPTH:
            return
        parts = list(elements(apdu, element.begin, element.end))
        tags = [part.tag for part in parts]
        if tags[:2] == [OBJECT_IDENTIFIER, INTEGER] and apdu[parts[0].begin : parts[0].end] == DIAGNOSTIC_OCTETS:
            found.append(_diagnostic(apdu, element))
            return
        for part in parts:
            look(part, depth + 1)

    for outer in elements(apdu):
        look(outer, 0)
    return tuple(found)
