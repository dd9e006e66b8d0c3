from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sqlite3
from pathlib import Path

import aiohttp
import msgspec
import pytest
from yarl import URL

from engine.query import parse
from engine.search import Search
from engine.web import stream
from engine.web.shapes import SnapshotView
from engine.web.views import Pages, snapshot_view
from index.embedded import index as open_index
from tests.engine.simulated import Clock, asked, lending, library
from tests.engine.web.federation import VI_MO, many, refusing, serving, shelf


async def test_a_settled_search_has_titles_with_their_libraries_by_name() -> None:
    clock = Clock()
    async with serving(shelf(clock), library(clock, "vnu", [VI_MO]), clock=clock) as client:
        response = await client.get("/api/v1/search", params={"q": "giao trinh kinh te vi mo năm:2010-"})
        assert (response.status, response.content_type) == (200, "application/json")
        found = await response.json()
    assert found["q"] == "giao trinh kinh te vi mo year:2010-"
    assert (found["is_settled"], found["title_count"], found["record_count"]) == (True, 1, 2)
    (title,) = found["titles"]
    assert title["members"] == ["hust", "vnu"]
    assert title["url"] == "/titles/" + title["id"]
    (edition,) = title["editions"]
    assert edition["merged"]["title"] == "Giáo trình kinh tế vi mô"
    assert {record["member"] for record in edition["records"]} == {"hust", "vnu"}
    hust = next(one for one in edition["held_by"] if one["member"] == "hust")
    assert hust["name"] == {"vi": "Thư viện hust", "en": "Library hust"}
    assert hust["url"] == "https://lib.hust.example/record/1?a=1&b=2"
    assert [holding["call_number"] for holding in hust["holdings"]] == ["338.5 NG-N", "338.5 NG-N c2"]
    assert all(reason["sentence"]["vi"] != reason["code"] for reason in title["reasons"] + edition["joins"])
    assert edition["joins"]


async def test_links_that_lead_elsewhere_than_to_the_web_do_not_travel() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        body = await (await client.get("/api/v1/search", params={"q": "vi mo"})).text()
    assert "https://lib.hust.example/full.pdf" in body
    assert "javascript:" not in body


async def test_a_library_that_refuses_is_told_in_both_languages() -> None:
    clock = Clock()
    async with serving(shelf(clock), refusing(clock), clock=clock) as client:
        found = await (await client.get("/api/v1/search", params={"q": "vi mo"})).json()
    report = next(report for report in found["reports"] if report["member"] == "closed")
    assert (report["state"], report["failure"]["code"], report["failure"]["who"]) == ("failed", "refused", "member")
    assert report["reason"]["sentence"] == {
        "vi": "Máy chủ của thư viện từ chối trả lời chúng tôi.",
        "en": "The library's server refuses to answer us.",
    }


async def test_parameters_narrow_as_the_question_does() -> None:
    clock = Clock()
    async with serving(many(clock, "neu", 20), many(clock, "hlu", 20), clock=clock) as client:
        parameters = [
            ("q", "kinh tế"),
            ("member", "neu"),
            ("year_from", "1995"),
            ("year_to", "1996"),
            ("language", "vi"),
        ]
        found = await (await client.get("/api/v1/search", params=parameters)).json()
    assert found["q"] == "kinh tế year:1995-1996 language:vie library:neu"
    assert {title["members"][0] for title in found["titles"]} == {"neu"}
    assert {title["editions"][0]["merged"]["year"] for title in found["titles"]} == {1995, 1996}


@pytest.mark.parametrize(
    ("query", "status", "kind", "parameter"),
    [
        ("q=%22x", 400, "query:unclosed-quote", "q"),
        ("q=", 400, "query:empty", "q"),
        ("", 400, "query:empty", "q"),
        ("q=%00", 400, "query:empty", "q"),
        ("q=" + "x" * 1001, 400, "query:too-long", "q"),
        ("q=x&member=nobody", 400, "query:no-such-library", "member"),
        ("q=x+library:nobody", 400, "query:no-such-library", "q"),
        ("q=x&page=0", 400, "parameter", "page"),
        ("q=x&page=51", 400, "parameter", "page"),
        ("q=x&page=1.5", 400, "parameter", "page"),
        ("q=x&page=%D9%A1", 400, "parameter", "page"),
        ("q=x&page_size=101", 400, "parameter", "page_size"),
        ("q=x&page=1&page=2", 400, "repeated", "page"),
        ("q=x&q=y", 400, "repeated", "q"),
        ("q=x&language=klingon", 400, "parameter", "language"),
        ("q=x&type=brick", 400, "parameter", "type"),
        ("q=x&available=maybe", 400, "parameter", "available"),
        ("q=x&year_from=2020&year_to=2010", 400, "parameter", "year_to"),
        ("q=x+year:2010&year_from=2020", 400, "parameter", "year_from"),
        ("q=x&deadline_s=0", 400, "parameter", "deadline_s"),
        ("q=x&deadline_s=nan", 400, "parameter", "deadline_s"),
        ("q=x&lang=de", 400, "parameter", "lang"),
        ("q=" + "x" * 50_000, 414, "too-long", None),
    ],
)
async def test_what_is_wrong_is_a_problem_in_both_languages(
    query: str, status: int, kind: str, parameter: str | None
) -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        for path in ("/api/v1/search", "/api/v1/search/stream"):
            response = await client.get(f"{path}?{query}")
            assert (response.status, response.content_type) == (status, "application/problem+json")
            problem = json.loads(await response.text())
            assert problem["type"] == f"urn:lienthu:problem:{kind}"
            assert problem.get("parameter") == parameter
            assert problem["sentence"]["vi"] != problem["sentence"]["en"]
            assert "{" not in problem["sentence"]["vi"] + problem["sentence"]["en"]
            if kind.startswith("query:") and problem.get("proposal"):
                parse(problem["proposal"])


