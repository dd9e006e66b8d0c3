"""The order of titles: named reasons, each with its points, that a page can say in a sentence.

Points of the question's words are those of the best description of a title; points of its holders are summed over
members and bounded. Nothing depends on the other titles of a search, so a title's points never change when more arrives
for others. Every reason stands in `docs/ranking.md` with an example.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from math import fsum, log2
from typing import NamedTuple

from engine import text
from engine.fields import weight
from engine.match import Entry, Node, Work
from engine.matching.signature import TitleKey, folded, folds, name_key
from engine.model import Clause, Field, Query, Reason, Record
from engine.query import words as words_of

POINTS: dict[str, float] = {
    "rank.identifier": 100.0,
    "rank.title-exact": 50.0,
    "rank.title-begins": 38.0,
    "rank.title-phrase": 34.0,
    "rank.title-words": 26.0,
    "rank.title-pairs": 18.0,
    "rank.title-some": 8.0,
    "rank.title-close": 6.0,
    "rank.person": 36.0,
    "rank.title-and-person": 24.0,
    "rank.subject": 12.0,
    "rank.other-fields": 8.0,
    "rank.marks-agree": 6.0,
    "rank.marks-wrong": -14.0,
    "rank.held-by": 8.0,
    "rank.member-order": 10.0,
    "rank.newest": 2.0,
    "rank.available": 1.5,
    "rank.online": 1.0,
    "rank.complete": 1.0,
    "rank.home": 2.0,
}
"""Most points of each reason; `rank.marks-wrong` is the least."""

SHOWN_REASONS = 4

_WRONG_COSTS = 0.6  # part of the title's points that is lost where every marked word has other marks
_HELD_BY_ALL = 5  # log2 of the number of members from which more do not count
_YEARS_TO_OLD = 40
_ORDER_DEPTH = 10.0
_ORDER_MEMBERS = 3


class Word(NamedTuple):
    """A word of the question: folded, with its marks, and whether it may go on."""

    folded: str
    exact: str
    is_truncated: bool

    def is_in_text(self, words: str) -> bool:
        """Whether it is one of these folded words, which are joined by one space."""
        if self.folded not in words:
            return False
        return f" {self.folded}{'' if self.is_truncated else ' '}" in f" {words} "


class Scored(NamedTuple):
    """Points and what they are for. `value` fills the sentence's hole, if it has one."""

    points: float
    code: str
    value: str | int = ""

    def reason(self) -> Reason:
        """Return what is said of it."""
        return Reason(self.code, {_HOLES[self.code]: self.value} if self.code in _HOLES else {})


_HOLES = {
    "rank.identifier": "value",
    "rank.member-order": "place",
    "rank.held-by": "count",
    "rank.newest": "year",
}


class Standing(NamedTuple):
    """Where a title stands, and why."""

    score: float
    scored: tuple[Scored, ...]

    def reasons(self) -> tuple[Reason, ...]:
        """Return the strongest reasons, strongest first."""
        strongest = sorted((one for one in self.scored if one.points > 0), key=lambda one: (-one.points, one.code))
        return tuple(one.reason() for one in strongest[:SHOWN_REASONS])


class _TitleMatch(NamedTuple):
    scored: tuple[Scored, ...]
    missing: tuple[Word, ...]


