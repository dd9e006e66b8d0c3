"""Look-ups and searches in Elasticsearch: what a reader waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from elasticsearch import AsyncElasticsearch, NotFoundError

from engine.model import Answer, Expression, Query
from engine.ports import Aged, Question
from engine.text import exact_key, folded_key
from index.clauses import Word, clause_words, clauses, excluded, is_phrase
from index.elastic import counting
from index.elastic.documents import Document, aged_of, answer_of, question_id, record_id
from index.elastic.names import Names
from index.elastic.searching import Dsl, any_of, matching, narrowing, strengthened

RARE = 0.02
"""Where no record holds all words, any word will do that stands in at most this share of the records; ..."""

RARE_LEAST = 200
"""... or in so few records; or is the rarest of the question."""

OFFERED_FROM = 100
ASKED_BY_SEVERAL = 3


async def answers(client: AsyncElasticsearch, names: Names, questions: Sequence[Question]) -> dict[Question, Answer]:
    """Return the kept answers of questions. By id: what another instance has written is there at once."""
    ids = {question_id(question): question for question in questions}
    found = await client.mget(index=names.alias("answers"), ids=list(ids), source_includes=["body"])
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
            {"_index": names.alias(kind), "_id": key, "_source": ["body", "asked_at"]}
            for kind in ("records", "harvested")
        ]
    )
    kept = [aged for one in found["docs"] if one.get("found") and (aged := aged_of(one["_source"])) is not None]
    return kept[0] if kept else None


async def search(client: AsyncElasticsearch, names: Names, query: Query, limit: int, oldest: float) -> tuple[Aged, ...]:
    """Return the records that hold all words, or else any of the rarer ones, best first."""
    must, must_not = narrowing(query.filters)
    fresh: Dsl = {"bool": {"should": [{"range": {"asked_at": {"gte": oldest}}}, {"exists": {"field": "run"}}]}}
    must.append(fresh)
    if query.expression is None:
        return await _best(client, names, {"match_all": {}}, must, must_not, limit, is_by_age=True)
    wanted = matching(query.expression)
    if wanted is None:
        return ()
    found = await _best(client, names, wanted, must, must_not, limit)
    if not found:
        any_word = await _any_word(client, names, query.expression)
        if any_word is not None:
            unwanted = [part for one in excluded(query.expression) if (part := matching(one)) is not None]
            found = await _best(client, names, any_word, must, [*must_not, *unwanted], limit)
    return found


async def _best(
    client: AsyncElasticsearch,
    names: Names,
    wanted: Dsl,
    must: Sequence[Dsl],
    must_not: Sequence[Dsl],
    limit: int,
    *,
    is_by_age: bool = False,
) -> tuple[Aged, ...]:
    found = await client.search(
        index=f"{names.alias('records')},{names.alias('harvested')}",
        query={"bool": {"must": [wanted], "filter": list(must), "must_not": list(must_not)}},
        size=limit,
        sort=[{"asked_at": "desc"}] if is_by_age else None,
        track_total_hits=False,
        source_includes=["body", "asked_at"],
    )
    best: dict[str, Aged] = {}
    for hit in found["hits"]["hits"]:
        aged = aged_of(hit["_source"])
        if aged is not None and (hit["_id"] not in best or best[hit["_id"]].asked_at < aged.asked_at):
            best[hit["_id"]] = aged
    return tuple(best.values())


async def _any_word(client: AsyncElasticsearch, names: Names, expression: Expression) -> Dsl | None:
    """Return a query for any of the rarer words, a phrase being one word; None if that would find nothing."""
    positive = clauses(expression)
    phrases = [found for clause in positive if is_phrase(clause) and (found := matching(clause)) is not None]
    words = {word.folded: word for clause in positive if not is_phrase(clause) for word in clause_words(clause)}
    if len(words) + len(phrases) < 2:
        return None
    counted = await _counts(client, names, list(words.values()))
    most = max(RARE_LEAST, RARE * counted.pop(""), min((count for count in counted.values() if count), default=0))
    ways = phrases + [
        strengthened(word) for token, word in words.items() if 0 < counted[token] <= most or word.is_prefix
    ]
    return any_of(ways) if ways else None


async def _counts(client: AsyncElasticsearch, names: Names, words: Sequence[Word]) -> dict[str, int]:
    """Return in how many records each word stands, and under "" how many records there are."""
    filters: Document = {"": {"match_all": {}}}
    for word in words:
        filters[word.folded] = matching_word(word)
    found = await client.search(
        index=f"{names.alias('records')},{names.alias('harvested')}",
        size=0,
        track_total_hits=False,
        aggs={"words": {"filters": {"filters": filters}}},
    )
    return {key: bucket["doc_count"] for key, bucket in found["aggregations"]["words"]["buckets"].items()}


def matching_word(word: Word) -> Dsl:
    """Return what finds a word, for counting."""
    kind = "prefix" if word.is_prefix else "term"
    columns = (word.column,) if word.column else _COUNTED
    return any_of([{kind: {column: {"value": word.folded}}} for column in columns])


_COUNTED = ("title", "people", "subject", "identifiers", "publisher", "series", "shelf", "rest")


async def suggest(
    client: AsyncElasticsearch, names: Names, prefix: str, limit: int, *, now: float, half_life_s: float
) -> tuple[str, ...]:
    """Return questions asked by several and titles that begin so: typed marks first, then the most wanted."""
    ending = " " if prefix[-1:].isspace() else ""
    folded, exact = folded_key(prefix), exact_key(prefix) + ending
    if not folded or limit < 1:
        return ()
    folded += ending
    asked, titles = await asyncio.gather(
        counting.wanted(client, names, now, half_life_s, prefix=folded), _titles(client, names, folded, exact)
    )
    offers: dict[str, tuple[str, bool, float]] = {}

    def offer(key: str, text: str, *, is_near: bool, worth: float) -> None:
        former = offers.get(key)
        if former is not None:
            text = former[0] if former[1] or not is_near else text
            is_near, worth = former[1] or is_near, former[2] + worth
        offers[key] = (text, is_near, worth)

    several = [one for one in asked.values() if one.asks >= ASKED_BY_SEVERAL]
    heaviest = max((one.demand for one in several), default=1.0) or 1.0
    for one in counting.most_wanted({one.terms: one for one in several})[: 4 * limit]:
        near = exact_key(one.terms).startswith(exact)
        offer(folded_key(one.terms), one.terms, is_near=near, worth=10.0 + 10.0 * one.demand / heaviest)
    for title, key, own in sorted(titles):
        offer(key, title, is_near=f"{own} ".startswith(exact), worth=1.0)
    ranked = sorted(offers.items(), key=lambda one: (not one[1][1], -one[1][2], len(one[0]), one[0]))
    return tuple(text for _, (text, _, _) in ranked[:limit])


async def _titles(client: AsyncElasticsearch, names: Names, folded: str, exact: str) -> set[tuple[str, str, str]]:
    index = f"{names.alias('records')},{names.alias('harvested')}"
    searches: list[Document] = []
    for column, beginning in {("folded_title", folded), ("exact_title", exact)}:
        searches += [
            {"index": index},
            {
                "query": {"prefix": {column: {"value": beginning}}},
                "size": OFFERED_FROM,
                "sort": [{column: "asc"}],
                "track_total_hits": False,
                "_source": ["shown_title", "folded_title", "exact_title"],
            },
        ]
    found = await client.msearch(searches=searches)
    return {
        (hit["_source"]["shown_title"], hit["_source"]["folded_title"], hit["_source"]["exact_title"])
        for one in found["responses"]
        for hit in one.get("hits", {}).get("hits", [])
    }


async def harvest_times(client: AsyncElasticsearch, names: Names, members: Sequence[str]) -> dict[str, float]:
    """Return when the last harvest of each member that has ended confirmed its records."""
    if not members:
        return {}
    try:
        found = await client.mget(index=names.alias("harvests"), ids=list(members), source_includes=["confirmed_at"])
    except NotFoundError:
        return {}
    return {
        one["_id"]: one["_source"]["confirmed_at"]
        for one in found["docs"]
        if one.get("found") and one["_source"].get("confirmed_at") is not None
    }
