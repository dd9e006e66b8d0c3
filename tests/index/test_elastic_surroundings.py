"""What stands around the indices: proxies that answer in Elasticsearch's place, wrong clocks, names that are taken."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from elasticsearch import AsyncElasticsearch

from engine.errors import StoreError
from engine.model import Clause, Query, Window
from engine.ports import TitleIndex
from index.elastic import index as open_elastic
from index.elastic.names import Names
from tests.elastic import Node
from tests.index.contract.shelf import HOUR_S, Hand, answer, book, question
from tests.index.states import has, is_well, until

pytestmark = pytest.mark.needs("elasticsearch")

Open = Callable[..., Awaitable[TitleIndex]]
PRODUCT = {"X-Elastic-Product": "Elasticsearch"}


@pytest.fixture
async def client(running: Node, prefix: str) -> AsyncIterator[AsyncElasticsearch]:
    async with AsyncElasticsearch(running.url, request_timeout=60) as one:
        yield one
        if names := list((await one.indices.get(index=f"{prefix}-*")).body):
            await one.indices.delete(index=names)


@pytest.fixture
async def opened(running: Node, prefix: str, client: AsyncElasticsearch) -> AsyncIterator[Open]:
    indexes: list[TitleIndex] = []

    async def make(clock: Hand | None = None, *, waits: bool = True, **options: object) -> TitleIndex:
        chosen = {"urls": [running.url], "prefix": prefix, "patience_ms": 20_000.0, "batch_s": 0.05, **options}
        indexes.append(await open_elastic(chosen, clock or Hand()))
        if waits:
            await until(indexes[-1], is_well)
        return indexes[-1]

    yield make
    for one in indexes:
        await one.close()


# What a proxy answers ---------------------------------------------------------------------------


class Between:
    """A proxy before the node. `spoilt` is asked first: what it returns is answered in the node's place."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.spoilt: Callable[[web.Request, bytes], web.Response | None] = lambda *_: None
        self.spoil_answer: Callable[[web.Request, bytes], bytes] = lambda _, body: body

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if (answered := self.spoilt(request, body)) is not None:
            return answered
        headers = {name: request.headers[name] for name in ("Accept", "Content-Type") if name in request.headers}
        async with (
            aiohttp.ClientSession() as session,
            session.request(request.method, f"{self._url}{request.path_qs}", data=body, headers=headers) as told,
        ):
            content = self.spoil_answer(request, await told.read())
            kind = {"Content-Type": told.headers["Content-Type"]} if content else {}
            return web.Response(body=content, status=told.status, headers={**PRODUCT, **kind})


@pytest.fixture
async def between(running: Node) -> AsyncIterator[tuple[Between, str]]:
    proxy = Between(running.url)
    app = web.Application(client_max_size=10**8)
    app.router.add_route("*", "/{path:.*}", proxy.handle)
    async with TestServer(app) as server:
        yield proxy, str(server.make_url("")).rstrip("/")


def page(status: int) -> web.Response:
    return web.Response(status=status, text="<html><h1>Bad Gateway</h1></html>", content_type="text/html")


def told(text: str, status: int = 200) -> web.Response:
    return web.Response(status=status, text=text, content_type="application/json", headers=PRODUCT)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda *_: page(502),
        lambda *_: page(200),
        lambda *_: page(404),
        lambda *_: told('{"took": 1, "hi'),
        lambda *_: told("{}"),
        lambda *_: told("[]"),
        lambda *_: told("null"),
        lambda *_: told('{"docs": 1, "responses": [{}], "hits": [], "status": "green", "count": []}'),
        lambda *_: told('{"error": "something else", "status": 500}', status=500),
    ],
    ids=["bad gateway", "a page", "no page", "half", "nothing", "a list", "null", "another shape", "an error"],
)
async def test_what_is_answered_in_its_place_is_no_error_for_a_reader_and_is_told(
    between: tuple[Between, str], opened: Open, wrong: Callable[[web.Request, bytes], web.Response]
) -> None:
    proxy, url = between
    index = await opened(urls=[url])
    index.keep(question("trước"), answer(book("1", "Kinh tế")))
    await index.flush()
    proxy.spoilt = wrong
    for number in range(2):
        assert await index.answers([question("trước")]) == {}
        assert await index.search(Query(Clause("kinh te")), 5) == ()
        assert await index.suggest("kinh", 5) == ()
        assert await index.record("dhqg", "1") is None
        assert await index.claim(question(f"mới {number}"), 5.0)
        assert await index.brought(question("trước")) is None
        assert await index.demand("trước") == 0.0
        assert await index.refresh_due(5) == ()
    with pytest.raises(StoreError):
        await index.harvested("dhqg", Query(Clause("kinh te")), Window())
    index.keep(question("lúc ấy"), answer(book("2", "Vật lý")))
    await index.flush()
    state = await index.state()
    assert not is_well(state), state
    proxy.spoilt = lambda *_: None
    await until(index, is_well)
    await index.flush()
    other = await opened()
    assert set(await other.answers([question("trước"), question("lúc ấy")])) == {question("trước"), question("lúc ấy")}


