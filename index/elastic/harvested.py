"""What was harvested, in Elasticsearch: whole catalogues, beside what is kept because it is asked for.

There are no transactions: records are written before the state that says so. A process that is killed between the two
reads that page of the repository again, and writes the same records once more.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec
from elastic_transport import TransportError
from elasticsearch import ApiError, AsyncElasticsearch, NotFoundError

from engine.errors import HarvestHeldError, StoreError
from engine.model import Query, Record, Window
from engine.ports import Clock, Harvested, HarvestPart, HarvestState, Written
from engine.sentences import say
from index.elastic.claims import claim, holder_of, let_go
from index.elastic.documents import Document, aged_of, packed, record_document, record_id
from index.elastic.names import Names
from index.elastic.scrolling import hits
from index.elastic.searching import Dsl, lifted, matching, narrowing
from index.elastic.sending import Sender
from index.elastic.store import Store, TroubleError, reason_of
from index.elastic.whole import each_whole, whole

Found = TypeVar("Found")

COUNTED = 10_000
"""Hits are counted up to this, and shown up to this: Elasticsearch pages no deeper."""

HELD_S = 120.0
BEAT_S = 30.0
PAGE = 1_000

_state = msgspec.msgpack.Decoder(HarvestState)


class HarvestedIndices:
    """The part of the port that holds whole catalogues."""

    def __init__(self, store: Store, names: Names, sender: Sender, clock: Clock) -> None:
        self._store, self._names, self._sender, self._clock = store, names, sender, clock

    async def work(self, call: Callable[[AsyncElasticsearch], Awaitable[Found]]) -> Found:
        """Return what a call gives. Raises StoreError: silence would be told as no hits."""
        try:
            return await self._store.work(call)
        except TroubleError as error:
            raise StoreError(say(error.reason, "en")) from error
        except ApiError as error:
            raise StoreError(f"HTTP {error.status_code}") from error

    async def search(self, member: str, query: Query, window: Window) -> Harvested | None:
        """Return one window of what a member's records hold; None if it was never harvested."""
        state = await self.state(member)
        if state is None:
            return None
        must, must_not = narrowing(query.filters)
        must.append({"term": {"member": member}})
        wanted: Dsl | None = {"match_all": {}} if query.expression is None else matching(query.expression)
        if wanted is None:
            return Harvested((), 0, COUNTED, COUNTED, state)
        first = window.start - 1
        count = max(0, min(window.count, COUNTED - first))
        order: list[Dsl] = [{"year": {"order": "desc", "missing": "_last"}}, {"_doc": "asc"}]

        async def look(client: AsyncElasticsearch) -> Harvested:
            found = await client.search(
                index=self._names.alias("harvested"),
                query={"bool": {"must": [wanted], "filter": must, "must_not": must_not}},
                from_=first if count else 0,
                size=count,
                sort=order if query.expression is None else None,
                rescore=lifted(query.expression, 0) if query.expression is not None and count else None,
                track_total_hits=COUNTED,
                source_includes=["body", "asked_at"],
            )
            hits = whole(found)["hits"]
            kept = [aged_of(hit["_source"]) for hit in hits["hits"]]
            records = tuple(one.record for one in kept if one is not None)
            return Harvested(records, hits["total"]["value"], COUNTED, COUNTED, state)

        return await self.work(look)

    async def state(self, member: str) -> HarvestState | None:
        """Return how far a member was harvested; None also for a state of a Liên Thư whose nouns are not ours."""

        async def look(client: AsyncElasticsearch) -> HarvestState | None:
            try:
                found = await client.get(index=self._names.alias("harvests"), id=member)
                return _state.decode(base64.b64decode(found["_source"]["body"]))
            except (NotFoundError, msgspec.MsgspecError):
                return None

        return await self.work(look)

    async def count(self, member: str | None = None) -> int:
        """Return how many records of a member there are, or of all."""

        async def look(client: AsyncElasticsearch) -> int:
            await client.indices.refresh(index=self._names.alias("harvested"))
            query: Dsl = {"match_all": {}} if member is None else {"term": {"member": member}}
            found = whole(await client.count(index=self._names.alias("harvested"), query=query))
            return int(found["count"])

        return await self.work(look)

    async def exported(self, member: str) -> AsyncIterator[Record]:
        """Yield every record of a member."""
        alias = self._names.alias("harvested")
        client = self._store.directly()
        try:
            await client.indices.refresh(index=alias)
            async for hit in hits(client, alias, {"term": {"member": member}}, ["body", "asked_at"]):
                one = aged_of(hit["_source"])
                if one is not None:
                    yield one.record
        except TroubleError as error:
            raise StoreError(say(error.reason, "en")) from error
        except (ApiError, TransportError) as error:
            raise StoreError(say(reason_of(error), "en")) from error

    @asynccontextmanager
    async def harvesting(self, member: str, holder: str) -> AsyncIterator[Book]:
        """Hold the lock of a member's harvest: a claim that is renewed while we live, and ends soon after we don't."""
        what = f"harvest-{member}"

        async def take(client: AsyncElasticsearch) -> str | None:
            if await claim(client, self._names, what, now=self._clock(), for_s=HELD_S, holder=holder):
                return None
            return await holder_of(client, self._names, what, now=self._clock()) or "?"

        other = await self.work(take)
        if other is not None:
            raise HarvestHeldError(holder=other)
        beating = asyncio.create_task(self._beat(what, holder), name=what)
        try:
            yield Book(self, member)
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            with contextlib.suppress(StoreError):
                await self.work(lambda client: let_go(client, self._names, what))

    async def _beat(self, what: str, holder: str) -> None:
        """Say that we still live."""
        while True:
            await asyncio.sleep(BEAT_S)
            now = self._clock()
            document = {"at": now, "until": now + HELD_S, "holder": holder}
            with contextlib.suppress(StoreError):
                await self.work(lambda client: self._put(client, "claims", what, document))  # noqa: B023 - awaited here

    async def _put(self, client: AsyncElasticsearch, kind: str, key: str, document: Document) -> None:
        await client.index(index=self._names.alias(kind), id=key, document=document, require_alias=True)

    # Writing, for the one who holds the lock ----------------------------------------------------

    async def write(self, member: str, part: HarvestPart) -> Written:
        """Write a part: records and deletions first, then the state that says so."""

        async def put(client: AsyncElasticsearch) -> Written:
            return await self._write(client, member, part)

        return await self.work(put)

    async def _write(self, client: AsyncElasticsearch, member: str, part: HarvestPart) -> Written:
        state, alias = part.state, self._names.alias("harvested")
        records = {record_id(member, record.id): record for record in part.records if record.member == member}
        deleted = [record_id(member, identifier) for identifier in part.deleted]
        seen = [record_id(member, identifier) for identifier in part.seen]
        before = await self._bodies(client, [*records, *deleted, *seen])
        lines: list[Document] = []
        new = changed = 0
        for key, record in records.items():
            body = packed(record)
            if before.get(key) == body:
                lines += [
                    {"update": {"_index": alias, "_id": key}},
                    {"doc": {"asked_at": state.begun_at, "run": state.run}},
                ]
                continue
            new, changed = new + (key not in before), changed + (key in before)
            lines += [{"index": {"_index": alias, "_id": key}}, record_document(record, state.begun_at, state.run)]
        gone = [key for key in deleted if key in before]
        lines += [{"delete": {"_index": alias, "_id": key}} for key in gone]
        for key in seen:
            if key in before:
                lines += [{"update": {"_index": alias, "_id": key}}, {"doc": {"run": state.run}}]
        for first in range(0, len(lines), 2 * PAGE):
            await self._sender.bulk(client, lines[first : first + 2 * PAGE])
        cleared = 0
        if part.clears:
            cleared = await self._clear(client, {"bool": {"filter": [
                {"term": {"member": member}}, {"range": {"run": {"lt": state.run}}}
            ]}})  # fmt: skip
        document: Document = {"member": member, "body": packed(state)}
        if state.confirmed_at is not None:
            document["confirmed_at"] = state.confirmed_at
        await client.index(index=self._names.alias("harvests"), id=member, document=document, require_alias=True)
        await client.indices.refresh(index=alias)
        return Written(new=new, changed=changed, gone=len(gone) + cleared)

    async def _bodies(self, client: AsyncElasticsearch, keys: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for first in range(0, len(keys), PAGE):
            told = await client.mget(
                index=self._names.alias("harvested"), ids=list(keys[first : first + PAGE]), source_includes=["body"]
            )
            found |= {one["_id"]: one["_source"]["body"] for one in each_whole(told["docs"]) if one.get("found")}
        return found

    async def _clear(self, client: AsyncElasticsearch, query: Dsl) -> int:
        """Delete what a query finds; return how many records that were."""
        alias = self._names.alias("harvested")
        cleared = 0
        while True:
            await client.indices.refresh(index=alias)
            found = await client.search(index=alias, query=query, size=PAGE, source=False, track_total_hits=False)
            ids = [hit["_id"] for hit in whole(found)["hits"]["hits"]]
            if not ids:
                return cleared
            await self._sender.bulk(client, [{"delete": {"_index": alias, "_id": key}} for key in ids])
            cleared += len(ids)

    async def forget(self, member: str) -> int:
        """Delete everything of a member."""

        async def drop(client: AsyncElasticsearch) -> int:
            gone = await self._clear(client, {"term": {"member": member}})
            with contextlib.suppress(NotFoundError):
                await client.delete(index=self._names.alias("harvests"), id=member)
            return gone

        return await self.work(drop)


class Book:
    """A member's harvested records, open for the one who holds its lock."""

    def __init__(self, indices: HarvestedIndices, member: str) -> None:
        self._indices, self._member = indices, member

    async def state(self) -> HarvestState | None:
        """Return how far the member was harvested."""
        return await self._indices.state(self._member)

    async def write(self, part: HarvestPart) -> Written:
        """Write a part."""
        return await self._indices.write(self._member, part)
