"""Readers of UNIMARC fields that differ from those of MARC 21."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.formats.agents import build_person
from connectors.formats.draft import TitleStatement
from connectors.formats.fields import MarcField
from connectors.formats.headings import parse_enumeration
from connectors.formats.holdings import text_of
from connectors.formats.numbers import bare
from connectors.formats.tidy import role_of, tidy, undot
from connectors.formats.titles import build_statement
from engine.model import (
    Availability,
    ClassNumber,
    Degree,
    Holding,
    Host,
    Identifier,
    Material,
    Person,
    PersonKind,
    Role,
    Scheme,
    Service,
)
from engine.normalise.identifiers import doi, handle, isbn, issn, oclc
from engine.normalise.imprint import place, publisher
from engine.normalise.materials import degree
from engine.normalise.years import year

# UNIMARC Manual, appendix C: relator codes.
_RELATORS = {
    "005": Role.PERFORMER, "020": Role.EDITOR, "065": Role.OTHER, "070": Role.AUTHOR, "075": Role.AUTHOR,
    "080": Role.INTRODUCER, "100": Role.AUTHOR, "160": Role.OTHER, "170": Role.AUTHOR, "180": Role.CARTOGRAPHER,
    "205": Role.OTHER, "210": Role.AUTHOR, "212": Role.AUTHOR, "220": Role.COMPILER, "230": Role.COMPOSER,
    "250": Role.PERFORMER, "275": Role.PERFORMER, "295": Role.OTHER, "300": Role.DIRECTOR, "305": Role.AUTHOR,
    "340": Role.EDITOR, "350": Role.ILLUSTRATOR, "365": Role.OTHER, "395": Role.OTHER, "440": Role.ILLUSTRATOR,
    "460": Role.OTHER, "555": Role.OTHER, "557": Role.OTHER, "590": Role.PERFORMER, "600": Role.ILLUSTRATOR,
    "605": Role.OTHER, "630": Role.OTHER, "640": Role.REVISER, "650": Role.PUBLISHER, "651": Role.EDITOR,
    "673": Role.ADVISOR, "690": Role.AUTHOR, "710": Role.EDITOR, "721": Role.PERFORMER, "727": Role.ADVISOR,
    "730": Role.TRANSLATOR, "755": Role.PERFORMER, "956": Role.OTHER, "958": Role.OTHER,
}  # fmt: skip
_SUBDIVISIONS = "xyzj"
_KINDS = {"70": PersonKind.PERSON, "71": PersonKind.CORPORATE, "72": PersonKind.PERSON, "73": PersonKind.PERSON}


def title_statement(field: MarcField, _codes: str) -> Iterator[TitleStatement]:
    """Read 200: $a title, $e subtitle, $d parallel, $h number and $i name of a part, $f and $g responsibility."""
    head = ""
    rest: list[str] = []
    parallels: list[str] = []
    numbers: list[str] = []
    parts: list[str] = []
    said: list[str] = []
    for code, text in field.subfields:
        if code == "a" and not head:
            head = text
        elif code == "e":
            rest.append(text)
        elif code in "acd":
            parallels.append(text.lstrip("= "))
        elif code in "hv":
            numbers.append(text)
        elif code == "i":
            parts.append(text)
        elif code in "fg":
            said.append(tidy(text))
    statement = build_statement(head, rest, parallels, numbers, parts, " ; ".join(filter(None, said)) or None)
    if statement is not None:
        yield statement


def access_point(field: MarcField, _codes: str) -> Iterator[tuple[Person, bool]]:
    """Read 70x, 71x, 72x: $a with $b before or behind by the second indicator, $f dates, $4 what they did."""
    kind = _KINDS.get(field.tag[:2], PersonKind.PERSON)
    name, second = field.first("a") or "", field.first("b")
    if kind is PersonKind.PERSON and second:
        name = f"{tidy(name)}, {tidy(second)}" if field.ind2 != "0" else f"{tidy(name)} {tidy(second)}"
    units = field.every("b") if kind is PersonKind.CORPORATE else []
    if kind is PersonKind.CORPORATE and field.ind1 == "1":
        kind = PersonKind.MEETING
    built = build_person(name, kind=kind, units=units, dates=field.first("f") or "", numeration=field.first("d") or "")
    if built is None:
        return
    person, said = built
    codes_said = [text.strip() for text in field.every("4")]
    roles = [_RELATORS.get(text) or role_of(text) or Role.OTHER for text in codes_said]
    role = next((found for found in roles if found is not Role.OTHER), Role.OTHER)
    if roles:
        person, said = Person(person.name, role, person.kind, person.dates), True
    yield person, said


def _is_publication(field: MarcField) -> bool:
    return field.tag == "210" or field.ind2 in {" ", "0", "", "#", "|"}


def publishers(field: MarcField, codes: str) -> Iterator[str]:
    """Read publishers: 210, and 214 with second indicator 0."""
    if _is_publication(field):
        yield from filter(None, map(publisher, field.every(codes)))


def places(field: MarcField, codes: str) -> Iterator[str]:
    """Read places of publication."""
    if _is_publication(field):
        yield from filter(None, map(place, field.every(codes)))


def years(field: MarcField, codes: str) -> Iterator[int]:
    """Read years of publication: "DL 2023", "cop. 1998", "[2021]"."""
    if _is_publication(field):
        for text in field.every(codes):
            if (found := year(text)) is not None:
                yield found


def extent(field: MarcField, codes: str) -> Iterator[str]:
    """Read 215 with the punctuation that UNIMARC leaves out."""
    line = ""
    for code, text in field.subfields:
        if code in codes and (text := tidy(text)):
            line = f"{line}{ {'c': ' : ', 'd': ' ; ', 'e': ' + '}.get(code, ', ') }{text}" if line else text
    if line:
        yield line


def thesis(field: MarcField, _codes: str) -> Iterator[Material]:
    """Say that a thesis note makes it a thesis, unless this is a commercial edition of one."""
    words = " ".join(text for _, text in field.subfields).lower()
    if "texte remanié" not in words and "reproduction" not in words:
        yield Material.THESIS


def degrees(field: MarcField, codes: str) -> Iterator[Degree]:
    """Read the degree of a thesis note, in French too."""
    for text in field.every(codes):
        words = text.lower()
        found = Degree.DOCTOR if "doctorat" in words else Degree.MASTER if "master" in words else degree(tidy(text))
        if found is not None:
            yield found


def remote(field: MarcField, codes: str) -> Iterator[bool]:
    """Read 135 $a: the second code tells the carrier, r is remote."""
    if (field.first(codes) or "")[1:2] == "r":
        yield True


def is_remote(_field: MarcField, _codes: str) -> Iterator[bool]:
    """Say that an electronic resource counts as online."""
    yield True


def subject(field: MarcField, codes: str) -> Iterator[str]:
    """Read a heading: forenames after a comma, subdivisions after ` -- `."""
    line = ""
    for code, text in field.subfields:
        if code not in codes:
            continue
        text = undot(tidy(text))  # noqa: PLW2901 - the text as it should be seen
        if text:
            glue = " -- " if code in _SUBDIVISIONS else (", " if field.tag in {"600", "604"} else ". ")
            line = f"{line}{glue}{text}" if line else text
    if line:
        yield line


def other_numbers(field: MarcField, codes: str) -> Iterator[Identifier]:
    """Read numbers other than ISBN and ISSN by what tag and source say they are."""
    source = (field.first("2") or "").strip().lower()
    for text in field.every(codes):
        value = tidy(text)
        lower = value.lower()
        found: Identifier | None = None
        if source == "doi" or "doi.org/" in lower:
            found = doi(value)
        elif source == "hdl" or "hdl.handle.net/" in lower:
            found = handle(value)
        elif field.tag == "035":
            found = oclc(value) if "ocolc" in lower else None
        elif value:
            scheme = {"013": Scheme.ISMN, "020": Scheme.NBN, "033": Scheme.URI, "071": Scheme.PUBLISHER_NUMBER}
            found = Identifier(scheme.get(field.tag, Scheme.OTHER), value)
        if found is not None:
            yield found


_CLASSES = {"675": "udc", "676": "ddc", "680": "lcc"}


def class_numbers(field: MarcField, codes: str) -> Iterator[ClassNumber]:
    """Read 675, 676, 680, and 686 as local."""
    for text in field.every(codes):
        if number := tidy(text).replace("/", ""):
            yield ClassNumber(_CLASSES.get(field.tag, "local"), number)


def host(field: MarcField, _codes: str) -> Iterator[Host]:
    """Read what an article stands in: $t, or the field 200 that is embedded after $1."""
    name = field.first("t")
    embedded = ""
    numbers: dict[str, str] = {}
    for code, text in field.subfields:
        if code == "1":
            embedded = text[:3]
        elif embedded == "200" and code == "a" and name is None:
            name = text
        elif embedded in {"010", "011"} and code == "a":
            numbers[embedded] = text
    if title := undot(tidy(name or "")):
        volume, issue, pages = parse_enumeration(tidy(field.first("v") or ""))
        book = isbn(bare(field.first("y") or numbers.get("010", "")))
        journal = issn(bare(field.first("x") or numbers.get("011", "")))
        yield Host(
            title,
            issn=journal.value if journal else None,
            isbn=book.value if book else None,
            volume=volume,
            issue=issue,
            pages=pages or text_of(field, "p"),
        )


def sudoc_holding(field: MarcField, _codes: str) -> Iterator[Holding]:
    """Read 930 of SUDOC: $b the library's number (RCR), $a call number, $j what may be done with it."""
    branch = text_of(field, "b") or (field.first("5") or "").partition(":")[0].strip() or None
    policy = (field.first("j") or "").strip().lower()
    found = Holding(
        branch=branch,
        location=text_of(field, "c"),
        call_number=text_of(field, "a") or text_of(field, "d"),
        availability=_SUDOC_POLICIES.get(policy),
        note=text_of(field, "z"),
    )
    if found != Holding():
        yield found


