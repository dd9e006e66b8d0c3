"""What Elasticsearch offers to somebody who begins to type.

Titles come of a completion field, which is made for that: the store walks down the letters and has the heaviest there,
whatever the number of titles. Its inputs are our keys of the title, folded and with marks; short titles weigh more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from elasticsearch import AsyncElasticsearch

from engine.text import exact_key, folded_key
from index.elastic import counting
from index.elastic.documents import Document
from index.elastic.names import Names
from index.elastic.store import TroubleError
from index.elastic.whole import answered
from index.offers import ASKED_BY_SEVERAL, Beginning, Title, beginning, ranked

LOOKED_AT = 2
"""So many times as many titles are looked at as may be offered: some fold alike."""


async def suggest(
    client: AsyncElasticsearch, names: Names, prefix: str, limit: int, *, now: float, half_life_s: float
) -> tuple[str, ...]:
    """Return questions asked by several and titles that begin so: typed marks first, then the most wanted."""
    begins = beginning(prefix)
    if begins is None or limit < 1:
        return ()
    records = f"{names.alias('records')},{names.alias('harvested')}"
    told = await client.msearch(
        searches=[
            *counting.searches(names, prefix=begins.folded),
            {"index": records},
            _completed(begins, LOOKED_AT * limit),
        ]
    )
    *counted, completed = told["responses"]
    try:
        asked = counting.summed(counted, now, half_life_s)
    except TroubleError:
        asked = {}  # titles are better than nothing
    several = {terms: one for terms, one in asked.items() if one.asks >= ASKED_BY_SEVERAL}
    most = [(one.terms, one.demand) for one in counting.most_wanted(several)[: 4 * limit]]
    return ranked(begins, most, _titles(answered(completed)), limit)


def _completed(begins: Beginning, size: int) -> Document:
    """Return what is asked for titles that begin so; with the marks too, where some were typed."""
    asked = {"folded": begins.folded} | ({"exact": begins.exact} if begins.exact != begins.folded else {})
    return {
        "suggest": {
            name: {"prefix": letters, "completion": {"field": "begins", "size": size, "skip_duplicates": True}}
            for name, letters in asked.items()
        },
        "_source": ["shown_title"],
    }


def _titles(body: Mapping[str, Any]) -> set[Title]:
    texts = {
        option["_source"]["shown_title"]
        for entries in body.get("suggest", {}).values()
        for entry in entries
        for option in entry["options"]
    }
    return {Title(text, folded_key(text), exact_key(text)) for text in texts}