class Ranking:
    """The order of one search."""

    def __init__(self, query: Query, *, preferences: Mapping[str, int], now: float) -> None:
        clauses = words_of(query)
        self._topic = _words(clauses, {Field.ANY, Field.TITLE})
        self._title_only = frozenset(_words(clauses, {Field.TITLE}))
        self._person = _words(clauses, {Field.PERSON})
        self._subject = _words(clauses, {Field.SUBJECT})
        self._other = _words(clauses, {Field.PUBLISHER, Field.SERIES, Field.CALL_NUMBER})
        self._identifiers = frozenset(
            clause.text for clause in clauses if clause.field in {Field.ISBN, Field.ISSN, Field.IDENTIFIER}
        )
        self._preferences = preferences
        self._most_preferred = max((*preferences.values(), 0))
        self._year = datetime.fromtimestamp(now, UTC).year
        self._titles: dict[tuple[TitleKey, tuple[Word, ...]], _TitleMatch] = {}
        self._elsewhere: dict[tuple[Entry, tuple[Word, ...]], tuple[Scored, ...]] = {}
        self._fullness: dict[Entry, int] = {}

    def standing(self, work: Work) -> Standing:
        """Return the points of a title, from the records of its first level."""
        entries = [entry for entry in work.entries if entry.level == work.level]
        best = self._of_words(entries) if len(work.nodes) == 1 else self._of_best_node(entries)
        scored = (*best, *self._of_holders(entries))
        return Standing(round(fsum([one.points for one in scored]), 6), scored)

    def _of_best_node(self, entries: list[Entry]) -> list[Scored]:
        nodes: dict[Node, list[Entry]] = {}
        for entry in entries:
            assert entry.node is not None
            nodes.setdefault(entry.node, []).append(entry)
        found = [self._of_words(nodes[node]) for node in sorted(nodes, key=lambda node: node.signature.name)]
        return max(found, key=lambda scored: fsum([one.points for one in scored]))

    # The question's words -----------------------------------------------------------------

    def _of_words(self, entries: list[Entry]) -> list[Scored]:
        """Score what the words of the question find in records of one signature."""
        scored: list[Scored] = []
        if self._topic:
            node = entries[0].node
            assert node is not None
            match = self._title_match(node.signature.title, self._topic)
            if match.missing:
                match = self._with_people(node, entries, match, scored)
            scored += match.scored
            if match.missing:
                scored += self._best_elsewhere(entries, match.missing)
        if self._person:
            scored += self._of_person(entries)
        if self._subject:
            scored += self._best_elsewhere(entries, self._subject)
        if self._other:
            scored += self._best_elsewhere(entries, self._other)
        if self._identifiers:
            numbers = {identifier.value for entry in entries for identifier in entry.record.identifiers}
            if met := sorted(self._identifiers & numbers):
                scored.append(Scored(POINTS["rank.identifier"], "rank.identifier", met[0]))
        return scored

    def _title_match(self, title: TitleKey, words: tuple[Word, ...]) -> _TitleMatch:
        key = (title, words)
        found = self._titles.get(key)
        if found is None:
            found = self._titles[key] = _match_title(title, words)
        return found

    def _with_people(self, node: Node, entries: list[Entry], match: _TitleMatch, scored: list[Scored]) -> _TitleMatch:
        """Words missing from the title that are all in the names: match the title without them."""
        missing = match.missing
        if not self._title_only.isdisjoint(missing):
            return match
        signature = node.signature
        makers = _AMONG_NAMES.join((*signature.people, *signature.bodies))
        if not all(word.is_in_text(makers) for word in missing):
            others = _AMONG_NAMES.join([name_key(one.name) for entry in entries for one in entry.record.people])
            if not all(word.is_in_text(others) for word in missing):
                return match
        rest = tuple(word for word in self._topic if word not in missing)
        if not rest:
            scored.append(Scored(POINTS["rank.person"], "rank.person"))
            return _TitleMatch((), ())
        scored.append(Scored(POINTS["rank.title-and-person"], "rank.title-and-person"))
        return self._title_match(signature.title, rest)

    def _best_elsewhere(self, entries: list[Entry], missing: tuple[Word, ...]) -> tuple[Scored, ...]:
        """Words that the title lacks, found in the other fields of some record."""
        best: tuple[Scored, ...] = ()
        most = 0.0
        for entry in entries:
            key = (entry, missing)
            scored = self._elsewhere.get(key)
            if scored is None:
                scored = self._elsewhere[key] = _match_elsewhere(
                    entry.record, missing, len(self._topic) or len(missing)
                )
            points = fsum([one.points for one in scored])
            if points > most:
                best, most = scored, points
        return best

    def _of_person(self, entries: list[Entry]) -> list[Scored]:
        names = {person.name for entry in entries for person in entry.record.people}
        hits = max((sum(word.is_in_text(name_key(name)) for word in self._person) for name in names), default=0)
        return [Scored(POINTS["rank.person"] * hits / len(self._person), "rank.person")] if hits else []

    # Who holds it -------------------------------------------------------------------------

    def _of_holders(self, entries: list[Entry]) -> list[Scored]:
        places: dict[str, int] = {}
        year = complete = 0
        for entry in entries:
            member = entry.key[0]
            if entry.place < places.get(member, _NO_PLACE):
                places[member] = entry.place
            published = entry.record.year
            if published is not None and year < published <= self._year + 1:
                year = published
            complete = max(complete, self._fullness_of(entry))
        scored = [Scored(_order_points(places), "rank.member-order", min(places.values()))]
        if len(places) > 1:
            points = POINTS["rank.held-by"] * min(1.0, log2(len(places)) / _HELD_BY_ALL)
            scored.append(Scored(points, "rank.held-by", len(places)))
        if (age := self._year - year) < _YEARS_TO_OLD:
            scored.append(Scored(POINTS["rank.newest"] * (1 - max(age, 0) / _YEARS_TO_OLD), "rank.newest", year))
        if any(entry.is_available for entry in entries):
            scored.append(_AVAILABLE)
        if any(entry.is_online for entry in entries):
            scored.append(_ONLINE)
        scored.append(Scored(POINTS["rank.complete"] * complete / _FULL, "rank.complete"))
        if self._most_preferred:
            preferred = max([0, *(self._preferences.get(member, 0) for member in places)])
            scored.append(Scored(POINTS["rank.home"] * preferred / self._most_preferred, "rank.home"))
        return scored

    def _fullness_of(self, entry: Entry) -> int:
        found = self._fullness.get(entry)
        if found is None:
            found = self._fullness[entry] = _fullness(entry.record)
        return found


_NO_PLACE = 1 << 30
_AVAILABLE = Scored(POINTS["rank.available"], "rank.available")
_ONLINE = Scored(POINTS["rank.online"], "rank.online")
_AMONG_NAMES = " "


