"""What becomes of the index when Elasticsearch is killed, hangs or fills up: on a real one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from elasticsearch import AsyncElasticsearch

from engine.errors import StoreError
from engine.model import Clause, Query, Window
from engine.ports import TitleIndex
from engine.sentences import sentences
from index.elastic import index as open_elastic
from index.elastic.counting import wanted
from index.elastic.documents import packed, record_document
from index.elastic.names import VERSIONS, Names, body
from index.elastic.settings import ElasticSettings
from index.elastic.store import PROBE_S, TroubleError
from tests.elastic import Node
from tests.index.contract.shelf import SHELF, Hand, answer, book, harvest, question
from tests.index.states import has, is_ready, is_well, until
from tests.servers import free_port

pytestmark = pytest.mark.needs("elasticsearch")

PATIENCE_S = 0.05
LOADED_S = 0.25
"""What a look-up may take at most here, patience and all: the machine is busy with the server's own start."""

Open = Callable[..., Awaitable[TitleIndex]]


@pytest.fixture
async def opened(running: Node, prefix: str) -> AsyncIterator[Open]:
    indexes: list[TitleIndex] = []

    async def make(*, waits: bool = True, **options: object) -> TitleIndex:
        # Patience is long where it is not what a test is about: a busy machine must not look like a broken store.
        chosen = {"urls": [running.url], "prefix": prefix, "patience_ms": 20_000.0, "batch_s": 0.05, **options}
        indexes.append(await open_elastic(chosen, Hand()))
        if waits:  # a server that has just begun takes its time to make the first indices
            await until(indexes[-1], is_ready)
        return indexes[-1]

    yield make
    for one in indexes:
        await one.close()
    # A server that is started again looks at every index that it has: it shall have few.
    async with AsyncElasticsearch(running.url, request_timeout=60) as client:
        if names := list((await client.indices.get(index=f"{prefix}-*")).body):
            await client.indices.delete(index=names)


async def timed(look: Awaitable[object]) -> tuple[object, float]:
    began = time.monotonic()
    found = await look
    return found, time.monotonic() - began


@pytest.mark.parametrize(
    "code",
    [
        "gone",
        "slow",
        "busy",
        "red",
        "read-only",
        "credentials",
        "forbidden",
        "tls",
        "foreign",
        "missing",
        "refused",
        "alias",
        "older",
        "newer",
    ],
)
def test_every_problem_has_a_sentence_in_both_languages_and_stands_in_the_docs(code: str) -> None:
    told = sentences()[f"index.elastic-{code}"]
    assert all(told[language] for language in ("vi", "en"))
    assert told["vi"] != told["en"]
    assert f"`index.elastic-{code}`" in (Path(__file__).parents[2] / "docs" / "elasticsearch.md").read_text("utf-8")


async def test_a_store_that_is_away_is_said_once_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    index = await open_elastic({"urls": [f"http://127.0.0.1:{free_port()}"]}, Hand())
    try:
        for _ in range(5):
            await index.answers([question()])
        await until(index, has("gone"))
        await asyncio.sleep(PROBE_S + 0.5)  # a probe finds it away still
    finally:
        await index.close()
    assert [f"{record.message} {vars(record)['reason']}" for record in caplog.records] == [
        "index_lost index.elastic-gone"
    ]


async def test_a_store_that_hangs_holds_a_search_up_once_and_then_nobody(running: Node, opened: Open) -> None:
    index = await opened(patience_ms=1000 * PATIENCE_S)
    index.keep(question(), answer(*SHELF))
    await index.flush()
    running.freeze()
    try:
        began = time.monotonic()
        assert await index.answers([question()]) == {}
        assert PATIENCE_S <= time.monotonic() - began < LOADED_S
        # The same reader's search goes on to ask for records, and is not held up again.
        found, took_s = await timed(index.search(Query(expression=Clause("kinh te")), 10))
        assert found == ()
        assert took_s < PATIENCE_S
        for _ in range(6):
            found, took_s = await timed(index.suggest("kinh", 5))
            assert found == ()
            assert took_s < LOADED_S
        for _ in range(20):  # the breaker is open
            found, took_s = await timed(index.answers([question()]))
            assert found == {}
            assert took_s < PATIENCE_S
        state = await index.state()
        assert not state.is_ready
        assert has("slow")(state)
    finally:
        running.thaw()
    await until(index, is_well)
    ends = time.monotonic() + 40.0
    while (kept := await index.answers([question()])) == {}:  # a server that was frozen may be late once more
        assert time.monotonic() < ends, await index.state()
        await asyncio.sleep(0.3)
    assert kept == {question(): answer(*SHELF)}


async def test_a_start_before_a_store_that_hangs_is_not_held_up_for_long(running: Node, opened: Open) -> None:
    running.freeze()
    try:
        index, took_s = await timed(opened(waits=False))
        assert took_s < 8.0
    finally:
        running.thaw()
    await until(index, is_well)  # type: ignore[arg-type]  # what `opened` made


