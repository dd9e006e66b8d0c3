"""What single values of Dublin Core mean. Each takes one text and returns what it says of one target."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connectors.formats.agents import build_person
from connectors.formats.draft import TitleStatement
from connectors.formats.headings import link_kind, parse_enumeration, web_address
from connectors.formats.tidy import role_of, tidy, unbracket, undot
from connectors.formats.titles import build_statement
from engine.model import (
    ClassNumber,
    Degree,
    Host,
    Identifier,
    Link,
    LinkKind,
    Material,
    Person,
    PersonKind,
    Role,
    Scheme,
    Series,
)
from engine.normalise.identifiers import doi, handle, isbn, issn, recognise
from engine.normalise.imprint import place, publisher
from engine.normalise.languages import language
from engine.normalise.materials import degree, material
from engine.normalise.years import year

NAMES_OF_RECORDS = frozenset({Scheme.HANDLE, Scheme.DOI, Scheme.NBN, Scheme.URI})
_LONG = 160
_ROLE_IN_BRACKETS = re.compile(r"\s*[(\[](?P<role>[^()\[\]\d]{2,40})[)\]]\s*$")
_BODY_WORDS = (
    "university", "universität", "université", "institut", "trường", "đại học", "học viện", "viện ", "bộ ", "sở ",
    "ủy ban", "uỷ ban", "công ty", "trung tâm", "hội ", "ban ", "khoa ", "ministry", "society", "association",
    "verlag", "department", "centre", "center", "bibliothek", "library", "bank", "organization", "organisation",
)  # fmt: skip
_DDC = re.compile(r"(?:(?:ddc|dewey)[ :]*)?(\d{3}(?:\.\d+)?)", re.IGNORECASE)
_EXTENT = re.compile(r"\d\s*(?:tr|p|pp|s|pages?|trang|seiten|bl|kb|mb|phút|min|cm)\b", re.IGNORECASE)


def line(text: str) -> Iterator[str]:
    """Say the text itself."""
    if found := tidy(text):
        yield found


def title(text: str) -> Iterator[TitleStatement]:
    """Read a title, taken apart where it is punctuated as in a card catalogue."""
    if (found := build_statement(text.lstrip("\ufeff "), [], [], [], [], None)) is not None:
        yield found


def _names(text: str) -> list[str]:
    return [name for part in text.split(";") if (name := part.strip())]


def _kind(name: str) -> PersonKind:
    words = f"{name.lower()} "
    is_body = "," not in name and any(words.startswith(word) or f" {word}" in words for word in _BODY_WORDS)
    return PersonKind.CORPORATE if is_body else PersonKind.PERSON


def agents(text: str, role: Role | None) -> Iterator[tuple[Person, bool]]:
    """Read names, a role in brackets behind a name, and otherwise the role given."""
    for name in _names(text):
        roles: list[str] = []
        if (found := _ROLE_IN_BRACKETS.search(name)) and role_of(found["role"]) is not None:
            roles, name = [found["role"]], name[: found.start()]  # noqa: PLW2901 - the name without its role
        built = build_person(name, kind=_kind(name), roles=roles)
        if built is None:
            continue
        person, said = built
        if role is not None and not (said and person.role is not Role.OTHER):
            person, said = Person(person.name, role, person.kind, person.dates), True
        yield person, said


def authors(text: str) -> Iterator[tuple[Person, bool]]:
    """Read authors."""
    yield from agents(text, Role.AUTHOR)


def contributors(text: str) -> Iterator[tuple[Person, bool]]:
    """Read contributors, who may be anything; a publisher among them is no person."""
    for person, said in agents(text, None):
        if person.role is not Role.PUBLISHER:
            yield person, said


def advisors(text: str) -> Iterator[tuple[Person, bool]]:
    """Read advisors of a thesis."""
    yield from agents(text, Role.ADVISOR)


def editors(text: str) -> Iterator[tuple[Person, bool]]:
    """Read editors."""
    yield from agents(text, Role.EDITOR)


def translators(text: str) -> Iterator[tuple[Person, bool]]:
    """Read translators."""
    yield from agents(text, Role.TRANSLATOR)


def illustrators(text: str) -> Iterator[tuple[Person, bool]]:
    """Read illustrators."""
    yield from agents(text, Role.ILLUSTRATOR)


def publishers(text: str) -> Iterator[str]:
    """Read a publisher, with or without its place before a colon."""
    if found := publisher(text.rpartition(" : ")[2]):
        yield found


def publishers_among(text: str) -> Iterator[str]:
    """Read publishers among contributors, as K10plus tells them."""
    for person, _ in agents(text, None):
        if person.role is Role.PUBLISHER:
            yield person.name


def places_of_publishers(text: str) -> Iterator[str]:
    """Read the place before a publisher."""
    before, colon, _ = text.rpartition(" : ")
    if colon and (found := place(before)):
        yield found


def places(text: str) -> Iterator[str]:
    """Read a place."""
    if found := place(text):
        yield found


def years(text: str) -> Iterator[int]:
    """Read a year from a date of any form."""
    if (found := year(text)) is not None:
        yield found


def plain_years(text: str) -> Iterator[int]:
    """Read a year from a date without time of day: a time is when a server took the record in."""
    if "T" not in text:
        yield from years(text)


def languages(text: str) -> Iterator[str]:
    """Read a language."""
    for part in re.split(r"[;,/]", text):
        if (word := part.strip()) and (found := language(word)) is not None:
            yield found


def materials(text: str) -> Iterator[Material]:
    """Read the type, in words of any language the engine knows."""
    if (found := material(unbracket(tidy(text.rpartition("/")[2])))) is not None:
        yield found


def degrees(text: str) -> Iterator[Degree]:
    """Read the degree, where a short text speaks of one."""
    if len(text) < _LONG and (found := degree(tidy(text))) is not None:
        yield found


def online(text: str) -> Iterator[bool]:
    """Read a media type: a file is online."""
    word = text.strip().lower()
    if word.startswith(("application/", "text/html", "image/", "audio/", "video/")) or word in {"pdf", "epub"}:
        yield True


def extents(text: str) -> Iterator[str]:
    """Read a format that speaks of pages, minutes or centimetres."""
    if _EXTENT.search(text) and (found := tidy(text)):
        yield found


def series(text: str) -> Iterator[Series]:
    """Read a series and the number after a semicolon."""
    if web_address(text.strip()):
        return
    name, _, number = text.partition(";")
    if found := undot(tidy(name)):
        yield Series(found, tidy(number) or None)


def subjects(text: str) -> Iterator[str]:
    """Read subjects, several in one text apart by semicolons; class numbers and addresses are none."""
    for part in text.split(";"):
        word = undot(tidy(part))
        if word and not _DDC.fullmatch(word) and not web_address(word):
            yield word


def classes(text: str) -> Iterator[ClassNumber]:
    """Read a text that is nothing but a Dewey number, its name before it or not ("DDC 338.5", "ddc:330")."""
    if found := _DDC.fullmatch(text.strip()):
        yield ClassNumber("ddc", found[1])


def long_descriptions(text: str) -> Iterator[str]:
    """Read a description long enough to be a summary."""
    if len(text) >= _LONG and (found := tidy(text)):
        yield found


def short_descriptions(text: str) -> Iterator[str]:
    """Read a description short enough to be a note."""
    if len(text) < _LONG and (found := tidy(text)):
        yield found


def identifiers(text: str) -> Iterator[Identifier]:
    """Read an identifier by what it looks like."""
    value = text.strip()
    lower = value.lower()
    if "doi.org/" in lower or lower.startswith(("doi:", "10.")):
        found = doi(value)
    elif "/handle/" in lower or "hdl.handle.net/" in lower or lower.startswith("hdl:"):
        found = handle(value)
    elif "issn" in lower:
        found = issn(value.rpartition(":")[2] if ":" in value else re.sub("(?i)issn", "", value))
    elif "isbn" in lower:
        found = isbn(value.rpartition(":")[2] if ":" in value else re.sub("(?i)isbn", "", value))
    elif lower.startswith("urn:nbn"):
        found = Identifier(Scheme.NBN, value)
    elif web_address(value):
        found = None
    else:
        found = recognise(value)
        if found is None and len(value) < 60 and (other := tidy(value)):
            found = Identifier(Scheme.OTHER, other)
    if found is not None:
        yield found


def hosts(text: str) -> Iterator[Host]:
    """Read a citation: the title of a journal, then where in it."""
    value = tidy(text)
    if web_address(value) or not value:
        return
    volume, issue, pages = parse_enumeration(value)
    if not (volume or issue or pages):
        return
    name = undot(tidy(re.split(r"[,(;]|\.\s|\bvol\b|\bsố\b|\bno\b|\btập\b", value, maxsplit=1, flags=re.IGNORECASE)[0]))
    if name:
        yield Host(name, volume=volume, issue=issue, pages=pages)


_PAGE_OF_RECORD = ("/handle/", "hdl.handle.net/", "/items/", "/record/", "d-nb.info/")


def pages(text: str) -> Iterator[str]:
    """Read an address that is the record's own page."""
    url = text.strip()
    if web_address(url) and any(part in url for part in _PAGE_OF_RECORD):
        yield url


def links(text: str) -> Iterator[Link]:
    """Read any other address."""
    url = text.strip()
    if web_address(url) and not any(part in url for part in _PAGE_OF_RECORD):
        is_file = url.lower().partition("?")[0].endswith((".pdf", ".epub", ".djvu"))
        kind = LinkKind.FULL_TEXT if is_file else link_kind(url, "")
        yield Link(url, kind)
