"""A title -> what a page shows of it, in one language. Pure; nothing here writes HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from engine.availability import Told
from engine.export.coins import coins
from engine.model import Edition, Holding, LinkKind, Material, Person, Reason, Record, Role, Title
from engine.normalise.languages import language_tag
from engine.sentences import Language, say
from engine.web.views import Members, held_by, is_to_be_had, name_of, title_path

SHOWN_PEOPLE = 3
SHOWN_LIBRARIES = 4
SHOWN_YEARS = 6


class CopyLine(NamedTuple):
    """One holding as a line: where it stands, and whether it is to be had (None: not told)."""

    text: str
    call_number: str | None
    is_available: bool | None
    told: str
    url: str | None


class LibraryLines(NamedTuple):
    """A library's holdings, and its own page for the record. `told` says how old its word on them is."""

    name: str
    url: str | None
    copies: tuple[CopyLine, ...]
    told: str = ""


class Row(NamedTuple):
    """A title as a row of the list."""

    id: str
    path: str
    heading: str
    lang: str | None
    people: str
    published: str
    kind: str
    editions: str
    libraries: str
    availability: str
    is_free: bool
    online_url: str | None
    held: tuple[LibraryLines, ...]
    reasons: tuple[str, ...]
    joins: tuple[str, ...]
    age: str
    coins: str


def text(code: str, language: Language, **values: str | float) -> str:
    """Return a sentence of the pages."""
    return say(Reason(f"page.{code}", dict(values)), language)


