"""Facets: how many of the titles found have each value. Kept as titles come and go, not counted anew."""

from __future__ import annotations

from collections.abc import Callable

from engine.fields import FACET_VALUES, FACETS
from engine.match import Entry, Work
from engine.matching.signature import name_key
from engine.merge import name_quality, shown_people
from engine.model import Facet, FacetValue, Person, PersonKind, Role

AVAILABLE = "available"
ONLINE = "online"

_UNCOUNTED = frozenset({Role.PUBLISHER, Role.ISSUER})


class _Value:
    """A value as it is counted: how many titles have it, and the forms in which records write it."""

    __slots__ = ("forms", "key", "shown", "titles")

    def __init__(self, key: str) -> None:
        self.key = key
        self.titles = 0
        self.forms: list[_Form] = []
        self.shown: str | None = None


class _Form:
    """One way to write a value, and how many records write it so."""

    __slots__ = ("records", "text", "value")

    def __init__(self, value: _Value, text: str) -> None:
        self.value = value
        self.text = text
        self.records = 0
        value.forms.append(self)


class FacetCounts:
    """The facets of one search."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, _Value]] = {name: {} for name in FACETS}
        self._forms: dict[str, dict[str, _Form]] = {name: {} for name in FACETS}
        self._by_work: dict[Work, set[_Value]] = {}
        self._by_entry: dict[Entry, list[_Form]] = {}

    def add_record(self, entry: Entry) -> None:
        """Take note of a record's values."""
        forms = self._by_entry[entry] = self._of(entry)
        for form in forms:
            form.records += 1
            if len(form.value.forms) > 1:
                form.value.shown = None

    def remove_record(self, entry: Entry) -> None:
        """Forget a record's values."""
        for form in self._by_entry.pop(entry):
            form.records -= 1
            form.value.shown = None

    def add_title(self, work: Work) -> None:
        """Count a title."""
        by_entry = self._by_entry
        values = self._by_work[work] = {form.value for entry in work.entries for form in by_entry[entry]}
        for value in values:
            value.titles += 1

    def remove_title(self, work: Work) -> None:
        """Count a title no longer."""
        for value in self._by_work.pop(work):
            value.titles -= 1

    def facets(self) -> tuple[Facet, ...]:
        """Return all facets that have values: the most frequent first, equal ones in alphabetical order."""
        found = []
        for name, values in self._values.items():
            counted = sorted([(-value.titles, value.key) for value in values.values() if value.titles])
            if counted:
                shown = counted if name in {"year", "decade"} else counted[:FACET_VALUES]
                facet = [FacetValue(self._shown(values[key]), -count) for count, key in shown]
                found.append(Facet(name, tuple(facet)))
        return tuple(found)

    def dissolve(self) -> None:
        """Take apart what refers to each other, so that it goes at once and not when the collector comes by."""
        for values in self._values.values():
            for value in values.values():
                value.forms.clear()

    def _shown(self, value: _Value) -> str:
        """Return a value as it is shown: the best marked form, of equals the one most records write."""
        if value.shown is None:
            forms = [form for form in value.forms if form.records]
            if len(forms) == 1:
                value.shown = forms[0].text
            else:
                value.shown = min(
                    forms,
                    key=lambda form: (*(not good for good in name_quality(form.text)), -form.records, form.text),
                ).text
        return value.shown

    def _of(self, entry: Entry) -> list[_Form]:
        record, form = entry.record, self._form
        found = [form("member", record.member)]
        if record.year is not None:
            found.append(form("year", str(record.year)))
            # Counted apart: a title of two years of one decade counts once for it.
            found.append(form("decade", str(record.year // 10 * 10)))
        found += [form("language", language) for language in record.languages if language != "und"]
        if record.material is not None:
            found.append(form("material", record.material.value))
        if entry.is_online:
            found.append(form("availability", ONLINE))
        if entry.is_available:
            found.append(form("availability", AVAILABLE))
        known = self._forms["subject"]
        found += [known.get(subject) or form("subject", subject) for subject in record.subjects]
        known = self._forms["person"]
        people = shown_people(record) if any("," in one.name for one in record.people) else record.people
        found += [known.get(one.name) or form("person", one.name) for one in people if is_counted(one)]
        return found

    def _form(self, name: str, text: str) -> _Form:
        """Return the form of a text in a facet."""
        forms = self._forms[name]
        found = forms.get(text)
        if found is None:
            values = self._values[name]
            key = _KEYS[name](text) or text
            value = values.get(key)
            if value is None:
                value = values[key] = _Value(key)
            found = forms[text] = _Form(value, text)
        return found


def _subject_key(subject: str) -> str:
    return subject.casefold().strip(" .,;:-–")


_KEYS: dict[str, Callable[[str], str]] = dict.fromkeys(FACETS, str) | {
    "subject": _subject_key,
    "person": name_key,
}


def is_counted(person: Person) -> bool:
    """Whether a person stands in the facet: humans and bodies that made it, not who printed or sold it."""
    return person.kind is not PersonKind.MEETING and person.role not in _UNCOUNTED
