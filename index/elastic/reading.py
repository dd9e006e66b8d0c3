"""Look-ups and searches in Elasticsearch: what a reader waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from engine.model import Answer, Expression, Query
from engine.ports import Aged, Question
from index.clauses import Word, clause_words, clauses, excluded, is_phrase
from index.elastic.documents import Document, aged_of, answer_of, question_id, record_id
from index.elastic.hearing import NEAR
from index.elastic.names import Names
from index.elastic.searching import Dsl, any_of, lifted, matching, narrowing, one_word
from index.elastic.whole import answered
from index.words import COLUMN_WEIGHTS

RARE = 0.02
"""Where no record holds all words, any word will do that stands in at most this share of the records; ..."""

RARE_LEAST = 200
"""... or in so few records; or is the rarest of the question."""


async def answers(client: AsyncElasticsearch, names: Names, questions: Sequence[Question]) -> dict[Question, Answer]:
    """Return the kept answers of questions. By id: what another instance has written is there at once."""
    ids = {question_id(question): question for question in questions}
    found = await client.mget(index=names.alias("answers"), ids=list(ids), source_includes=["body"], preference=NEAR)
    kept: dict[Question, Answer] = {}
    for one in found["docs"]:
        if one.get("found") and (answer := answer_of(one["_source"])) is not None:
            kept[ids[one["_id"]]] = answer
    return kept


async def record(client: AsyncElasticsearch, names: Names, member: str, own: str) -> Aged | None:
    """Return one kept or harvested record."""
    key = record_id(member, own)
    found = await client.mget(
        docs=[
            *(
                {"_index": names.alias(kind), "_id": key, "_source": ["body", "asked_at"]}
                for kind in ("records", "harvested")
            ),
            {"_index": names.alias("harvests"), "_id": member, "_source": ["confirmed_at"]},
        ],
        preference=NEAR,
    )
    *records, harvest = found["docs"]
    kept = [aged for one in records if one.get("found") and (aged := aged_of(one["_source"])) is not None]
    return _confirmed(kept[0], _harvest_times([harvest])) if kept else None


def _confirmed(one: Aged, times: Mapping[str, float]) -> Aged:
    """Return a record with the time at which its member last confirmed it: the last harvest says so of all."""
    time = times.get(one.record.member, 0.0)
    return msgspec.structs.replace(one, asked_at=time) if time > one.asked_at else one


async def search(client: AsyncElasticsearch, names: Names, query: Query, limit: int, oldest: float) -> tuple[Aged, ...]:
    """Return the records that hold all words, or else any of the rarer ones, best first.

    What is kept and older than `oldest` is left out of what was found: it will soon be deleted, so there is little of
    it, and to ask for the age of all that is found would cost each search more.
    """
    if limit < 1:
        return ()
    must, must_not = narrowing(query.filters)
    if query.expression is None:
        return await _best(client, names, _Asked({"match_all": {}}, must, must_not, limit, oldest))
    wanted = matching(query.expression)
    if wanted is None:
        return ()
    lifts = lifted(query.expression, limit)
    found = await _best(client, names, _Asked(wanted, must, must_not, limit, oldest, lifts))
    if not found:
        any_word = await _any_word(client, names, query.expression)
        if any_word is not None:
            unwanted = [part for one in excluded(query.expression) if (part := matching(one)) is not None]
            found = await _best(client, names, _Asked(any_word, must, [*must_not, *unwanted], limit, oldest, lifts))
    return found


class _Asked(msgspec.Struct, frozen=True):
    """A search: what is wanted, what must and must not hold, how many, of what time, and what lifts some of them.

    None lifts where the latest come first.
    """

    wanted: Dsl
    must: Sequence[Dsl]
    must_not: Sequence[Dsl]
    limit: int
    oldest: float
    lifts: Dsl | None = None

    def body(self) -> Document:
        found: Document = {
            "query": {"bool": {"must": [self.wanted], "filter": self.must, "must_not": self.must_not}},
            "size": self.limit,
            "track_total_hits": False,
            "_source": ["body", "asked_at"],
        }
        if self.lifts is not None:
            found["rescore"] = self.lifts
        if "match_all" in self.wanted:
            found["sort"] = [{"asked_at": "desc"}]
        return found


async def _best(client: AsyncElasticsearch, names: Names, asked: _Asked) -> tuple[Aged, ...]:
    """Return what a search finds; of what was harvested, as old as its member's last harvest."""
    found = await client.search(index=_records(names), body=asked.body(), preference=NEAR)
    best: dict[str, Aged] = {}
    harvested: set[str] = set()
    for hit in answered(found)["hits"]["hits"]:
        aged = aged_of(hit["_source"])
        is_harvested = hit["_index"].startswith(names.alias("harvested"))
        if aged is None or (aged.asked_at < asked.oldest and not is_harvested):
            continue
        if hit["_id"] not in best or best[hit["_id"]].asked_at < aged.asked_at:
            best[hit["_id"]] = aged
        if is_harvested:
            harvested.add(aged.record.member)
    times: dict[str, float] = {}
    if harvested:
        harvests, fields = names.alias("harvests"), ["confirmed_at"]
        told = await client.mget(index=harvests, ids=sorted(harvested), source_includes=fields, preference=NEAR)
        times = _harvest_times(told["docs"])
    return tuple(_confirmed(one, times) for one in best.values())


def _harvest_times(harvests: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return when members last confirmed all that was harvested of them, of the documents that say so."""
    return {one["_id"]: one["_source"].get("confirmed_at") or 0.0 for one in harvests if one.get("found")}


def _records(names: Names) -> str:
    return f"{names.alias('records')},{names.alias('harvested')}"


async def _any_word(client: AsyncElasticsearch, names: Names, expression: Expression) -> Dsl | None:
    """Return a query for any of the rarer words, a phrase being one word; None if that would find nothing."""
    positive = clauses(expression)
    phrases = [found for clause in positive if is_phrase(clause) and (found := matching(clause)) is not None]
    words = {word.folded: word for clause in positive if not is_phrase(clause) for word in clause_words(clause)}
    if len(words) + len(phrases) < 2:
        return None
    total, counted = await _counts(client, names, [word for word in words.values() if not word.is_prefix])
    most = max(RARE_LEAST, RARE * total, min((count for count in counted.values() if count), default=0))
    ways = phrases + [one_word(word) for token, word in words.items() if word.is_prefix or 0 < counted[token] <= most]
    return any_of(ways) if ways else None


async def _counts(client: AsyncElasticsearch, names: Names, words: Sequence[Word]) -> tuple[int, dict[str, int]]:
    """Return how many records there are, and in how many each word stands, of the columns in which it stands in most.

    The filters are of one word and one column: how many records such a one finds is written beside the word in the
    index, and need not be counted.
    """
    filters: dict[str, Dsl] = {"": {"match_all": {}}}
    for number, word in enumerate(words):
        for column in (word.column,) if word.column else COLUMN_WEIGHTS:
            filters[f"{number} {column}"] = {"term": {column: {"value": word.folded}}}
    found = await client.search(
        index=_records(names),
        size=0,
        track_total_hits=False,
        preference=NEAR,
        aggs={"words": {"filters": {"filters": filters}}},
    )
    buckets = found["aggregations"]["words"]["buckets"]
    counted = dict.fromkeys((word.folded for word in words), 0)
    for key, bucket in buckets.items():
        if key:
            word = words[int(key.split()[0])]
            counted[word.folded] = max(counted[word.folded], bucket["doc_count"])
    return int(buckets[""]["doc_count"]), counted