async def test_a_server_of_another_version_is_told_with_its_own_word(
    between: tuple[Between, str], opened: Open
) -> None:
    proxy, url = between
    error = {"error": {"type": "media_type_header_exception", "reason": "Accept version must be 7"}, "status": 400}
    proxy.spoilt = lambda *_: told(json.dumps(error), status=400)
    index = await opened(urls=[url], waits=False)
    state = await index.state()
    assert not state.is_ready
    assert state.problem is not None
    assert state.problem.code == "index.elastic-refused"
    assert state.problem.values == {"detail": "media_type_header_exception"}


async def test_what_is_too_large_for_a_proxy_goes_in_smaller_parts_and_holds_nothing_else_up(
    between: tuple[Between, str], opened: Open
) -> None:
    proxy, url = between
    proxy.spoilt = lambda request, body: page(413) if len(body) > 60_000 and "_bulk" in request.path else None
    index = await opened(urls=[url])
    asked = [question(f"câu {number}") for number in range(20)]
    for number, one in enumerate(asked):
        index.keep(one, answer(book(f"{number}", "Kinh tế", summary="x" * 10_000)))
    await index.flush()
    assert (await index.state()).dropped == 0
    huge = question("quá lớn")
    index.keep(huge, answer(book("huge", "Vật lý", summary="x" * 80_000)))
    index.keep(question("sau"), answer(book("later", "Hoá học")))
    await index.flush()
    other = await opened()
    assert set(await other.answers([*asked, huge, question("sau")])) == {*asked, question("sau")}
    assert (await index.state()).dropped == 2  # the answer, and its record


async def test_a_bulk_of_which_half_is_refused_is_sent_again_and_counts_nobody_twice(
    between: tuple[Between, str], opened: Open
) -> None:
    proxy, url = between
    is_busy = True

    def half(request: web.Request, body: bytes) -> bytes:
        """Say of every second thing that it was refused: of some though it was done, as where an answer is late."""
        if "_bulk" not in request.path or not is_busy:
            return body
        answered = json.loads(body)
        answered["errors"] = True
        for item in answered["items"][::2]:
            (what,) = item.values()
            what.update(status=429, error={"type": "es_rejected_execution_exception", "reason": "queue is full"})
        return json.dumps(answered).encode()

    index = await opened(urls=[url])
    proxy.spoil_answer = half
    for number in range(10):
        index.keep(question(f"câu {number}"), answer(book(f"{number}", "Kinh tế")))
        index.count("hỏi")
    for _ in range(3):
        await index.flush()
        assert has("busy")(await index.state())
    is_busy = False
    await index.flush()
    assert is_well(await index.state())
    other = await opened()
    assert len(await other.answers([question(f"câu {number}") for number in range(10)])) == 10
    assert await other.demand("hỏi") == pytest.approx(10)


# Clocks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead_s", [HOUR_S, -HOUR_S])
async def test_a_claim_of_a_clock_that_is_wrong_keeps_nobody_from_asking(opened: Open, ahead_s: float) -> None:
    wrong = Hand()
    wrong.go(ahead_s)
    one, other = await opened(wrong), await opened()
    assert await one.claim(question(), 10.0)
    async with asyncio.timeout(30.0):
        assert await other.brought(question()) is None
    assert await other.claim(question(), 10.0)


