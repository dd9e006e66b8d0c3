"""What an operator does with the indices: give away what is kept, delete it, move it to another version."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from elasticsearch import AsyncElasticsearch

from engine.errors import StoreError
from engine.model import Answer, Reason
from engine.ports import Clock, Question, Wanted
from engine.sentences import say
from index.demand import Scale, demand
from index.elastic import counting
from index.elastic.claims import claim, let_go
from index.elastic.documents import Document, answer_of, of_this_version
from index.elastic.lines import Lines
from index.elastic.names import VERSIONS, Names, behind, make
from index.elastic.scrolling import hits
from index.elastic.searching import Dsl
from index.elastic.sending import Sender
from index.elastic.settings import ElasticSettings
from index.elastic.whole import each_whole

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much is done and how much there is."""

Found = TypeVar("Found")

READERS: Final = 3
"""What fewer asked for is private."""

LEAST_COUNTED: Final = 0.01
"""Demand that differs by no more is the same."""

PAGE: Final = 1_000
SETTLED: Final = 1_000
"""A pass that copies fewer documents than that was the last before the switch."""

HELD_S: Final = 600.0
IN_FLIGHT_S: Final = 2.0
"""What was sent through the alias just before it was switched has been written after this."""


async def exported(client: AsyncElasticsearch, names: Names) -> AsyncIterator[tuple[Question, Answer]]:
    """Yield every kept answer and its question."""
    fields = ["member", "terms", "start", "count", "body"]
    await client.indices.refresh(index=names.alias("answers"))
    async for hit in hits(client, names.alias("answers"), {"match_all": {}}, fields):
        source = hit["_source"]
        answer = answer_of(source)
        if answer is not None:
            yield Question(source["member"], source["terms"], source["start"], source["count"]), answer


async def exported_demand(
    client: AsyncElasticsearch, names: Names, now: float, half_life_s: float
) -> AsyncIterator[Wanted]:
    """Yield how often questions were asked that three asked or more."""
    kinds = ("asks", "terms")
    await client.indices.refresh(index=",".join(names.alias(kind) for kind in kinds))
    asked = {
        str(hit["_source"]["terms"])
        for kind in kinds
        async for hit in hits(client, names.alias(kind), {"match_all": {}}, ["terms"])
    }
    for some in batched(sorted(asked), counting.MOST_TERMS):
        known = await counting.wanted(client, names, now, half_life_s, terms=some)
        for one in known.values():
            if one.asks >= READERS:
                yield one


async def take_demand(
    client: AsyncElasticsearch, names: Names, sender: Sender, asked: Sequence[Wanted], now: float, half_life_s: float
) -> None:
    """Append what is wanting to what was asked elsewhere: so nothing is lost that others append meanwhile."""
    alias = names.alias("asks")
    for some in batched(asked, counting.MOST_TERMS):
        await client.indices.refresh(index=f"{alias},{names.alias('terms')}")
        known = await counting.wanted(client, names, now, half_life_s, terms=[one.terms for one in some])
        lines: Lines = []
        for one in some:
            here = known.get(one.terms, Wanted(one.terms, 0, 0.0, now))
            asks = max(0, one.asks - here.asks)
            counts = demand(Scale(one.at, half_life_s), one.demand, now) - here.demand
            if asks or counts > LEAST_COUNTED:
                lines.append({"create": {"_index": alias, "_id": uuid.uuid4().hex}})
                lines.append(counting.ask_document(one.terms, asks, now, half_life_s, counts=max(0.0, counts)))
        await sender.bulk(client, lines)
    await client.indices.refresh(index=alias)


def batched(found: Sequence[Found], most: int) -> Iterator[Sequence[Found]]:
    """Return a sequence in parts of so many."""
    return (found[first : first + most] for first in range(0, len(found), most))


async def purge(client: AsyncElasticsearch, names: Names, sender: Sender, member: str | None) -> int:
    """Delete the answers and records of a member, or of all, and then all that was asked; return how many answers."""
    query: Dsl = {"match_all": {}} if member is None else {"term": {"member": member}}
    purged = 0
    for kind in ("answers", "records") if member is not None else ("answers", "records", "asks", "terms"):
        alias = names.alias(kind)
        await client.indices.refresh(index=alias)
        ids = [str(hit["_id"]) async for hit in hits(client, alias, query, [])]
        for first in range(0, len(ids), PAGE):
            lines: Lines = [{"delete": {"_index": alias, "_id": key}} for key in ids[first : first + PAGE]]
            await sender.bulk(client, lines)
        await client.indices.refresh(index=alias)
        if kind == "answers":
            purged = len(ids)
    return purged


