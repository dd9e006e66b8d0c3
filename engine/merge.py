"""One record made of several that are the same edition, by the rules of `engine.fields`.

Only what a page shows is merged. Where each value came from stays to be seen in `Edition.records`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter

import msgspec

from engine import text
from engine.fields import TABLE, Merge
from engine.matching.nodes import fullness
from engine.matching.signature import folded, name_key
from engine.model import Person, PersonKind, Record, Role
from engine.normalise.names import direct_name, in_order_of

_RULES = tuple((rule.field, rule.merge) for rule in TABLE)
_VALUES = attrgetter(*(rule.field for rule in TABLE))
_NOTHING: tuple[object, ...] = (None, (), "")

_LEADING = (Role.EDITOR, Role.COMPILER)

DESCRIBED = 50
"""Most records whose descriptions are merged, the best first; holdings are taken of all."""


def merge(records: Sequence[Record], preferences: Mapping[str, int]) -> Record:
    """Return one record made of all; a single one is returned as it is, but for Vietnamese names that it inverts.

    The base is the record of the most preferred member, then the fullest one, then the smallest key.
    """
    if len(records) == 1:
        return _with_direct_names(records[0])
    ordered = sorted(records, key=lambda one: (-preferences.get(one.member, 0), -_telling(one), one.member, one.id))
    described = ordered[:DESCRIBED]
    rows = [_VALUES(record) for record in described]
    base = ordered[0]
    values: dict[str, object] = {}
    for (field, rule), column in zip(_RULES, zip(*rows, strict=True), strict=True):
        if rule in {Merge.BASE, Merge.ALL} or column.count(column[0]) == len(column):
            continue
        found = [value for value in column if value not in _NOTHING]
        if found.count(found[0]) != len(found) and (merged := _MERGES[rule](found)) != column[0]:
            values[field] = merged
        elif column[0] is not found[0]:
            values[field] = found[0]
    holdings = tuple([holding for record in ordered for holding in record.holdings])
    if holdings != base.holdings:
        values["holdings"] = holdings
    title = str(values.get("title", base.title))
    if (best := _best_marked(title, described)) != base.title:
        values["title"] = best
    return _with_direct_names(msgspec.structs.replace(base, **values) if values else base)


def _with_direct_names(record: Record) -> Record:
    """Return the record with its Vietnamese names in the order in which they are shown."""
    if not any("," in person.name for person in record.people):
        return record
    people = shown_people(record)
    return record if people == record.people else msgspec.structs.replace(record, people=people)


def shown_people(record: Record) -> tuple[Person, ...]:
    """Return the people of a record by the names that are shown, in facets and exports too."""
    is_vietnamese = "vie" in record.languages
    return tuple(
        msgspec.structs.replace(person, name=direct_name(person.name, is_vietnamese_text=is_vietnamese))
        if "," in person.name and person.kind is PersonKind.PERSON
        else person
        for person in record.people
    )


def _telling(record: Record) -> int:
    """How much a record tells; a marked title counts for three things."""
    return fullness(record) + (0 if record.title.isascii() else 3)


def _best_marked(title: str, ordered: Sequence[Record]) -> str:
    """Return the title with its marks, where some member writes the same title with them."""
    if not title.isascii():
        return title
    plain = folded(title)
    return next(
        (one.title for one in ordered if not one.title.isascii() and folded(one.title) == plain),
        title,
    )


def _frequent(values: list[object]) -> object:
    counts = Counter(values)
    most = max(counts.values())
    return next(value for value in values if counts[value] == most)


def _longest(values: list[object]) -> object:
    return max(values, key=lambda value: len(str(value)))


def _first(values: list[object]) -> object:
    return values[0]


def _union(values: list[object]) -> object:
    """Every different value; texts are the same if their folded keys are, and the better marked one stays."""
    found: dict[object, object] = {}
    for value in values:
        assert isinstance(value, tuple)
        for part in value:
            key = (folded(part) or part) if isinstance(part, str) else part
            known = found.get(key)
            if known is None or (isinstance(part, str) and str(known).isascii() and not part.isascii()):
                found[key] = part
    return tuple(found.values())


def _people(values: list[object]) -> object:
    """Every different person: syllables in any order, by the best form of the name."""
    found: dict[tuple[str, str], Person] = {}
    forms: dict[str, list[str]] = {}
    for value in values:
        assert isinstance(value, tuple)
        for person in value:
            assert isinstance(person, Person)
            key = (name_key(person.name) or person.name, person.role)
            forms.setdefault(key[0], []).append(person.name)
            known = found.setdefault(key, person)
            if known.dates is None and person.dates:
                found[key] = msgspec.structs.replace(known, dates=person.dates)
    best = {name: _best_form(writings) for name, writings in forms.items()}
    return tuple(
        person if person.name == best[name] else msgspec.structs.replace(person, name=best[name])
        for (name, role), person in found.items()
        if not _is_weaker_claim(name, role, found)
    )


def _best_form(forms: list[str]) -> str:
    """Return the best form of a name, the first of equals; the order of its syllables is that of a direct form."""
    best = max(forms, key=name_quality)
    direct = next((form for form in forms if "," not in form), None) if "," in best else None
    return in_order_of(best, direct) if direct else best


def _is_weaker_claim(name: str, role: str, found: Mapping[tuple[str, str], Person]) -> bool:
    """Whether another member knows better what someone did.

    Vietnamese title pages name a chief editor (chủ biên) where many cataloguers write an author; some name people
    without saying what they did.
    """
    if role == Role.AUTHOR:
        return any((name, one) in found for one in _LEADING)
    return role == Role.OTHER and any((name, one) in found for one in Role if one is not Role.OTHER)


def name_quality(name: str) -> tuple[bool, bool]:
    """Order the forms of one name: marked before bare, direct before inverted."""
    return (text.folded_key(name) != text.exact_key(name), "," not in name)


_MERGES: dict[Merge, Callable[[list[object]], object]] = {
    Merge.FIRST: _first,
    Merge.FREQUENT: _frequent,
    Merge.LONGEST: _longest,
    Merge.UNION: _union,
    Merge.PEOPLE: _people,
}
