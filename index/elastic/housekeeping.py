"""What leaves the index, and when; what was appended, rolled up. Done by one instance at a time, by a claim.

The rules are those of the embedded index (`index/embedded/housekeeping.py`): what is too old, what is private, what has
faded, what does not fit. There is no delete by query here: ids are searched for and deleted in bulk.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

from elasticsearch import AsyncElasticsearch

from engine.ports import Clock, Question, Wanted
from index.admission import value
from index.demand import Scale, demand
from index.elastic import counting
from index.elastic.claims import claim, claim_all
from index.elastic.counting import most_wanted, wanted
from index.elastic.documents import Document, text_id
from index.elastic.names import Names
from index.elastic.scrolling import hits
from index.elastic.searching import Dsl
from index.elastic.sending import Sender
from index.elastic.settings import DAY_S, ElasticSettings
from index.elastic.whole import each_whole, whole
from index.elastic.writing import Writer, unheld

log = logging.getLogger(__name__)

READERS = 3
SWEEP_S = 600.0
PRIVATE_S = DAY_S - 2 * SWEEP_S
FADED = 0.25
FULL, ROOMY = 0.95, 0.88
DUE = 0.8
CLAIM_S = 120.0
PAGE = 1_000


class Housekeeping:
    """Keeps the indices clean and within their bound."""

    def __init__(self, names: Names, settings: ElasticSettings, writer: Writer, sender: Sender, clock: Clock) -> None:
        self._names, self._settings, self._writer, self._sender, self._clock = names, settings, writer, sender, clock
        self._looked_at: float | None = None

    def is_due(self) -> bool:
        """Whether it is time to look. The clock may have been set back."""
        return self._looked_at is None or not 0 <= self._clock() - self._looked_at < SWEEP_S

    async def sweep(self, client: AsyncElasticsearch) -> None:
        """Look for what must leave, if it is time and no other instance does."""
        now = self._clock()
        if not self.is_due():
            return
        self._looked_at = now
        if (await client.cluster.health(index=f"{self._names.prefix}-*"))["status"] == "red":
            return  # what is left of the indices says too little
        if not await claim(client, self._names, "sweep", now=now, for_s=SWEEP_S / 2):
            return
        await client.indices.refresh(
            index=",".join(self._names.alias(kind) for kind in ("answers", "records", "asks", "terms"))
        )
        oldest = now - self._settings.keep_s
        for kind in ("answers", "records"):
            await self._delete(client, kind, {"range": {"asked_at": {"lt": oldest}}})
        await self._roll_up(client, now)
        await self._forget_private(client, now)
        await self._forget_faded(client, now)
        await self._make_room(client, now)
        await self._forget_claims(client, now)

    async def _forget_claims(self, client: AsyncElasticsearch, now: float) -> None:
        """Forget claims that have ended, unless somebody has just taken one over."""
        alias = self._names.alias("claims")
        await client.indices.refresh(index=alias)
        lines: list[Document] = [
            {
                "delete": {
                    "_index": alias,
                    "_id": hit["_id"],
                    "if_seq_no": hit["_seq_no"],
                    "if_primary_term": hit["_primary_term"],
                }
            }
            async for hit in self._hits(client, "claims", {"range": {"until": {"lt": now}}}, [])
        ]
        await self._sender.bulk(client, lines)

    # Demand -------------------------------------------------------------------------------

    async def _roll_up(self, client: AsyncElasticsearch, now: float) -> None:
        """Add what was appended before a day to what is rolled up, where several asked; delete what was appended.

        A rolled-up question says until when it has counted, so that a sweep that was cut short counts nothing twice.
        """
        cutoff = now - PRIVATE_S
        old: dict[str, list[Document]] = {}
        async for source in self._sources(client, "asks", {"range": {"at": {"lte": cutoff}}}):
            old.setdefault(str(source["terms"]), []).append(source)
        names = list(old)
        for first in range(0, len(names), counting.MOST_TERMS):
            await self._roll_up_some(
                client, {terms: old[terms] for terms in names[first : first + counting.MOST_TERMS]}, now
            )
        await self._delete(client, "asks", {"range": {"at": {"lte": cutoff}}})

    async def _roll_up_some(self, client: AsyncElasticsearch, old: dict[str, list[Document]], now: float) -> None:
        half_life_s = self._settings.half_life_s
        cutoff = now - PRIVATE_S
        known = await wanted(client, self._names, now, half_life_s, terms=list(old))
        rolled = await client.mget(index=self._names.alias("terms"), ids=counting.ids_of(old))
        before = {one["_source"]["terms"]: one["_source"] for one in each_whole(rolled["docs"]) if one.get("found")}
        lines: list[Document] = []
        for terms, asked in old.items():
            if known[terms].asks < READERS:
                continue
            former = before.get(terms, {"asks": 0, "value": 0.0, "as_of": now, "until": 0.0})
            new = [one for one in asked if _number(one["at"]) > former["until"]]
            faded = demand(Scale(former["as_of"], half_life_s), former["value"], now) + sum(
                demand(Scale(_number(one["day"]) * DAY_S, half_life_s), _number(one["weight"]), now) for one in new
            )
            lines.append({"index": {"_index": self._names.alias("terms"), "_id": text_id(terms)}})
            lines.append(
                {
                    "terms": terms,
                    "folded": asked[0]["folded"],
                    "asks": former["asks"] + sum(int(_number(one["asks"])) for one in new),
                    "value": faded,
                    "as_of": now,
                    "until": cutoff,
                }
            )
        await self._sender.bulk(client, lines)
        await client.indices.refresh(index=self._names.alias("terms"))

    async def _forget_private(self, client: AsyncElasticsearch, now: float) -> None:
        """Forget the answers to questions that fewer than three asked in a day; what members have stays, as records."""
        old: Dsl = {"range": {"asked_at": {"lte": now - PRIVATE_S}}}
        terms = {str(source["terms"]) async for source in self._sources(client, "answers", old, ["terms"])}
        asked = sorted(terms)
        for first in range(0, len(asked), counting.MOST_TERMS):
            some = asked[first : first + counting.MOST_TERMS]
            known = await wanted(client, self._names, now, self._settings.half_life_s, terms=some)
            private = [one for one in some if one not in known or known[one].asks < READERS]
            if private:
                await self._delete(client, "answers", {"bool": {"filter": [old, {"terms": {"terms": private}}]}})

    async def _forget_faded(self, client: AsyncElasticsearch, now: float) -> None:
        """Forget questions that were asked often once, and their answers."""
        half_life_s = self._settings.half_life_s
        faded = [
            str(source["terms"])
            async for source in self._sources(client, "terms", {"match_all": {}})
            if demand(Scale(_number(source["as_of"]), half_life_s), _number(source["value"]), now) < FADED
        ]
        for first in range(0, len(faded), counting.MOST_TERMS):
            some = faded[first : first + counting.MOST_TERMS]
            known = await wanted(client, self._names, now, half_life_s, terms=some)
            over = [one for one in some if known[one].demand < FADED]
            if over:
                await self._delete(client, "terms", {"terms": {"terms": over}})
                await self._delete(client, "answers", {"terms": {"terms": over}})

    # Room ---------------------------------------------------------------------------------

    async def used_bytes(self, client: AsyncElasticsearch, *kinds: str) -> int:
        """Return how much room kinds of indices take, without replicas."""
        found = await client.indices.stats(
            index=",".join(self._names.alias(kind) for kind in kinds or ("answers", "records")), metric="store"
        )
        return int(found["_all"]["primaries"].get("store", {}).get("size_in_bytes", 0))

    async def _make_room(self, client: AsyncElasticsearch, now: float) -> None:
        """Let the least wanted answers go, with the records that only they hold, if the indices are too full."""
        used = await self.used_bytes(client)
        bound = self._settings.bound_bytes
        if used <= FULL * bound:
            self._writer.floor = None
            return
        worth: list[tuple[float, str, int, list[str]]] = []
        async for hit in self._hits(client, "answers", {"match_all": {}}, ["terms", "asked_at", "size", "records"]):
            source = hit["_source"]
            worth.append((source["asked_at"], hit["_id"], source["size"], [source["terms"], *source["records"]]))
        terms = sorted({one[3][0] for one in worth})
        known: dict[str, Wanted] = {}
        for first in range(0, len(terms), counting.MOST_TERMS):
            some = terms[first : first + counting.MOST_TERMS]
            known |= await wanted(client, self._names, now, self._settings.half_life_s, terms=some)
        valued = sorted(
            (value(known[one[3][0]].demand if one[3][0] in known else 0.0, now - one[0], self._settings.fresh_s), *one)
            for one in worth
        )
        share = 1 - ROOMY * bound / used
        wanted_bytes = share * sum(one[3] for one in valued)
        leaving: list[str] = []
        records: set[str] = set()
        for what, _, key, size_bytes, told in valued:
            if wanted_bytes <= 0:
                break
            wanted_bytes -= size_bytes
            leaving.append(key)
            records.update(told[1:])
            self._writer.floor = what
        await self._delete_ids(client, "answers", leaving)
        await self._delete_ids(client, "records", await unheld(client, self._names, records, without=leaving))
        indices = ",".join(self._names.alias(kind) for kind in ("answers", "records"))
        await client.indices.forcemerge(index=indices, only_expunge_deletes=True)

    # Refreshing -----------------------------------------------------------------------------

    async def due(self, client: AsyncElasticsearch, limit: int) -> tuple[Question, ...]:
        """Claim and return the questions most wanted whose answers soon grow old; for a while nobody else gets them."""
        now = self._clock()
        known = await wanted(client, self._names, now, self._settings.half_life_s)
        often = [one for one in most_wanted(known) if one.asks >= READERS and one.demand >= READERS - 0.5]
        if not often:
            return ()
        place = {one.terms: number for number, one in enumerate(often)}
        await client.indices.refresh(index=self._names.alias("answers"))
        found = await client.search(
            index=self._names.alias("answers"),
            query={
                "bool": {
                    "filter": [
                        {"terms": {"terms": list(place)}},
                        {"range": {"asked_at": {"lte": now - DUE * self._settings.fresh_s}}},
                    ]
                }
            },
            size=PAGE,
            track_total_hits=False,
            source_includes=["member", "terms", "start", "count"],
        )
        hits = sorted(whole(found)["hits"]["hits"], key=lambda hit: (place[hit["_source"]["terms"]], hit["_id"]))[
            :limit
        ]
        ours = await claim_all(client, self._names, {f"due-{hit['_id']}": CLAIM_S for hit in hits}, now=now)
        sources = [hit["_source"] for hit in hits if ours[f"due-{hit['_id']}"]]
        return tuple(Question(one["member"], one["terms"], one["start"], one["count"]) for one in sources)

    # Reading and deleting many ----------------------------------------------------------------

    def _hits(
        self, client: AsyncElasticsearch, kind: str, query: Dsl, fields: Sequence[str] | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        return hits(client, self._names.alias(kind), query, fields)

    async def _sources(
        self, client: AsyncElasticsearch, kind: str, query: Dsl, fields: Sequence[str] | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        async for hit in self._hits(client, kind, query, fields):
            yield hit["_source"]

    async def _delete(self, client: AsyncElasticsearch, kind: str, query: Dsl) -> int:
        """Delete everything that a query finds; return how many that were."""
        ids = [str(hit["_id"]) async for hit in self._hits(client, kind, query, [])]
        await self._delete_ids(client, kind, ids)
        return len(ids)

    async def _delete_ids(self, client: AsyncElasticsearch, kind: str, ids: Sequence[str]) -> None:
        alias = self._names.alias(kind)
        for first in range(0, len(ids), PAGE):
            lines: list[Document] = [{"delete": {"_index": alias, "_id": key}} for key in ids[first : first + PAGE]]
            await self._sender.bulk(client, lines)
        if ids:
            await client.indices.refresh(index=alias)


def _number(found: object) -> float:
    assert isinstance(found, int | float)
    return found