# 930 $j: u lends to other libraries, f copies for them, g neither.
_SUDOC_POLICIES = {
    "u": (Availability(Service.INTERLOAN, available=True),),
    "g": (Availability(Service.INTERLOAN, available=False),),
}


def holding_995(field: MarcField, _codes: str) -> Iterator[Holding]:
    """Read 995, the French recommendation: $b library, $e shelf, $k call number, $f barcode, $n due date.

    Koha adds the number of the item ($9) and its states: $0 withdrawn, $2 lost, $3 restricted, $o not for loan.
    """
    due = (field.first("n") or "").strip()
    state = (field.first("o") or "").strip().lower()
    availability: tuple[Availability, ...] | None = None
    if field.first("9"):
        availability = _koha_995(field, due)
    elif due:
        availability = (Availability(Service.LOAN, available=False, expected=due[:10]),)
    elif state in {"0", "1"}:
        availability = (Availability(Service.LOAN, available=True),)
    elif state:
        availability = (Availability(Service.LOAN, available=False),)
    found = Holding(
        branch=text_of(field, "c") or text_of(field, "b") or text_of(field, "a"),
        location=text_of(field, "e"),
        call_number=text_of(field, "k"),
        item=text_of(field, "f"),
        availability=availability,
        note=text_of(field, "u"),
    )
    if found != Holding():
        yield found


def _koha_995(field: MarcField, due: str) -> tuple[Availability, ...] | None:
    """Return what Koha's states of an item mean in UNIMARC, None where none of them is told."""
    states = {code: (field.first(code) or "").strip() for code in _KOHA_995 if field.first(code) is not None}
    if not states and not due:
        return None
    held = [code for code in _KOHA_995 if states.get(code, "0") not in {"0", ""}]
    is_ordered = states.get("o", "").startswith("-")
    limitation = "on order" if is_ordered else next((_KOHA_995[code] for code in held), None)
    is_here = not due and not is_ordered and not {"0", "2"} & set(held)
    return (
        Availability(Service.LOAN, available=not held and not due, expected=due[:10] or None, limitation=limitation),
        Availability(Service.PRESENTATION, available=is_here, expected=due[:10] or None),
    )


_KOHA_995 = {"2": "lost", "0": "withdrawn", "o": "not for loan", "3": "restricted"}


def sudoc_summary(field: MarcField, codes: str) -> Iterator[str]:
    """Read which volumes of a journal a library has."""
    if line := " ".join(filter(None, map(tidy, field.every(codes)))):
        yield line
