"""A member that is harvested, asked like any other: its answers come from the shared index, as old as the harvest."""

from __future__ import annotations

import msgspec

from engine.errors import UnharvestedError, UnsupportedError
from engine.model import Answer, Field, Placed, Query, Reason, Window
from engine.ports import Clock, Harvested, HarvestIndex, Member
from engine.query import words
from engine.text import folded_key


class HarvestedMember:
    """A member searched in what was harvested of it. It costs the member's server nothing.

    `Answer.asked_at` is when the last harvest that came to its end had begun: of that time all its records are.
    """

    fields: frozenset[Field] = frozenset(Field)

    def __init__(self, member: Member, index: HarvestIndex | None, clock: Clock) -> None:
        self._member, self._index, self._clock = member, index, clock

    async def search(self, query: Query, window: Window) -> Answer:
        """Return one window of what its records hold. Raises UnharvestedError and StoreError."""
        began = self._clock()
        if query.expression is not None and not any(folded_key(clause.text) for clause in words(query)):
            raise UnsupportedError("there is no word to search for")
        # Records do not tell what can be had now: what contradicts these filters is dropped where all answers are.
        filters = msgspec.structs.replace(query.filters, available_only=False, online_only=False)
        found = await self._harvested(msgspec.structs.replace(query, filters=filters), window)
        end = window.start - 1 + len(found.placed)
        return Answer(
            member=self._member.id,
            placed=tuple(Placed(window.start + at, record) for at, record in enumerate(found.placed)),
            total=found.total,
            asked_at=found.state.confirmed_at or found.state.begun_at,
            took_s=max(0.0, self._clock() - began),
            has_more=bool(found.placed) and end < min(found.total, found.shown),
            notices=_notices(query, found, end),
        )

    async def _harvested(self, query: Query, window: Window) -> Harvested:
        found = await self._index.harvested(self._member.id, query, window) if self._index is not None else None
        if found is None:
            detail = "nothing was harvested yet" if self._index is not None else "there is no index to search in"
            raise UnharvestedError(detail, member=self._member.id)
        return found

    async def probe(self) -> None:
        """Find out whether anything was harvested: the member itself is not asked."""
        if self._index is None or await self._index.harvest_state(self._member.id) is None:
            raise UnharvestedError("nothing was harvested yet", member=self._member.id)

    async def close(self) -> None:
        """Let go of nothing: the index is not ours."""


def _notices(query: Query, found: Harvested, end: int) -> tuple[Reason, ...]:
    told = []
    if found.state.confirmed_at is None:
        told.append(Reason("notice.harvest-partial", {"records": sum(one.records for one in found.state.lists)}))
    if query.filters.available_only or query.filters.online_only:
        told.append(Reason("notice.filtered-here"))
    if found.total >= found.bound:
        told.append(Reason("notice.total-bounded", {"count": found.bound}))
    if end >= found.shown and found.total > found.shown:
        told.append(Reason("notice.list-capped", {"count": found.shown}))
    return tuple(told)
