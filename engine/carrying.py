"""An index as lines of JSON, to be carried elsewhere or into another backend.

A line is an answer, how often a question was asked, how far a member was harvested, or a harvested record of the member
named last. What a member's catalogue holds counts as harvested only when all of it has come.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Self

import msgspec

from engine.model import Answer, Noun, Record
from engine.ports import HarvestBook, HarvestPart, HarvestState, Question, TitleIndex, Wanted

AT_ONCE = 200
"""Lines are taken in parts, so that none is dropped for want of room in the queue."""

HOLDER = "lienthu index import"

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much is done, and how much there is."""


class Line(Noun, frozen=True):
    """One line: a question and its answer, or `asked`, or `member` and `state`, or `record`."""

    question: Question | None = None
    answer: Answer | None = None
    asked: Wanted | None = None
    member: str | None = None
    state: HarvestState | None = None
    record: Record | None = None

    @property
    def is_known(self) -> bool:
        """Whether it is one of these."""
        halves = (self.question is not None) == (self.answer is not None), (self.member is None) == (self.state is None)
        kinds = (self.question, self.asked, self.member, self.record)
        return all(halves) and sum(one is not None for one in kinds) == 1


class Carried(Noun, frozen=True):
    """How much was carried: answers, questions with their demand, and harvested records."""

    answers: int = 0
    asked: int = 0
    harvested: int = 0


async def lines(index: TitleIndex, harvested: Sequence[str], tell: Tell) -> AsyncIterator[Line]:
    """Yield an index line by line, with the catalogues of these members. Raises StoreError."""
    state = await index.state()
    done = 0
    async for question, answer in index.exported():
        done += 1
        tell("answers", done, state.answers)
        yield Line(question=question, answer=answer)
    async for asked in index.exported_demand():
        yield Line(asked=asked)
    done = 0
    for member in harvested:
        harvest = await index.harvest_state(member)
        if harvest is None:
            continue
        yield Line(member=member, state=harvest)
        async for record in index.exported_harvest(member):
            done += 1
            tell("harvested", done, state.harvested)
            yield Line(record=record)


def counted(carried: Carried, line: Line) -> Carried:
    """Return the counts with one line more."""
    return Carried(
        carried.answers + (line.answer is not None),
        carried.asked + (line.asked is not None),
        carried.harvested + (line.record is not None),
    )


class Taking:
    """Takes lines into an index, in parts. Use it as a context: what is left is taken at its end.

    Raises StoreError, and HarvestHeldError where a member's catalogue is just being harvested.
    """

    def __init__(self, index: TitleIndex) -> None:
        self._index = index
        self._answers = 0
        self._asked: list[Wanted] = []
        self._records: list[Record] = []
        self._state: HarvestState | None = None
        self._book: HarvestBook | None = None
        self._lock = AsyncExitStack()
        self.carried = Carried()

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Take what is left; a catalogue that did not come to its end stays one that is not yet harvested."""
        try:
            if kind is None:
                await self._end_catalogue()
                await self._index.take_demand(self._asked)
                await self._index.flush()
        finally:
            await self._lock.aclose()

    async def take(self, line: Line) -> None:
        """Take one line."""
        if line.question is not None and line.answer is not None:
            self._index.keep(line.question, line.answer)
            self._answers += 1
            if self._answers % AT_ONCE == 0:
                await self._index.flush()
        elif line.asked is not None:
            self._asked.append(line.asked)
            if len(self._asked) >= AT_ONCE:
                await self._index.take_demand(self._asked)
                self._asked = []
        elif line.member is not None and line.state is not None:
            await self._end_catalogue()
            await self._begin_catalogue(line.member, line.state)
        elif line.record is not None and self._book is not None:
            self._records.append(line.record)
            if len(self._records) >= AT_ONCE:
                await self._write_records(self._book)
        else:
            return
        self.carried = counted(self.carried, line)

    async def _begin_catalogue(self, member: str, state: HarvestState) -> None:
        """Hold a member's catalogue, unless what is here was harvested later."""
        book = await self._lock.enter_async_context(self._index.harvesting(member, HOLDER))
        here = await book.state()
        if here is not None and (here.confirmed_at or 0.0) >= (state.confirmed_at or 0.0):
            await self._lock.aclose()
            return
        run = max(state.run, here.run + 1 if here is not None else 1)
        self._book, self._state = book, msgspec.structs.replace(state, run=run)

    async def _write_records(self, book: HarvestBook) -> None:
        assert self._state is not None
        # Until all has come it is told as a harvest that knows no place to go on from: the next one begins anew.
        partly = msgspec.structs.replace(self._state, is_done=False, lists=(), confirmed_at=None, full_at=None)
        await book.write(HarvestPart(partly, tuple(self._records)))
        self._records = []

    async def _end_catalogue(self) -> None:
        if self._book is not None and self._state is not None:
            await self._write_records(self._book)
            await self._book.write(HarvestPart(self._state, clears=True))
        self._book = self._state = None
        await self._lock.aclose()