def _words(clauses: tuple[Clause, ...], fields: set[Field]) -> tuple[Word, ...]:
    found = []
    for clause in clauses:
        if clause.field in fields:
            exact, folded = (words.split() for words in folds(clause.text))
            if len(folded) != len(exact):
                exact = folded
            for place, (plain, marked) in enumerate(zip(folded, exact, strict=True)):
                found.append(Word(plain, marked, clause.is_truncated and place == len(folded) - 1))
    return tuple(found)


def _match_title(title: TitleKey, words: tuple[Word, ...]) -> _TitleMatch:
    """How well a title answers words: one reason of the ladder, how little else it holds, how the marks agree."""
    missing = tuple([word for word in words if not word.is_in_text(title.full)])
    hits = len(words) - len(missing)
    if not hits:
        return _TitleMatch((), missing)
    code, share = _title_rung(title, words, hits)
    agree, wrong = _marks(title, words)
    length = title.full.count(" ") + 1
    scored = [
        Scored(POINTS[code] * share * (1 - _WRONG_COSTS * wrong), code),
        Scored(POINTS["rank.title-close"] * hits / len(words) * min(1.0, hits / length), "rank.title-close"),
    ]
    if agree:
        scored.append(Scored(POINTS["rank.marks-agree"] * agree, "rank.marks-agree"))
    if wrong:
        scored.append(Scored(POINTS["rank.marks-wrong"] * wrong, "rank.marks-wrong"))
    return _TitleMatch(tuple(scored), missing)


def _title_rung(title: TitleKey, words: tuple[Word, ...], hits: int) -> tuple[str, float]:
    """Return the highest reason that holds of a title, and the share of it."""
    phrase = " ".join([word.folded for word in words])
    end = "" if words[-1].is_truncated else " "
    if phrase in (title.folded, title.full):
        return "rank.title-exact", 1.0
    if f"{title.full} ".startswith(f"{phrase}{end}"):
        return "rank.title-begins", 1.0
    if len(words) > 1 and f" {phrase}{end}" in f" {title.full} ":
        return "rank.title-phrase", 1.0
    if hits == len(words):
        return "rank.title-words", 1.0
    wanted = set(text.pairs(phrase))
    met = sum([f" {pair} " in f" {title.full} " for pair in wanted])
    return ("rank.title-pairs", met / len(wanted)) if met else ("rank.title-some", hits / len(words))


def _match_elsewhere(record: Record, missing: tuple[Word, ...], asked: int) -> tuple[Scored, ...]:
    """Score what words find in the fields beside title and people: subjects first, then the rest by the field table.

    `asked` is how many words the whole question has.
    """
    wanted = [word for word in missing if word.folded not in text.folded_stop_syllables()] or missing
    scored = []
    subjects = folds(" ; ".join(record.subjects))[1] if record.subjects else ""
    found = [word for word in wanted if word.is_in_text(subjects)] if subjects else []
    if found:
        scored.append(Scored(POINTS["rank.subject"] * len(found) / asked, "rank.subject"))
    rest = [word for word in wanted if word not in found]
    fields = _others(record)
    if rest and fields:
        everything = folds(" ; ".join([phrase for _, phrase in fields]))[1]
        rest = [word for word in rest if word.is_in_text(everything)]
        share = sum(
            [max(weight(field) for field, phrase in fields if word.is_in_text(folded(phrase))) for word in rest]
        )
        if share:
            scored.append(Scored(POINTS["rank.other-fields"] * share / asked, "rank.other-fields"))
    return tuple(scored)


def _marks(title: TitleKey, words: tuple[Word, ...]) -> tuple[float, float]:
    """Return the shares of the marked words whose marks agree, and whose marks are wrong."""
    marked = [word for word in words if word.exact != word.folded]
    if not marked:
        return 0.0, 0.0
    found = f"{title.marked} {title.marked_subtitle}".split()
    agree = wrong = 0
    for word in marked:
        ways = {text.marks(word.exact, token) for token in found}
        if text.Marks.SAME in ways:
            agree += 1
        elif text.Marks.WRONG in ways and text.Marks.MISSING not in ways:
            wrong += 1
    return agree / len(marked), wrong / len(marked)


def _others(record: Record) -> list[tuple[str, str]]:
    found = [("series", series.title) for series in record.series]
    found += [("other_titles", title) for title in record.other_titles]
    found += [("people", person.name) for person in record.people]
    for field in ("publisher", "part_title", "summary"):
        if value := getattr(record, field):
            found.append((field, value))
    if record.host:
        found.append(("host", record.host.title))
    return found


_FULL = 6


def _fullness(record: Record) -> int:
    """How many of six things a reader looks for are there."""
    return (
        bool(record.people)
        + (record.year is not None)
        + bool(record.publisher)
        + bool(record.identifiers)
        + bool(record.subjects)
        + bool(record.summary)
    )


def _order_points(places: Mapping[str, int]) -> float:
    """Reciprocal ranks in the three members that place it best, bounded: agreement helps a little, never squared."""
    best = sorted(places.values())[:_ORDER_MEMBERS]
    share = sum(_ORDER_DEPTH / (_ORDER_DEPTH + place - 1) for place in best) / 2
    return POINTS["rank.member-order"] * min(1.0, share)
