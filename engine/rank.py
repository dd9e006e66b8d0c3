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

from engine.match import Entry, Node, Work
from engine.matching.nodes import FULL
from engine.matching.signature import TitleKey, name_key
from engine.model import Field, Query, Reason
from engine.query import words as words_of
from engine.rank_words import POINTS as POINTS
from engine.rank_words import Scored, TitleMatch, Word, match_elsewhere, match_title, words_in

SHOWN_REASONS = 4

_HELD_BY_ALL = 5  # log2 of the number of members from which more do not count
_YEARS_TO_OLD = 40
_ORDER_DEPTH = 10.0
_ORDER_MEMBERS = 3


class Standing(NamedTuple):
    """Where a title stands, and why."""

    score: float
    scored: tuple[Scored, ...]

    def reasons(self) -> tuple[Reason, ...]:
        """Return the strongest reasons, strongest first."""
        strongest = sorted((one for one in self.scored if one.points > 0), key=lambda one: (-one.points, one.code))
        return tuple(one.reason() for one in strongest[:SHOWN_REASONS])


class Ranking:
    """The order of one search."""

    def __init__(self, query: Query, *, preferences: Mapping[str, int], now: float) -> None:
        clauses = words_of(query)
        self._topic = words_in(clauses, {Field.ANY, Field.TITLE})
        self._title_only = frozenset(words_in(clauses, {Field.TITLE}))
        self._person = words_in(clauses, {Field.PERSON})
        self._subject = words_in(clauses, {Field.SUBJECT})
        self._other = words_in(clauses, {Field.PUBLISHER, Field.SERIES, Field.CALL_NUMBER})
        self._identifiers = frozenset(
            clause.text for clause in clauses if clause.field in {Field.ISBN, Field.ISSN, Field.IDENTIFIER}
        )
        self._preferences = preferences
        self._most_preferred = max((*preferences.values(), 0))
        self._year = datetime.fromtimestamp(now, UTC).year
        self._titles: dict[tuple[TitleKey, tuple[Word, ...]], TitleMatch] = {}
        self._elsewhere: dict[tuple[Entry, tuple[Word, ...]], tuple[Scored, ...]] = {}

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

    def _title_match(self, title: TitleKey, words: tuple[Word, ...]) -> TitleMatch:
        key = (title, words)
        found = self._titles.get(key)
        if found is None:
            found = self._titles[key] = match_title(title, words)
        return found

    def _with_people(self, node: Node, entries: list[Entry], match: TitleMatch, scored: list[Scored]) -> TitleMatch:
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
            return TitleMatch((), ())
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
                scored = self._elsewhere[key] = match_elsewhere(entry.record, missing, len(self._topic) or len(missing))
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
        latest = self._year + 1
        for entry in entries:
            member = entry.key[0]
            if entry.place < places.get(member, _NO_PLACE):
                places[member] = entry.place
            published = entry.record.year
            if published is not None and year < published <= latest:
                year = published
            complete = max(complete, entry.fullness)
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
        scored.append(Scored(POINTS["rank.complete"] * complete / FULL, "rank.complete"))
        if self._most_preferred:
            preferred = max([0, *(self._preferences.get(member, 0) for member in places)])
            scored.append(Scored(POINTS["rank.home"] * preferred / self._most_preferred, "rank.home"))
        return scored


_NO_PLACE = 1 << 30
_AVAILABLE = Scored(POINTS["rank.available"], "rank.available")
_ONLINE = Scored(POINTS["rank.online"], "rank.online")
_AMONG_NAMES = " "


def _order_points(places: Mapping[str, int]) -> float:
    """Reciprocal ranks in the three members that place it best, bounded: agreement helps a little, never squared."""
    best = sorted(places.values())[:_ORDER_MEMBERS]
    share = sum(_ORDER_DEPTH / (_ORDER_DEPTH + place - 1) for place in best) / 2
    return POINTS["rank.member-order"] * min(1.0, share)
