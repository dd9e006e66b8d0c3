"""The order of titles: named reasons, each with its points, that a page can say in a sentence.

Points of the question's words are those of the best description of a title; points of its holders are summed over
members and bounded. Nothing depends on the other titles of a search, so a title's points never change when more arrives
for others. Every reason stands in `docs/ranking.md` with an example.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from math import log2
from typing import NamedTuple

from engine import text
from engine.fields import weight
from engine.match import Entry, Node, Work
from engine.matching.signature import Keys, TitleKey
from engine.model import And, Clause, Expression, Field, Not, Or, Query, Reason, Record
from engine.narrow import has_full_text, is_available

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

    def is_in(self, words: frozenset[str]) -> bool:
        """Whether it is one of these folded words."""
        return self.folded in words or (self.is_truncated and any(word.startswith(self.folded) for word in words))


class Standing(NamedTuple):
    """Where a title stands, and why: the strongest reasons first."""

    score: float
    reasons: tuple[Reason, ...]


class _TitleMatch(NamedTuple):
    points: float
    reasons: tuple[tuple[float, Reason], ...]
    missing: tuple[Word, ...]


Scored = list[tuple[float, Reason]]
_Texts = Callable[[Record], list[tuple[str, str]]]


class Ranking:
    """The order of one search."""

    def __init__(self, query: Query, keys: Keys, *, preferences: Mapping[str, int], now: float) -> None:
        clauses = tuple(positive_clauses(query.expression)) if query.expression is not None else ()
        self._keys = keys
        self._topic = _words(clauses, {Field.ANY, Field.TITLE})
        self._title_only = frozenset(word.folded for word in _words(clauses, {Field.TITLE}))
        self._person = _words(clauses, {Field.PERSON})
        self._subject = _words(clauses, {Field.SUBJECT})
        self._other = _words(clauses, {Field.PUBLISHER, Field.SERIES, Field.CALL_NUMBER})
        self._identifiers = frozenset(
            clause.text for clause in clauses if clause.field in {Field.ISBN, Field.ISSN, Field.IDENTIFIER}
        )
        self._preferences = preferences
        self._most_preferred = max((*preferences.values(), 0))
        self._year = datetime.fromtimestamp(now, UTC).year
        self._titles: dict[TitleKey, dict[tuple[Word, ...], _TitleMatch]] = {}

    def standing(self, work: Work) -> Standing:
        """Return the points of a title from the records of its first level, and the strongest reasons."""
        entries = [entry for entry in work.entries if entry.level == work.level]
        nodes: dict[Node, list[Entry]] = {}
        for entry in entries:
            assert entry.node is not None
            nodes.setdefault(entry.node, []).append(entry)
        best: Scored = []
        best_points = float("-inf")
        for node in sorted(nodes, key=lambda node: node.signature.name):
            found = self._of_words(node, nodes[node])
            points = sum(one for one, _ in found)
            if points > best_points:
                best, best_points = found, points
        scored = best + self._of_holders(entries)
        scored.sort(key=lambda one: (-one[0], one[1].code))
        score = round(sum(points for points, _ in scored), 6)
        return Standing(score, tuple(reason for points, reason in scored[:SHOWN_REASONS] if points > 0))

    # The question's words -----------------------------------------------------------------

    def _of_words(self, node: Node, entries: list[Entry]) -> Scored:
        signature = node.signature
        scored: Scored = []
        if self._topic:
            match = self._title_match(signature.title, self._topic)
            if match.missing:
                match = self._with_people(node, entries, match, scored)
            scored.extend(match.reasons)
            if match.missing:
                scored.extend(self._elsewhere(match.missing, entries))
        if self._person:
            scored.extend(self._of_person(entries))
        if self._subject:
            scored.extend(_best(self._share_in(entries, self._subject, _subjects), "rank.subject"))
        if self._other:
            scored.extend(_best(self._share_in(entries, self._other, _others), "rank.other-fields"))
        if self._identifiers:
            for entry in entries:
                for identifier in entry.record.identifiers:
                    if identifier.value in self._identifiers:
                        values = {"value": identifier.value, "scheme": identifier.scheme.upper()}
                        return [*scored, (POINTS["rank.identifier"], Reason("rank.identifier", values))]
        return scored

    def _title_match(self, title: TitleKey, words: tuple[Word, ...]) -> _TitleMatch:
        known = self._titles.setdefault(title, {})
        found = known.get(words)
        if found is None:
            found = known[words] = _match_title(title, words)
        return found

    def _with_people(self, node: Node, entries: list[Entry], match: _TitleMatch, scored: Scored) -> _TitleMatch:
        """Words missing from the title that are all in the names: match the title without them."""
        missing = [word for word in match.missing if word.folded not in self._title_only]
        if len(missing) != len(match.missing):
            return match
        names = frozenset(" ".join((*node.signature.people, *node.signature.bodies)).split())
        if not all(word.is_in(names) for word in missing):
            names = frozenset(
                " ".join(self._keys.name(person.name) for entry in entries for person in entry.record.people).split(),
            )
            if not all(word.is_in(names) for word in missing):
                return match
        rest = tuple(word for word in self._topic if word not in match.missing)
        if not rest:
            scored.append((POINTS["rank.person"], Reason("rank.person")))
            return _TitleMatch(0.0, (), ())
        scored.append((POINTS["rank.title-and-person"], Reason("rank.title-and-person")))
        return self._title_match(node.signature.title, rest)

    def _elsewhere(self, missing: tuple[Word, ...], entries: list[Entry]) -> Scored:
        """Words that the title lacks, found in subjects and other fields."""
        wanted = tuple(word for word in missing if word.folded not in text.folded_stop_syllables()) or missing
        total = len(self._topic)
        subject = self._share_in(entries, wanted, _subjects) * len(wanted) / total
        other = self._share_in(entries, wanted, _others) * len(wanted) / total
        return [*_best(subject, "rank.subject"), *_best(other, "rank.other-fields")]

    def _of_person(self, entries: list[Entry]) -> Scored:
        best = 0.0
        for entry in entries:
            for person in entry.record.people:
                names = frozenset(self._keys.name(person.name).split())
                hits = sum(1 for word in self._person if word.is_in(names))
                best = max(best, hits / len(self._person))
        return _best(best, "rank.person")

    def _share_in(self, entries: list[Entry], words: tuple[Word, ...], texts: _Texts) -> float:
        """Return the weighted share of words found in some field of a record, at best."""
        best = 0.0
        for entry in entries:
            weights = [0.0] * len(words)
            for field, found in texts(entry.record):
                tokens = frozenset(self._keys.folded(found).split())
                for place, word in enumerate(words):
                    if word.is_in(tokens):
                        weights[place] = max(weights[place], weight(field))
            best = max(best, sum(weights) / len(words))
        return min(1.0, best / weight("subjects"))

    # Who holds it -------------------------------------------------------------------------

    def _of_holders(self, entries: list[Entry]) -> Scored:
        places: dict[str, int] = {}
        year, complete = 0, 0
        available = online = False
        for entry in entries:
            record = entry.record
            member = record.member
            if entry.place < places.get(member, 1 << 30):
                places[member] = entry.place
            if record.year is not None and year < record.year <= self._year + 1:
                year = record.year
            complete = max(complete, _fullness(record))
            if not online and (record.is_online or has_full_text(record)):
                online = True
            if not available and record.holdings and is_available(record):
                available = True
        count = len(places)
        scored = [(_order_points(places), Reason("rank.member-order", {"place": min(places.values())}))]
        if count > 1:
            points = POINTS["rank.held-by"] * min(1.0, log2(count) / _HELD_BY_ALL)
            scored.append((points, Reason("rank.held-by", {"count": count})))
        age = self._year - year
        if age < _YEARS_TO_OLD:
            points = POINTS["rank.newest"] * (1 - max(age, 0) / _YEARS_TO_OLD)
            scored.append((points, Reason("rank.newest", {"year": year})))
        if available:
            scored.append((POINTS["rank.available"], Reason("rank.available")))
        if online:
            scored.append((POINTS["rank.online"], Reason("rank.online")))
        if complete:
            scored.append((POINTS["rank.complete"] * complete / _FULL, Reason("rank.complete")))
        if self._most_preferred:
            preferred = max(self._preferences.get(member, 0) for member in places)
            if preferred > 0:
                scored.append((POINTS["rank.home"] * preferred / self._most_preferred, Reason("rank.home")))
        return scored


def positive_clauses(expression: Expression) -> list[Clause]:
    """Return the clauses that are asked for, in the order typed."""
    if isinstance(expression, Clause):
        return [expression]
    if isinstance(expression, Not):
        return []
    assert isinstance(expression, And | Or)
    return [clause for part in expression.parts for clause in positive_clauses(part)]


def _words(clauses: tuple[Clause, ...], fields: set[Field]) -> tuple[Word, ...]:
    found = []
    for clause in clauses:
        if clause.field in fields:
            folded, exact = text.folded_key(clause.text).split(), text.exact_key(clause.text).split()
            if len(folded) != len(exact):
                exact = folded
            for place, (plain, marked) in enumerate(zip(folded, exact, strict=True)):
                found.append(Word(plain, marked, clause.is_truncated and place == len(folded) - 1))
    return tuple(found)


def _match_title(title: TitleKey, words: tuple[Word, ...]) -> _TitleMatch:
    """How well a title answers words: one reason of the ladder, how little else it holds, how the marks agree."""
    tokens = frozenset(title.full.split())
    missing = tuple(word for word in words if not word.is_in(tokens))
    hits = len(words) - len(missing)
    if not hits:
        return _TitleMatch(0.0, (), missing)
    phrase = " ".join(word.folded for word in words)
    end = "" if words[-1].is_truncated else " "
    share = 1.0
    if phrase in (title.folded, title.full):
        code = "rank.title-exact"
    elif f"{title.full} ".startswith(f"{phrase}{end}"):
        code = "rank.title-begins"
    elif len(words) > 1 and f" {phrase}{end}" in f" {title.full} ":
        code = "rank.title-phrase"
    elif not missing:
        code = "rank.title-words"
    else:
        wanted = set(text.pairs(phrase))
        share = len(wanted.intersection(text.pairs(title.full))) / len(wanted) if wanted else 0.0
        code = "rank.title-pairs" if share else "rank.title-some"
        share = share or hits / len(words)
    agree, wrong = _marks(title, words)
    points = POINTS[code] * share * (1 - _WRONG_COSTS * wrong)
    close = POINTS["rank.title-close"] * hits / len(words) * min(1.0, hits / len(title.full.split()))
    reasons = [(points, Reason(code)), (close, Reason("rank.title-close"))]
    if agree:
        reasons.append((POINTS["rank.marks-agree"] * agree, Reason("rank.marks-agree")))
    if wrong:
        reasons.append((POINTS["rank.marks-wrong"] * wrong, Reason("rank.marks-wrong")))
    return _TitleMatch(sum(one for one, _ in reasons), tuple(reasons), missing)


def _marks(title: TitleKey, words: tuple[Word, ...]) -> tuple[float, float]:
    """Return the shares of the marked words whose marks agree, and whose marks are wrong."""
    marked = [word for word in words if word.exact != word.folded]
    if not marked:
        return 0.0, 0.0
    found = title.exact.split()
    if title.below:
        found += text.exact_key(title.below).split()
    agree = wrong = 0
    for word in marked:
        ways = {text.marks(word.exact, token) for token in found} - {text.Marks.DIFFERENT}
        if text.Marks.SAME in ways:
            agree += 1
        elif ways == {text.Marks.WRONG}:
            wrong += 1
    return agree / len(marked), wrong / len(marked)


def _subjects(record: Record) -> list[tuple[str, str]]:
    return [("subjects", subject) for subject in record.subjects]


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


def _best(share: float, code: str) -> Scored:
    return [(POINTS[code] * share, Reason(code))] if share else []
