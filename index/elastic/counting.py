"""Demand: what each instance appended, summed. Nothing is read to be written, so no two lose each other's counts.

An ask is a small document with its day and a weight that grows within the day (see `index.demand`); the demand of a
question is what was rolled up of it before, faded to now, and the sum of what was appended since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from elasticsearch import AsyncElasticsearch

from engine.ports import Wanted
from engine.text import folded_key
from index.demand import Scale, demand, weight
from index.elastic.documents import Document, text_id
from index.elastic.hearing import NEAR
from index.elastic.names import Names
from index.elastic.settings import DAY_S
from index.elastic.whole import Told, each_whole

MOST_TERMS = 500
"""Questions that are looked at where the most wanted are asked for."""


def ask_document(terms: str, asks: int, at: float, half_life_s: float, *, counts: float | None = None) -> Document:
    """Return what is appended for a question asked at a time; `counts`: as how many asks it counts, None: as many."""
    day = int(at // DAY_S)
    return {
        "terms": terms,
        "folded": folded_key(terms),
        "asks": asks,
        "day": day,
        "weight": weight(Scale(day * DAY_S, half_life_s), asks if counts is None else counts, at),
        "at": at,
    }


async def wanted(
    client: AsyncElasticsearch,
    names: Names,
    now: float,
    half_life_s: float,
    *,
    terms: Sequence[str] = (),
) -> dict[str, Wanted]:
    """Return questions and their demand: those named, or else the most wanted.

    Raises TroubleError where a part of them is away: nothing that was counted may look like nothing.
    """
    told = await client.msearch(searches=searches(names, terms=terms))
    return summed(told["responses"], now, half_life_s)


def searches(names: Names, *, terms: Sequence[str] = (), prefix: str = "", most: int = MOST_TERMS) -> list[Document]:
    """Return what is asked for so many questions and their demand: what was rolled up, and what was appended."""
    if terms:
        condition: Document = {"terms": {"terms": list(terms)}}
    elif prefix:
        condition = {"prefix": {"folded": {"value": prefix}}}
    else:
        condition = {"match_all": {}}
    days = {"terms": {"field": "day", "size": 10}, "aggs": {"weight": {"sum": {"field": "weight"}}}}
    return [
        {"index": names.alias("terms"), "preference": NEAR},
        {"query": condition, "size": most, "sort": [{"value": "desc"}], "track_total_hits": False},
        {"index": names.alias("asks"), "preference": NEAR},
        {
            "query": condition,
            "size": 0,
            "track_total_hits": False,
            "aggs": {
                "terms": {
                    "terms": {"field": "terms", "size": most, "order": {"asks": "desc"}},
                    "aggs": {"asks": {"sum": {"field": "asks"}}, "days": days},
                }
            },
        },
    ]


def summed(answers: Sequence[Told], now: float, half_life_s: float) -> dict[str, Wanted]:
    """Return questions and their demand from the answers to the two searches. Raises TroubleError."""
    rolled, appended = each_whole(answers)
    found: dict[str, Wanted] = {}
    for hit in rolled["hits"]["hits"]:
        source = hit["_source"]
        faded = demand(Scale(source["as_of"], half_life_s), source["value"], now)
        found[source["terms"]] = Wanted(source["terms"], int(source["asks"]), faded, now)
    for bucket in appended["aggregations"]["terms"]["buckets"]:
        fresh = sum(
            demand(Scale(day["key"] * DAY_S, half_life_s), day["weight"]["value"], now)
            for day in bucket["days"]["buckets"]
        )
        before = found.get(bucket["key"], Wanted(bucket["key"], 0, 0.0, now))
        found[bucket["key"]] = Wanted(
            bucket["key"], before.asks + round(bucket["asks"]["value"]), before.demand + fresh, now
        )
    return found


def most_wanted(found: Mapping[str, Wanted]) -> list[Wanted]:
    """Return questions with the most wanted first."""
    return sorted(found.values(), key=lambda one: (-one.demand, one.terms))


def ids_of(terms: Iterable[str]) -> list[str]:
    """Return the ids of what was rolled up of questions."""
    return [text_id(one) for one in terms]
