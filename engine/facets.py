"""Facets: how many of the titles found have each value. Kept as titles come and go, not counted anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from engine.fields import FACET_VALUES, FACETS
from engine.match import Entry, Work
from engine.matching.signature import Keys
from engine.merge import name_quality
from engine.model import Facet, FacetValue, Person, PersonKind, Record, Role
from engine.narrow import has_full_text, is_available

AVAILABLE = "available"
ONLINE = "online"

Value = tuple[str, str]
"""A facet's name, and the value as it is counted: folded where it is a text."""


class FacetCounts:
    """The facets of one search."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._titles: Counter[Value] = Counter()
        self._forms: dict[Value, Counter[str]] = {}  # counted value -> how records write it
        self._by_work: dict[Work, frozenset[Value]] = {}
        self._by_entry: dict[Entry, tuple[tuple[Value, str | None], ...]] = {}

    def add_record(self, entry: Entry) -> None:
        """Take note of a record's values."""
        values = self._by_entry[entry] = tuple(self._values(entry.record))
        for value, form in values:
            if form is not None:
                self._forms.setdefault(value, Counter())[form] += 1

    def remove_record(self, entry: Entry) -> None:
        """Forget a record's values."""
        for value, form in self._by_entry.pop(entry):
            if form is not None:
                forms = self._forms[value]
                forms[form] -= 1
                if not forms[form]:
                    del forms[form]

    def add_title(self, work: Work) -> None:
        """Count a title."""
        by_entry = self._by_entry
        values = frozenset([value for entry in work.entries for value, _ in by_entry[entry]])
        self._by_work[work] = values
        self._titles.update(values)

    def remove_title(self, work: Work) -> None:
        """Count a title no longer."""
        titles = self._titles
        for value in self._by_work.pop(work):
            left = titles[value] - 1
            if left:
                titles[value] = left
            else:
                del titles[value]

    def facets(self) -> tuple[Facet, ...]:
        """All facets that have values: the most frequent first, equal ones in alphabetical order."""
        by_name: dict[str, list[tuple[int, str]]] = {name: [] for name in FACETS}
        for (name, value), count in self._titles.items():
            by_name[name].append((-count, value))
        found = []
        for name, values in by_name.items():
            values.sort()
            shown = values if name == "year" else values[:FACET_VALUES]
            if shown:
                found.append(
                    Facet(name, tuple(FacetValue(self._form(name, value), -count) for count, value in shown)),
                )
        return tuple(found)

    def _form(self, name: str, value: str) -> str:
        """Return a value as it is shown: the form most records write; of equals the best marked, then the first."""
        forms = self._forms.get((name, value))
        if not forms:
            return value
        if len(forms) == 1:
            return next(iter(forms))
        if name == "person":
            return min(forms, key=lambda form: (*(not good for good in name_quality(form)), -forms[form], form))
        return min(forms, key=lambda form: (form.isascii(), -forms[form], form))

    def _values(self, record: Record) -> Iterable[tuple[Value, str | None]]:
        keys = self._keys
        yield ("member", record.member), None
        if record.year is not None:
            yield ("year", str(record.year)), None
        for language in record.languages:
            if language != "und":
                yield ("language", language), None
        if record.material is not None:
            yield ("material", record.material.value), None
        is_online = record.is_online or has_full_text(record)
        if is_online:
            yield ("availability", ONLINE), None
        if is_online or (record.holdings and is_available(record)):
            yield ("availability", AVAILABLE), None
        for subject in record.subjects:
            if folded := keys.folded(subject):
                yield ("subject", folded), subject
        for person in record.people:
            if is_counted(person) and (name := keys.name(person.name)):
                yield ("person", name), person.name


def is_counted(person: Person) -> bool:
    """Whether a person stands in the facet: humans and bodies that made it, not who printed or sold it."""
    return person.kind is not PersonKind.MEETING and person.role not in {Role.PUBLISHER, Role.ISSUER}
