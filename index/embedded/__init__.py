"""The embedded index: answers, records and demand in one SQLite file, for one machine, without set-up.

    index = await embedded.index({"path": "var/index.sqlite", "size_mb": 512}, clock)

Several processes may use the file at once. Each has one thread that writes and two that read, so the event loop
waits for no disk, a look-up for no search, and no reader for a writer. What was harvested stands in a second file
beside it.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from itertools import zip_longest
from typing import TypeVar, cast

import msgspec

from engine.errors import StoreError
from engine.model import Answer, Query, Reason, Record, Window
from engine.ports import Aged, Clock, Harvested, HarvestState, IndexState, Question, TitleIndex, Wanted
from index.demand import demand
from index.embedded import reading, searching, suggesting
from index.embedded.asking import Asking
from index.embedded.chores import Chores
from index.embedded.harvest_file import harvest_file
from index.embedded.harvested import Book, HarvestedFile
from index.embedded.housekeeping import due
from index.embedded.reading import Decoded, Reader
from index.embedded.schema import read_scale
from index.embedded.settings import MEGABYTE, EmbeddedSettings, embedded_settings
from index.embedded.trouble import is_corrupt, is_interrupted, trouble
from index.embedded.writing import Writer
from index.offers import Title

log = logging.getLogger(__name__)

Found = TypeVar("Found")

TOLD_S = 3600.0
"""For how long `state` tells that a damaged file was moved aside."""


async def index(settings: Mapping[str, object], clock: Clock) -> TitleIndex:
    """Open the embedded index. Raises SettingsError; a file that can't be used is told by `state` only."""
    opened = EmbeddedIndex(embedded_settings(settings), clock)
    await opened.open()
    return opened


