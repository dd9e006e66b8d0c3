"""People, bodies and meetings: access points of MARC and its kin, with what they did."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from connectors.formats.fields import MarcField
from connectors.formats.tidy import name_of, role_of, tidy, undot
from engine.model import Person, PersonKind, Role
from engine.normalise.statements import people
from engine.normalise.tables import groups

_KINDS = {"00": PersonKind.PERSON, "10": PersonKind.CORPORATE, "11": PersonKind.MEETING}
_BODY_PUNCTUATION = " ,;:/"


def access_point(field: MarcField, _codes: str) -> Iterator[tuple[Person, bool]]:
    """Read MARC x00, x10, x11: name, dates and the first role known, and whether a role was said at all.

    Name-title entries ($t) name the maker of another work and are no access point to this edition. Several people in
    one field, as some libraries type them, are told apart.
    """
    name = dates = numeration = ""
    units: list[str] = []
    roles: list[str] = []
    kind = _KINDS.get(field.tag[1:], PersonKind.PERSON)
    is_human = kind is PersonKind.PERSON
    relators = "4j" if kind is PersonKind.MEETING else "4e"
    for code, text in field.subfields:
        if code == "a":
            name = name or text
        elif code == "t":
            return
        elif code in relators:
            roles.append(text)
        elif code == "d":
            dates = dates or text
        elif code == "b" or (code == "e" and not is_human):
            if is_human:
                numeration = text
            else:
                units.append(text)
    if is_human and (several := several_people(name, is_inverted=field.ind1 == "1")):
        yield from several
        return
    found = build_person(name, kind=kind, numeration=numeration, units=units, dates=dates, roles=roles)
    if found is not None:
        yield found


def several_people(name: str, *, is_inverted: bool = False) -> list[tuple[Person, bool]]:
    """Return the people or the body that stand where one human's name should, () if it is one human's name.

    >>> [person.name for person, _ in several_people("Vũ Cao Đàm; Tham gia: Lê Trung Quân")]
    ['Vũ Cao Đàm', 'Lê Trung Quân']
    >>> [person.kind.value for person, _ in several_people("Trường Đại học Thủy lợi")]
    ['corporate']
    >>> several_people("García Márquez, Gabriel"), several_people("Nguyễn Văn Thanh")
    ([], [])
    """
    if ";" in name:
        parts = [part for part in name.split(";") if part.strip(" ,.")]
        is_list = len(parts) > 1
    elif "," in name:
        if is_inverted:
            return []
        parts = [part for part in name.split(",") if part.strip(" .")]
        is_list = len(parts) > 1 and all(len(part.split()) > 1 and part.strip()[0].isalpha() for part in parts)
    else:
        words = name.lower().rstrip(".").split()
        is_list = bool(words) and (words[0] in _body_heads() or not _body_words().isdisjoint(words))
    if not is_list:
        return []
    found = people(tidy(name))
    if len(found) == 1 and found[0].kind is PersonKind.PERSON:
        return []
    return [(person, person.role is not Role.AUTHOR) for person in found]


@cache
def _body_heads() -> frozenset[str]:
    """Return the first words of names of Vietnamese bodies, in lower case."""
    return frozenset(words.partition(" ")[0] for words in groups("names")["bodies"]["head"])


@cache
def _body_words() -> frozenset[str]:
    """Return words of names of bodies in English and French, in lower case."""
    return frozenset(groups("names")["bodies"]["within"])


def build_person(
    name: str,
    *,
    kind: PersonKind,
    numeration: str = "",
    units: list[str] | None = None,
    dates: str = "",
    roles: list[str] | None = None,
) -> tuple[Person, bool] | None:
    """Return the person these texts speak of and whether they say a role, or None if no name is left."""
    said: Role | None = None
    for text in roles or ():
        said = role_of(text)
        if said is not None and said is not Role.OTHER:
            break
    if kind is PersonKind.PERSON:
        name, of_name = name_of(name)
        said = said or of_name
        if numeration and name:
            name = f"{name} {tidy(numeration)}"
        life = tidy(dates).rstrip(".") if dates else ""
    else:
        name = ". ".join(filter(None, (undot(tidy(text).rstrip(_BODY_PUNCTUATION)) for text in (name, *(units or ())))))
        life = ""
    if not name:
        return None
    person = Person(name=name, role=said or Role.OTHER, kind=kind, dates=life or None)
    return person, said is not None or bool(roles)
