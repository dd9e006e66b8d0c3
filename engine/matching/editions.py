"""The editions of one title: which of its records describe the same one, and why.

Worked out for the titles of a page only. Records are taken in an order of their own (those that say most first),
so that the order in which they came does not matter; each joins the edition that it fits best and contradicts nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from engine.matching.nodes import Entry
from engine.matching.signature import publisher_key
from engine.model import Material, Reason

YEARS_APART = 2
"""Most years between two records of one edition that share an identifier: a copyright year beside one of printing."""

PUBLISHER_RATIO = 70.0
"""Per cent of likeness from which two publishers are one, where nothing but title, people and year agree."""

PAGES_APART = 0.1
"""Most part by which the pages of one edition differ in two records that share no identifier, and 10 pages at least."""

_PAGES = re.compile(r"(\d+)(?=[\s\])]*(?:tr|p|s|pages?|trang|seiten|стр)\b)", re.IGNORECASE)


class _Facts(NamedTuple):
    """What of a record decides which edition it describes. Empty and 0: it does not say."""

    volume: str
    year: int
    edition_number: int
    form: str
    identifiers: frozenset[str]
    has_isbn: bool
    publisher: str
    pages: int


class _Fit:
    """An edition in the making: its records and all that they say."""

    __slots__ = ("entries", "facts", "identifiers", "joins")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.facts: list[_Facts] = []
        self.identifiers: set[str] = set()
        self.joins: dict[str, Reason] = {}

    def take_in(self, entries: list[Entry], facts: _Facts) -> None:
        """Add records that say the same; it counts from now on."""
        self.entries += entries
        self.facts.append(facts)
        self.identifiers |= facts.identifiers


def editions(entries: Sequence[Entry]) -> list[tuple[list[Entry], tuple[Reason, ...]]]:
    """Return the records of each edition of a title and why they are one; newest edition first, volumes in order."""
    if len(entries) == 1:
        return [(list(entries), ())]
    fits: list[_Fit] = []
    alike: dict[_Facts, list[Entry]] = {}
    for entry in entries:
        alike.setdefault(_facts(entry), []).append(entry)
    for facts, same in sorted(alike.items(), key=_order):
        met: _Fit | None = None
        best = 0.0
        reason: Reason | None = None
        for fit in fits:
            strength, why = _why_one(facts, fit)
            if why is not None and strength > best:
                met, best, reason = fit, strength, why
        if met is None:
            met = _Fit()
            fits.append(met)
        elif reason is not None:
            met.joins.setdefault(f"{reason.code} {sorted(reason.values.items())}", reason)
        if len(same) > 1:
            why = (
                _same_identifier(min(facts.identifiers))
                if facts.identifiers
                else _reason(facts, _agreement(facts, facts)[1])
            )
            met.joins.setdefault(f"{why.code} {sorted(why.values.items())}", why)
        met.take_in(same, facts)
    fits.sort(key=_newest_first)
    return [
        (sorted(fit.entries, key=lambda one: one.key), tuple(fit.joins[key] for key in sorted(fit.joins)))
        for fit in fits
    ]


def _facts(entry: Entry) -> _Facts:
    if isinstance(entry.facts, _Facts):
        return entry.facts
    record = entry.record
    identifiers = frozenset([link for link in entry.links if link[0] == "i"])
    entry.facts = facts = _Facts(
        (record.volume or "").casefold(),
        0 if record.material is Material.JOURNAL else record.year or 0,  # a journal's year is that of one volume
        record.edition_number or 0,
        "online"
        if record.is_online or record.material is Material.E_RESOURCE
        else ("paper" if record.is_online is False else ""),
        identifiers,
        any(link.startswith("i isbn:") for link in identifiers),
        publisher_key(record.publisher),
        pages(record.extent),
    )
    return facts


def _order(described: tuple[_Facts, list[Entry]]) -> tuple[int, bool, bool, bool, tuple[str, str]]:
    facts, entries = described
    first = min(entries, key=lambda entry: (entry.level, entry.key))
    return (first.level, not facts.year, not facts.identifiers, not facts.edition_number, first.key)


def _newest_first(fit: _Fit) -> tuple[object, ...]:
    return (
        -max(facts.year for facts in fit.facts),
        _natural(fit.facts[0].volume),
        -len({entry.key[0] for entry in fit.entries}),
        min(entry.key for entry in fit.entries),
    )


def _why_one(facts: _Facts, fit: _Fit) -> tuple[float, Reason | None]:
    """Return how surely a record is of this edition, and why; None if it is not."""
    shared = sorted(facts.identifiers & fit.identifiers)
    if any(_contradict(facts, other, has_shared=bool(shared)) for other in fit.facts):
        return 0.0, None
    if shared:
        return 4.0, _same_identifier(shared[0])
    strength, code = max(_agreement(facts, other) for other in fit.facts)
    return strength, _reason(facts, code) if code else None


def _reason(facts: _Facts, code: str) -> Reason:
    """Return what is said of an agreement."""
    if code == "match.title-people-year":
        return Reason(code, {"year": facts.year})
    if code == "match.title-people-edition":
        return Reason(code, {"edition": facts.edition_number})
    return Reason(code)


def _same_identifier(link: str) -> Reason:
    scheme, _, value = link[2:].partition(":")
    return Reason("match.identifier", {"scheme": scheme.upper(), "value": value})


def _contradict(one: _Facts, other: _Facts, *, has_shared: bool) -> bool:
    """Whether two records can't be of one edition."""
    return (
        one.volume != other.volume
        or _differ(one.form, other.form)
        or _years_contradict(one.year, other.year, YEARS_APART if has_shared else 0)
        or (not has_shared and any(contradict(one, other) for contradict in _WEAK))
    )