class EmbeddedIndex:
    """A TitleIndex in one SQLite file."""

    def __init__(self, settings: EmbeddedSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._writer = Writer(settings, clock)
        self._lookups = Reader(settings.file, "lookups")
        self._searches = Reader(settings.file, "searches")
        self._harvested = HarvestedFile(harvest_file(settings.file))
        self._asking = Asking(settings.file)
        self._chores = Chores(settings.file, self._writer, self._searches, clock)
        self._letting_go: set[asyncio.Task[None]] = set()
        self._decoded = Decoded(int(settings.decoded_mb * MEGABYTE))
        self._problem: Reason | None = None
        self._harvest_problem: Reason | None = None
        self._is_closed = False

    async def open(self) -> None:
        """Begin: make or open the file."""
        await asyncio.wrap_future(self._writer.start())
        await self._harvested.open()

    async def answers(self, questions: Sequence[Question]) -> dict[Question, Answer]:
        """Return the kept answers of these questions, whatever their age."""
        found: dict[Question, Answer] = {}
        for question in questions:
            answer = self._writer.waiting(question)
            if answer is not None:
                found[question] = answer
        others = [question for question in questions if question not in found]
        if others:
            oldest = self._oldest()
            none: dict[Question, Answer] = {}
            kept = await self._read(
                self._lookups, partial(reading.answers, questions=others, decoded=self._decoded), none
            )
            found |= {question: answer for question, answer in kept.items() if answer.asked_at >= oldest}
        return found

    def keep(self, question: Question, answer: Answer) -> None:
        """Take an answer to be written soon, unless it is too old to be kept."""
        if answer.asked_at >= self._oldest():
            self._writer.keep(question, answer)
        over = asyncio.create_task(
            self._asking.let_go_when(question, lambda: self._writer.waiting(question) is None), name="let go"
        )
        self._letting_go.add(over)
        over.add_done_callback(self._letting_go.discard)

    def count(self, terms: str) -> None:
        """Note that somebody asked this. Call it once for each reader and question."""
        self._writer.count(terms)

    async def demand(self, terms: str) -> float:
        """Return how often it was asked, decayed to now."""

        def look(connection: sqlite3.Connection) -> float:
            row = connection.execute("SELECT weight FROM terms WHERE terms = ?", (terms,)).fetchone()
            return demand(read_scale(connection), row[0], self._clock()) if row else 0.0

        waiting = self._writer.waiting_count(terms)
        return waiting + await self._read(self._lookups, look, 0.0)

    async def search(self, query: Query, limit: int) -> tuple[Aged, ...]:
        """Return kept and harvested records that hold the query's words, best first."""
        none: tuple[Aged, ...] = ()
        kept, harvested = await asyncio.gather(
            self._read(
                self._searches, lambda connection: searching.search(connection, query, limit, self._oldest()), none
            ),
            self._of_harvested(partial(self._harvested.found, query, limit), none),
        )
        # What several stores hold is no one's order: the best of each in turn. A record kept lately is the newer one.
        mixed = [one for pair in zip_longest(kept, harvested) for one in pair if one is not None]
        unlike = {(one.record.member, one.record.id): one for one in reversed(mixed)}
        return tuple(reversed(unlike.values()))[:limit]

    async def record(self, member: str, record_id: str) -> Aged | None:
        """Return one kept or harvested record."""
        kept = await self._read(self._lookups, lambda connection: reading.record(connection, member, record_id), None)
        return kept or await self._of_harvested(partial(self._harvested.record, member, record_id), None)

    async def suggest(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return what was often asked or is the title of a record, beginning with these letters."""
        none: set[Title] = set()
        further = await self._of_harvested(partial(self._harvested.titles, prefix), none)
        return await self._read(
            self._searches, lambda connection: suggesting.suggest(connection, prefix, limit, further), ()
        )

    async def harvested(self, member: str, query: Query, window: Window) -> Harvested | None:
        """Return what a member's harvested records hold for a query. Raises StoreError."""
        self._refuse_if_closed()
        return await self._harvested.search(member, query, window)

    async def harvest_state(self, member: str) -> HarvestState | None:
        """Return how far a member was harvested. Raises StoreError."""
        self._refuse_if_closed()
        return await self._harvested.state(member)

    async def harvest_count(self, member: str) -> int:
        """Return how many harvested records of a member there are. Raises StoreError."""
        self._refuse_if_closed()
        return await self._harvested.count(member)

    def exported_harvest(self, member: str) -> AsyncIterator[Record]:
        """Yield every harvested record of a member. Raises StoreError."""
        return self._harvested.exported(member)

    def harvesting(self, member: str, holder: str) -> AbstractAsyncContextManager[Book]:
        """Hold the lock of a member's harvest. Raises HarvestHeldError and StoreError."""
        return self._harvested.harvesting(member, holder)

    async def forget_harvest(self, member: str) -> int:
        """Delete all that was harvested of a member. Raises HarvestHeldError and StoreError."""
        async with self._harvested.harvesting(member, "lienthu, which forgets it") as book:
            return await book.forget()

    async def claim(self, question: Question, for_s: float) -> bool:  # noqa: ARG002 - these end with their holder
        """Take a question to ask its member; False: another process on this machine is asking it."""
        return self._is_closed or self._asking.claim(question)

    async def brought(self, question: Question) -> Answer | None:
        """Return the answer that another process brings; None as soon as none will come."""
        before = (await self.answers([question])).get(question)
        await self._asking.ended(question)
        answer = (await self.answers([question])).get(question)
        return None if before is not None and answer == before else answer

    def let_go(self, question: Question) -> None:
        """Give a question back that was claimed and got no answer."""
        self._asking.let_go(question)

    async def refresh_due(self, limit: int) -> tuple[Question, ...]:
        """Return questions in demand whose answers soon grow old, each to one process only."""
        claim = self._writer.ask(lambda connection: due(connection, self._settings, self._clock(), limit))
        try:
            return cast("tuple[Question, ...]", await asyncio.wrap_future(claim))
        except sqlite3.Error as error:
            self._note(error)
            return ()

    def exported(self) -> AsyncIterator[tuple[Question, Answer]]:
        """Yield every kept answer and its question. Raises StoreError."""
        return self._chores.exported()

    def exported_demand(self) -> AsyncIterator[Wanted]:
        """Yield how often questions were asked that three asked or more. Raises StoreError."""
        return self._chores.exported_demand()

    async def take_demand(self, asked: Sequence[Wanted]) -> None:
        """Take what was asked elsewhere; what counts more stays. Raises StoreError."""
        await self._chores.take_demand(asked)

    async def purge(self, member: str | None = None) -> int:
        """Delete the kept answers and records of a member, or of all; return how many answers. Raises StoreError."""
        await self.flush()
        return await self._chores.purge(member)

    async def migrate(self, tell: Callable[[str, int, int], None]) -> tuple[str, ...]:  # noqa: ARG002 - see below
        """Return nothing: a file is brought up to date when it is opened."""
        return ()

    async def state(self) -> IndexState:
        """Return how the index is."""

        def look(connection: sqlite3.Connection) -> tuple[int, int]:
            (answers,) = connection.execute("SELECT count(*) FROM answers").fetchone()
            (records,) = connection.execute("SELECT count(*) FROM records").fetchone()
            return int(answers), int(records)

        counts = await self._read(self._lookups, look, None)
        answers, records = counts or (0, 0)
        problem = self._problem if counts is None else None
        harvested, harvest_problem = 0, None
        try:
            harvested = await self._harvested.count() if not self._is_closed else 0
        except StoreError as error:
            harvest_problem = error.reason
        return IndexState(
            backend="embedded",
            is_ready=counts is not None,
            answers=answers,
            records=records,
            bytes_used=await asyncio.to_thread(self._bytes_used),
            bytes_bound=self._settings.bound_bytes,
            dropped=self._writer.dropped,
            harvested=harvested,
            harvested_bytes=await asyncio.to_thread(self._harvested.bytes_used),
            problem=self._writer.problem or self._replaced() or problem or harvest_problem,
        )

    async def flush(self) -> None:
        """Return when everything taken so far is written or given up."""
        await asyncio.wrap_future(self._writer.flush())

    async def close(self) -> None:
        """Write what was taken, and let go of the file."""
        if self._is_closed:
            return
        self._is_closed = True
        await asyncio.to_thread(self._writer.close)
        for task in self._letting_go:
            task.cancel()
        await asyncio.gather(*self._letting_go, return_exceptions=True)
        self._asking.close()
        await self._lookups.close()
        await self._searches.close()
        await self._harvested.close()

    def _replaced(self) -> Reason | None:
        """Return why a damaged file was moved aside, for an hour after that."""
        replaced = self._writer.replaced
        return replaced[1] if replaced and self._clock() - replaced[0] < TOLD_S else None

    def _oldest(self) -> float:
        return self._clock() - self._settings.keep_s

    def _bytes_used(self) -> int:
        path = self._settings.file
        files = (path, path.with_name(f"{path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    async def _read(self, reader: Reader, look: Callable[[sqlite3.Connection], Found], otherwise: Found) -> Found:
        """Return what `look` finds, or what stands for nothing if the store has trouble."""
        if self._is_closed:
            return otherwise
        try:
            found = await reader.read(look)
        except sqlite3.Error as error:
            self._note(error, reader.inode)
        except (UnicodeError, OverflowError, msgspec.MsgspecError):
            log.debug("index_unasked", exc_info=True)  # no text or number that could ever have been kept
        else:
            self._problem = None
            return found
        return otherwise

    async def _of_harvested(self, look: Callable[[], Awaitable[Found]], otherwise: Found) -> Found:
        """Return what `look` finds in what was harvested, or what stands for nothing if that file has trouble."""
        if self._is_closed:
            return otherwise
        try:
            found = await look()
        except StoreError as error:
            if error.reason != self._harvest_problem:
                log.warning("harvest_unread", extra={"error": error.detail})
            self._harvest_problem = error.reason
        except (UnicodeError, OverflowError):
            log.debug("index_unasked", exc_info=True)
        else:
            self._harvest_problem = None
            return found
        return otherwise

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise StoreError("the index is closed")

    def _note(self, error: sqlite3.Error, damaged: int | None = None) -> None:
        if is_interrupted(error):
            return
        told, self._problem = self._problem, trouble(error, self._settings.file, "unreadable")
        if self._problem != told:  # once, and not for each reader
            log.warning("index_unread", extra={"path": str(self._settings.file), "error": str(error)})
        if is_corrupt(error):
            self._writer.report_damage(error, damaged)
