"""All records of one search -> the ranked titles of a page, counts and facets.

What it shows depends on what was added, not on the order in which it came. A round is how deep a member was
asked: 0 what the index knew at once, 1 its first records, 2 its next. Titles of deeper rounds stand after those of
shallower ones, so that going deeper never moves a row.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import quote

from engine.facets import FacetCounts
from engine.match import Entry, Matcher, Work
from engine.matching.editions import editions
from engine.merge import merge
from engine.model import Edition, Facet, Placed, Query, Reason, Title
from engine.narrow import narrower
from engine.rank import Ranking, Standing

RecordKey = tuple[str, str]


class _Row(NamedTuple):
    """A title in its order: level, negative score, then what never is equal for two titles."""

    level: int
    score: float
    name: str
    key: RecordKey
    work: Work


class Gathering:
    """What one search knows. Made for one query; `now` is seconds since the epoch, for ages and new editions.

    `preferences` are the members' (`Member.preference`): whose description is taken first.
    """

    def __init__(self, query: Query, *, preferences: Mapping[str, int] | None = None, now: float) -> None:
        self._preferences = dict(preferences or {})
        self._now = now
        self._may_belong = narrower(query)
        self._ranking = Ranking(query, preferences=self._preferences, now=now)
        self._matcher = Matcher()
        self._counts = FacetCounts()
        self._batches: dict[tuple[str, int], dict[RecordKey, Entry]] = {}
        self._offers: dict[RecordKey, dict[int, Entry]] = {}  # by round: the shallowest one stands
        self._rows: list[_Row] = []
        self._row_of: dict[Work, _Row] = {}
        self._standings: dict[Work, Standing] = {}
        self._made: dict[Work, Title] = {}
        self._facets: tuple[Facet, ...] | None = None

    def add(
        self,
        member: str,
        placed: Sequence[Placed],
        *,
        round: int = 1,  # noqa: A002 - the word of the house for how deep a member was asked
        asked_at: float | None = None,
    ) -> None:
        """Take in the records of one member's answer. A later answer of the same member and round replaces it.

        `asked_at` is set for what comes from the index. What the index knew at once (round 0) goes when the member's
        own first answer comes.
        """
        if round == 0 and (member, 1) in self._batches:
            return
        batch: dict[RecordKey, Entry] = {}
        for one in sorted(placed, key=lambda one: one.place):
            key = (one.record.member, one.record.id)
            if key not in batch and (self._may_belong is None or self._may_belong(one.record)):
                batch[key] = Entry(one, max(round, 1), asked_at)
        gone = self._batches.pop((member, round), {})
        if round == 1:
            self._drop(0, self._batches.pop((member, 0), {}))
        self._drop(round, {key: entry for key, entry in gone.items() if key not in batch})
        self._batches[member, round] = batch
        for key, entry in batch.items():
            offers = self._offers.setdefault(key, {})
            before = offers.get(min(offers)) if offers else None
            offers[round] = entry
            self._replace(before, offers[min(offers)])

    def _drop(self, depth: int, batch: Mapping[RecordKey, Entry]) -> None:
        for key in batch:
            offers = self._offers[key]
            before = offers[min(offers)]
            del offers[depth]
            if not offers:
                del self._offers[key]
            self._replace(before, offers[min(offers)] if offers else None)

    def _replace(self, before: Entry | None, after: Entry | None) -> None:
        if before is after:
            return
        self._facets = None
        if before is not None:
            self._matcher.remove(before)
            self._counts.remove_record(before)
        if after is not None:
            self._counts.add_record(after)
            self._matcher.add(after)

    # What is known ------------------------------------------------------------------------

    @property
    def title_count(self) -> int:
        """How many titles are known."""
        self._settle()
        return len(self._rows)

    @property
    def record_count(self) -> int:
        """How many records they are made of."""
        return len(self._offers)

    def titles(self, page: int, page_size: int) -> tuple[Title, ...]:
        """Return the titles of a page, best first. `page` counts from 1.

        A page holds titles of one round only: those that going deeper brings begin a page of their own, so that no
        page that was shown is filled up later.
        """
        self._settle()
        for first, last in self._rounds():
            pages = -(-(last - first) // page_size)
            if page <= pages:
                start = first + (page - 1) * page_size
                return tuple(self._title(row.work) for row in self._rows[start : min(start + page_size, last)])
            page -= pages
        return ()

    def page_count(self, page_size: int) -> int:
        """Return how many pages the known titles fill."""
        self._settle()
        return sum(-(-(last - first) // page_size) for first, last in self._rounds())

    def _rounds(self) -> list[tuple[int, int]]:
        """Return where the rows of each round begin and end."""
        bounds = []
        first = 0
        while first < len(self._rows):
            last = bisect_right(self._rows, self._rows[first].level, first, key=attrgetter("level"))
            bounds.append((first, last))
            first = last
        return bounds

    def facets(self) -> tuple[Facet, ...]:
        """Return the facets over all titles, not of one page only."""
        self._settle()
        if self._facets is None:
            self._facets = self._counts.facets()
        return self._facets

    def dissolve(self) -> None:
        """Let go of everything. What it gave out stays; nothing may be asked of it any more."""
        self._matcher.dissolve()
        self._counts.dissolve()

    def _settle(self) -> None:
        """Match and rank what was touched since the last time."""
        gone, made = self._matcher.regroup()
        if not gone and not made:
            return
        self._facets = None
        dropped = set()
        for work in gone:
            dropped.add(self._row_of.pop(work).key)
            self._counts.remove_title(work)
            self._made.pop(work, None)
            del self._standings[work]
        if dropped:
            self._rows = [row for row in self._rows if row.key not in dropped]
        rows = []
        for work in made:
            standing = self._standings[work] = self._ranking.standing(work)
            first = next(entry for entry in work.entries if entry.level == work.level)
            row = _Row(
                work.level, -standing.score, first.node.signature.title.folded if first.node else "", first.key, work
            )
            self._row_of[work] = row
            self._counts.add_title(work)
            rows.append(row)
        if len(rows) > 8:
            self._rows.extend(rows)
            self._rows.sort()
        else:
            for row in rows:
                insort(self._rows, row)

    def _title(self, work: Work) -> Title:
        title = self._made.get(work)
        if title is None:
            member, record_id = self._row_of[work].key
            standing = self._standings[work]
            asked = [entry.asked_at for entry in work.entries if entry.asked_at is not None]
            title = self._made[work] = Title(
                id=f"{member}~{quote(record_id, safe='')}",
                editions=tuple(self._edition(entries, joins) for entries, joins in editions(work.entries)),
                members=tuple(sorted({entry.record.member for entry in work.entries})),
                score=standing.score,
                reasons=standing.reasons(),
                joins=work.joins,
                age_s=max(0.0, self._now - min(asked)) if asked else None,
            )
        return title

    def _edition(self, entries: list[Entry], joins: tuple[Reason, ...]) -> Edition:
        records = tuple(entry.record for entry in entries)
        return Edition(merge(records, self._preferences), records, joins)
