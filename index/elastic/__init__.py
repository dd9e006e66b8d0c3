"""The shared index on Elasticsearch: answers, records and demand, for many instances on many machines.

    index = await elastic.index({"urls": ["https://node-1:9200"], "ca_file": "ca.pem"}, clock)

What is shared is shared through Elasticsearch alone. A store in trouble costs a reader a moment and no error: see
`index.elastic.store`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from typing import TypeVar

from elastic_transport import TransportError
from elasticsearch import ApiError, AsyncElasticsearch

from engine.errors import StoreError
from engine.model import Answer, Query, Record, Window
from engine.ports import Aged, Clock, Harvested, HarvestState, IndexState, Question, TitleIndex, Wanted
from engine.sentences import say
from index.elastic import chores, counting, reading, suggesting
from index.elastic.adjusting import Adjusting
from index.elastic.asking import Asking
from index.elastic.harvested import Book, HarvestedIndices
from index.elastic.housekeeping import SWEEP_S, Housekeeping
from index.elastic.names import Names, bring_up
from index.elastic.sending import Sender
from index.elastic.settings import ElasticSettings, elastic_settings
from index.elastic.store import PATIENT_S, Store, TroubleError, reason_of
from index.elastic.telling import Telling
from index.elastic.writing import Writer

__all__ = ["ElasticIndex", "index"]

log = logging.getLogger(__name__)

Found = TypeVar("Found")


async def index(settings: Mapping[str, object], clock: Clock) -> TitleIndex:
    """Open the index. Raises SettingsError; a store that can't be used is told by `state` only."""
    opened = ElasticIndex(elastic_settings(settings), clock)
    await opened.open()
    return opened


