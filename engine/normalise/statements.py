"""People out of a statement of responsibility, as cataloguers type it."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from engine.model import Person, PersonKind, Role
from engine.normalise import names
from engine.normalise.tables import groups
from engine.text import folded_key

_GROUPS = re.compile(r"\s*;\s*|\s+/\s+|\n{2,}")
_BETWEEN = re.compile(r"\s*,\s*(?:(?:và|and|et|und|&)\s+)?|\s+(?:và|and|et|und|&)\s+", re.IGNORECASE)
_DASH = re.compile(r"\s+[-–]\s+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


@cache
def _bodies() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = groups("names")["bodies"]
    head, within = ("|".join(re.escape(folded_key(word)) for word in words[key]) for key in ("head", "within"))
    return re.compile(rf"(?:{head})\b"), re.compile(rf"\b(?:{within})\b")


def _is_body(name: str) -> bool:
    key = folded_key(name)
    head, within = _bodies()
    return bool((head.match(key) and len(key.split()) > 2) or within.search(key))


@lru_cache(maxsize=8192)
def people(statement: str) -> tuple[Person, ...]:
    """Return the people of a statement of responsibility, with their roles.

    A role in brackets is its own name's; one without brackets behind the last of several names is theirs together.

    >>> [(one.name, one.role.value) for one in people("Nguyễn Văn A (ch.b.), Trần B; Lê C, Vũ D dịch")]
    [('Nguyễn Văn A', 'editor'), ('Trần B', 'author'), ('Lê C', 'translator'), ('Vũ D', 'translator')]
    """
    found: list[Person] = []
    for group in _GROUPS.split(statement):
        found.extend(_of_group(group))
    return tuple(dict.fromkeys(found))


def _of_group(group: str) -> list[Person]:
    if _is_body(group) and not _BETWEEN.search(group):
        parts = [group]
    else:
        parts = _parts(group)
    said: list[tuple[str, Role | None]] = []
    shared: Role | None = None
    for part in parts:
        name, found = names.person(part)
        if found and re.match(r"[^:]*:|\s*(?:\w+\s){1,4}by\s|by\s", part) and not said:
            shared = found
        if found and not name and said:  # "A, B, chủ biên": the role stands alone
            said[-1] = (said[-1][0], found)
            continue
        if name and not re.search(r"\d{3}", name):
            said.append((name, found))
        if found and name and not _BRACKETS.search(part) and found is not Role.EDITOR:
            said = [(one, own or found) for one, own in said]
    return [
        Person(
            name=name,
            role=own or shared or Role.AUTHOR,
            kind=PersonKind.CORPORATE if _is_body(name) else PersonKind.PERSON,
        )
        for name, own in said
    ]


def _parts(group: str) -> list[str]:
    """Return the names of a group; an inverted name stays whole."""
    masked = _BRACKETS.sub(lambda found: found.group().replace(",", "\x00"), group)
    parts = [part.replace("\x00", ",") for part in _BETWEEN.split(masked) if part.strip()]
    if len(parts) == 2 and "," in group and len(parts[0].split()) == 1 and len(parts[1].split()) in {1, 2, 3}:
        first, second = parts
        if names.person(second)[1] is None and names.role(second) is None:
            return [f"{first}, {second}"]
    return [piece for part in parts for piece in _by_dash(part)]


def _by_dash(part: str) -> list[str]:
    pieces = _DASH.split(part)
    return pieces if all(len(piece.split()) > 1 for piece in pieces) else [part]