async def test_a_claim_of_a_clock_that_is_right_is_kept(opened: Open) -> None:
    near = Hand()
    near.go(0.9)
    one, other = await opened(near), await opened()
    assert await one.claim(question(), 10.0)
    assert not await other.claim(question(), 10.0)


# Names ------------------------------------------------------------------------------------------


async def test_nothing_is_made_by_writing_where_somebody_deleted_the_indices(
    opened: Open, client: AsyncElasticsearch, prefix: str
) -> None:
    index = await opened()
    names = list((await client.indices.get(index=f"{prefix}-*")).body)
    await client.indices.delete(index=names)
    assert await index.claim(question(), 5.0)
    await until(index, lambda state: not is_well(state))
    await until(index, is_well)
    found = (await client.indices.get(index=f"{prefix}-*")).body
    assert sorted(found) == sorted(names)
    assert {told["mappings"]["dynamic"] for told in found.values()} == {"strict"}
    assert await index.claim(question(), 5.0)
    assert not await (await opened()).claim(question(), 5.0)


async def test_a_name_that_an_index_has_is_told_and_nothing_of_somebody_else_is_touched(
    opened: Open, client: AsyncElasticsearch, prefix: str
) -> None:
    await client.index(index=f"{prefix}-claims", id="1", document={"somebody": "else's"}, refresh=True)
    index = await opened(waits=False)
    state = await index.state()
    assert not state.is_ready
    assert state.problem is not None
    assert state.problem.code == "index.elastic-alias"
    assert state.problem.values == {"name": f"{prefix}-claims", "found": f"{prefix}-claims"}
    assert await index.claim(question(), 5.0)
    assert (await client.count(index=f"{prefix}-claims"))["count"] == 1
    await client.indices.delete(index=f"{prefix}-claims")
    await until(index, is_well)


async def test_a_name_that_leads_to_two_indices_is_told(opened: Open, client: AsyncElasticsearch, prefix: str) -> None:
    await (await opened()).close()
    await client.indices.create(index=f"{prefix}-answers-0", aliases={f"{prefix}-answers": {}})
    index = await opened(waits=False)
    state = await until(index, has("alias"))
    assert not state.is_ready
    assert state.problem is not None
    assert state.problem.values == {"name": f"{prefix}-answers", "found": f"{prefix}-answers-0, {prefix}-answers-1"}
    await client.indices.delete(index=f"{prefix}-answers-0")
    await until(index, is_well)


@pytest.fixture
async def template(client: AsyncElasticsearch, prefix: str) -> AsyncIterator[Callable[..., Awaitable[object]]]:
    """Puts a template of somebody's that fits our names."""

    async def put(**more: object) -> object:
        return await client.indices.put_index_template(
            name=prefix,
            index_patterns=[f"{prefix}-*"],
            priority=900,
            **more,  # type: ignore[arg-type]
        )

    yield put
    await client.indices.delete_index_template(name=prefix)


async def test_a_template_that_fits_our_names_changes_nothing_of_what_we_choose(
    opened: Open,
    client: AsyncElasticsearch,
    prefix: str,
    template: Callable[..., Awaitable[object]],
) -> None:
    settings = {"number_of_replicas": 3, "refresh_interval": "1h", "translog.durability": "async"}
    await template(template={"settings": {"index": settings}, "mappings": {"dynamic": True}})
    index = await opened()
    index.keep(question(), answer(book()))
    await index.flush()
    assert await index.search(Query(Clause("kinh te")), 5) != ()
    name = Names(prefix).concrete("records")
    found = (await client.indices.get(index=f"{prefix}-records", flat_settings=True)).body[name]
    assert found["mappings"]["dynamic"] == "strict"
    assert found["settings"]["index.translog.durability"] == "request"
    assert found["settings"]["index.refresh_interval"] == "1s"
    assert found["settings"]["index.auto_expand_replicas"] == "0-1"


async def test_a_template_that_lets_us_make_no_index_is_told(
    opened: Open, template: Callable[..., Awaitable[object]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    await template(data_stream={})
    index = await opened(waits=False)
    state = await index.state()
    assert not state.is_ready
    assert state.problem is not None
    assert state.problem.code == "index.elastic-refused"
    assert state.problem.values == {"detail": "illegal_argument_exception"}