def _agreement(one: _Facts, other: _Facts) -> tuple[float, str]:
    """How much two records without a shared identifier agree, and the reason's code; "" if too little."""
    same_number = bool(one.edition_number) and one.edition_number == other.edition_number
    if one.year and one.year == other.year:
        same_publisher = bool(one.publisher) and bool(other.publisher)
        return 2.0 + same_publisher + same_number / 2, "match.title-people-year"
    if not one.year and not other.year:
        return 1.0, "match.same-description"
    if same_number:
        return 1.5, "match.title-people-edition"
    return 0.0, ""


def _differ(one: object, other: object) -> bool:
    """Whether both are known and not the same."""
    return bool(one) and bool(other) and one != other


def _years_contradict(one: int, other: int, bound: int) -> bool:
    return bool(one) and bool(other) and abs(one - other) > bound


def _publishers_differ(one: _Facts, other: _Facts) -> bool:
    if not _differ(one.publisher, other.publisher):
        return False
    return fuzz.token_set_ratio(one.publisher, other.publisher) < PUBLISHER_RATIO


def _pages_differ(one: _Facts, other: _Facts) -> bool:
    if not one.pages or not other.pages:
        return False
    return abs(one.pages - other.pages) > max(10, PAGES_APART * max(one.pages, other.pages))


# What an identifier that both carry outweighs.
_WEAK: tuple[Callable[[_Facts, _Facts], bool], ...] = (
    lambda one, other: _differ(one.edition_number, other.edition_number),
    lambda one, other: one.has_isbn and other.has_isbn,
    _publishers_differ,
    _pages_differ,
)


@lru_cache(maxsize=4096)
def pages(extent: str | None) -> int:
    """Return the number of pages that an extent speaks of, 0 if of none.

    >>> pages("xv, 389 pages"), pages("350tr. ; 24cm"), pages("2 v.")
    (389, 350, 0)
    """
    return max((int(found) for found in _PAGES.findall(extent or "")), default=0)


def _natural(volume: str) -> tuple[int, str]:
    return (int(volume), "") if volume.isdecimal() else (1 << 30 if volume else 0, volume)
