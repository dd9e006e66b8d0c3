"""What is told to an operator of the store: whether it answers, what is wrong with it, how much it holds."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from elasticsearch import ApiError, AsyncElasticsearch

from engine.model import Reason
from engine.ports import IndexState
from index.elastic.housekeeping import Housekeeping
from index.elastic.names import Names
from index.elastic.sending import Sender
from index.elastic.store import Store, TroubleError, reason_of

WAIT_S = 2.0


class Sums(NamedTuple):
    """How much there is."""

    answers: int = 0
    records: int = 0
    harvested: int = 0
    bytes_used: int = 0
    harvested_bytes: int = 0


class Telling:
    """Asks the store how it is.

    One node can say whether it answers. To sum up what there is every node must: where one is silent the sums are those
    of the last time, and the index is as ready as it is for readers.
    """

    def __init__(self, store: Store, names: Names, housekeeping: Housekeeping, sender: Sender) -> None:
        self._store, self._names, self._housekeeping, self._sender = store, names, housekeeping, sender
        self._sums = Sums()

    async def state(self) -> IndexState:
        """Return how the index is."""
        problem: Reason | None = None
        is_ready = False
        try:
            status = await self._store.work(self._status, wait_s=WAIT_S)
            is_ready = True
            if status == "red":
                problem = Reason("index.elastic-red")
            else:
                self._store.seen_whole()
            self._sums = await self._store.work(self._summed, wait_s=WAIT_S)
        except (TroubleError, ApiError) as error:
            problem = problem or reason_of(error)
        sums = self._sums if is_ready else Sums()
        return IndexState(
            backend="elasticsearch",
            is_ready=is_ready,
            **sums._asdict(),
            bytes_bound=self._store.settings.bound_bytes,
            dropped=self._sender.dropped,
            problem=self._store.problem or problem,
        )

    async def _status(self, client: AsyncElasticsearch) -> str:
        """Return the status of our indices as the node knows it that is asked."""
        health = await client.cluster.health(index=f"{self._names.prefix}-*", local=True)
        return str(health["status"])

    async def _summed(self, client: AsyncElasticsearch) -> Sums:
        return Sums(
            answers=await self._count(client, "answers"),
            records=await self._count(client, "records"),
            harvested=await self._count(client, "harvested"),
            bytes_used=await self._housekeeping.used_bytes(client),
            harvested_bytes=await self._housekeeping.used_bytes(client, "harvested"),
        )

    async def _count(self, client: AsyncElasticsearch, kind: str) -> int:
        with suppress(ApiError):  # a part that is away
            return int((await client.count(index=self._names.alias(kind)))["count"])
        return 0
