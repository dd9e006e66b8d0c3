"""The index on a real Elasticsearch: the contract, and what is Elasticsearch's own."""

from __future__ import annotations

import itertools
import logging
import os
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from engine.ports import TitleIndex
from index.elastic import index as open_elastic
from tests.elastic import node
from tests.index.contract import Hand, IndexContract, Opened

pytestmark = pytest.mark.needs("elasticsearch")

_numbers = itertools.count()
_RUN = uuid.uuid4().hex[:8]


@pytest.fixture(scope="session")
def elastic_url() -> Iterator[str]:
    """The address of a running Elasticsearch, that of `ELASTICSEARCH_URL` if there is one."""
    if url := os.environ.get("ELASTICSEARCH_URL"):
        yield url
        return
    with node() as running:
        yield running.url


@pytest.fixture
async def opened(elastic_url: str, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Opened]:
    prefix = f"lienthu-{_RUN}-{next(_numbers)}"

    async def make(options: dict[str, object], clock: Hand) -> TitleIndex:
        # A reader waits 50 ms; a test on a machine that is busy with others waits longer for the same answer.
        return await open_elastic({"urls": [elastic_url], "prefix": prefix, "patience_ms": 20_000.0, **options}, clock)

    opened = Opened(make)
    yield opened
    await opened.close()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


class TestElasticIndex(IndexContract):
    """The contract on Elasticsearch."""