async def test_bytes_that_are_no_text_are_no_fault() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        for raw in ("q=%ff%fe", "q=%", "q=a%0d%0aX:b", "q=%ed%a0%80", "&&=&q", "q=" + "%28" * 900):
            for path in ("/api/v1/search", "/", "/stream"):
                response = await client.get(URL(f"{path}?{raw}", encoded=True))
                assert response.status in {200, 400}, (path, raw)
                await response.read()


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/members", "/healthz"])
async def test_only_reading_is_allowed(path: str) -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
            response = await client.request(method, path)
            assert (response.status, response.content_type) == (405, "application/problem+json")
            assert "GET" in response.headers["Allow"]


async def test_the_stream_gives_a_snapshot_each_time_something_is_known() -> None:
    clock = Clock()
    quick, slow = shelf(clock), library(clock, "vnu", [VI_MO], opened=False)
    async with serving(quick, slow, clock=clock) as client:
        response = await client.get("/api/v1/search/stream", params={"q": "vi mo"})
        assert response.content_type == "text/event-stream"
        first = await _event(response)
        second = await _event(response)
        assert [report["state"] for report in second["data"]["reports"]] == ["answered", "waiting"]
        assert second["data"]["titles"][0]["members"] == ["hust"]
        slow.gate.set()
        last = await _event(response)
        assert last["data"]["is_settled"]
        assert last["data"]["titles"][0]["members"] == ["hust", "vnu"]
        assert [first["id"], second["id"], last["id"]] == ["0", "1", "2"]
        assert await _event(response) == {"id": "2", "event": "settled", "data": {"number": 2}}
        assert await response.content.read() == b""


async def test_accept_asks_for_the_stream_too() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        response = await client.get("/api/v1/search", params={"q": "vi mo"}, headers={"Accept": "text/event-stream"})
        assert response.content_type == "text/event-stream"
        assert (await response.text()).endswith('event: settled\ndata: {"number":1}\n\n')


async def test_a_reader_who_leaves_ends_the_search_and_the_answer_is_still_kept(tmp_path: Path) -> None:
    clock = Clock()
    slow = library(clock, "vnu", [VI_MO], opened=False)
    index = await open_index({"path": str(tmp_path / "index.sqlite")}, clock)
    async with serving(slow, clock=clock, index=index) as client:
        response = await client.get("/api/v1/search/stream", params={"q": "vi mo"})
        await _event(response)
        response.close()
        waiting = {task for task in asyncio.all_tasks() if getattr(task.get_coro(), "__name__", "") == "_next"}
        assert len(waiting) == 1
        done, _ = await asyncio.wait(waiting, timeout=5)
        assert done == waiting  # nobody waits for the next snapshot any more
        assert slow.cancelled == 0  # what was asked still goes to the index
        slow.gate.set()
        found = await (await client.get("/api/v1/search", params={"q": "vi mo"})).json()
        assert found["title_count"] == 1
    assert len(slow.asked) == 1


async def test_a_reader_who_waits_long_hears_that_the_search_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.1)
    monkeypatch.setattr(stream, "LOOK_S", 0.1)
    clock = Clock()
    slow = library(clock, "vnu", [VI_MO], opened=False)
    async with serving(slow, clock=clock) as client:
        response = await client.get("/api/v1/search/stream", params={"q": "vi mo"})
        await _event(response)
        async with asyncio.timeout(5):
            assert await response.content.readline() == b": still asking\n"
        slow.gate.set()
        assert b"event: settled" in await response.content.read()


async def test_head_is_answered_without_a_body() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        for path in ("/api/v1/search?q=vi+mo", "/?q=vi+mo", "/healthz", "/metrics"):
            response = await client.head(path)
            assert (response.status, await response.read()) == (200, b"")


async def _event(response: aiohttp.ClientResponse) -> dict[str, object]:
    found: dict[str, object] = {}
    async with asyncio.timeout(5):
        while line := (await response.content.readline()).decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            found[name] = json.loads(value) if name == "data" else value
    return found


