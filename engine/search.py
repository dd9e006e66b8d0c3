"""The search: ask all members at once, and yield what is known so far, again and again.

One search, read from top to bottom: `Search.run` plans, takes what the index knows, asks the rest
(`engine.flights`), and after each answer gathers (`engine.gather`) and yields the next snapshot.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import urllib.parse
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from typing import Self

from engine.availability import Availabilities, Refreshed
from engine.course import Course, gather_kept
from engine.errors import TimedOutError
from engine.flights import Flights
from engine.gather import Gathering
from engine.model import Clause, Field, Query, Record, Snapshot, Title
from engine.planner import Asked, plan
from engine.ports import Clock, IndexState, Member, TitleIndex
from engine.query import parse
from engine.rest import Health, Rests
from engine.settled import Outcomes

REMEMBERED_TITLES = 1_000
TEND_EVERY_S = 5.0
REFRESHED_AT_ONCE = 3

log = logging.getLogger("lienthu.search")


class Search:
    """The search over all members of one process. Made by `engine.app`, used by the service and the command line.

    `deadline_s` bounds each search unless the caller says otherwise; `instant` is the most records that
    the first snapshot takes from the index. `refreshes`: this process refreshes what is in demand.
    """

    def __init__(
        self,
        asked: Sequence[Asked],
        index: TitleIndex | None,
        *,
        clock: Clock,
        deadline_s: float = 10.0,
        instant: int = 60,
        refreshes: bool = True,
    ) -> None:
        self._asked = tuple(asked)
        self._by_id = {one.member.id: one for one in self._asked}
        self._index = index
        self._clock = clock
        self._deadline_s = deadline_s
        self._instant = instant
        self._refreshes = refreshes
        self._rests = Rests(clock)
        self._flights = Flights(index, self._rests, clock)
        self._outcomes = Outcomes()
        self._availabilities = Availabilities(self._asked, self._rests, clock)
        self._shown: OrderedDict[str, tuple[Title, float]] = OrderedDict()  # and when they were put together
        self._preferences = {one.member.id: one.member.preference for one in self._asked}
        self._tending: asyncio.Task[None] | None = None

    @property
    def members(self) -> tuple[Member, ...]:
        """Every member that can be asked."""
        return tuple(one.member for one in self._asked)

    def health(self, member: str) -> Health:
        """Return how a member fares."""
        return self._rests.health(member)

    async def index_state(self) -> IndexState | None:
        """Return how the index is; None if there is none."""
        return await self._index.state() if self._index is not None else None

    async def suggest(self, prefix: str, limit: int = 10) -> tuple[str, ...]:
        """Return what readers ask that begins like this."""
        return await self._index.suggest(prefix, limit) if self._index is not None else ()

    async def run(
        self, query: Query, *, reader: str | None = None, deadline_s: float | None = None
    ) -> AsyncIterator[Snapshot]:
        """Yield snapshots until the search is settled; each replaces the one before.

        Snapshots are made when they are asked for: a slow reader gets fewer, never old ones. `reader` is
        the reader's address, for members that are open to their own networks only. Leaving the iteration ends the
        search for this reader; members that were asked still answer to the index.
        Raises QueryError before the first snapshot.
        """
        course = self._course(query, reader, deadline_s)
        try:
            async for _ in course.steps():
                yield self._remembered(course.snapshot())
        finally:
            course.end()

    async def settled(self, query: Query, *, reader: str | None = None, deadline_s: float | None = None) -> Snapshot:
        """Return the last snapshot of a search."""
        course = self._course(query, reader, deadline_s)
        try:
            async for _ in course.steps():
                pass
            return self._remembered(course.snapshot())
        finally:
            course.end()

    async def title(self, title_id: str) -> Title | None:
        """Return a title by its id, or by `member~record-id` of any of its records, as far as it is still known."""
        if title_id in self._shown:
            return self._shown[title_id][0]
        member, separator, record_id = title_id.partition("~")
        if not separator or self._index is None:
            return None
        aged = await self._index.record(member, urllib.parse.unquote(record_id))
        if aged is None:
            return None
        query = _query_for(aged.record)
        gathering = Gathering(query, preferences=self._preferences, now=self._clock())
        found = {(one.record.member, one.record.id): one for one in await self._index.search(query, self._instant)}
        found[aged.record.member, aged.record.id] = aged
        gather_kept(gathering, tuple(found.values()))
        for title in gathering.titles(1, len(found)):
            for edition in title.editions:
                if any((part.member, part.id) == (aged.record.member, aged.record.id) for part in edition.records):
                    return title
        return None

    async def refreshed(self, title_ids: Sequence[str], *, reader: str | None = None) -> tuple[Refreshed, ...]:
        """Return those of these titles that are known, with the copies that can be had now and how old each word is.

        Members are asked in one batch each, and only those that can tell and have not just told.
        """
        titles: list[tuple[Title, float]] = []
        for title_id in dict.fromkeys(title_ids):
            known = self._shown.get(title_id)
            if known is not None:
                titles.append(known)
            elif (found := await self.title(title_id)) is not None:
                titles.append((found, self._clock()))
        return await self._availabilities.refreshed(titles, reader=reader)

    # Between searches --------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        """Begin to tend: probe members that rest, and refresh what is in demand."""
        self._tending = asyncio.create_task(self._tend(), name="tend")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let what is in flight land, write what was taken, and let go of every member."""
        if self._tending is not None:
            self._tending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._tending
        await self._flights.land(within_s=2.0)
        await asyncio.gather(*(one.connector.close() for one in self._asked))
        if self._index is not None:
            await self._index.close()

    async def tend_once(self) -> None:
        """Probe the members whose pause has ended, and refresh what is in demand."""
        await self._rests.probe_due(self._probe)
        if self._refreshes:
            await self._refresh_due()

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(TEND_EVERY_S)
            try:
                await self.tend_once()
            except Exception:
                log.exception("tending failed")

    async def _probe(self, member: str) -> None:
        asked = self._by_id[member]
        # The rest ends by this alone, so a probe that never ends would keep a member out for good.
        try:
            async with asyncio.timeout(asked.member.manners.timeout_s):
                await asked.connector.probe()
        except TimeoutError as error:
            raise TimedOutError(timeout_s=asked.member.manners.timeout_s) from error

    async def _refresh_due(self) -> None:
        if self._index is None:
            return
        for question in await self._index.refresh_due(REFRESHED_AT_ONCE):
            asked = self._by_id.get(question.member)
            if asked is not None and self._rests.resting(question.member) is None:
                await self._flights.ask(asked, parse(question.terms), question)

    # One search -------------------------------------------------------------------------

    def _course(self, query: Query, reader: str | None, deadline_s: float | None) -> Course:
        planned = plan(query, self._asked, resting=self._rests.resting, reader=reader)
        return Course(
            query,
            planned,
            flights=self._flights,
            index=self._index,
            clock=self._clock,
            deadline_s=self._deadline_s if deadline_s is None else min(deadline_s, self._deadline_s),
            instant=self._instant,
            preferences=self._preferences,
            outcomes=self._outcomes,
        )

    def _remembered(self, snapshot: Snapshot) -> Snapshot:
        now = self._clock()
        for title in snapshot.titles:
            self._shown[title.id] = (title, now)
            self._shown.move_to_end(title.id)
        while len(self._shown) > REMEMBERED_TITLES:
            self._shown.popitem(last=False)
        return snapshot


def _query_for(record: Record) -> Query:
    """Return the query that finds a record and what is the same title."""
    return Query(Clause(record.title, Field.TITLE))
