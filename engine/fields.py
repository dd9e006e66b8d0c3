"""THE FIELD TABLE: what becomes of each field of a Record when records are merged, matched, ranked and counted.

One row a field, the whole of it on one screen. `engine.merge` reads `merge`, `engine.rank` reads `weight`,
`engine.facets` reads `facet`; `key` says what the field does in `engine.match`, and `docs/ranking.md` prints the table.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Merge(StrEnum):
    """How one value is made of those of several records. "First" is in the order of preference, then fullness."""

    BASE = "base"  # of the record that the edition is based on, and of no other
    FIRST = "first"  # of the first record that has one
    FREQUENT = "frequent"  # the one most records have; of equals the first
    LONGEST = "longest"  # the longest text
    UNION = "union"  # every different value, compared folded
    PEOPLE = "people"  # every different person: name in any order and role
    ALL = "all"  # every value, nothing compared


class Key(StrEnum):
    """What a field does when two records are compared."""

    NONE = "-"
    BINDS = "binds"  # a shared value makes them one, unless something contradicts
    NEEDED = "needed"  # must agree where no identifier binds
    CUTS = "cuts"  # a different value keeps them apart
    HELPS = "helps"  # decides where others leave it open


class FieldRule(msgspec.Struct, frozen=True):
    """One row: the field of Record, its merge rule, its part in matching, its weight in ranking, its facet."""

    field: str
    merge: Merge
    key: Key = Key.NONE
    weight: float = 0.0
    facet: str | None = None


TABLE: tuple[FieldRule, ...] = (
    #         field             merge           match       rank  facet
    FieldRule("member", Merge.BASE, Key.NONE, 0.0, "member"),
    FieldRule("id", Merge.BASE),
    FieldRule("title", Merge.FREQUENT, Key.NEEDED, 1.0),
    FieldRule("subtitle", Merge.LONGEST, Key.CUTS, 1.0),
    FieldRule("volume", Merge.FREQUENT, Key.CUTS),
    FieldRule("part_title", Merge.LONGEST, Key.HELPS, 0.6),
    FieldRule("other_titles", Merge.UNION, Key.NONE, 0.6),
    FieldRule("responsibility", Merge.LONGEST, Key.NONE, 0.4),
    FieldRule("people", Merge.PEOPLE, Key.NEEDED, 0.8, "person"),
    FieldRule("publisher", Merge.FREQUENT, Key.HELPS, 0.3),
    FieldRule("place", Merge.FREQUENT),
    FieldRule("year", Merge.FREQUENT, Key.CUTS, 0.0, "year"),
    FieldRule("edition", Merge.LONGEST),
    FieldRule("edition_number", Merge.FREQUENT, Key.CUTS),
    FieldRule("languages", Merge.UNION, Key.CUTS, 0.0, "language"),
    FieldRule("material", Merge.FREQUENT, Key.CUTS, 0.0, "material"),
    FieldRule("degree", Merge.FREQUENT, Key.CUTS),
    FieldRule("is_online", Merge.FREQUENT, Key.CUTS, 0.0, "availability"),
    FieldRule("extent", Merge.LONGEST),
    FieldRule("series", Merge.UNION, Key.NONE, 0.3),
    FieldRule("subjects", Merge.UNION, Key.NONE, 1.0, "subject"),
    FieldRule("summary", Merge.LONGEST, Key.NONE, 0.2),
    FieldRule("notes", Merge.UNION),
    FieldRule("identifiers", Merge.UNION, Key.BINDS),
    FieldRule("classes", Merge.UNION),
    FieldRule("host", Merge.FIRST, Key.CUTS, 0.3),
    FieldRule("links", Merge.UNION),
    FieldRule("holdings", Merge.ALL, Key.NONE, 0.0, "availability"),
    FieldRule("url", Merge.BASE),
    FieldRule("raw", Merge.BASE),
)

FACETS: tuple[str, ...] = ("member", "year", "decade", "language", "material", "availability", "subject", "person")
"""Facets in the order in which a page shows them. `availability` has the values `available` and `online`."""

FACET_VALUES = 50
"""Most values of one facet; years are never cut, since a page groups them."""


def weight(field: str) -> float:
    """Return what part of its reason's points a word found in this field brings, 1.0 for title and subjects.

    >>> weight("title") > weight("series") > weight("summary")
    True
    """
    return _WEIGHTS[field]


_WEIGHTS = {rule.field: rule.weight for rule in TABLE}
