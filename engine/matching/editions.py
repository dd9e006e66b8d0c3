"""The editions of one title: which of its records describe the same one, and why.

Worked out for the titles of a page only. Records are taken in an order of their own (those that say most first),
so that the order in which they came does not matter; each joins the edition that it fits best and contradicts nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from engine.match import Entry
from engine.matching.signature import publisher_key
from engine.model import Material, Reason, Record

YEARS_APART = 2
"""Most years between two records of one edition that share an identifier: a copyright year beside one of printing."""

PUBLISHER_RATIO = 70.0
"""Per cent of likeness from which two publishers are one, where nothing but title, people and year agree."""


class _Fit:
    """What of an edition's records decides whether another one fits."""

    __slots__ = ("edition_numbers", "entries", "forms", "identifiers", "joins", "publishers", "volume", "years")

    def __init__(self, volume: str) -> None:
        self.volume = volume
        self.entries: list[Entry] = []
        self.years: set[int] = set()
        self.edition_numbers: set[int] = set()
        self.forms: set[str] = set()
        self.identifiers: set[str] = set()
        self.publishers: set[str] = set()
        self.joins: dict[str, Reason] = {}


def editions(entries: Sequence[Entry]) -> list[tuple[list[Entry], tuple[Reason, ...]]]:
    """Return the records of each edition of a title and why they are one; newest edition first, volumes in order."""
    fits: list[_Fit] = []
    for entry in sorted(entries, key=_order):
        joined: tuple[float, Reason] | None = None
        met: _Fit | None = None
        for fit in fits:
            why = _why_one(entry, fit)
            if why is not None and (joined is None or why[0] > joined[0]):
                joined, met = why, fit
        if met is None:
            met = _Fit(_volume(entry.record))
            fits.append(met)
        elif joined is not None:
            reason = joined[1]
            met.joins.setdefault(f"{reason.code} {sorted(reason.values.items())}", reason)
        _take_in(met, entry)
    fits.sort(key=lambda fit: (-max(fit.years, default=0), _natural(fit.volume), -len(fit.entries), fit.entries[0].key))
    return [
        (sorted(fit.entries, key=lambda one: one.key), tuple(fit.joins[key] for key in sorted(fit.joins)))
        for fit in fits
    ]


def _order(entry: Entry) -> tuple[object, ...]:
    record = entry.record
    identifiers = sum(1 for link in entry.links if link[0] == "i")
    return (entry.level, record.year is None, identifiers == 0, record.edition_number is None, entry.key)


def _take_in(fit: _Fit, entry: Entry) -> None:
    record = entry.record
    fit.entries.append(entry)
    if record.year is not None:
        fit.years.add(record.year)
    if record.edition_number is not None:
        fit.edition_numbers.add(record.edition_number)
    if form := _form(record):
        fit.forms.add(form)
    fit.identifiers.update(link for link in entry.links if link[0] == "i")
    if publisher := publisher_key(record.publisher):
        fit.publishers.add(publisher)


def _why_one(entry: Entry, fit: _Fit) -> tuple[float, Reason] | None:
    """Return why a record is of this edition, and how surely; None if it is not."""
    record = entry.record
    if _volume(record) != fit.volume:
        return None
    form = _form(record)
    if form and fit.forms and form not in fit.forms:
        return None
    identifiers = [link for link in entry.links if link[0] == "i"]
    shared = sorted(fit.identifiers.intersection(identifiers))
    year = record.year
    if year is not None and fit.years:
        apart = max(abs(year - one) for one in fit.years)
        if apart > (YEARS_APART if shared else 0):
            return None
    number = record.edition_number
    if number is not None and fit.edition_numbers and number not in fit.edition_numbers and not shared:
        return None
    if shared:
        scheme, _, value = shared[0][2:].partition(":")
        return 3.0, Reason("match.identifier", {"scheme": scheme.upper(), "value": value})
    if _differ_in_isbn(identifiers, fit.identifiers):
        return None
    publisher = publisher_key(record.publisher)
    is_same_publisher = _is_publisher_of(publisher, fit.publishers)
    if is_same_publisher is False:
        return None
    if year is not None and fit.years:
        return (2.0 + bool(is_same_publisher) + bool(number is not None and fit.edition_numbers) / 2), Reason(
            "match.title-people-year",
            {"year": year},
        )
    if year is None and not fit.years:
        return 1.0, Reason("match.same-description")
    if number is not None and fit.edition_numbers:
        return 1.0, Reason("match.title-people-edition", {"edition": number})
    return None


def _differ_in_isbn(some: Sequence[str], others: set[str]) -> bool:
    return any(link.startswith("i isbn:") for link in some) and any(link.startswith("i isbn:") for link in others)


def _is_publisher_of(publisher: str, publishers: set[str]) -> bool | None:
    if not publisher or not publishers:
        return None
    return publisher in publishers or any(fuzz.token_set_ratio(publisher, one) >= PUBLISHER_RATIO for one in publishers)


def _volume(record: Record) -> str:
    return (record.volume or "").casefold()


def _natural(volume: str) -> tuple[int, str]:
    return (int(volume), "") if volume.isdecimal() else (1 << 30 if volume else 0, volume)


def _form(record: Record) -> str:
    """Whether the edition is on paper or on line; "" where the record does not say."""
    if record.is_online or record.material is Material.E_RESOURCE:
        return "online"
    return "paper" if record.is_online is False else ""
