"""The index on a real Elasticsearch: the contract, and what is Elasticsearch's own."""

from __future__ import annotations

import itertools
import logging
import os
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from elasticsearch import AsyncElasticsearch

from engine.ports import TitleIndex
from index.elastic import index as open_elastic
from tests.elastic import node
from tests.index.contract import Hand, IndexContract, Opened

pytestmark = pytest.mark.needs("elasticsearch")

_RUN = uuid.uuid4().hex[:8]
_prefixes = itertools.cycle(f"lienthu-{_RUN}-{number}" for number in range(3))
"""Making indices takes a second, so those of former tests are emptied and used again: each after two others, since
Elasticsearch remembers for a moment what was deleted, to keep what is older out."""


@pytest.fixture(scope="session")
def elastic_url() -> Iterator[str]:
    """The address of a running Elasticsearch, that of `ELASTICSEARCH_URL` if there is one."""
    if url := os.environ.get("ELASTICSEARCH_URL"):
        yield url
        return
    with node() as running:
        yield running.url


async def empty(url: str, prefix: str) -> None:
    """Delete what stands in the indices of a prefix, as if they were new."""
    async with AsyncElasticsearch(url) as client:
        await client.indices.refresh(index=f"{prefix}-*")
        if not (await client.indices.get(index=f"{prefix}-*")).body:
            return
        await client.indices.put_settings(index=f"{prefix}-*", settings={"gc_deletes": "0s"})
        while True:
            found = await client.search(index=f"{prefix}-*", size=5_000, source=False, track_total_hits=False)
            hits = found["hits"]["hits"]
            if not hits:
                return
            lines = [{"delete": {"_index": hit["_index"], "_id": hit["_id"]}} for hit in hits]
            await client.bulk(operations=lines, refresh=True)


@pytest.fixture
async def opened(elastic_url: str, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Opened]:
    prefix = next(_prefixes)
    await empty(elastic_url, prefix)

    async def make(options: dict[str, object], clock: Hand) -> TitleIndex:
        # A reader waits 50 ms; a test on a machine that is busy with others waits longer for the same answer.
        return await open_elastic({"urls": [elastic_url], "prefix": prefix, "patience_ms": 20_000.0, **options}, clock)

    opened = Opened(make)
    yield opened
    await opened.close()
    await empty(elastic_url, prefix)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


class TestElasticIndex(IndexContract):
    """The contract on Elasticsearch."""
