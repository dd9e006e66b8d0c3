"""One result as a page or a feed shows it, and the brief record that can be made of it. Pure."""

from __future__ import annotations

import html
import re
from typing import Final
from urllib.parse import parse_qs

import msgspec

from connectors.formats.tidy import tidy, undot
from connectors.formats.titles import build_statement
from engine.model import Holding, Identifier, Person, Record
from engine.normalise import identifiers
from engine.normalise.imprint import place, publisher
from engine.normalise.statements import people
from engine.normalise.years import year
from engine.text import clean

NUMBER: Final = re.compile(r"(?:biblionumber|bib)=(\d{1,12})\b|/bib/(\d{1,12})\b|koha:biblionumber:(\d{1,12})\b")
_BARE_ISBN: Final = re.compile(r"[0-9Xx][0-9Xx-]{8,16}")
_IMPRINT: Final = re.compile(
    r"(?:(?P<place>[^:]{1,120})\s:\s?)?(?P<publisher>.{0,200}?)[,.]?\s*(?P<year>\[?[c©]?\d{4}.{0,10})?$"
)


class Row(msgspec.Struct, frozen=True):
    """One result. `number` is Koha's own of the record. `imprint` is place, publisher and year as printed.

    `holdings` are what the page says of each branch; None where it says nothing.
    """

    number: str
    title: str = ""
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    imprint: str = ""
    place: str = ""
    publisher: str = ""
    date: str = ""
    isbns: tuple[str, ...] = ()
    holdings: tuple[Holding, ...] | None = None


def number_in(address: str) -> str:
    """Return the number of the record that an address is of, "" for no record's.

    >>> number_in("/cgi-bin/koha/opac-detail.pl?biblionumber=15&x=1"), number_in("/bib/7"), number_in("/x")
    ('15', '7', '')
    """
    found = NUMBER.search(address)
    return next(filter(None, found.groups()), "") if found else ""


def record_page(base: str, number: str) -> str:
    """Return the address of a record's public page."""
    return f"{base}/cgi-bin/koha/opac-detail.pl?biblionumber={number}"


def coins(title: str) -> dict[str, tuple[str, ...]]:
    """Return what a COinS says, by key without `rft.`; Koha before 20 escapes its ampersands twice.

    >>> coins("ctx_ver=Z39.88-2004&amp;rft.au=L%C3%AA%20A&amp;rft.au=B")["au"]
    ('Lê A', 'B')
    """
    said = parse_qs(html.unescape(title)[:8000], max_num_fields=100)
    return {key[4:]: tuple(map(clean, values)) for key, values in said.items() if key.startswith("rft.")}


def brief_record(row: Row, *, member: str, base: str) -> Record | None:
    """Return the record that a row describes, None where it has not even a title."""
    statement = build_statement(tidy(row.title), [row.subtitle] if row.subtitle else [], [], [], [], None)
    if statement is None:
        return None
    spot, house, when = _imprint(row)
    return Record(
        member=member,
        id=row.number,
        title=statement.title,
        subtitle=statement.subtitle,
        volume=statement.volume,
        part_title=statement.part_title,
        responsibility=statement.responsibility,
        people=_people(row.authors),
        publisher=house,
        place=spot,
        year=when,
        identifiers=_isbns(row.isbns),
        holdings=row.holdings or (),
        url=record_page(base, row.number),
    )


def _people(authors: tuple[str, ...]) -> tuple[Person, ...]:
    found = [person for text in authors for person in people(undot(tidy(text)))]
    return tuple(dict.fromkeys(found))


def _isbns(texts: tuple[str, ...]) -> tuple[Identifier, ...]:
    bare = (number for text in texts for number in _BARE_ISBN.findall(text))
    return tuple(dict.fromkeys(found for text in bare if (found := identifiers.isbn(text)) is not None))


def _imprint(row: Row) -> tuple[str | None, str | None, int | None]:
    """Return place, publisher and year: as they are told apart, else as the printed line lets them be told."""
    printed = _IMPRINT.match(tidy(row.imprint))
    spot = row.place or (printed["place"] if printed else "") or ""
    house = row.publisher or (printed["publisher"] if printed else "") or ""
    when = year(row.date) or year(row.imprint[-40:])
    return (place(spot) if spot else None), (publisher(house) if house else None), when
