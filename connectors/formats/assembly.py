"""How a Record is made of a draft: which value is told, what is still to be found out from several of them."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

import msgspec

from connectors.formats.draft import Draft, TitleStatement
from connectors.formats.material import words_of_title
from engine.errors import UnreadableError
from engine.model import Holding, Material, Person, PersonKind, Record, Role
from engine.normalise.editions import edition_number
from engine.normalise.materials import degree as degree_of
from engine.normalise.materials import material as material_of
from engine.normalise.names import name_syllables
from engine.normalise.statements import people

_T = TypeVar("_T")


def finish(draft: Draft, member: str) -> Record:
    """Return the Record that a draft makes.

    A record without any title is an UnreadableError: nothing could be shown of it. One without an id gets one that is
    made of its content, so that it stays the same as long as the record does.
    """
    titles = draft.titles or draft.spare_titles
    if titles:
        statement = titles[0]
    elif draft.other_titles:
        statement = TitleStatement(draft.other_titles[0])
    else:
        raise UnreadableError("a record without a title", found=draft.ids[0] if draft.ids else "")
    if statement.is_guess:
        statement = _settled(statement, draft)
    responsibility = draft.responsibilities[0] if draft.responsibilities else statement.responsibility
    _place_in_hosts(draft)
    if words := words_of_title(statement.title, statement.subtitle):
        draft.spare_materials += filter(None, [material_of(words)])
        draft.degrees += filter(None, [degree_of(words)])
    material = _material(draft)
    edition = draft.editions[0] if draft.editions else None
    record = Record(
        member=member,
        id=draft.ids[0] if draft.ids else "",
        title=statement.title,
        subtitle=statement.subtitle,
        volume=statement.volume or _first(draft.volumes),
        part_title=statement.part_title or _first(draft.part_titles),
        other_titles=_other_titles(draft, statement),
        responsibility=responsibility,
        people=_people(draft, responsibility),
        publisher=_first(draft.publishers, draft.spare_publishers),
        place=_first(draft.places),
        year=_first(draft.years, draft.spare_years),
        edition=edition,
        edition_number=edition_number(edition) if edition else None,
        languages=_languages(draft),
        material=material,
        degree=_first(draft.degrees) if material is Material.THESIS else None,
        is_online=True if any(draft.online) else (False if draft.online else None),
        extent=_first(draft.extents),
        series=_unique(draft.series or draft.spare_series),
        subjects=_unique(draft.subjects),
        summary="\n".join(_unique(draft.summaries)) or None,
        notes=_unique(draft.notes),
        identifiers=_unique(draft.identifiers),
        classes=_unique(draft.classes),
        host=_first(draft.hosts),
        links=tuple({link.url: link for link in reversed(draft.links)}.values())[::-1],
        holdings=_holdings(draft),
        url=_first(draft.urls),
        raw=_unique(draft.raw),
    )
    if not record.id:
        digest = blake2b(msgspec.msgpack.encode(record), digest_size=12).hexdigest()
        record = msgspec.structs.replace(record, id=f"content-{digest}")
    return record


def _settled(statement: TitleStatement, draft: Draft) -> TitleStatement:
    """Return a statement with what stands behind a slash ("Windows 95 / 98") put back, if it names no known person."""
    behind = statement.responsibility or ""
    people_known = [person for person, _ in (*draft.leads, *draft.names)]
    words = set(_syllables(behind))
    if not people_known or any(words.intersection(_syllables(person.name)) for person in people_known):
        return statement
    if statement.subtitle is not None:
        return statement._replace(subtitle=f"{statement.subtitle} / {behind}", responsibility=None)
    return statement._replace(title=f"{statement.title} / {behind}", responsibility=None)


def _place_in_hosts(draft: Draft) -> None:
    """Give the host the volume, issue and pages that stood apart from it."""
    if draft.enumerations and draft.hosts:
        volume, issue, pages = draft.enumerations[0]
        host = draft.hosts[0]
        draft.hosts[0] = msgspec.structs.replace(
            host, volume=host.volume or volume, issue=host.issue or issue, pages=host.pages or pages
        )


def _first(*lists: list[_T]) -> _T | None:
    for values in lists:
        if values:
            return values[0]
    return None


def _unique(values: list[_T]) -> tuple[_T, ...]:
    """Return each value once, in the order of its first place."""
    return tuple(values) if len(values) < 2 else tuple(dict.fromkeys(values))


def _other_titles(draft: Draft, statement: TitleStatement) -> tuple[str, ...]:
    if not draft.other_titles and not statement.parallels:
        return ()
    titles = dict.fromkeys((*statement.parallels, *draft.other_titles))
    titles.pop(statement.title, None)
    return tuple(titles)


def _languages(draft: Draft) -> tuple[str, ...]:
    """Return the languages; "several" only where none is told, and never "unknown"."""
    known = dict.fromkeys((*draft.languages, *draft.spare_languages))
    for vague in ("und", "zxx", "mis"):
        known.pop(vague, None)
    if len(known) > 1:
        known.pop("mul", None)
    return tuple(known)


_REFINED = frozenset({None, Material.BOOK, Material.MIXED, Material.MANUSCRIPT, Material.E_RESOURCE})
_VAGUE = frozenset({Material.BOOK, Material.E_RESOURCE, Material.MIXED})
_PARTS = frozenset({None, Material.BOOK, Material.CHAPTER, Material.ARTICLE})


def _material(draft: Draft) -> Material | None:
    """Return what kind of thing it is: sure words first, then codes, refined by what genre terms say.

    A host makes a part of what is coded as part or not at all. A book with a host is a part only if it has a place in
    it; else "host" was a collection that it was sold in, and is dropped.
    """
    found = _first(draft.materials)
    if found in _REFINED:
        sharper = [spare for spare in draft.spare_materials if spare not in _VAGUE]
        found = sharper[0] if sharper else found or _first(draft.spare_materials)
    if draft.hosts and found in _PARTS:
        host = draft.hosts[0]
        if found is Material.BOOK and not (host.pages or host.issue):
            draft.hosts.clear()
        else:
            found = Material.CHAPTER if host.isbn and not host.issn else Material.ARTICLE
    return found


def _people(draft: Draft, responsibility: str | None) -> tuple[Person, ...]:
    """Return everyone who had a part, the main entry first.

    Whoever's role is not said gets it from the statement of responsibility where this names them; else a main entry is
    an author, and so are the others where there is no main entry or the statement names them without a role.
    """
    if not draft.leads and not draft.names:
        return people(responsibility) if responsibility else ()
    found = [person if said else _with_role(person, Role.AUTHOR) for person, said in draft.leads]
    unsaid = any(not said and person.kind is PersonKind.PERSON for person, said in draft.names)
    named = people(responsibility) if unsaid and responsibility else ()
    fallback = Role.OTHER if draft.leads and named else Role.AUTHOR
    for person, said in draft.names:
        if said:
            found.append(person)
        elif person.kind is PersonKind.PERSON:
            found.append(_with_role(person, _role_among(named, person, fallback)))
        else:
            found.append(_with_role(person, Role.OTHER if found else Role.AUTHOR))
    return _unique(found)


def _role_among(named: tuple[Person, ...], person: Person, fallback: Role) -> Role:
    """Return the role under which a statement names a person: the same syllables, or the family name and an initial."""
    if not named:
        return fallback
    syllables = _syllables(person.name)
    family, comma, given = person.name.partition(",")
    for other in named:
        if _syllables(other.name) == syllables:
            return other.role
    if comma and given.strip():
        family_syllables, initial = set(_syllables(family)), given.strip()[0].lower()
        for other in named:
            if family_syllables <= set(_syllables(other.name)) and other.name[:1].lower() == initial:
                return other.role
    return fallback


_syllables = lru_cache(maxsize=4096)(name_syllables)


def _with_role(person: Person, role: Role) -> Person:
    return Person(person.name, role, person.kind, person.dates)


def _holdings(draft: Draft) -> tuple[Holding, ...]:
    """Return the items, else the holdings; a summary of volumes is a note to the only holding, else one of its own."""
    found = draft.holdings or draft.spare_holdings
    if draft.holding_summaries:
        summary = "; ".join(_unique(draft.holding_summaries))
        if len(found) == 1 and found[0].note is None:
            return (msgspec.structs.replace(found[0], note=summary),)
        return (*found, Holding(note=summary))
    return tuple(found)
