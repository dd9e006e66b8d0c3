"""Three real nodes of which one is frozen: it accepts connections and answers nothing, and the cluster still counts it.

Elasticsearch itself finds out after half a minute. What is tested here is the time until then.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from elasticsearch import AsyncElasticsearch

from engine.model import Clause, Query
from engine.ports import Question, TitleIndex
from index.elastic import index as open_elastic
from tests.elastic import Node, cluster
from tests.index.contract.shelf import Hand, answer, book, question
from tests.index.states import is_well, until

pytestmark = pytest.mark.needs("elasticsearch")

PATIENCE_S = 1.0
"""Far longer than a busy machine takes to answer: who waits so long, waits for the node that is frozen."""

ASKED = [question(f"câu {number}") for number in range(20)]

BOOKS = 10
"""So many records were found by all of them."""


@pytest.fixture(scope="module")
def nodes() -> Iterator[tuple[Node, ...]]:
    with cluster(3) as running:
        yield running


@pytest.fixture
async def client(nodes: tuple[Node, ...], prefix: str) -> AsyncIterator[AsyncElasticsearch]:
    async with AsyncElasticsearch(nodes[0].url, request_timeout=60) as one:
        yield one
        if names := list((await one.indices.get(index=f"{prefix}-*")).body):
            await one.indices.delete(index=names)


@pytest.fixture
async def index(
    nodes: tuple[Node, ...],
    prefix: str,
    client: AsyncElasticsearch,
) -> AsyncIterator[TitleIndex]:
    """An index that holds what is asked for, on all nodes."""
    urls = [one.url for one in nodes]
    opened = await open_elastic({"urls": urls, "prefix": prefix, "patience_ms": 1000 * PATIENCE_S}, Hand())
    await until(opened, is_well, within_s=90.0)
    for one in ASKED:
        opened.keep(one, answer(book(one.terms[-1], "Kinh tế")))
    await opened.flush()
    yield opened
    await opened.close()


async def asked(index: TitleIndex, questions: list[Question]) -> tuple[list[bool], int]:
    """Ask one after the other; return whether each was found, and how many had to wait in vain."""
    found: list[bool] = []
    waited = 0
    for one in questions:
        began = time.monotonic()
        found.append(one in await index.answers([one]))
        waited += time.monotonic() - began >= PATIENCE_S
    return found, waited


async def test_of_all_who_ask_only_the_first_waits_for_a_node_that_is_frozen(
    index: TitleIndex, nodes: tuple[Node, ...], prefix: str, client: AsyncElasticsearch
) -> None:
    frozen = nodes[2]
    # Everything stands on the other nodes: it is only asked through this one.
    away = {"index.routing.allocation.exclude._name": str(frozen.settings["node.name"])}
    await client.indices.put_settings(index=f"{prefix}-*", settings=away)
    await client.cluster.health(index=f"{prefix}-*", wait_for_no_relocating_shards=True, timeout="60s")
    assert await asked(index, ASKED) == ([True] * len(ASKED), 0)
    frozen.freeze()
    try:
        waited = 0
        began = time.monotonic()
        while time.monotonic() - began < 4.0:  # now and then one who asks finds out whether it is back
            found, late = await asked(index, ASKED)
            waited += late
        assert 1 <= waited <= 3
        assert all(found)  # the other nodes have everything
        assert (await index.state()).is_ready
    finally:
        frozen.thaw()
    await until(index, is_well, within_s=90.0)


async def test_a_master_that_is_frozen_hides_nothing_that_the_others_have(
    index: TitleIndex, nodes: tuple[Node, ...], prefix: str, client: AsyncElasticsearch
) -> None:
    await client.indices.put_settings(
        index=f"{prefix}-*", settings={"index.auto_expand_replicas": False, "index.number_of_replicas": 2}
    )
    await client.cluster.health(index=f"{prefix}-*", wait_for_status="green", timeout="60s")
    query = Query(expression=Clause("kinh tế"))
    assert len(await index.search(query, 60)) == BOOKS
    master = str(await client.cat.master(h="node")).strip()
    (frozen,) = (one for one in nodes if one.settings["node.name"] == master)
    frozen.freeze()
    try:
        waited, whole = 0, 0
        began = time.monotonic()
        while time.monotonic() - began < 4.0:  # long before Elasticsearch itself finds out
            found, late = await asked(index, ASKED)
            waited += late
            whole += all(found)
        assert waited <= 3  # now and then one who asks finds out whether it is back, and the next of the same search
        assert whole > waited
        searches = [len(await index.search(query, 60)) for _ in range(9)]
        assert searches.count(BOOKS) >= 8  # all but one who finds out
    finally:
        frozen.thaw()
    await until(index, is_well, within_s=90.0)


async def test_the_index_is_used_though_the_node_that_is_frozen_holds_parts_of_it(
    index: TitleIndex, nodes: tuple[Node, ...]
) -> None:
    nodes[2].freeze()
    try:
        ends = time.monotonic() + 90.0
        while not (state := await index.state()).is_ready:  # until this node too is known to be silent
            assert time.monotonic() < ends, state
        # Every node must answer to sum up what there is: that says that something is wrong.
        assert state.problem is not None
        assert state.problem.code == "index.elastic-slow"
        missing = set(ASKED)
        while missing:  # by way of the other copy; the last at the latest when Elasticsearch has found out
            assert time.monotonic() < ends, missing
            began = time.monotonic()
            missing -= set(await index.answers(sorted(missing, key=lambda one: one.terms)[:3]))
            assert time.monotonic() - began < 2 * PATIENCE_S
            await asyncio.sleep(0.1)
    finally:
        nodes[2].thaw()
    await until(index, is_well, within_s=90.0)
    assert await asked(index, ASKED) == ([True] * len(ASKED), 0)
