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
from engine.model import Person, Record, Role

_RULES = tuple((rule.field, rule.merge) for rule in TABLE)
_VALUES = attrgetter(*(rule.field for rule in TABLE))
_NOTHING: tuple[object, ...] = (None, (), "")

_LEADING = (Role.EDITOR, Role.COMPILER)

DESCRIBED = 50
"""Most records whose descriptions are merged, the best first; holdings are taken of all."""


def merge(records: Sequence[Record], preferences: Mapping[str, int]) -> Record:
    """Return one record made of all; a single one is returned as it is.

    The base is the record of the most preferred member, then the fullest one, then the smallest key.
    """
    if len(records) == 1:
        return records[0]
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
    return msgspec.structs.replace(base, **values) if values else base


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
    """Every different person: syllables in any order. The form with marks and without a comma is kept."""
    found: dict[tuple[str, str], Person] = {}
    for value in values:
        assert isinstance(value, tuple)
        for person in value:
            assert isinstance(person, Person)
            key = (name_key(person.name) or person.name, person.role)
            known = found.get(key)
            if known is None:
                found[key] = person
            elif name_quality(person.name) > name_quality(known.name):
                found[key] = msgspec.structs.replace(person, dates=person.dates or known.dates)
            elif known.dates is None and person.dates:
                found[key] = msgspec.structs.replace(known, dates=person.dates)
    return tuple(_without_weaker_claims(found))


def _without_weaker_claims(found: dict[tuple[str, str], Person]) -> list[Person]:
    """Return the people, less those called author by one member and editor or compiler by another.

    Vietnamese title pages name a chief editor (chủ biên) where many cataloguers write an author. The better form of
    the name stays.
    """
    left = dict(found)
    for (name, role), person in found.items():
        leading = next((left[name, one] for one in _LEADING if (name, one) in left), None)
        if role == Role.AUTHOR and leading is not None:
            del left[name, role]
            if name_quality(person.name) > name_quality(leading.name):
                left[name, leading.role] = msgspec.structs.replace(leading, name=person.name)
    return list(left.values())


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
