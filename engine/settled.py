"""What a search that was answered wholly from the index came to: matched and ranked once, shown many times.

The same question with the same kept answers has the same titles. A stamp names the answers by member and time, so that
any newer answer makes a new one.
"""

from __future__ import annotations

from collections import OrderedDict

from engine.model import Answer, Facet, Noun, Query, Title

REMEMBERED = 128

Stamp = tuple[tuple[str, float, int | None], ...]


class Outcome(Noun, frozen=True):
    """The part of a settled snapshot that depends on the answers alone."""

    titles: tuple[Title, ...]
    title_count: int
    record_count: int
    page_count: int
    facets: tuple[Facet, ...]


class Outcomes:
    """The last outcomes by question and stamp. One for a process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Query, Stamp], Outcome] = OrderedDict()

    def find(self, query: Query, stamp: Stamp) -> Outcome | None:
        """Return what this question came to with exactly these answers."""
        found = self._kept.get((query, stamp))
        if found is not None:
            self._kept.move_to_end((query, stamp))
        return found

    def keep(self, query: Query, stamp: Stamp, outcome: Outcome) -> None:
        """Remember what a question came to; the one not asked for longest is forgotten."""
        self._kept[query, stamp] = outcome
        while len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)


def stamp_of(answers: dict[str, Answer]) -> Stamp:
    """Return the stamp of answers by member. Their totals stand in it for members that are being harvested."""
    return tuple((member, answers[member].asked_at, answers[member].total) for member in sorted(answers))