class ElasticIndex:
    """A TitleIndex on Elasticsearch."""

    def __init__(self, settings: ElasticSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._names = Names(settings.prefix)
        self._adjusting = Adjusting(self._names, settings)
        self._store = Store(settings, self._bring_up)
        self._sender = Sender(self._store)
        self._writer = Writer(self._store, self._names, self._sender, clock)
        self._housekeeping = Housekeeping(self._names, settings, self._writer, self._sender, clock)
        self._harvested = HarvestedIndices(self._store, self._names, self._sender, clock)
        self._asking = Asking(self._store, self._names, clock)
        self._telling = Telling(self._store, self._names, self._housekeeping, self._sender)
        self._tending: asyncio.Task[None] | None = None
        self._is_closed = False

    async def open(self) -> None:
        """Begin: make the indices that are missing, and a task that writes."""
        await self._store.open()
        self._writer.start()
        self._tending = asyncio.create_task(self._tend(), name="index housekeeping")

    async def _bring_up(self, client: AsyncElasticsearch) -> None:
        await bring_up(client, self._names, self._settings)
        await self._adjusting.adjust(client)

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S / 4)
            await self._sweep()

    async def _sweep(self) -> None:
        with suppress(TroubleError):
            try:
                await self._store.work(self._housekeeping.sweep, wait_s=10 * PATIENT_S)
            except ApiError:
                log.exception("housekeeping of the index failed")

    async def _ask(
        self, look: Callable[[AsyncElasticsearch], Awaitable[Found]], otherwise: Found, *, is_by_id: bool = False
    ) -> Found:
        """Return what a look-up finds, or `otherwise` where the store cannot tell in time."""
        if self._is_closed:
            return otherwise
        try:
            return await self._store.ask(look, is_by_id=is_by_id)
        except TroubleError:
            return otherwise
        except (ApiError, UnicodeError):
            log.debug("a look-up was refused", exc_info=True)
            return otherwise

    # What is asked for ------------------------------------------------------------------------

    async def answers(self, questions: Sequence[Question]) -> dict[Question, Answer]:
        """Return the kept answers of these questions, whatever their age."""
        if self._is_closed:
            return {}
        found = {question: answer for question in questions if (answer := self._writer.waiting(question)) is not None}
        others = [question for question in questions if question not in found]
        if others:
            oldest = self._oldest()
            none: dict[Question, Answer] = {}
            kept = await self._ask(lambda client: reading.answers(client, self._names, others), none, is_by_id=True)
            found |= {question: answer for question, answer in kept.items() if answer.asked_at >= oldest}
        return found

    def keep(self, question: Question, answer: Answer) -> None:
        """Take an answer to be written soon, unless it is too old to be kept."""
        if not self._is_closed and answer.asked_at >= self._oldest():
            self._writer.keep(question, answer)
            if self._writer.waiting(question) is None:  # not worth its place: who waits for it asks for itself
                self._asking.let_go(question)

    def count(self, terms: str) -> None:
        """Note that somebody asked this. Call it once for each reader and question."""
        self._writer.count(terms)

    async def demand(self, terms: str) -> float:
        """Return how often it was asked, decayed to now."""
        now = self._clock()
        none: dict[str, Wanted] = {}
        found = await self._ask(
            lambda client: counting.wanted(client, self._names, now, self._settings.half_life_s, terms=[terms]), none
        )
        return self._writer.waiting_count(terms) + (found[terms].demand if terms in found else 0.0)

    async def search(self, query: Query, limit: int) -> tuple[Aged, ...]:
        """Return kept and harvested records that hold the query's words, best first."""
        none: tuple[Aged, ...] = ()

        return await self._ask(lambda client: reading.search(client, self._names, query, limit, self._oldest()), none)

    async def record(self, member: str, record_id: str) -> Aged | None:
        """Return one kept or harvested record."""
        return await self._ask(lambda client: reading.record(client, self._names, member, record_id), None)

    async def suggest(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return what was often asked or is the title of a record, beginning with these letters."""
        none: tuple[str, ...] = ()
        return await self._ask(
            lambda client: suggesting.suggest(
                client, self._names, prefix, limit, now=self._clock(), half_life_s=self._settings.half_life_s
            ),
            none,
        )

    async def claim(self, question: Question, for_s: float) -> bool:
        """Take a question to ask its member; False: another instance is asking it."""
        return self._is_closed or await self._asking.claim(question, for_s)

    async def brought(self, question: Question) -> Answer | None:
        """Return the answer that another instance brings; None as soon as none will come."""
        return None if self._is_closed else await self._asking.brought(question)

    def let_go(self, question: Question) -> None:
        """Give a question back that was claimed and got no answer."""
        if not self._is_closed:
            self._asking.let_go(question)

    async def refresh_due(self, limit: int) -> tuple[Question, ...]:
        """Return questions in demand whose answers soon grow old, each to one instance only."""
        if self._is_closed:
            return ()
        try:
            return await self._store.work(lambda client: self._housekeeping.due(client, limit))
        except (TroubleError, ApiError):
            return ()

    # What was harvested -----------------------------------------------------------------------

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
        async with self._harvested.harvesting(member, "lienthu, which forgets it"):
            return await self._harvested.forget(member)

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise StoreError("the index is closed")

    # What an operator does ----------------------------------------------------------------------

    async def exported(self) -> AsyncIterator[tuple[Question, Answer]]:
        """Yield every kept answer and its question. Raises StoreError."""
        with _told():
            async for one in chores.exported(self._store.directly(), self._names):
                yield one

    async def exported_demand(self) -> AsyncIterator[Wanted]:
        """Yield how often questions were asked that three asked or more. Raises StoreError."""
        client, half_life_s = self._store.directly(), self._settings.half_life_s
        with _told():
            async for one in chores.exported_demand(client, self._names, self._clock(), half_life_s):
                yield one

    async def take_demand(self, asked: Sequence[Wanted]) -> None:
        """Take what was asked elsewhere; what counts more stays. Raises StoreError."""
        client, half_life_s = self._store.directly(), self._settings.half_life_s
        with _told():
            await chores.take_demand(client, self._names, self._sender, asked, self._clock(), half_life_s)

    async def purge(self, member: str | None = None) -> int:
        """Delete the kept answers and records of a member, or of all; return how many answers. Raises StoreError."""
        with _told():
            return await chores.purge(self._store.directly(), self._names, self._sender, member)

    async def migrate(self, tell: chores.Tell) -> tuple[str, ...]:
        """Move indices of an older version to this one's; return the new ones. Raises StoreError."""
        client = self._store.directly()
        migration = chores.Migration(client, self._names, self._settings, self._sender, self._clock)
        with _told():
            return await migration.run(tell)

    # The store --------------------------------------------------------------------------------

    async def state(self) -> IndexState:
        """Return how the index is."""
        return await self._telling.state()

    async def flush(self) -> None:
        """Return when everything taken so far is written or given up, and can be searched."""
        if self._is_closed:
            return
        with suppress(TroubleError, ApiError):
            await self._writer.write()
            await self._store.work(lambda client: client.indices.refresh(index=f"{self._names.prefix}-*"), wait_s=5.0)
        await self._sweep()

    async def close(self) -> None:
        """Write what was taken, and let go of the store."""
        if self._is_closed:
            return
        await self._writer.close()
        self._is_closed = True
        await self._asking.close()
        if self._tending is not None:
            self._tending.cancel()
            await asyncio.gather(self._tending, return_exceptions=True)
        await self._store.close()

    def _oldest(self) -> float:
        return self._clock() - self._settings.keep_s


@contextmanager
def _told() -> Iterator[None]:
    """Raise StoreError for trouble of the store."""
    try:
        yield
    except TroubleError as error:
        raise StoreError(say(error.reason, "en")) from error
    except (ApiError, TransportError) as error:
        raise StoreError(say(reason_of(error), "en")) from error
