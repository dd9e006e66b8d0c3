"""Everything that a query finds, page by page, as it stood when the first page was read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from elasticsearch import AsyncElasticsearch

from index.elastic.documents import Document
from index.elastic.searching import Dsl
from index.elastic.whole import whole

PAGE = 1_000
KEPT = "2m"
"""How long Elasticsearch keeps the moment for the next page."""


async def hits(
    client: AsyncElasticsearch,
    index: str,
    query: Dsl,
    fields: Sequence[str] | None = None,
    *,
    has_version: bool = False,
) -> AsyncIterator[dict[str, Any]]:
    """Yield what a query finds, with these fields of the source, or with all of it.

    Raises TroubleError where a part is away.
    """
    point = await client.open_point_in_time(index=index, keep_alive=KEPT)
    where: Document = {"id": point["id"], "keep_alive": KEPT}
    after: list[object] | None = None
    try:
        while True:
            told = await client.search(
                pit=where,
                query=query,
                size=PAGE,
                sort=[{"_shard_doc": "asc"}],
                search_after=after,
                seq_no_primary_term=True,
                version=has_version,
                track_total_hits=False,
                source_includes=list(fields) if fields else None,
                source=False if fields is not None and not fields else None,
            )
            found = whole(told)
            page = found["hits"]["hits"]
            for hit in page:
                yield hit
            if len(page) < PAGE:
                return
            after = page[-1]["sort"]
    finally:
        await client.close_point_in_time(id=point["id"])