async def test_a_full_disk_keeps_from_writing_and_from_no_look_up(running: Node, opened: Open, prefix: str) -> None:
    index = await opened()
    index.keep(question("trước"), answer(book("1", "Kinh tế")))
    await index.flush()
    async with AsyncElasticsearch(running.url) as client:
        # What the flood stage of the disk watermarks sets.
        await client.indices.put_settings(index=f"{prefix}-*", settings={"blocks.read_only_allow_delete": True})
        index.keep(question("sau"), answer(book("2", "Vật lý")))
        index.count("sau")
        for _ in range(5):
            await index.flush()
        state = await index.state()
        assert state.is_ready
        assert has("read-only")(state)
        kept = await index.answers([question("trước"), question("sau")])
        assert set(kept) == {question("trước"), question("sau")}  # the second from what waits
        assert [one.record.id for one in await index.search(Query(expression=Clause("kinh te")), 5)] == ["1"]
        await client.indices.put_settings(index=f"{prefix}-*", settings={"blocks.read_only_allow_delete": None})
    await until(index, is_well)
    await index.flush()
    other = await opened()
    assert set(await other.answers([question("sau")])) == {question("sau")}
    assert await other.demand("sau") == pytest.approx(1)


async def test_indices_that_somebody_deleted_are_made_again(running: Node, opened: Open, prefix: str) -> None:
    index = await opened()
    index.keep(question("trước"), answer(book("1", "Kinh tế")))
    await index.flush()
    async with AsyncElasticsearch(running.url) as client:
        names = list((await client.indices.get(index=f"{prefix}-*")).body)
        await client.indices.delete(index=names)
        index.keep(question("sau"), answer(book("2", "Vật lý")))
        await index.flush()
        await until(index, is_well)
        await index.flush()
        found = (await client.indices.get(index=f"{prefix}-*")).body
        assert set(found) == set(names)
        assert {told["mappings"]["dynamic"] for told in found.values()} == {"strict"}
    assert [one.record.id for one in await index.search(Query(expression=Clause("vat ly")), 5)] == ["2"]


async def test_an_index_of_a_newer_version_is_left_alone(running: Node, opened: Open, prefix: str) -> None:
    index = await opened()
    await index.close()
    async with AsyncElasticsearch(running.url) as client:
        await client.indices.create(index=f"{prefix}-records-7", mappings={"dynamic": "strict"})
        await client.indices.update_aliases(
            actions=[
                {"remove": {"index": Names(prefix).concrete("records"), "alias": f"{prefix}-records"}},
                {"add": {"index": f"{prefix}-records-7", "alias": f"{prefix}-records"}},
            ]
        )
        older = await opened(waits=False)
        state = await older.state()
        assert not state.is_ready
        assert has("newer")(state)
        assert state.problem is not None
        assert state.problem.values == {"name": f"{prefix}-records-7", "found": 7, "known": VERSIONS["records"]}
        older.keep(question(), answer(book()))
        await older.flush()
        assert (await client.count(index=f"{prefix}-records"))["count"] == 0
        await asyncio.sleep(2.5)  # a probe finds the same
        assert has("newer")(await older.state())


async def test_a_part_that_is_missing_is_told_and_the_rest_is_used(running: Node, opened: Open, prefix: str) -> None:
    async with AsyncElasticsearch(running.url) as client:
        # Its shard can be placed on no node: what is left of an index whose node has gone for good.
        await client.indices.create(
            index=Names(prefix).concrete("records"),
            aliases={f"{prefix}-records": {}},
            settings={"number_of_replicas": 0, "routing.allocation.require._name": "nobody"},
            wait_for_active_shards="0",
        )
        index = await opened()
        state = await index.state()
        assert has("red")(state)
        index.keep(question("trống"), answer(total=0))
        await index.flush()
        assert await index.answers([question("trống")]) == {question("trống"): answer(total=0)}
        assert await index.search(Query(expression=Clause("kinh te")), 5) == ()
        await index.close()
        await client.indices.delete(index=Names(prefix).concrete("records"))


@contextlib.asynccontextmanager
async def halved(running: Node, prefix: str, *kinds: str) -> AsyncIterator[AsyncElasticsearch]:
    """Make indices of two shards of which one is on no node, as when half of the nodes have gone."""
    names = [Names(prefix).concrete(kind) for kind in kinds]
    away = {"number_of_shards": 2, "number_of_replicas": 0, "routing.allocation.total_shards_per_node": 1}
    async with AsyncElasticsearch(running.url) as client:
        try:
            for kind, name in zip(kinds, names, strict=True):
                made = body(kind, ElasticSettings(prefix=prefix, shards=2, replicas=0))
                await client.indices.create(
                    index=name,
                    aliases={f"{prefix}-{kind}": {}},
                    mappings=made["mappings"],  # type: ignore[arg-type]  # JSON
                    settings={**made["settings"], **away},  # type: ignore[dict-item]  # JSON
                    wait_for_active_shards="0",
                )
            yield client
        finally:
            await client.indices.delete(index=names)


async def routing_to_what_is_there(client: AsyncElasticsearch, alias: str) -> str:
    """Return a routing that leads to a shard that is on a node."""
    for routing in map(str, range(20)):
        shards = (await client.search_shards(index=alias, routing=routing))["shards"]
        if any(copy["state"] == "STARTED" for copies in shards for copy in copies):
            return routing
    raise AssertionError(alias)


