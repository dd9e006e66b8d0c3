"""A library's own Elasticsearch or OpenSearch is asked by `_search`, in the fields that its member file names."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from connectors.battery import Battery
from connectors.elastic_catalogue import SYSTEM
from connectors.elastic_catalogue.request import elastic_query
from connectors.elastic_catalogue.settings import ElasticSettings
from connectors.elastic_catalogue.signs import recognise_greeting, recognise_search
from engine.errors import BusyError, FaultError, UnreadableError, UnsupportedError
from engine.model import And, Clause, Field, Filters, Not, Or, Query, Window
from engine.ports import Page
from tests.connectors.asked import Scripted, asked, member, titles, words

RECORDINGS = Path(__file__).parents[1] / "recordings"
SETTINGS = ElasticSettings(search={Field.ANY: ("title^3", "text"), Field.TITLE: "title"}, year_filter="year")


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS): ...


def answer(total: object, *sources: dict[str, object], **more: object) -> str:
    hits = [{"_id": str(at), "_source": source} for at, source in enumerate(sources, 1)]
    return json.dumps({"_shards": {"total": 1, "failed": 0}, "hits": {"total": total, "hits": hits}, **more})


def test_booleans_phrases_and_truncation_are_the_dsls_own() -> None:
    query = And((
        Clause("vi mô", field=Field.TITLE),
        Or((Clause("a b", is_phrase=True), Clause("c", is_truncated=True))),
        Not(Clause("thơ")),
    ))  # fmt: skip
    found = elastic_query(Query(query), SETTINGS).query
    every = ["title^3", "text"]
    assert found == {
        "bool": {
            "must": [
                {"multi_match": {"query": "vi mô", "lenient": True, "type": "cross_fields", "operator": "and",
                                 "fields": ["title"]}},
                {"bool": {"minimum_should_match": 1, "should": [
                    {"multi_match": {"query": "a b", "lenient": True, "type": "phrase", "fields": every}},
                    {"multi_match": {"query": "c", "lenient": True, "type": "bool_prefix", "operator": "and",
                                     "fields": every}},
                ]}},
            ],
            "must_not": [
                {"multi_match": {"query": "thơ", "lenient": True, "type": "cross_fields", "operator": "and",
                                 "fields": every}},
            ],
        }
    }  # fmt: skip


def test_filters_are_asked_where_fields_are_named_and_else_applied_here() -> None:
    query = Query(Clause("a"), filters=Filters(year_to=1990, languages=("vie",)))
    found = elastic_query(query, msgspec.structs.replace(SETTINGS, filters={"status": "public"}))
    assert found.query["bool"]["filter"] == [  # type: ignore[index]  # a table of the DSL
        {"term": {"status": "public"}}, {"range": {"year": {"lte": "1990"}}},
    ]  # fmt: skip
    assert found.unasked == Filters(languages=("vie",))
    with pytest.raises(UnsupportedError):
        elastic_query(Query(None, filters=Filters(languages=("vie",))), SETTINGS)


async def test_the_old_total_is_a_number() -> None:
    server = Scripted(lambda _: answer(7, {"title": "Sách"}))
    async with asked(SYSTEM, server, "http://127.0.0.1/kho", fields={"title": "title"}) as library:
        found = await library.search(words("sách"), Window(1, 1))
    (request,) = server.requests
    assert (request.method, request.url.path) == ("POST", "/kho/_search")
    asked_for = json.loads(request.content)
    assert (asked_for["from"], asked_for["size"], asked_for["_source"]) == (0, 1, ["title"])
    assert (found.total, found.has_more, titles(found)) == (7, True, ["Sách"])
    assert found.placed[0].record.id == "1"


async def test_a_key_goes_in_the_header() -> None:
    server = Scripted(lambda _: answer(0))
    async with asked(SYSTEM, server, fields={"title": "title"}, authorization="ApiKey abcdef") as library:
        await library.search(words("sach"), Window())
    assert server.requests[0].headers["Authorization"] == "ApiKey abcdef"


@pytest.mark.parametrize(
    ("told", "failure"),
    [
        ((503, '{"error":{"root_cause":[],"reason":"all shards failed"},"status":503}'), FaultError),
        ('{"error":{"reason":"too many"},"status":429}', BusyError),
        ('{"took":1}', UnreadableError),
        ('{"_shards":{"total":2,"failed":2},"hits":{"total":0,"hits":[]}}', FaultError),
        ('{"hits":{"total":{"value":9,"relation":"eq"},"hits":[]}}', UnreadableError),
    ],
)
async def test_failures_are_named_by_who_must_act(told: str | tuple[int, str], failure: type[Exception]) -> None:
    async with asked(SYSTEM, Scripted(lambda _: told), fields={"title": "title"}) as library:
        with pytest.raises(failure):
            await library.search(words("sach"), Window())


async def test_an_examination_names_fields_of_objects_too() -> None:
    server = Scripted(lambda _: answer(3, {"title": {"main": "x"}, "people": [{"name": "y"}]}))
    settings = ElasticSettings(fields={"title": "title.main", "authors": "authors"})
    assert SYSTEM.examine is not None
    async with asked(SYSTEM, server) as library:
        found = await SYSTEM.examine(member(SYSTEM, "http://127.0.0.1/kho"), settings, library._door)
    assert found[0].reason.values == {"fields": "people.name, title.main"}
    assert found[1].reason.values == {"fields": "authors"}


async def test_a_probe_asks_for_no_record() -> None:
    server = Scripted(lambda _: answer(5))
    async with asked(SYSTEM, server) as library:
        await library.probe()
    assert json.loads(server.requests[0].content)["size"] == 0


def test_an_index_is_told_by_its_greeting_or_an_answer() -> None:
    greeting = (
        b'{"name":"n","version":{"number":"2.11.0","distribution":"opensearch"},"tagline":"The OpenSearch Project"}'
    )
    found = recognise_greeting(Page("http://127.0.0.1/", 200, "application/json", greeting))
    assert found is not None
    assert found.evidence.values == {"version": "2.11.0"}
    body = answer({"value": 3}, {"title": "x", "author": "y"}).encode()
    found = recognise_search(Page("http://127.0.0.1/kho/_search?size=5", 200, "application/json", body))
    assert found is not None
    assert (found.url, found.settings) == ("http://127.0.0.1/kho", {"fields": {"title": "title", "authors": "author"}})
    for other in (b'{"version": "7.6", "tagline": 1}', b"<html>tagline version</html>", b'{"hits": []}'):
        assert recognise_greeting(Page("http://127.0.0.1/", 200, "text/html", other)) is None
        assert recognise_search(Page("http://127.0.0.1/_search", 200, "text/html", other)) is None
