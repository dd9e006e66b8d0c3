"""Three nodes of Elasticsearch, of which one is killed: searches go on, and nothing that was kept is lost."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo import federation
from demo.federation import Federation
from tests.elastic import Node, cluster
from tests.end_to_end.test_two_instances import (
    LATEST_S,
    Instance,
    settled,
    states,
    until_cached,
    until_index,
    write_patient_members,
)

pytestmark = pytest.mark.needs("elasticsearch")

WORDS = ("kinh tế", "văn học", "lịch sử", "toán")


@pytest.fixture(scope="module")
def nodes() -> Iterator[tuple[Node, ...]]:
    with cluster(3) as running:
        yield running


@pytest.fixture
async def instance(tmp_path: Path, nodes: tuple[Node, ...]) -> AsyncIterator[tuple[Instance, Federation]]:
    libraries = await federation.start()
    (tmp_path / "members").mkdir()
    write_patient_members(tmp_path / "members", libraries)
    one = Instance(tmp_path, *(node.url for node in nodes))
    await asyncio.to_thread(one.start)
    yield one, libraries
    assert await asyncio.to_thread(one.stop) == 0
    await libraries.stop()


def asked(node: Node, path: str) -> Any:
    with urllib.request.urlopen(f"{node.url}/{path}", timeout=30) as answer:
        return json.load(answer)


async def until_whole(node: Node, *, nodes: int, statuses: tuple[str, ...]) -> None:
    ends = time.monotonic() + LATEST_S
    while time.monotonic() < ends:
        health = await asyncio.to_thread(asked, node, "_cluster/health/shared-*?timeout=1s")
        if health["status"] in statuses and health["number_of_nodes"] == nodes:
            return
        await asyncio.sleep(0.2)
    raise AssertionError(health)


def master_of(nodes: tuple[Node, ...]) -> Node:
    """Return the node that leads the cluster: to lose it is the hardest."""
    (told,) = asked(nodes[0], "_cat/master?format=json")
    return next(node for node in nodes if node.settings["node.name"] == told["node"])


async def test_a_node_of_three_is_killed_and_what_was_kept_is_still_there(
    instance: tuple[Instance, Federation], nodes: tuple[Node, ...]
) -> None:
    one, libraries = instance
    async with httpx.AsyncClient(timeout=LATEST_S) as client:
        await until_index(client, one, is_ready=True)
        found = {words: await settled(client, one, words) for words in WORDS}
        for words in WORDS:
            await until_cached(client, one, words)
        # Two copies of everything, without a setting.
        await until_whole(nodes[0], nodes=3, statuses=("green",))
        before = libraries.request_counts()
        killed = master_of(nodes)
        left = next(node for node in nodes if node is not killed)
        killed.kill()
        # While the two that are left elect a master, and after, no search fails.
        for number in range(12):
            during = await settled(client, one, WORDS[number % len(WORDS)])
            assert during["titles"]
            assert "failed" not in states(during).values(), during["reports"]
        await until_index(client, one, is_ready=True)
        # Elasticsearch gives the node a minute to come back before it makes the second copies anew.
        await until_whole(left, nodes=2, statuses=("yellow", "green"))
        for words in WORDS:
            kept = await until_cached(client, one, words)
            assert [title["id"] for title in kept["titles"]] == [title["id"] for title in found[words]["titles"]]
        assert libraries.request_counts() == before  # nothing had to be asked again
        # It is written to as before.
        await settled(client, one, "hoá học hữu cơ")
        await until_cached(client, one, "hoá học hữu cơ")
