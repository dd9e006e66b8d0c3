"""Identifiers and class numbers."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from connectors.formats.fields import MarcField
from connectors.formats.tidy import tidy
from engine.model import ClassNumber, Identifier, Scheme
from engine.normalise import identifiers
from engine.normalise.identifiers import doi, handle, isbn, issn, lccn, oclc

_BY_024 = {"doi": Scheme.DOI, "hdl": Scheme.HANDLE, "uri": Scheme.URI, "urn": Scheme.NBN, "nbn": Scheme.NBN}
_BY_INDICATOR_024 = {"1": Scheme.EAN, "2": Scheme.ISMN, "3": Scheme.EAN}
_CLASS_SCHEMES = {"082": "ddc", "083": "ddc", "092": "ddc", "080": "udc", "050": "lcc", "090": "lcc", "060": "nlm"}


def wrong(found: Identifier) -> Identifier:
    """Return the identifier as one that a cataloguer marked as wrong."""
    return msgspec.structs.replace(found, valid=False)


def bare(text: str) -> str:
    """Return a number without what is written after it: qualifier, price, binding.

    >>> bare("9786041234567 (tập 1) : 45000đ"), bare("0-19-853453-1 (pbk.)")
    ('9786041234567', '0-19-853453-1')
    """
    for end in ("(", ":", ";", ","):
        text = text.partition(end)[0]
    return text.strip()


def isbns(field: MarcField, codes: str) -> Iterator[Identifier]:
    """Read 020: $a, and $z as wrong. What follows the number is dropped; what is no ISBN too."""
    for code, text in field.subfields:
        if code in codes and (found := isbn(bare(text))) is not None:
            yield wrong(found) if code == "z" else found


def issns(field: MarcField, codes: str) -> Iterator[Identifier]:
    """Read 022: $a and $l, and $y and $z as wrong."""
    for code, text in field.subfields:
        if code in codes and (found := issn(bare(text))) is not None:
            yield wrong(found) if code in "yz" else found


def koha_id(field: MarcField, codes: str) -> Iterator[str]:
    """Read Koha's own number of a record (999 $c beside $d), which is what its pages are found under."""
    found = field.every(codes)
    if len(found) == 2 and all(text.isascii() and text.isdigit() for text in found):
        yield found[0]


def first(field: MarcField, codes: str) -> Iterator[str]:
    """Read the first subfield as it is, without spaces around it."""
    if (text := field.first(codes)) and (text := text.strip()):
        yield text


def oclcs(field: MarcField, codes: str) -> list[Identifier]:
    """Read OCLC numbers from 035; numbers of other systems mean nothing to a reader."""
    texts = [text for code, text in field.subfields if code in codes and "OCoLC" in text]
    return [found for text in texts if (found := oclc(text)) is not None]


def lccns(field: MarcField, codes: str) -> Iterator[Identifier]:
    """Read 010 $a."""
    for text in field.every(codes):
        if (found := lccn(text)) is not None:
            yield found


def nbns(field: MarcField, codes: str) -> Iterator[Identifier]:
    """Read 015 $a."""
    for text in field.every(codes):
        if value := tidy(text.partition("(")[0]):
            yield Identifier(Scheme.NBN, value)


def standard_numbers(field: MarcField, codes: str) -> Iterator[Identifier]:
    """Read 024: what it is stands in $2 or in the first indicator."""
    source = (field.first("2") or "").lower()
    for text in field.every(codes):
        if source == "doi":
            found = doi(text)
        elif source == "hdl":
            found = handle(text)
        else:
            value = tidy(text)
            scheme = _BY_024.get(source) or _BY_INDICATOR_024.get(field.ind1, Scheme.OTHER)
            found = identifiers.isbn(value) if scheme is Scheme.EAN else None
            found = found or (Identifier(scheme, value) if value else None)
        if found is not None:
            yield found


def publisher_numbers(field: MarcField, _codes: str) -> Iterator[Identifier]:
    """Read 028: the number with whose it is before it."""
    number, source = field.first("a"), field.first("b")
    if number and (value := tidy(f"{source} {number}" if source else number)):
        yield Identifier(Scheme.PUBLISHER_NUMBER, value)


def class_numbers(field: MarcField, codes: str) -> Iterator[ClassNumber]:
    """Read class numbers; the scheme is the tag's, or of 084 what $2 says."""
    scheme = _CLASS_SCHEMES.get(field.tag)
    if scheme is None:
        source = (field.first("2") or "").strip().lower()
        scheme = source if source in {"ddc", "udc", "lcc", "nlm", "bbk", "rvk"} else "local"
    for text in field.every(codes):
        if number := tidy(text).replace("/", "").replace("'", ""):
            yield ClassNumber(scheme, number)