async def test_a_title_is_found_by_its_id_and_by_that_of_its_records() -> None:
    clock = Clock()
    odd = library(clock, "vnu", [VI_MO])
    odd.records = [msgspec.structs.replace(odd.records[0], id="a/b c%")]
    async with serving(odd, clock=clock) as client:
        found = (await (await client.get("/api/v1/search", params={"q": "vi mo"})).json())["titles"][0]
        assert found["id"] == "vnu~a%2Fb%20c%25"
        for path in ("/api/v1" + found["url"], "/api/v1/titles/vnu~a%2Fb%20c%25"):
            response = await client.get(URL(path, encoded=True))
            assert response.status == 200
            assert (await response.json())["id"] == found["id"]
        response = await client.get("/api/v1/titles/vnu~gone")
        assert (response.status, response.content_type) == (404, "application/problem+json")


async def test_health_and_figures_tell_of_members_and_searches() -> None:
    clock = Clock()
    async with serving(shelf(clock), refusing(clock), clock=clock) as client:
        assert await (await client.get("/healthz")).json() == {
            "status": "ok",
            "members": 2,
            "resting": [],
            "index": None,
            "index_problem": None,
        }
        for _ in range(3):
            await client.get("/api/v1/search", params={"q": "bí mật riêng"})
        assert (await (await client.get("/healthz")).json())["resting"] == ["closed"]
        members = (await (await client.get("/api/v1/members")).json())["members"]
        assert [(one["id"], one["is_resting"]) for one in members] == [("hust", False), ("closed", True)]
        figures = await (await client.get("/metrics")).text()
    assert 'lienthu_searches_total{way="json"} 3.0' in figures
    assert 'lienthu_member_reports_total{member="closed",state="failed"} 3.0' in figures
    assert "lienthu_members_resting 1.0" in figures
    assert 'lienthu_requests_total{route="/api/v1/search",status="200"} 3.0' in figures
    assert "riêng" not in figures


async def test_what_is_wrong_with_the_index_is_told_in_both_languages_and_counted(tmp_path: Path) -> None:
    clock = Clock()
    path = tmp_path / "index.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE somebody_elses (a)")
    async with serving(shelf(clock), clock=clock, index=await open_index({"path": str(path)}, clock)) as client:
        health = await (await client.get("/healthz")).json()
        assert (health["status"], health["index"]["is_ready"]) == ("degraded", False)
        problem = health["index_problem"]
        assert problem["code"] == "index.foreign"
        assert problem["sentence"]["vi"].startswith("Tệp")
        assert problem["sentence"]["en"].startswith(f"The file {path} is not an index of Liên Thư")
        figures = await (await client.get("/metrics")).text()
        found = await (await client.get("/api/v1/search", params={"q": "vi mo"})).json()
    assert 'lienthu_index_problem{code="index.foreign"} 1.0' in figures
    assert "lienthu_index_ready 0.0" in figures
    assert "lienthu_index_dropped 0.0" in figures
    assert found["title_count"] == 1


async def test_nothing_of_a_question_is_logged_and_no_cookie_is_set(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        for path in (
            "/?q=bimatrieng",
            "/api/v1/search?q=bimatrieng",
            "/?q=%22bimatrieng",
            "/?q=" + "bimatrieng" * 9000,
        ):
            response = await client.get(path)
            assert "Set-Cookie" not in response.headers
    assert "bimatrieng" not in caplog.text


async def test_encoded_pages_are_the_bytes_of_the_view() -> None:
    clock = Clock()
    async with Search(asked(shelf(clock), many(clock, "neu", 5), refusing(clock)), None, clock=clock) as search:
        members = {member.id: member for member in search.members}
        pages = Pages()
        for _ in range(2):  # the second is answered from what is known already
            snapshot = await search.settled(parse("kinh te"))
            encoded = pages.encoded(snapshot, members)
            assert encoded == msgspec.json.encode(snapshot_view(snapshot, members))
            assert encoded == pages.encoded(snapshot, members)
            assert msgspec.json.decode(encoded, type=SnapshotView) == snapshot_view(snapshot, members)


async def test_availability_is_told_library_by_library_with_its_age() -> None:
    clock = Clock()
    desk = lending(library(clock, "hust", [VI_MO]))
    desk.lent = {"1"}
    async with serving(desk, library(clock, "vnu", [VI_MO]), clock=clock) as client:
        await client.get("/api/v1/search", params={"q": "kinh tế"})
        clock.now += 5
        answer = await (await client.get("/api/v1/availability", params={"title": "hust~1"})).json()
    (title,) = answer["titles"]
    assert (title["id"], title["is_available"]) == ("hust~1", False)
    told = {held["member"]: (len(held["holdings"]), held["age_s"]) for held in title["held_by"]}
    assert told == {"hust": (1, 0.0), "vnu": (0, 5.0)}


@pytest.mark.parametrize("titles", [[], ["a~1"] * 3 + [f"b~{number}" for number in range(20)], [""]])
async def test_availability_of_no_title_or_of_too_many_is_refused(titles: list[str]) -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        answer = await client.get("/api/v1/availability", params=[("title", title) for title in titles])
        assert (answer.status, (await answer.json())["parameter"]) == (400, "title")
