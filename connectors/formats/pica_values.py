"""Readers of PICA fields, and of the copies of each library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.formats.agents import build_person
from connectors.formats.draft import TitleStatement
from connectors.formats.fields import MarcField
from connectors.formats.headings import web_address
from connectors.formats.holdings import text_of
from connectors.formats.numbers import bare
from connectors.formats.tidy import tidy, undot
from connectors.formats.titles import build_statement, volume_of
from engine.model import (
    Availability,
    ClassNumber,
    Holding,
    Host,
    Identifier,
    Person,
    PersonKind,
    Scheme,
    Series,
    Service,
)
from engine.normalise.identifiers import doi, handle, isbn, issn, lccn, oclc


def unmark(text: str) -> str:
    """Return text without the @ that stands before its first word for sorting.

    >>> unmark("Die @Kunst der Fuge")
    'Die Kunst der Fuge'
    """
    before, mark, after = text.partition("@")
    return before + after if mark and (not before or before[-1] in " ([") else text


def title_statement(field: MarcField, _codes: str) -> Iterator[TitleStatement]:
    """Read 021A: $a title, $d subtitle, $f parallel title, $l number, $h responsibility."""
    statement = build_statement(
        unmark(field.first("a") or field.first("8") or ""),
        field.every("d"),
        [unmark(text) for text in field.every("f")],
        field.every("l"),
        [],
        field.first("h"),
    )
    if statement is not None:
        yield statement


def volumes(field: MarcField, codes: str) -> Iterator[str]:
    """Read the number of a part."""
    if (text := field.first(codes)) and (found := volume_of(text)):
        yield found


def part_titles(field: MarcField, _codes: str) -> Iterator[str]:
    """Read 021B: the title of a part."""
    if found := undot(tidy(unmark(field.first("a") or ""))):
        yield found


def other_titles(field: MarcField, codes: str) -> Iterator[str]:
    """Read another form of the title."""
    for text in field.every(codes):
        if found := undot(tidy(unmark(text))):
            yield found


def person(field: MarcField, _codes: str) -> Iterator[tuple[Person, bool]]:
    """Read 028x: $A or $a family name, $D or $d given names, $P or $5 a name in direct order, $8 the whole of it."""
    family, given = field.first("Aa"), field.first("Dd")
    if family:
        prefix = field.first("Cc")
        name = f"{family}, {given}" if given else family
        name = f"{name} {prefix}" if prefix else name
    else:
        name = field.first("P5") or (field.first("8") or "").partition(" [")[0].partition(" ; ")[0]
    dates = field.first("hM") or "-".join(filter(None, (field.first("E"), field.first("F"))))
    built = build_person(unmark(name), kind=PersonKind.PERSON, dates=dates, roles=field.every("4B"))
    if built is not None:
        yield built


def body(field: MarcField, _codes: str) -> Iterator[tuple[Person, bool]]:
    """Read 029x and 030F: bodies and meetings."""
    name = field.first("Aa") or (field.first("8") or "").partition(" [")[0]
    kind = PersonKind.MEETING if field.tag == "030F" else PersonKind.CORPORATE
    built = build_person(unmark(name), kind=kind, units=field.every("b"), roles=field.every("4B"))
    if built is not None:
        yield built


def extent(field: MarcField, codes: str) -> Iterator[str]:
    """Read one piece of the extent."""
    if found := tidy(" ".join(field.every(codes))):
        yield found


def series(field: MarcField, codes: str) -> Iterator[Series]:
    """Read a series and the number in it ($l)."""
    if title := undot(tidy(unmark(field.first(codes) or (field.first("8") or "").partition(" [")[0]))):
        yield Series(title, text_of(field, "l"))


def subject(field: MarcField, _codes: str) -> Iterator[str]:
    """Read a heading, or one link of a chain of them."""
    line = field.first("a") or (field.first("8") or "").partition(" [")[0].partition(" ; ")[0]
    parts = [undot(tidy(text)) for text in (line, *field.every("xyz"))]
    if found := " -- ".join(filter(None, parts)):
        yield found


def other_numbers(field: MarcField, codes: str) -> Iterator[Identifier]:
    """Read identifiers by their tag."""
    for text in field.every(codes):
        found: Identifier | None = None
        match field.tag:
            case "004V":
                found = doi(text)
            case "004R":
                found = handle(text)
            case "006A":
                found = lccn(text)
            case "003O":
                found = oclc(text)
            case _ if value := tidy(text):
                found = Identifier(Scheme.NBN, value)
        if found is not None:
            yield found


_CLASSES = {"045A": "lcc", "045B": "ddc", "045F": "ddc"}


def class_numbers(field: MarcField, codes: str) -> Iterator[ClassNumber]:
    """Read class numbers."""
    text = field.first(codes)
    if text and (number := tidy(text.partition(" [")[0]).replace("/", "")):
        yield ClassNumber(_CLASSES.get(field.tag, "local"), number)


def host(field: MarcField, _codes: str) -> Iterator[Host]:
    """Read 039B: what an article stands in."""
    title = field.first("t") or (field.first("8") or "").partition(" [")[0] or field.first("a") or ""
    if found := undot(tidy(unmark(title))):
        journal, book = issn(bare(field.first("X") or "")), isbn(bare(field.first("Z") or ""))
        yield Host(found, issn=journal.value if journal else None, isbn=book.value if book else None)


def enumeration(field: MarcField, _codes: str) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Read 031A: $d volume, $e issue, $h pages of an article."""
    yield text_of(field, "d"), text_of(field, "e"), text_of(field, "h")


