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
from index.elastic.documents import LONGEST_BEGINNING, Document
from index.elastic.hearing import NEAR
from index.elastic.names import Names
from index.elastic.store import TroubleError
from index.elastic.whole import answered
from index.offers import ASKED_BY_SEVERAL, Beginning, Title, beginning, ranked

TITLES = 2
"""So many times as many titles are looked at as may be offered: some fold alike."""

QUESTIONS = 4
"""So many times as many questions: some fold alike, and what was appended is added to what was rolled up."""


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
            *counting.searches(names, prefix=begins.folded, most=QUESTIONS * limit),
            {"index": records, "preference": NEAR},
            _completed(begins, TITLES * limit),
        ]
    )
    *counted, completed = told["responses"]
    try:
        asked = counting.summed(counted, now, half_life_s)
    except TroubleError:
        asked = {}  # titles are better than nothing
    several = [(one.terms, one.demand) for one in counting.most_wanted(asked) if one.asks >= ASKED_BY_SEVERAL]
    titles = (title for title in _titles(answered(completed)) if begins.is_of(title))
    return ranked(begins, several, titles, limit)


def _completed(begins: Beginning, size: int) -> Document:
    """Return what is asked for titles that begin so; with the marks too, where some were typed."""
    asked = {"folded": begins.folded} | ({"exact": begins.exact} if begins.exact != begins.folded else {})
    return {
        "suggest": {name: _completion(letters, size) for name, letters in asked.items()},
        "_source": ["shown_title"],
    }


def _completion(letters: str, size: int) -> Document:
    """Return what is asked for one beginning. Titles that differ behind what was written of them are all wanted."""
    is_whole = len(letters) <= LONGEST_BEGINNING
    return {
        "prefix": letters[:LONGEST_BEGINNING],
        "completion": {"field": "begins", "size": size, "skip_duplicates": is_whole},
    }


def _titles(body: Mapping[str, Any]) -> set[Title]:
    texts = {
        option["_source"]["shown_title"]
        for entries in body.get("suggest", {}).values()
        for entry in entries
        for option in entry["options"]
    }
    return {Title(text, folded_key(text), exact_key(text)) for text in texts}