class Migration:
    """Moves indices to the versions that this Liên Thư makes, while they are read and written.

    Each is copied into a new one in passes, the later ones of what was written meanwhile; then the alias is switched in
    one step, and a last pass brings what was still on its way. Documents keep their versions, so that none replaces a
    newer one. Nothing of Elasticsearch's own (`_reindex`) is needed.
    """

    def __init__(
        self, client: AsyncElasticsearch, names: Names, settings: ElasticSettings, sender: Sender, clock: Clock
    ) -> None:
        self._client, self._names, self._settings = client, names, settings
        self._sender, self._clock = sender, clock

    async def run(self, tell: Tell) -> tuple[str, ...]:
        """Move what is of an older version; return the names of the new indices. Raises StoreError."""
        found = await behind(self._client, self._names)
        older = [kind for kind, versions in found.items() if versions and max(versions) < VERSIONS[kind]]
        if not older:
            return ()
        if not await claim(self._client, self._names, "migrate", now=self._clock(), for_s=HELD_S):
            raise StoreError(say(Reason("index.migrating"), "en"))
        try:
            # Nobody sweeps meanwhile: what is rolled up or deleted would come back.
            await claim(self._client, self._names, "sweep", now=self._clock(), for_s=HELD_S)
            for kind in older:
                await self._move(kind, found[kind][-1], tell)
        finally:
            await let_go(self._client, self._names, "sweep")
            await let_go(self._client, self._names, "migrate")
        return tuple(self._names.concrete(kind) for kind in older)

    async def _move(self, kind: str, version: int, tell: Tell) -> None:
        old, new = self._names.concrete(kind, version), self._names.concrete(kind)
        await make(self._client, self._names, self._settings, kind, is_behind_alias=False)
        total = int((await self._client.count(index=old))["count"])
        after, copied = -1, 0
        while True:
            highest = await self._highest(old)
            passed = 0
            async for count in self._copied(old, new, after):
                passed += count
                tell(new, copied + passed, max(total, copied + passed))
            copied, after = copied + passed, highest
            if passed < SETTLED:
                break
        if kind == "harvested":
            await self._drop_what_went(old, new)
        await self._client.indices.refresh(index=new)
        alias = self._names.alias(kind)
        await self._client.indices.update_aliases(
            actions=[{"remove": {"index": old, "alias": alias}}, {"add": {"index": new, "alias": alias}}]
        )
        await asyncio.sleep(IN_FLIGHT_S)
        async for count in self._copied(old, new, after):
            copied += count
        await self._client.indices.refresh(index=new)
        tell(new, copied, copied)
        await self._client.indices.delete(index=old)

    async def _highest(self, index: str) -> int:
        """Return up to which sequence number everything stands in every shard: what comes later is copied later."""
        await self._client.indices.refresh(index=index)
        told = await self._client.indices.stats(index=index, level="shards")
        shards: dict[str, list[dict[str, Any]]] = told["indices"][index]["shards"]
        return min((int(copy["seq_no"]["max_seq_no"]) for copies in shards.values() for copy in copies), default=-1)

    async def _copied(self, old: str, new: str, after: int) -> AsyncIterator[int]:
        """Copy what was written after a sequence number; yield how many documents each page held."""
        query: Dsl = {"range": {"_seq_no": {"gt": after}}} if after >= 0 else {"match_all": {}}
        await self._client.indices.refresh(index=old)
        page: Lines = []
        async for hit in hits(self._client, old, query, has_version=True):
            page += [
                {
                    "index": {
                        "_index": new,
                        "_id": hit["_id"],
                        "version": hit["_version"],
                        "version_type": "external_gte",
                    }
                },
                of_this_version(hit["_source"]),
            ]
            if len(page) >= 2 * PAGE:
                await self._sender.bulk(self._client, page, is_alias=False)
                yield len(page) // 2
                page = []
        await self._sender.bulk(self._client, page, is_alias=False)
        yield len(page) // 2

    async def _drop_what_went(self, old: str, new: str) -> None:
        """Delete from the copy what was meanwhile deleted by a harvest."""
        await self._client.indices.refresh(index=new)
        keys: list[str] = []

        async def drop(some: Sequence[str]) -> None:
            told = await self._client.mget(index=old, ids=list(some), source=False)
            lines: list[Document] = [
                {"delete": {"_index": new, "_id": one["_id"]}}
                for one in each_whole(told["docs"])
                if not one.get("found")
            ]
            await self._sender.bulk(self._client, lines, is_alias=False)

        async for hit in hits(self._client, new, {"match_all": {}}, []):
            keys.append(str(hit["_id"]))
            if len(keys) >= PAGE:
                await drop(keys)
                keys = []
        if keys:
            await drop(keys)
