"""What an operator does with the file: give away what is kept, delete it, take what was asked elsewhere."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from engine.model import Answer
from engine.ports import Clock, Question, Wanted
from index.embedded import reading
from index.embedded.harvest_file import store_error
from index.embedded.housekeeping import purge, take_demand
from index.embedded.reading import Reader
from index.embedded.writing import Writer

Found = TypeVar("Found")


class Chores:
    """Work that is done or fails: all of it raises StoreError, where a reader would get nothing."""

    def __init__(self, file: Path, writer: Writer, reader: Reader, clock: Clock) -> None:
        self._file, self._writer, self._reader, self._clock = file, writer, reader, clock

    def exported(self) -> AsyncIterator[tuple[Question, Answer]]:
        """Yield every kept answer and its question."""
        return self._exported(reading.answers_after)

    def exported_demand(self) -> AsyncIterator[Wanted]:
        """Yield how often questions were asked that three asked or more."""
        return self._exported(partial(reading.demand_after, now=self._clock()))

    async def _exported(self, look: Callable[..., tuple[int, list[Found]]]) -> AsyncIterator[Found]:
        """Yield what `look` finds in a file `after` 0, then after the number that comes with it, until that is 0."""
        after = 0
        while True:
            try:
                after, found = await self._reader.read(partial(look, after=after))
            except sqlite3.Error as error:
                raise store_error(self._file, error) from error
            for one in found:
                yield one
            if not after:
                return

    async def take_demand(self, asked: Sequence[Wanted]) -> None:
        """Take what was asked elsewhere; what counts more stays."""
        await self._do(partial(take_demand, asked=asked, now=self._clock()))

    async def purge(self, member: str | None) -> int:
        """Delete the kept answers and records of a member, or of all; return how many answers."""
        return await self._do(partial(purge, member=member))

    async def _do(self, job: Callable[[sqlite3.Connection], Found]) -> Found:
        """Do a job on the writing connection."""
        try:
            return cast("Found", await asyncio.wrap_future(self._writer.ask(job)))
        except sqlite3.Error as error:
            raise store_error(self._file, error) from error