def web_address(url: str | None) -> str | None:
    """Return an address if it may be a link: http or https, with a host, without controls.

    >>> web_address("https://lib.example/1"), web_address("javascript:alert(1)"), web_address("https://a b/")
    ('https://lib.example/1', None, None)
    """
    if not url or any(letter <= " " or letter == "\x7f" for letter in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def heading(record: Record) -> str:
    """Return the title with subtitle, volume and title of the part."""
    whole = record.title if not record.subtitle else f"{record.title}: {record.subtitle}"
    if record.volume:
        whole = f"{whole}. {record.volume}" if not record.volume.isdecimal() else f"{whole}. T. {record.volume}"
    return f"{whole}: {record.part_title}" if record.part_title else whole


def heading_language(record: Record, language: Language) -> str | None:
    """Return the tag of the one language of a record; None where it is the page's, or not known for sure."""
    tag = language_tag(record.languages[0]) if len(record.languages) == 1 else None
    return tag if tag != language else None


def person_text(person: Person, language: Language) -> str:
    """Return a name, with the role where it is not the author's."""
    if person.role in {Role.AUTHOR, Role.OTHER}:
        return person.name
    return f"{person.name} ({text(f'role.{person.role.value}', language)})"


def people_text(people: Sequence[Person], language: Language) -> str:
    """Return the first people in a line."""
    shown = "; ".join(person_text(person, language) for person in people[:SHOWN_PEOPLE])
    more = len(people) - SHOWN_PEOPLE
    return f"{shown} {text('and-people', language, count=more)}" if more > 0 else shown


def published_text(record: Record) -> str:
    """Return place, publisher, year and edition in a line."""
    imprint = ": ".join(part for part in (record.place, record.publisher) if part)
    parts = [imprint, str(record.year) if record.year is not None else "", record.edition or ""]
    return ", ".join(part for part in parts if part)


def kind_text(record: Record, language: Language) -> str:
    """Return the kind of thing, with the degree of a thesis; nothing for a plain book."""
    if record.material is None or record.material is Material.BOOK:
        return ""
    kind = text(f"material.{record.material.value}", language)
    return f"{kind} ({text(f'degree.{record.degree.value}', language).lower()})" if record.degree else kind


def age_text(age_s: float, language: Language) -> str:
    """Return an age in its largest unit.

    >>> age_text(7300.0, "en")
    '2 h'
    """
    for unit, seconds in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if age_s >= seconds:
            return text(f"age.{unit}", language, count=int(age_s // seconds))
    return text("age.seconds", language, count=max(int(age_s), 1))


def _copy_line(holding: Holding, language: Language) -> CopyLine:
    where = ", ".join(part for part in (holding.branch, holding.location) if part)
    told = {True: text("available-now", language), False: text("not-available", language), None: ""}[
        is_to_be_had(holding)
    ]
    if holding.copies is not None and holding.copies > 1:
        free = holding.copies_available
        count = (
            text("copies", language, count=holding.copies)
            if free is None
            else text("copies-free", language, free=free, count=holding.copies)
        )
        told = count if free is not None or not told else f"{told}, {count}"
    expected = next((one.expected for one in holding.availability or () if not one.available and one.expected), None)
    if expected and expected != "unknown":
        told = f"{told}, {text('expected', language, date=expected)}"
    line = ", ".join(part for part in (where, holding.note) if part)
    return CopyLine(line, holding.call_number, is_to_be_had(holding), told, web_address(holding.url))


def library_lines(
    editions: Sequence[Edition],
    members: Members,
    language: Language,
    told: Mapping[tuple[str, str], Told] | None = None,
) -> tuple[LibraryLines, ...]:
    """Return the holdings of editions by library. `told` says of records how old the word on their copies is."""
    records = tuple(record for edition in editions for record in edition.records)
    return tuple(
        LibraryLines(
            getattr(one.name, language),
            web_address(one.url),
            tuple(_copy_line(holding, language) for holding in one.holdings),
            _told_text([word for key, word in (told or {}).items() if key in _keys(records, one.member)], language),
        )
        for one in held_by(records, members)
    )


def _keys(records: Sequence[Record], member: str) -> set[tuple[str, str]]:
    return {(record.member, record.id) for record in records if record.member == member}


def _told_text(words: Sequence[Told], language: Language) -> str:
    """Return how old a library's word on its copies is, the oldest of several, and why it could not be asked now."""
    problem = next((word.problem for word in words if word.problem is not None), None)
    ages = [word.age_s for word in words if word.age_s is not None]
    age = text("copies-aged", language, age=age_text(max(ages), language)) if ages else ""
    return f"{say(problem, language)} {age}".strip() if problem is not None else age


def _short_name(member: str, members: Members, language: Language) -> str:
    known = members.get(member)
    return (known.short_name if known else None) or str(getattr(name_of(member, members), language))


def libraries_text(title: Title, members: Members, language: Language) -> str:
    """Return how many libraries hold a title, and which."""
    names = ", ".join(_short_name(member, members, language) for member in title.members[:SHOWN_LIBRARIES])
    more = len(title.members) - SHOWN_LIBRARIES
    if more > 0:
        names = f"{names} {text('and-others', language, count=more)}"
    count = len(title.members)
    return text("held-by-one" if count == 1 else "held-by", language, count=count, names=names)


def _told_by_library(title: Title) -> dict[str, bool | None]:
    """Return of each library whether it has a copy to be had now, None where it did not say."""
    return {
        record.member: is_to_be_had(holding)
        for edition in title.editions
        for record in edition.records
        for holding in sorted(record.holdings, key=lambda holding: is_to_be_had(holding) or False)
    }


def _libraries_with_free_copies(title: Title) -> int:
    return sum(found is True for found in _told_by_library(title).values())


def _availability_text(title: Title, language: Language) -> str:
    told = _told_by_library(title)
    free = _libraries_with_free_copies(title)
    if free:
        return text("available-at" if free > 1 else "available-at-one", language, count=free)
    return text("not-available", language) if told and all(found is False for found in told.values()) else ""


def online_address(title: Title) -> str | None:
    """Return where the title can be read at once, if anywhere."""
    for edition in title.editions:
        for link in edition.merged.links:
            if link.kind is LinkKind.FULL_TEXT and (address := web_address(link.url)):
                return address
    return None


def _editions_text(title: Title, language: Language) -> str:
    others = title.editions[1:]
    if not others:
        return ""
    first = title.editions[0].merged.year
    years = sorted({one.merged.year for one in others if one.merged.year is not None} - {first}, reverse=True)
    if not years:
        return text("other-editions-count", language, count=len(others))
    shown = ", ".join(map(str, years[:SHOWN_YEARS]))
    return text("other-editions", language, years=f"{shown}, …" if len(years) > SHOWN_YEARS else shown)


def row_of(
    title: Title, members: Members, language: Language, told: Mapping[tuple[str, str], Told] | None = None
) -> Row:
    """Return a title as a row. `told` says of its records how old the word on their copies is."""
    merged = title.editions[0].merged
    return Row(
        id=title.id,
        path=title_path(title.id),
        heading=heading(merged),
        lang=heading_language(merged, language),
        people=people_text(merged.people, language) or (merged.responsibility or ""),
        published=published_text(merged),
        kind=kind_text(merged, language),
        editions=_editions_text(title, language),
        libraries=libraries_text(title, members, language),
        availability=_availability_text(title, language),
        is_free=_libraries_with_free_copies(title) > 0,
        online_url=online_address(title),
        held=library_lines(title.editions, members, language, told),
        reasons=tuple(dict.fromkeys(say(reason, language) for reason in title.reasons)),
        joins=joins_text(title, language),
        age=text("aged", language, age=age_text(title.age_s, language)) if title.age_s is not None else "",
        coins=coins(merged),
    )


def joins_text(title: Title, language: Language) -> tuple[str, ...]:
    """Return why the parts of a title are one, each sentence once."""
    joins = [*title.joins, *(join for edition in title.editions for join in edition.joins)]
    return tuple(dict.fromkeys(say(join, language) for join in joins))