async def test_half_of_the_titles_are_better_than_none_and_half_a_catalogue_is_no_answer(
    running: Node, opened: Open, prefix: str
) -> None:
    async with halved(running, prefix, "records", "harvested") as client:
        index = await opened()
        alias = f"{prefix}-records"
        document = record_document(book("1", "Kinh tế học"), Hand().now)
        routing = await routing_to_what_is_there(client, alias)
        await client.index(index=alias, id="1", document=document, routing=routing, refresh=True)
        assert [one.record.id for one in await index.search(Query(expression=Clause("kinh te")), 5)] == ["1"]
        assert await index.suggest("kinh", 5) == ("Kinh tế học",)
        state = {"member": "dhqg", "body": packed(harvest())}
        await client.index(index=f"{prefix}-harvests", id="dhqg", document=state)
        with pytest.raises(StoreError):
            await index.harvested("dhqg", Query(Clause("kinh tế")), Window())
        with pytest.raises(StoreError):
            await index.harvest_count("dhqg")
        assert has("red")(await index.state())
        await index.close()


async def test_counts_of_which_a_part_is_away_are_trouble_and_nothing_is_forgotten(
    running: Node, opened: Open, prefix: str
) -> None:
    async with halved(running, prefix, "asks") as client:
        index = await opened()
        index.keep(question("hỏi nhiều"), answer(book("1", "Kinh tế học")))
        await index.flush()
        with pytest.raises(TroubleError):
            await wanted(client, Names(prefix), Hand().now, 600.0, terms=["hỏi nhiều"])
        assert await index.refresh_due(5) == ()
        assert has("red")(await index.state())
        assert set(await index.answers([question("hỏi nhiều")])) == {question("hỏi nhiều")}
        await index.close()


async def test_what_was_written_outlives_a_server_that_is_killed_at_once(running: Node, opened: Open) -> None:
    index = await opened()
    for number in range(5):
        index.keep(question(f"câu {number}"), answer(book(f"{number}", "Kinh tế")))
        index.count("câu hỏi")
    await index.flush()
    running.kill()
    await asyncio.to_thread(running.start)
    await until(index, is_well)
    other = await opened()
    assert await other.demand("câu hỏi") == pytest.approx(5)
    assert len(await other.answers([question(f"câu {number}") for number in range(5)])) == 5
    assert len(await other.search(Query(expression=Clause("kinh te")), 10)) == 5


async def test_killed_under_load_no_reader_sees_an_error_and_what_waited_is_written_when_it_is_back(
    running: Node, opened: Open
) -> None:
    index = await opened(patience_ms=1000 * PATIENCE_S)
    for number in range(20):
        index.keep(question(f"trước {number}"), answer(book(f"t{number}", "Kinh tế")))
    await index.flush()
    is_over = asyncio.Event()
    slowest_s = 0.0
    asked = 0

    async def reader(number: int) -> None:
        nonlocal slowest_s, asked
        while not is_over.is_set():
            began = time.monotonic()
            await index.answers([question(f"trước {(number + asked) % 20}")])
            if asked % 4 == 0:
                await index.search(Query(expression=Clause("kinh te")), 10)
                await index.suggest("kin", 5)
                await index.record("dhqg", "t1")
            slowest_s = max(slowest_s, time.monotonic() - began)
            asked += 1
            await asyncio.sleep(0.02)

    readers = [asyncio.create_task(reader(number)) for number in range(4)]
    try:
        await asyncio.sleep(0.5)
        for number in range(200):  # some of them in the middle of a bulk
            index.keep(question(f"lúc {number}"), answer(book(f"l{number}", "Vật lý")))
            index.count("đang hỏi")
        await asyncio.sleep(0.1)
        running.kill()
        index.keep(question("sau"), answer(book("s", "Hoá học")))
        gone = await until(index, lambda state: not state.is_ready and state.problem is not None)
        assert gone.problem is not None
        assert gone.problem.code in {"index.elastic-gone", "index.elastic-slow"}
        before = asked
        with pytest.raises(StoreError):  # what was harvested must never look like "no hits"
            await index.harvested("dhqg", Query(Clause("kinh tế")), Window())
        await asyncio.sleep(0.5)
        assert asked > before
        assert set(await index.answers([question("sau")])) == {question("sau")}  # from what waits
        assert slowest_s < 4 * LOADED_S
        await asyncio.to_thread(running.start)
        await until(index, is_well)
    finally:
        is_over.set()
        await asyncio.gather(*readers)
    other = await opened()
    everything = [question(f"lúc {number}") for number in range(200)] + [question("sau")]
    ends = time.monotonic() + 40.0
    # A server that has just begun may be given up once more, by readers who wait 50 ms: what waits goes on waiting.
    while set(await other.answers(everything)) != set(everything) or await other.demand("đang hỏi") < 199.5:
        assert time.monotonic() < ends, await index.state()
        await index.flush()
        await asyncio.sleep(0.2)
    assert await other.demand("đang hỏi") == pytest.approx(200)  # neither lost nor counted twice
