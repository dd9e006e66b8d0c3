from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.battery import Battery
from connectors.invenio import SYSTEM
from connectors.invenio.reading import results_of
from connectors.invenio.record import record_of
from connectors.invenio.request import said, search_url
from connectors.invenio.signs import recognise
from engine.errors import FaultError, LienThuError, UnreadableError, UnsupportedError
from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Query, Window
from engine.ports import Page
from tests.connectors.asked import Scripted, asked, codes, words

RECORDINGS = Path(__file__).parents[1] / "recordings"
NONE = {"hits": {"hits": [], "total": 0}}
ROW = {"id": "a1b2c-3d4e5", "metadata": {"title": "Kinh tế biển"}, "parent": {}, "pids": {}, "links": {}}


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS):
    """InvenioRDM 12, and a community of a shared repository that answers in an older JSON."""


def body(*rows: dict[str, object], total: object = None) -> bytes:
    return json.dumps({"hits": {"hits": rows, "total": len(rows) if total is None else total}}).encode()


def sent(request: httpx.Request) -> dict[str, str]:
    return dict(request.url.params)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (Clause("biển"), "biển"),
        (Clause("kinh tế"), "(kinh AND tế)"),  # side by side they would mean OR
        (Clause("kinh tế", is_phrase=True), '"kinh tế"'),
        (Or((Clause("biển"), Clause("sông"))), "(biển OR sông)"),
        (And((Clause("biển"), Not(Clause("đảo", Field.PUBLISHER)))), "(biển AND NOT metadata.publisher:đảo)"),
        (Clause("kin", is_truncated=True), "kin*"),
        (Clause("C++ OR x"), '("C++" AND or AND x)'),
        (
            Clause("10.1234/abc", Field.IDENTIFIER),
            '(pids.doi.identifier:"10.1234/abc" OR metadata.identifiers.identifier:"10.1234/abc")',
        ),
    ],
)
def test_a_question_is_said_with_every_boolean_written_out(expression: Expression, text: str) -> None:
    assert said(expression, Filters()).text == text


def test_an_isbn_is_asked_for_with_its_hyphens_too() -> None:
    text = said(Clause("9786049270086", Field.ISBN), Filters()).text
    assert "metadata.identifiers.identifier:9786049270086" in text
    assert r'custom_fields.imprint\:imprint.isbn:"978-604-927-008-6"' in text
    assert text.count(" OR ") == 3


def test_years_are_asked_and_languages_are_not() -> None:
    filters = Filters(year_from=2010, year_to=2012, languages=("vie",))
    assert said(Clause("x"), filters).text == "x AND metadata.publication_date_range:[2010 TO 2012]"
    assert said(None, filters).text == "metadata.publication_date_range:[2010 TO 2012]"


def test_a_question_without_words_asks_for_what_is_new() -> None:
    assert search_url("https://kho.example.org/", "", page=1, size=5).endswith("/api/records?sort=newest&page=1&size=5")


async def test_the_json_of_inveniordm_is_asked_for_and_not_another() -> None:
    server = Scripted(lambda _: json.dumps(NONE))
    async with asked(SYSTEM, server, "https://kho.example.org/kho") as connector:
        await connector.search(words("biển"), Window(1, 20))
    assert server.requests[0].url.path == "/kho/api/records"
    assert server.requests[0].headers["Accept"].startswith("application/vnd.inveniordm.v1+json")


async def test_a_list_ends_where_no_server_shows_more() -> None:
    server = Scripted(lambda _: body(ROW, total=48_000))
    async with asked(SYSTEM, server, "https://kho.example.org") as connector:
        answer = await connector.search(words("biển"), Window(10_001, 20))
    assert (answer.placed, answer.has_more, codes(answer)) == ((), False, ["notice.list-capped"])
    assert server.requests == []


async def test_what_was_not_found_with_marks_is_asked_without() -> None:
    def answer(request: httpx.Request) -> bytes:
        return body(ROW) if sent(request)["q"] == "bien" else json.dumps(NONE).encode()

    server = Scripted(answer)
    async with asked(SYSTEM, server, "https://kho.example.org") as connector:
        found = await connector.search(words("biển"), Window(1, 20))
        assert codes(found) == ["notice.folded"]
        other = await connector.search(Query(Clause("đảo")), Window(1, 20))
    assert (len(found.placed), other.total, len(server.requests)) == (1, 0, 4)


@pytest.mark.parametrize(
    ("found", "error"),
    [
        ({"status": 400, "message": "Invalid querystring parameters."}, UnsupportedError),
        ({"status": 503, "message": "Search is down."}, FaultError),
        ({"message": "Something"}, FaultError),
        ({"hits": {"hits": []}}, UnreadableError),
        ({"hits": {"total": 3, "hits": None}}, UnreadableError),
        ({"hits": {"total": 1, "hits": ["a"]}}, UnreadableError),
        ([], UnreadableError),
    ],
)
def test_what_is_no_list_is_a_failure_of_whoever_must_act(found: object, error: type[LienThuError]) -> None:
    with pytest.raises(error):
        results_of(found, member="m", url="https://kho.example.org")


def test_a_total_may_be_told_as_opensearch_tells_it() -> None:
    found = results_of(json.loads(body(ROW, total={"value": 7, "relation": "eq"})), member="m", url="https://k.example")
    assert found.total == 7


def read(**more: Any) -> Any:
    return record_of({**ROW, **more}, member="m", url="https://kho.example.org/kho")


def test_a_record_has_the_page_that_the_server_tells_or_the_usual_one() -> None:
    assert read().url == "https://kho.example.org/kho/records/a1b2c-3d4e5"
    assert read(links={"self_html": "https://b.example.org/records/a"}).url == "https://b.example.org/records/a"
    assert read(links={"self_html": "javascript:x"}).url == "https://kho.example.org/kho/records/a1b2c-3d4e5"


@pytest.mark.parametrize(
    ("kind", "material"),
    [("publication-book", "book"), ("image-photo", "image"), ("publication-thesis", "thesis"), ("software", "software"),
     ("dataset", None), ("publication", None), ("lesson", None)],
)  # fmt: skip
def test_materials_come_of_the_vocabulary_and_not_of_labels(kind: str, material: str | None) -> None:
    assert read(metadata={"title": "x", "resource_type": {"id": kind, "title": {"en": "Book"}}}).material == material


def test_who_owns_a_record_is_not_read() -> None:
    record = read(parent={"access": {"owned_by": {"user": "sv2019"}}}, owners=[{"id": "sv2019"}])
    assert "sv2019" not in repr(record)


@pytest.mark.parametrize(
    ("url", "content", "base"),
    [
        ("https://kho.example.org/kho/api/records?size=1", body(ROW), "https://kho.example.org/kho"),
        ("https://kho.example.org/api/records?size=1", body(), None),  # an empty repository cannot be told
        ("https://kho.example.org/api/records?size=1", body({"id": 1, "metadata": {}, "links": {}}), None),
        ("https://kho.example.org/_search", body(ROW), None),
        (
            "https://kho.example.org/api/records",
            b'{"hits": {"total": 1, "hits": [{"_index": "a", "_source": {}}]}}',
            None,
        ),
        ("https://kho.example.org/api/records", b"<html><title>hits</title></html>", None),
        ("https://kho.example.org/api/records", b"", None),
    ],
)
def test_only_inveniordm_is_taken_for_it(url: str, content: bytes, base: str | None) -> None:
    found = recognise(Page(url, 200, "application/json", content))
    assert (found.url if found else None) == base
