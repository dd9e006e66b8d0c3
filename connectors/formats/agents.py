"""People, bodies and meetings: access points of MARC and its kin, with what they did."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.formats.fields import MarcField
from connectors.formats.tidy import name_of, role_of, tidy, undot
from engine.model import Person, PersonKind, Role

_KINDS = {"00": PersonKind.PERSON, "10": PersonKind.CORPORATE, "11": PersonKind.MEETING}
_BODY_PUNCTUATION = " ,;:/"


def access_point(field: MarcField, _codes: str) -> Iterator[tuple[Person, bool]]:
    """Read MARC x00, x10, x11: name, dates and the first role known, and whether a role was said at all.

    Name-title entries ($t) name the maker of another work and are no access point to this edition.
    """
    name = dates = numeration = ""
    units: list[str] = []
    roles: list[str] = []
    kind = _KINDS.get(field.tag[1:], PersonKind.PERSON)
    is_meeting = kind is PersonKind.MEETING
    relators = "4j" if is_meeting else "4e"
    for code, text in field.subfields:
        if code == "a":
            name = name or text
        elif code == "t":
            return
        elif code in relators:
            roles.append(text)
        elif code == "d":
            dates = dates or text
        elif code == "b" or (is_meeting and code == "e"):
            if kind is PersonKind.PERSON:
                numeration = text
            else:
                units.append(text)
    found = build_person(name, kind=kind, numeration=numeration, units=units, dates=dates, roles=roles)
    if found is not None:
        yield found


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
