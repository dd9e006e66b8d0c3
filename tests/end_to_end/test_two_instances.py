"""Two instances of the service, as if on two machines, share one Elasticsearch; then it is killed under load."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo import federation
from demo.federation import Federation
from demo.members import write_members
from tests.elastic import Node, node
from tests.servers import free_port

pytestmark = pytest.mark.needs("elasticsearch")

LATEST_S = 60.0
"""A machine that is busy with the server's own start is slow."""

SETTINGS = """\
[service]
port = {port}

[contact]
name = "Lien Thu tests"

[search]
deadline_s = 45.0

[index]
backend = "elasticsearch"

[index.options]
urls = {urls}
# A server that has just begun, on a busy machine, must not look like a broken one.
patience_ms = 10000.0
prefix = "{prefix}"
"""


class Instance:
    """A service in a process of its own."""

    def __init__(self, folder: Path, *elastic: str, prefix: str = "shared") -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._config = folder / f"lienthu-{port}.toml"
        self._config.write_text(SETTINGS.format(port=port, urls=json.dumps(elastic), prefix=prefix), "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "engine.cli", "serve", "--config", str(self._config)], stderr=subprocess.DEVNULL
        )
        with httpx.Client(transport=httpx.HTTPTransport(retries=9)) as client:
            client.get(f"{self.url}/healthz").raise_for_status()

    def stop(self) -> int:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(20)


def write_patient_members(folder: Path, libraries: Federation) -> None:
    """Write the members' files. On a busy machine a library of this process is slow, and must not look broken."""
    for file in write_members(folder, libraries.libraries):
        told = file.read_text("utf-8")
        file.write_text(told.replace("[manners]\n", "[manners]\ntimeout_s = 40.0\n"), "utf-8")


@pytest.fixture(scope="module")
def elastic() -> Iterator[Node]:
    with node() as running:
        yield running


@pytest.fixture
async def libraries(tmp_path: Path) -> AsyncIterator[Federation]:
    running = await federation.start()
    (tmp_path / "members").mkdir()
    write_patient_members(tmp_path / "members", running)
    yield running
    await running.stop()


@pytest.fixture
async def instances(tmp_path: Path, elastic: Node, libraries: Federation) -> AsyncIterator[tuple[Instance, Instance]]:
    assert libraries.libraries
    two = (Instance(tmp_path, elastic.url), Instance(tmp_path, elastic.url))
    for one in two:  # the libraries live on this loop
        await asyncio.to_thread(one.start)
    yield two
    for one in two:
        assert await asyncio.to_thread(one.stop) == 0


@pytest.fixture
async def lone(tmp_path: Path, elastic: Node, libraries: Federation) -> AsyncIterator[Instance]:
    assert libraries.libraries
    instance = Instance(tmp_path, elastic.url, prefix="lone")
    await asyncio.to_thread(instance.start)
    yield instance
    assert await asyncio.to_thread(instance.stop) == 0


async def settled(client: httpx.AsyncClient, instance: Instance, words: str) -> dict[str, Any]:
    answer = await client.get(f"{instance.url}/api/v1/search", params={"q": words, "deadline_s": 45})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def states(answer: dict[str, Any]) -> dict[str, str]:
    return {report["member"]: report["state"] for report in answer["reports"]}


async def until_cached(client: httpx.AsyncClient, instance: Instance, words: str) -> dict[str, Any]:
    """Ask until everything comes from the index: what was told is written in the background.

    Meanwhile nobody asks a member again: the question is still claimed by whoever asked it.
    """
    ends = time.monotonic() + LATEST_S
    while True:
        found = await settled(client, instance, words)
        if set(states(found).values()) == {"cached"}:
            return found
        assert time.monotonic() < ends, found["reports"]


async def until_index(client: httpx.AsyncClient, instance: Instance, *, is_ready: bool) -> dict[str, Any]:
    ends = time.monotonic() + LATEST_S
    while True:
        health: dict[str, Any] = (await client.get(f"{instance.url}/healthz")).json()
        if health["index"]["is_ready"] is is_ready:
            return health
        assert time.monotonic() < ends, health
        await asyncio.sleep(0.2)


async def test_one_asks_the_other_answers_and_a_rush_asks_each_member_once(
    instances: tuple[Instance, Instance], libraries: Federation, lone: Instance
) -> None:
    one, two = instances
    async with httpx.AsyncClient(timeout=LATEST_S) as client:
        for instance in (one, two, lone):  # a server that has just begun is slow with what it does for the first time
            await settled(client, instance, "triết học")
        asked = await settled(client, one, "kinh tế học")
        assert set(states(asked).values()) == {"answered"}
        before = libraries.request_counts()
        kept = await until_cached(client, two, "kinh tế học")
        assert libraries.request_counts() == before
        assert [title["id"] for title in kept["titles"]] == [title["id"] for title in asked["titles"]]

        # What a question costs each member, as an instance finds that shares with nobody.
        before = libraries.request_counts()
        await settled(client, lone, "vật lý")
        cost = {member: count - before[member] for member, count in libraries.request_counts().items()}
        assert min(cost[member] for member in states(asked)) >= 1
        before = libraries.request_counts()
        rush = await asyncio.gather(*(settled(client, (one, two)[number % 2], "vật lý") for number in range(24)))
        rushed = {member: count - before[member] for member, count in libraries.request_counts().items()}
        assert rushed == cost
        for answer in rush:
            assert set(states(answer).values()) <= {"answered", "cached"}, answer["reports"]
        assert len({tuple(title["id"] for title in answer["titles"]) for answer in rush}) == 1


async def test_elasticsearch_is_killed_under_load_and_no_reader_sees_an_error(
    instances: tuple[Instance, Instance], elastic: Node, libraries: Federation
) -> None:
    is_over = asyncio.Event()
    answered = 0
    words = ("kinh tế", "văn học", "lịch sử", "toán", "pháp luật", "y học")

    async def reader(client: httpx.AsyncClient, number: int) -> None:
        nonlocal answered
        while not is_over.is_set():
            found = await settled(client, instances[number % 2], words[(number + answered) % len(words)])
            assert found["titles"], found["reports"]
            assert "failed" not in states(found).values(), found["reports"]
            answered += 1
            await asyncio.sleep(0.05)

    async def until_answered(more: int) -> None:
        ends, wanted = time.monotonic() + LATEST_S, answered + more
        while answered < wanted:
            assert time.monotonic() < ends, answered
            for one in readers:
                if one.done():
                    one.result()  # what it saw
            await asyncio.sleep(0.05)

    async with httpx.AsyncClient(timeout=LATEST_S) as client:
        for one in instances:
            await until_index(client, one, is_ready=True)
        readers = [asyncio.create_task(reader(client, number)) for number in range(4)]
        try:
            await until_answered(8)
            elastic.kill()
            for one in instances:
                health = await until_index(client, one, is_ready=False)
                assert health["status"] == "degraded"
                assert health["index"]["problem"]["code"].startswith("index.elastic-")
            await settled(client, instances[0], "chỉ hỏi khi vắng")
            await until_answered(4)
            await asyncio.to_thread(elastic.start)
            for one in instances:
                await until_index(client, one, is_ready=True)
            await until_answered(4)
        finally:
            is_over.set()
            results = await asyncio.gather(*readers, return_exceptions=True)
        assert [found for found in results if found is not None] == []
        # It is used again: what one asks now the other has.
        await settled(client, instances[0], "hoá học hữu cơ")
        before_it = libraries.request_counts()
        await until_cached(client, instances[1], "hoá học hữu cơ")
        assert libraries.request_counts() == before_it
