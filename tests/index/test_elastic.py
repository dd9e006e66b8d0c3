"""The index on a real Elasticsearch: the contract, and what is Elasticsearch's own."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from elasticsearch import AsyncElasticsearch

from engine import carrying
from engine.carrying import Carried, Taking
from engine.model import Clause, Query
from engine.ports import HarvestPart, TitleIndex
from index.elastic import index as open_elastic
from index.elastic.names import VERSIONS
from index.elastic.scrolling import hits
from index.embedded import index as open_embedded
from tests.elastic import node
from tests.index.contract import IndexContract
from tests.index.contract.shelf import Hand, Opened, answer, book, harvest, question
from tests.index.states import is_ready, until

pytestmark = pytest.mark.needs("elasticsearch")

MOVED = ("answers", "records", "harvested")
"""The indices that are moved in the test of a migration."""

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


async def ready(options: dict[str, object], clock: Hand) -> TitleIndex:
    """Return an index when it may be used."""
    index = await open_elastic(options, clock)
    await until(index, is_ready, within_s=60.0)
    return index


@pytest.fixture
async def opened(elastic_url: str, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Opened]:
    prefix = next(_prefixes)
    await empty(elastic_url, prefix)

    async def make(options: dict[str, object], clock: Hand) -> TitleIndex:
        # A reader waits 50 ms; a test on a machine that is busy with others waits longer for the same answer.
        return await ready({"urls": [elastic_url], "prefix": prefix, "patience_ms": 20_000.0, **options}, clock)

    opened = Opened(make)
    yield opened
    await opened.close()
    await empty(elastic_url, prefix)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


class TestElasticIndex(IndexContract):
    """The contract on Elasticsearch."""


async def test_what_is_kept_here_can_be_carried_into_the_other_backend_and_back(
    elastic_url: str, tmp_path: Path
) -> None:
    clock = Hand()
    options: dict[str, object] = {"urls": [elastic_url], "patience_ms": 20_000.0}
    here = await ready({**options, "prefix": f"lienthu-{_RUN}-carried"}, clock)
    for number in range(30):
        here.keep(question(f"câu {number}"), answer(book(f"{number}", f"Kinh tế {number}")))
    for _ in range(5):
        here.count("câu 1")
    await here.flush()
    async with here.harvesting("dhqg", "a test") as harvest_book:
        state = harvest(confirmed_at=clock.now, is_done=True)
        await harvest_book.write(HarvestPart(state, tuple(book(f"h{number}") for number in range(30))))

    async def carried(source: TitleIndex, target: TitleIndex) -> Carried:
        async with Taking(target) as taking:
            async for line in carrying.lines(source, ["dhqg", "never"], lambda *_: None):
                await taking.take(line)
        return taking.carried

    there = await open_embedded({"path": str(tmp_path / "index.sqlite")}, clock)
    assert await carried(here, there) == Carried(answers=30, asked=1, harvested=30)
    assert await there.demand("câu 1") == pytest.approx(5)
    assert await there.harvest_state("dhqg") == state
    assert await there.harvest_count("dhqg") == 30
    back = await ready({**options, "prefix": f"lienthu-{_RUN}-back"}, clock)
    assert await carried(there, back) == Carried(answers=30, asked=1, harvested=30)
    assert await back.demand("câu 1") == pytest.approx(5)
    assert len(await back.answers([question(f"câu {number}") for number in range(30)])) == 30
    assert await back.harvest_state("dhqg") == state
    assert await back.harvest_count("dhqg") == 30
    for one in (here, there, back):
        await one.close()


async def test_what_a_search_claims_of_fifty_members_and_waits_for_goes_in_a_few_requests(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = await opened(), await opened()
    asked = [question(member=f"m{number}") for number in range(50)]
    caplog.set_level(logging.INFO, logger="elastic_transport.transport")

    def requests(path: str) -> int:
        sent = [record.getMessage() for record in caplog.records if record.name == "elastic_transport.transport"]
        caplog.clear()
        return sum(path in message for message in sent)

    assert await asyncio.gather(*(one.claim(each, 8.0) for each in asked)) == [True] * 50
    assert requests("_bulk") == 1
    assert await asyncio.gather(*(two.claim(each, 8.0) for each in asked)) == [False] * 50
    assert requests("_bulk") == 1
    waiting = [asyncio.create_task(two.brought(each)) for each in asked]
    await asyncio.sleep(0)
    for each in asked:
        one.keep(each, answer(book(member=each.member), member=each.member, at=opened.clock.now))
    brought = await asyncio.gather(*waiting)
    assert [found.member for found in brought if found is not None] == [each.member for each in asked]
    opened.clock.go(9.0)
    assert await asyncio.gather(*(two.claim(each, 8.0) for each in asked)) == [True] * 50
    assert await asyncio.gather(*(one.claim(each, 8.0) for each in asked)) == [False] * 50


async def test_an_older_version_is_moved_while_it_is_used(elastic_url: str) -> None:
    prefix = f"lienthu-{_RUN}-older"
    options = {"urls": [elastic_url], "prefix": prefix, "patience_ms": 20_000.0, "batch_s": 0.05}
    clock = Hand()
    former = await ready(options, clock)
    for number in range(1_500):
        former.keep(question(f"câu {number}"), answer(book(f"{number}", f"Kinh tế {number}")))
    await former.flush()
    async with former.harvesting("dhqg", "a test") as harvest_book:
        await harvest_book.write(HarvestPart(harvest(), tuple(book(f"h{number}") for number in range(30))))
    async with AsyncElasticsearch(elastic_url) as client:
        await _made_older(client, prefix)
        late = await open_elastic(options, clock)
        state = await late.state()
        assert not state.is_ready
        assert state.problem is not None
        assert state.problem.code == "index.elastic-older"

        told: list[tuple[str, int, int]] = []
        written = 0

        def tell(*progress: object) -> None:
            nonlocal written
            told.append(progress)  # type: ignore[arg-type]  # what, done, total
            # Another instance, of the former release, goes on writing through the alias.
            former.keep(question(f"lúc chuyển {written}"), answer(book(f"l{written}", "Viết lúc chuyển")))
            written += 1

        moved = await late.migrate(tell)
        assert set(moved) == {f"{prefix}-{kind}-{VERSIONS[kind]}" for kind in MOVED}
        await former.flush()
        behind = await client.indices.get_alias(name=f"{prefix}-*")
        assert {f"{prefix}-{kind}-{VERSIONS[kind] - 1}" for kind in MOVED}.isdisjoint(behind.body)
    assert told[-1][1] == told[-1][2]
    await until(late, is_ready, within_s=60.0)
    everything = [question(f"câu {number}") for number in range(1_500)]
    everything += [question(f"lúc chuyển {number}") for number in range(written)]
    found = await late.answers(everything)
    assert len(found) == len(everything)
    assert await late.harvest_count("dhqg") == 30
    query = Query(expression=Clause("viet luc chuyen"))
    assert len(await late.search(query, 50)) == written
    assert await late.suggest("kinh te 149", 3) == ("Kinh tế 149", "Kinh tế 1490", "Kinh tế 1491")
    await former.close()
    await late.close()


async def _made_older(client: AsyncElasticsearch, prefix: str) -> None:
    """Put what stands in three indices into such of the version before, as an older release would have left them."""
    for kind in MOVED:
        alias, version = f"{prefix}-{kind}", VERSIONS[kind]
        new, old = f"{alias}-{version}", f"{alias}-{version - 1}"
        await client.indices.put_settings(index=new, settings={"blocks.write": True})
        await client.indices.clone(index=new, target=old, settings={"index.blocks.write": None})
        await client.cluster.health(index=old, wait_for_status="yellow", timeout="30s")
        await client.indices.update_aliases(
            actions=[{"remove_index": {"index": new}}, {"add": {"index": old, "alias": alias}}]
        )
    await _titled_as_before(client, f"{prefix}-records")


async def _titled_as_before(client: AsyncElasticsearch, records: str) -> None:
    """Write records as release 1 wrote them: with keys of their titles to sort by, and none to complete."""
    lines: list[dict[str, object]] = []
    async for hit in hits(client, records, {"match_all": {}}, has_version=True):
        source = hit["_source"]
        folded, exact = source.pop("begins")["input"]
        where = {"_id": hit["_id"], "version": hit["_version"], "version_type": "external_gte"}
        lines += [{"index": where}, {**source, "folded_title": folded, "exact_title": exact}]
    told = await client.bulk(index=records, operations=lines, refresh=True)
    assert not told["errors"]


# What an older release, or other settings, made indices with -----------------------------------------

FORMER = {
    "translog.durability": "async",
    "refresh_interval": "60s",
    "auto_expand_replicas": "false",
    "number_of_replicas": 0,
}


async def settings_of(client: AsyncElasticsearch, prefix: str) -> dict[str, dict[str, object]]:
    """Return what each index of a prefix has of the settings that were otherwise."""
    found = await client.indices.get_settings(index=f"{prefix}-*", flat_settings=True)
    return {name: {key: told["settings"].get(f"index.{key}") for key in FORMER} for name, told in found.body.items()}


async def test_indices_that_were_made_otherwise_are_adjusted_by_several_instances_at_once(elastic_url: str) -> None:
    prefix = f"lienthu-{_RUN}-adjusted"
    options: dict[str, object] = {"urls": [elastic_url], "prefix": prefix, "patience_ms": 20_000.0}
    first = await ready(options, Hand())
    first.keep(question(), answer(book()))
    await first.flush()
    async with AsyncElasticsearch(elastic_url) as client:
        made = await settings_of(client, prefix)
        await client.indices.put_settings(index=f"{prefix}-*", settings=FORMER)
        indexes = await asyncio.gather(*(ready(options, Hand()) for _ in range(3)))
        assert await settings_of(client, prefix) == made
        assert await indexes[0].answers([question()]) == {question(): answer(book())}
        # What is as it should be is left alone.
        version = [one["version"] for one in (await state_of(client, prefix)).values()]
        indexes.append(await ready(options, Hand()))
        assert [one["version"] for one in (await state_of(client, prefix)).values()] == version
        # An operator chooses the number of copies, and later leaves it to Elasticsearch again.
        indexes.append(await ready({**options, "replicas": 2}, Hand()))
        chosen: dict[str, object] = {"auto_expand_replicas": "false", "number_of_replicas": "2"}
        assert await settings_of(client, prefix) == {name: told | chosen for name, told in made.items()}
        indexes.append(await ready(options, Hand()))
        assert await settings_of(client, prefix) == made
    for one in (first, *indexes):
        await one.close()


async def state_of(client: AsyncElasticsearch, prefix: str) -> dict[str, dict[str, int]]:
    told = await client.cluster.state(metric="metadata", index=f"{prefix}-*", filter_path="metadata.indices.*.version")
    indices: dict[str, dict[str, int]] = told["metadata"]["indices"]
    return indices


async def test_indices_that_may_not_be_adjusted_are_read_and_that_is_logged_once(
    elastic_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    prefix = f"lienthu-{_RUN}-blocked"
    options: dict[str, object] = {"urls": [elastic_url], "prefix": prefix, "patience_ms": 20_000.0}
    first = await ready(options, Hand())
    first.keep(question(), answer(book()))
    await first.flush()
    await first.close()
    async with AsyncElasticsearch(elastic_url) as client:
        await client.indices.put_settings(index=f"{prefix}-*", settings={**FORMER, "blocks.read_only": True})
        index = await ready(options, Hand())
        assert await index.answers([question()]) == {question(): answer(book())}
        state = await index.state()
        assert state.is_ready
        assert state.problem is None
        assert {told["refresh_interval"] for told in (await settings_of(client, prefix)).values()} == {"60s"}
        await client.indices.put_settings(index=f"{prefix}-*", settings={"index.blocks.read_only": None})
    await index.close()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        "index_not_adjusted"
    ]
