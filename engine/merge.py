"""One record made of several that are the same edition, by the rules of `engine.fields`.

Only what a page shows is merged. Where each value came from stays to be seen in `Edition.records`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from engine import text
from engine.fields import TABLE, Merge
from engine.matching.signature import Keys
from engine.model import Person, Record

_RULES = tuple((rule.field, rule.merge) for rule in TABLE)


def merge(records: Sequence[Record], preferences: Mapping[str, int], keys: Keys) -> Record:
    """Return one record made of all; a single one is returned as it is.

    The base is the record of the most preferred member, then the fullest one, then the smallest key.
    """
    if len(records) == 1:
        return records[0]
    ordered = sorted(
        records,
        key=lambda record: (-preferences.get(record.member, 0), -fullness(record), record.member, record.id),
    )
    base = ordered[0]
    values: dict[str, object] = {}
    for field, rule in _RULES:
        if rule is Merge.BASE:
            continue
        found = [value for record in ordered if (value := getattr(record, field)) not in _NOTHING]
        if not found:
            continue
        if len(found) == 1 or all(value is found[0] or value == found[0] for value in found):
            if rule is Merge.ALL:
                values[field] = tuple(part for value in found for part in value)
            else:
                values[field] = found[0]
        else:
            values[field] = _MERGES[rule](found, keys)
    if values.get("title") is not None:
        values["title"] = _best_marked(str(values["title"]), ordered, keys)
    return msgspec.structs.replace(base, **values)


def fullness(record: Record) -> int:
    """How much a record tells: the number of its fields that say something, a marked title counting for three."""
    filled = sum(1 for field, _ in _RULES if getattr(record, field) not in _NOTHING)
    return filled + (0 if record.title.isascii() else 3)


_NOTHING: tuple[object, ...] = (None, (), "")


def _best_marked(title: str, ordered: Sequence[Record], keys: Keys) -> str:
    """Return the title with its marks, where some member writes the same title with them."""
    if not title.isascii():
        return title
    folded = keys.folded(title)
    return next(
        (one.title for one in ordered if not one.title.isascii() and keys.folded(one.title) == folded),
        title,
    )


def _frequent(values: list[object], _keys: Keys) -> object:
    counts = Counter(values)
    most = max(counts.values())
    return next(value for value in values if counts[value] == most)


def _longest(values: list[object], _keys: Keys) -> object:
    return max(values, key=lambda value: len(str(value)))


def _first(values: list[object], _keys: Keys) -> object:
    return values[0]


def _union(values: list[object], keys: Keys) -> object:
    """Every different value; texts are the same if their folded keys are, and the better marked one stays."""
    found: dict[object, object] = {}
    for value in values:
        assert isinstance(value, tuple)
        for part in value:
            key = (keys.folded(part) or part) if isinstance(part, str) else part
            known = found.get(key)
            if known is None or (isinstance(part, str) and str(known).isascii() and not part.isascii()):
                found[key] = part
    return tuple(found.values())


def _all(values: list[object], _keys: Keys) -> object:
    return tuple(part for value in values if isinstance(value, tuple) for part in value)


def _people(values: list[object], keys: Keys) -> object:
    """Every different person: syllables in any order. The form with marks and without a comma is kept."""
    found: dict[tuple[str, str], Person] = {}
    for value in values:
        assert isinstance(value, tuple)
        for person in value:
            assert isinstance(person, Person)
            key = (keys.name(person.name) or person.name, person.role)
            known = found.get(key)
            if known is None:
                found[key] = person
            elif name_quality(person.name) > name_quality(known.name):
                found[key] = msgspec.structs.replace(person, dates=person.dates or known.dates)
            elif known.dates is None and person.dates:
                found[key] = msgspec.structs.replace(known, dates=person.dates)
    return tuple(found.values())


def name_quality(name: str) -> tuple[bool, bool]:
    """Order the forms of one name: marked before bare, direct before inverted."""
    return (text.folded_key(name) != text.exact_key(name), "," not in name)


_MERGES: dict[Merge, Callable[[list[object], Keys], object]] = {
    Merge.FIRST: _first,
    Merge.FREQUENT: _frequent,
    Merge.LONGEST: _longest,
    Merge.UNION: _union,
    Merge.PEOPLE: _people,
    Merge.ALL: _all,
}
