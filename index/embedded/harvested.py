"""What was harvested, in a SQLite file beside the index: the part of the port that holds whole catalogues."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from engine.model import Query, Record, Window
from engine.ports import Aged, Harvested, HarvestPart, HarvestState, Written
from index.embedded import harvest_searching, harvest_writing, reading, searching, suggesting
from index.embedded.harvest_file import HARVEST_SCHEMA, bring_up_harvest, held, open_to_harvest, store_error
from index.embedded.reading import Reader
from index.offers import Title

Found = TypeVar("Found")

LONGEST_READ_S = 5.0
"""A member's own deadline is the nearer bound: what is given up here is told as a failure."""


class HarvestedFile:
    """The file and its two reading threads. Where there is no file, nothing was harvested.

    One thread answers for members; what is looked for among all else, while readers wait for nothing, has another.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._members = Reader(path, "harvested", schema=HARVEST_SCHEMA, longest_s=LONGEST_READ_S)
        self._among = Reader(path, "among", schema=HARVEST_SCHEMA)

    async def open(self) -> None:
        """Make sure that the file, if there is one, is of this version."""
        await asyncio.to_thread(bring_up_harvest, self.path)

    async def _read(
        self, look: Callable[[sqlite3.Connection], Found], otherwise: Found, *, reader: Reader | None = None
    ) -> Found:
        """Return what `look` finds, `otherwise` if there is no file. Raises StoreError."""
        if not self.path.exists():
            return otherwise
        try:
            return await (reader or self._members).read(look)
        except (sqlite3.Error, OSError) as error:
            raise store_error(self.path, error) from error

    async def search(self, member: str, query: Query, window: Window) -> Harvested | None:
        """Return one window of what a member's records hold for a query."""
        try:
            return await self._read(lambda file: harvest_searching.harvested(file, member, query, window), None)
        except (UnicodeError, OverflowError):  # no text or number that any record could hold
            state = await self.state(member)
            return Harvested((), 0, harvest_searching.COUNTED, harvest_searching.WEIGHED, state) if state else None

    async def state(self, member: str) -> HarvestState | None:
        """Return how far a member was harvested."""
        return await self._read(lambda file: harvest_writing.read_state(file, member), None)

    async def count(self, member: str | None = None) -> int:
        """Return how many records of a member there are, or of all."""
        return await self._read(lambda file: harvest_searching.count(file, member), 0)

    async def exported(self, member: str) -> AsyncIterator[Record]:
        """Yield every record of a member."""
        after, found = await self._after(member, 0)
        while True:
            for one in found:
                yield one
            if not after:
                return
            after, found = await self._after(member, after)

    async def _after(self, member: str, after: int) -> tuple[int, tuple[Record, ...]]:
        return await self._read(lambda file: harvest_searching.records_after(file, member, after=after), (0, ()))

    async def found(self, query: Query, limit: int) -> tuple[Aged, ...]:
        """Return records of any member that hold the query's words, best first, as `searching.search` does."""

        def look(file: sqlite3.Connection) -> tuple[Aged, ...]:
            return harvest_searching.confirmed(file, searching.search(file, query, limit, 0.0))

        return await self._read(look, (), reader=self._among)

    async def record(self, member: str, record_id: str) -> Aged | None:
        """Return one record."""

        def look(file: sqlite3.Connection) -> Aged | None:
            one = reading.record(file, member, record_id)
            return harvest_searching.confirmed(file, (one,))[0] if one else None

        return await self._read(look, None, reader=self._among)

    async def titles(self, prefix: str) -> set[Title]:
        """Return titles that begin so, as `suggesting.titles` does."""
        return await self._read(lambda file: suggesting.titles(file, prefix), set(), reader=self._among)

    def bytes_used(self) -> int:
        """Return how much room it takes on the disk, its log included."""
        files = (self.path, self.path.with_name(f"{self.path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    @asynccontextmanager
    async def harvesting(self, member: str, holder: str) -> AsyncIterator[Book]:
        """Hold the lock of a member's harvest and give what is written with."""
        with held(self.path, member, holder):
            book = Book(self.path, member)
            await book.open()
            try:
                yield book
            finally:
                await book.close()

    async def close(self) -> None:
        """Let go of the file."""
        await self._members.close()
        await self._among.close()


class Book:
    """A member's harvested records, open for writing in a thread of its own."""

    def __init__(self, path: Path, member: str) -> None:
        self._path = path
        self._member = member
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lienthu-harvest")
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Open the file, making it where it is missing. Raises StoreError."""
        loop = asyncio.get_running_loop()
        self._connection = await loop.run_in_executor(self._thread, open_to_harvest, self._path)

    async def _run(self, work: Callable[[sqlite3.Connection], Found]) -> Found:
        assert self._connection is not None
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._connection)
        except (sqlite3.Error, OSError, UnicodeError, msgspec.MsgspecError) as error:
            raise store_error(self._path, error) from error

    async def state(self) -> HarvestState | None:
        """Return how far the member was harvested."""
        return await self._run(lambda file: harvest_writing.read_state(file, self._member))

    async def write(self, part: HarvestPart) -> Written:
        """Write a part whole or not at all."""
        return await self._run(lambda file: harvest_writing.write_part(file, self._member, part))

    async def forget(self) -> int:
        """Delete everything of the member."""
        return await self._run(lambda file: harvest_writing.forget(file, self._member))

    async def close(self) -> None:
        """Let go of the file and end the thread."""
        connection = self._connection
        if connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, connection.close)
        self._thread.shutdown()