# 209A $d, the sign of use: what is said for good, not whether a copy is out today.
_USE = {
    "i": (Availability(Service.PRESENTATION, available=True), Availability(Service.LOAN, available=False)),
    "c": (Availability(Service.PRESENTATION, available=True), Availability(Service.LOAN, available=False)),
    "g": (Availability(Service.PRESENTATION, available=False), Availability(Service.LOAN, available=False)),
    "z": (Availability(Service.LOAN, available=False, limitation="lost"),),
    "a": (Availability(Service.LOAN, available=False, limitation="on order"),),
}


# What of a copy stands where: (tag, subfields, key).
_OF_A_COPY = (
    ("209A", "a", "call_number"), ("209A", "f", "location"), ("209A", "d", "use"), ("209A", "B", "branch"),
    ("209G", "a", "item"), ("209R", "uU", "url"), ("209S", "uU", "url"), ("237A", "a", "note"),
    ("231B", "a", "volumes"), ("231@", "a", "volumes"),
)  # fmt: skip


def holdings(fields: Sequence[MarcField]) -> list[Holding]:
    """Return a holding for each copy, told from the next by its occurrence. 101@ tells the library they belong to."""
    found: list[Holding] = []
    library: str | None = None
    copy: dict[str, str] = {}
    occurrence = ""
    for field in fields:
        is_new_library = field.tag == "101@"
        if copy and (is_new_library or (field.tag[:1] == "2" and field.occurrence != occurrence)):
            found.append(_holding(copy, library))
            copy = {}
        if is_new_library:
            library = field.first("a")
        elif field.tag[:1] == "2":
            occurrence = field.occurrence
            for tag, codes, key in _OF_A_COPY:
                if tag == field.tag and (text := field.first(codes)) and (clean_text := tidy(text)):
                    copy.setdefault(key, clean_text)
    if copy:
        found.append(_holding(copy, library))
    return found


def _holding(copy: dict[str, str], library: str | None) -> Holding:
    url = copy.get("url", "")
    return Holding(
        branch=copy.get("branch") or library,
        location=copy.get("location"),
        call_number=copy.get("call_number"),
        item=copy.get("item"),
        availability=_USE.get(copy.get("use", "")),
        note=copy.get("volumes") or copy.get("note"),
        url=url if web_address(url) else None,
    )
