"""Subjects, series, notes, hosts and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from connectors.formats.fields import MarcField
from connectors.formats.numbers import bare
from connectors.formats.tidy import tidy, undot
from engine.model import Host, Link, LinkKind, Series
from engine.normalise.identifiers import isbn, issn

# What stands before a part of a heading: subdivisions after dashes, dates and titles of honour after a comma.
_GLUE = dict.fromkeys("vxyz", " -- ") | dict.fromkeys("cdq", ", ") | dict.fromkeys("btnp", ". ")


def subject(field: MarcField, codes: str) -> tuple[str, ...]:
    """Read a heading: names with dates and titles as a card has them, subdivisions after ` -- `."""
    line = ""
    for code, text in field.subfields:
        if code in codes and (part := _part(text)):
            line = f"{line}{_GLUE.get(code, ' ')}{part}" if line else part
    return (line,) if line else ()


@lru_cache(maxsize=8192)
def _part(text: str) -> str:
    """Return one part of a heading, clean; remembered, since the records of one answer share their subjects."""
    return undot(tidy(text))


# Marks of the book trade that the German national library keeps among its keywords.
_TRADE = ("(Produktform)", "(VLB-", "(Zielgruppe)", "(Produktrabattgruppe)", "(Altersempfehlung)")


def keywords(field: MarcField, codes: str) -> Iterator[str]:
    """Read uncontrolled keywords (653), of which several may stand in one subfield; "(lcsh)" before one is dropped."""
    for text in field.every(codes):
        for part in text.split(";"):
            word = undot(tidy(part))
            if word.startswith("("):
                word = "" if word.startswith(_TRADE) else word.partition(")")[2].strip() or word
            if word:
                yield word


def series(field: MarcField, codes: str) -> Iterator[Series]:
    """Read a series and the number in it ($v)."""
    title = ". ".join(filter(None, (undot(tidy(text)) for text in field.every(codes))))
    if title:
        number = field.first("v")
        yield Series(title, (tidy(number).rstrip(".") or None) if number else None)


def host(field: MarcField, _codes: str) -> Iterator[Host]:
    """Read what an article stands in (773): $t title, $x ISSN, $z ISBN, $g volume, issue and pages."""
    title = tidy(field.first("t") or field.first("a") or "")
    if title:
        volume, issue, pages = _place_in_host(field)
        number = issn(bare(field.first("x") or ""))
        book = isbn(bare(field.first("z") or ""))
        yield Host(
            undot(title),
            issn=number.value if number else None,
            isbn=book.value if book else None,
            volume=volume,
            issue=issue,
            pages=pages,
        )


def enumeration(field: MarcField, _codes: str) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Read the place in a host from a field 773 that names none, as the German national library writes it."""
    if not field.first("t") and any(place := _place_in_host(field)):
        yield place


def _place_in_host(field: MarcField) -> tuple[str | None, str | None, str | None]:
    return parse_enumeration(tidy("; ".join(field.every("g")) or field.first("q") or ""))


_VOLUME = re.compile(r"\b(?:volume|vol|v|bd|jg|t|tập|tome|tom)\b[.:]?\s*(\d+)", re.IGNORECASE)
_ISSUE = re.compile(r"\b(?:number|no|nr|n|số|issue|iss|heft|h|hft)\b[.:]?°?\s*(\d+(?:[-/]\d+)?)", re.IGNORECASE)
_PAGES = re.compile(r"\b(?:pages?|pp?|s|tr|trang|seiten?)\b[.:]?\s*(\d+(?:\s*[-–]\s*\d+)?)", re.IGNORECASE)
_DASH = re.compile(r"\s*[-–]\s*")
_SICI = re.compile(r"(\d+)(?::(\d+))?<(\d+(?:-\d+)?)")


def parse_enumeration(text: str) -> tuple[str | None, str | None, str | None]:
    """Return volume, issue and pages that a line speaks of.

    >>> parse_enumeration("Vol. 5, no. 3 (2010), p. 12-20"), parse_enumeration("Số 4 (2018), tr. 15-22")
    (('5', '3', '12-20'), (None, '4', '15-22'))
    """
    if found := _SICI.match(text):
        return found[1], found[2], found[3]
    volume, issue, pages = _VOLUME.search(text), _ISSUE.search(text), _PAGES.search(text)
    return volume and volume[1], issue and issue[1], _DASH.sub("-", pages[1]) if pages else None


_CONTENTS = ("content", "inhalt", "mục lục", "muc luc", "table des mati", "sumario", "toc", "index")
_COVER = ("cover", "bìa", "image", "thumbnail", "umschlag")


def links(field: MarcField, codes: str) -> Iterator[Link]:
    """Read http(s) addresses (856 $u): what stands behind them is told by the label, then by the second indicator."""
    label = tidy(field.first("3") or field.first("y") or field.first("z") or "")
    for text in field.every(codes):
        url = text.strip()
        if web_address(url):
            yield Link(url, link_kind(label, field.ind2), label or None)


def web_address(url: str) -> bool:
    """Whether this is an http or https address with a host and no spaces."""
    scheme, _, rest = url.partition("://")
    return scheme.lower() in {"http", "https"} and bool(rest) and rest[0] not in "/ ?#" and " " not in url


def link_kind(label: str, relation: str) -> LinkKind:
    """Return what stands behind a link. `relation` is the second indicator of MARC 856."""
    words = label.lower()
    if any(word in words for word in _CONTENTS):
        return LinkKind.CONTENTS
    if any(word in words for word in _COVER):
        return LinkKind.COVER
    return LinkKind.FULL_TEXT if relation in {"0", "1"} else LinkKind.RELATED
