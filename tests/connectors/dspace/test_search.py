"""Searches of servers written from the documented behaviour: the demo's DSpace 7 and DSpace 6, and scripted answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from urllib.parse import urlsplit

import httpx
import pytest

from connectors.dspace import DspaceSettings, Way
from connectors.dspace.examine import examine
from connectors.http.wire import Wire
from demo import federation
from demo.repository6 import Repository6
from engine.errors import FaultError, SettingsError, UnreachableError, UnsupportedError
from engine.model import Answer, Reason, Record, Service
from engine.ports import AvailabilityConnector
from tests.connectors.dspace.conftest import Opened, Opener, item


class Late(httpx.AsyncBaseTransport):
    """The wire to a server whose pages of items never come."""

    def __init__(self, wire: httpx.AsyncBaseTransport) -> None:
        self._wire = wire

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "/handle/" in request.url.path:
            await asyncio.Event().wait()
        return await self._wire.handle_async_request(request)

    async def aclose(self) -> None:
        await self._wire.aclose()


@pytest.fixture
async def running() -> AsyncIterator[federation.Federation]:
    started = await federation.start(today=date(2026, 3, 15))
    yield started
    await started.stop()


def address(running: federation.Federation, library: str) -> str:
    url = next(one.url for one in running.libraries if one.id == library)
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))


@pytest.fixture
def seven(running: federation.Federation) -> str:
    return address(running, "song-cau") + "/server"


@pytest.fixture
def six(running: federation.Federation) -> str:
    return address(running, "che-xanh")


def codes(notices: tuple[Reason, ...]) -> set[str]:
    return {notice.code for notice in notices}


def ids(answer: Answer) -> list[str]:
    return [placed.record.id for placed in answer.placed]


# Version 7 ----------------------------------------------------------------------------------


async def test_twenty_hits_with_their_access_cost_one_request(open_on: Opener, seven: str) -> None:
    repository = open_on(seven)
    answer = await repository.search("luận văn")
    assert len(repository.wire.asked) == 1
    asked = repository.wire.parameters()[0]
    assert (asked["dsoType"], asked["embed"], asked["page"], asked["size"]) == ("item", "accessStatus", "0", "20")
    assert "bundles" not in repository.wire.asked[0]
    assert "thumbnail" not in repository.wire.asked[0]
    assert len(answer.placed) > 5
    services = {each for placed in answer.placed for one in placed.record.holdings for each in one.availability or ()}
    assert {each.service for each in services} == {Service.OPEN_ACCESS}
    assert {each.available for each in services} == {True, False}


async def test_windows_of_any_place_and_size_make_one_list(open_on: Opener, seven: str) -> None:
    repository = open_on(seven)
    whole = await repository.search("kinh tế", 1, 42)
    assert whole.total == len(whole.placed) == 42
    pieces = [await repository.search("kinh tế", start, 9) for start in range(1, 43, 9)]
    assert [one for piece in pieces for one in ids(piece)] == ids(whole)
    assert [piece.has_more for piece in pieces] == [True, True, True, True, False]
    assert ids(await repository.search("kinh tế", 6, 10)) == ids(whole)[5:15]


async def test_a_server_that_gives_smaller_pages_is_followed(open_on: Opener) -> None:
    def small_pages(request: httpx.Request) -> httpx.Response:
        asked = dict(request.url.params)
        size, number = min(5, int(asked["size"])), int(asked["page"])
        objects = [item(place) for place in range(number * size, min(12, number * size + size))]
        page = {"number": number, "size": size, "totalElements": 12}
        body = {"_embedded": {"searchResults": {"page": page, "_embedded": {"objects": objects}}}}
        return httpx.Response(200, json=body, request=request)

    repository = open_on("https://kho.example.org/server", small_pages)
    answer = await repository.search("sách", 1, 12)
    assert [placed.place for placed in answer.placed] == list(range(1, 13))
    assert [placed.record.title for placed in answer.placed] == [f"Sách {n}" for n in range(12)]
    later = await repository.search("sách", 8, 3)
    assert [placed.record.title for placed in later.placed] == ["Sách 7", "Sách 8", "Sách 9"]


async def test_hits_that_stand_only_in_closed_full_text_are_not_taken(
    open_on: Opener, running: federation.Federation, seven: str
) -> None:
    entries = running.faces["song-cau"].sru.shelf.entries
    following = {entry.id: after for entry, after in zip(entries, [*entries[1:], entries[0]], strict=True)}
    closed = next(e for e in entries if e.edition.material == "thesis" and int(e.id) % 6 == 0 and int(e.id) % 89)
    words = following[closed.id].title
    answer = await open_on(seven).search(f'"{words}"')
    assert f"TVSSC/{closed.id}" not in {placed.record.identifiers[0].value for placed in answer.placed}
    assert "notice.closed-full-text" in codes(answer.notices)
    assert answer.total is not None
    assert answer.total > len(answer.placed)


async def test_words_of_deposit_dates_are_told_apart(open_on: Opener, seven: str) -> None:
    answer = await open_on(seven).search("2026")
    assert codes(answer.notices) == {"notice.system-words-only"}


async def test_years_languages_and_kinds_are_asked_of_the_server(open_on: Opener, seven: str) -> None:
    repository = open_on(seven)
    answer = await repository.search("kinh tế năm:2005-2012 ngôn ngữ:vi loại:sách")
    asked = repository.wire.parameters()
    assert len(asked) == 1
    assert asked[0]["f.dateIssued"] == "[2005 TO 2012],equals"
    assert answer.placed
    assert all(2005 <= (placed.record.year or 0) <= 2012 for placed in answer.placed)
    assert all(placed.record.languages == ("vie",) for placed in answer.placed)
    assert answer.total == len(answer.placed)


async def test_pasted_titles_with_signs_are_found(open_on: Opener, running: federation.Federation, seven: str) -> None:
    entry = next(one for one in running.faces["song-cau"].sru.shelf.entries if one.subtitle and int(one.id) % 89)
    repository = open_on(seven)
    title = f"{entry.title}: {entry.subtitle}".replace('"', "")
    answer = await repository.search(title.replace(":", " :") if title.count(":") > 1 else f'"{title}"')
    assert f"TVSSC/{entry.id}" in {placed.record.identifiers[0].value for placed in answer.placed}


async def test_profiles_of_people_are_no_documents(open_on: Opener) -> None:
    def entities(request: httpx.Request) -> httpx.Response:
        objects = [item(1), item(2)]
        objects[0]["_embedded"]["indexableObject"]["entityType"] = "Person"  # type: ignore[index]  # is a table
        objects[1]["_embedded"]["indexableObject"]["entityType"] = "Publication"  # type: ignore[index]  # is a table
        page = {"number": 0, "size": 20, "totalElements": 2}
        body = {"_embedded": {"searchResult": {"page": page, "_embedded": {"objects": objects}}}}
        return httpx.Response(200, json=body, request=request)

    answer = await open_on("https://kho.example.org/server", entities).search("sách")
    assert [(placed.place, placed.record.title) for placed in answer.placed] == [(2, "Sách 2")]
    assert answer.notices == (Reason("notice.collections-left-out", {"count": 1}),)


async def test_the_longest_question_with_filters_stays_below_8_kb(open_on: Opener, seven: str) -> None:
    repository = open_on(seven)
    words = " ".join(["nghiên cứu"] * 40)
    await repository.search(f"{words} tác giả:nguyễn năm:2000-2020 loại:sách ngôn ngữ:vi")
    assert max(map(len, repository.wire.asked)) < 8_000


async def test_a_query_that_is_422_is_put_ever_plainer_and_then_given_up(open_on: Opener) -> None:
    def never(request: httpx.Request) -> httpx.Response:
        return httpx.Response(422, json={"status": 422}, request=request)

    repository = open_on("https://kho.example.org/server", never)
    with pytest.raises(UnsupportedError):
        await repository.search("nhan đề:hóa năm:2010-")
    asked = repository.wire.parameters()
    assert [("sort" in one, "f.dateIssued" in one) for one in asked] == [(True, True), (False, False), (False, False)]
    assert asked[2]["query"] == "hóa"


async def test_availability_of_many_is_one_request(open_on: Opener, seven: str) -> None:
    repository = open_on(seven)
    assert isinstance(repository.connector, AvailabilityConnector)
    records = [placed.record for placed in (await repository.search("sinh viên", 1, 40)).placed]
    repository.wire.asked.clear()
    told = await repository.connector.availability(records)
    assert len(repository.wire.asked) == 1
    assert told == {record.id: record.holdings for record in records}


async def test_files_of_one_open_item_come_when_it_is_shown_and_never_those_of_a_closed_one(
    open_on: Opener, seven: str
) -> None:
    repository = open_on(seven)
    records = [placed.record for placed in (await repository.search("luận văn", 1, 40)).placed]
    opens = next(one for one in records if one.holdings and one.holdings[0].availability[0].available)  # type: ignore[index]  # has services
    closed = next(one for one in records if one.holdings and not one.holdings[0].availability[0].available)  # type: ignore[index]  # has services
    repository.wire.asked.clear()
    holdings = (await repository.connector.availability([opens]))[opens.id]
    assert len(repository.wire.asked) == 1
    assert [one.note for one in holdings] == [f"toan_van_{opens.identifiers[0].value.partition('/')[2]}.pdf"]
    assert holdings[0].url
    assert "/api/core/bitstreams/" in holdings[0].url
    assert (await repository.connector.availability([closed]))[closed.id] == closed.holdings


async def test_a_withdrawn_item_is_absent_from_availability(
    open_on: Opener, running: federation.Federation, seven: str
) -> None:
    face = running.faces["song-cau"].others[0]
    withdrawn = next(one for one in face._discovery.deposits if one.is_withdrawn)  # type: ignore[attr-defined]  # the demo's own
    record = Record("m", withdrawn.uuid, "x")
    assert await open_on(seven).connector.availability([record]) == {}


async def test_a_wrong_scope_is_found_out_by_the_probe(open_on: Opener, seven: str) -> None:
    repository = open_on(seven, scope="11111111-1111-4111-8111-111111111111")
    assert (await repository.search("kinh tế")).total == 42  # ignored in silence
    with pytest.raises(SettingsError, match=r"dspace\.scope"):
        await repository.connector.probe()


async def test_a_right_scope_passes_the_probe(open_on: Opener, running: federation.Federation, seven: str) -> None:
    collection = running.faces["song-cau"].others[0]._collection  # type: ignore[attr-defined]  # the demo's own
    await open_on(seven, scope=collection).connector.probe()


async def test_a_feed_of_version_7_is_asked_by_relevance(open_on: Opener, seven: str) -> None:
    repository = open_on(seven, way=Way.OPENSEARCH)
    answer = await repository.search("kinh tế")
    assert (answer.total, len(answer.placed), len(repository.wire.asked)) == (42, 20, 1)
    assert repository.wire.parameters()[0]["sort"] == "score"
    assert "notice.brief-records" in codes(answer.notices)


# Version 6 ----------------------------------------------------------------------------------


async def test_a_feed_that_is_off_is_asked_for_once(open_on: Opener, six: str) -> None:
    repository = open_on(f"{six}/jspui", complete=0)
    first = await repository.search("kinh tế")
    assert [path.partition("?")[0] for path in repository.wire.asked] == [
        "/jspui/open-search/discover",
        "/jspui/simple-search",
    ]
    again = await repository.search("kinh tế")
    assert [path.partition("?")[0] for path in repository.wire.asked] == ["/jspui/simple-search"]
    assert ids(first) == ids(again)


async def test_every_way_finds_the_same_items_at_the_same_places(
    open_on: Opener, running: federation.Federation, six: str
) -> None:
    by_pages = [open_on(f"{six}/jspui", way=Way.JSPUI, complete=0), open_on(f"{six}/xmlui", way=Way.XMLUI, complete=0)]
    face = running.faces["che-xanh"].others[0]
    assert isinstance(face, Repository6)
    face.is_feed_on = True
    by_feed = [open_on(f"{six}/{context}", way=Way.OPENSEARCH, complete=0) for context in ("jspui", "xmlui")]
    answers = [
        [await one.search("kinh tế", start, count) for start, count in ((1, 20), (21, 20), (34, 7))]
        for one in (*by_pages, *by_feed)
    ]
    expected = [ids(answer) for answer in answers[0]]
    assert [len(page) for page in expected] == [20, 20, 7]
    assert all([ids(answer) for answer in others] == expected for others in answers[1:])
    assert {answer.total for others in answers for answer in others} == {59}


async def test_a_page_in_the_middle_is_right_though_the_feed_is_not_known_yet(open_on: Opener, six: str) -> None:
    whole = await open_on(f"{six}/xmlui", way=Way.OPENSEARCH, complete=0).search("kinh tế", 1, 40)
    fresh = open_on(f"{six}/xmlui", way=Way.OPENSEARCH, complete=0)
    assert ids(await fresh.search("kinh tế", 21, 5)) == ids(whole)[20:25]


async def test_a_title_with_a_colon_is_found_by_every_way(
    open_on: Opener, running: federation.Federation, six: str
) -> None:
    face = running.faces["che-xanh"].others[0]
    assert isinstance(face, Repository6)
    face.is_feed_on = True
    entry = next(
        one for one in running.faces["che-xanh"].sru.shelf.entries
        if one.subtitle and int(one.id) % 89 and (one.title + one.subtitle).replace(" ", "").isalpha()
    )  # fmt: skip
    for context, way in (
        ("jspui", Way.JSPUI),
        ("xmlui", Way.XMLUI),
        ("jspui", Way.OPENSEARCH),
        ("xmlui", Way.OPENSEARCH),
    ):
        repository = open_on(f"{six}/{context}", way=way, complete=0)
        for _ in range(2):  # the second time it is known whose feed it is
            answer = await repository.search(f'"{entry.title}: {entry.subtitle}"')
            assert f"CHEXANH/{entry.id}" in ids(answer), (context, way)


async def test_only_so_many_records_are_completed_those_without_the_words_first(open_on: Opener, six: str) -> None:
    repository = open_on(f"{six}/xmlui", complete=3)
    answer = await repository.search("kinh tế")
    completed = [placed.record for placed in answer.placed if placed.record.languages]
    assert len(completed) == 3
    assert sum("/mets.xml" in path for path in repository.wire.asked) == 3
    assert Reason("notice.brief-records", {"count": 17}) in answer.notices


async def test_collections_are_left_out_by_the_query_and_where_that_is_not_wanted_by_the_reader_of_the_page(
    open_on: Opener, six: str
) -> None:
    without = open_on(f"{six}/jspui", way=Way.JSPUI, complete=0)
    assert codes((await without.search("kinh tế")).notices) == {"notice.brief-records"}
    with_all = open_on(f"{six}/jspui", way=Way.JSPUI, complete=0, items_only=False)
    answer = await with_all.search("kinh tế")
    assert "notice.collections-left-out" in codes(answer.notices)
    assert len(answer.placed) == 19


async def test_availability_before_version_7_is_a_page_for_each(open_on: Opener, six: str) -> None:
    repository = open_on(f"{six}/jspui", complete=0)
    records = [placed.record for placed in (await repository.search("luận văn loại:luận văn", 1, 12)).placed]
    repository.wire.asked.clear()
    told = await repository.connector.availability(records)
    assert len(repository.wire.asked) == len(told) == min(10, len(records))
    services = {each for one in told.values() for holding in one for each in holding.availability or ()}
    assert {each.available for each in services} == {True, False}
    assert "2030-01-01" in {each.expected for each in services}


async def test_a_bad_scope_before_version_7_is_found_out_too(open_on: Opener, six: str) -> None:
    with pytest.raises(SettingsError):
        await open_on(f"{six}/jspui", scope="CHEXANH/0").connector.probe()
    await open_on(f"{six}/jspui", scope="CHEXANH/2").connector.probe()


async def test_a_collection_is_searched_by_the_pages_where_the_feed_ignores_it(
    open_on: Opener, running: federation.Federation, six: str
) -> None:
    face = running.faces["che-xanh"].others[0]
    assert isinstance(face, Repository6)
    face.is_feed_on = True
    repository = open_on(f"{six}/jspui", scope="CHEXANH/2", complete=0)
    await repository.search("kinh tế")
    assert repository.wire.asked[-1].startswith("/jspui/simple-search")
    forced = open_on(f"{six}/jspui", scope="CHEXANH/2", complete=0, way=Way.OPENSEARCH)
    await forced.search("kinh tế")
    assert "notice.scope-ignored" in codes((await forced.search("kinh tế")).notices)


async def test_a_list_is_not_lost_for_details_that_do_not_come(six: str) -> None:
    slow = Opened(f"{six}/jspui", DspaceSettings(way=Way.JSPUI), timeout_s=2.5)
    slow.wire._wire = Late(Wire(slow.member))
    answer = await slow.search("kinh tế")
    assert len(answer.placed) == 20
    assert codes(answer.notices) == {"notice.partial", "notice.brief-records"}
    await slow.connector.close()


# The ladder ---------------------------------------------------------------------------------

HOME = (
    b"<!DOCTYPE html><html><head><title>Kho</title><meta name='Generator' content='DSpace 5.5'></head><body>"
    b"<form action='/dspace/simple-search'><input name='query'></form></body></html>"
)


async def test_a_bare_address_leads_to_the_pages_that_its_home_page_points_to(open_on: Opener) -> None:
    none = (
        "<!DOCTYPE html><html><body><form action='simple-search'><select name='location'></select></form>"
        "<p align='center'>Không có.</p></body></html>"
    ).encode()

    def old(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        body = {"/": HOME, "/dspace/simple-search": none}.get(path, b"<html><title>404</title></html>")
        return httpx.Response(200 if path in {"/", "/dspace/simple-search"} else 404, content=body, request=request)

    repository = open_on("https://kho.example.org", old)
    assert (await repository.search("zzz")).total == 0
    assert [path.partition("?")[0] for path in repository.wire.asked] == [
        "/server/api/discover/search/objects", "/", "/dspace/open-search/discover", "/dspace/simple-search",
        "/dspace/simple-search",
    ]  # fmt: skip


async def test_a_way_that_is_forced_is_the_only_one(open_on: Opener) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500, content=b"<html><title>500</title></html>", request=request)

    repository = open_on("https://kho.example.org", broken, way=Way.JSPUI)
    with pytest.raises(FaultError):
        await repository.search("hóa")
    assert {path.partition("?")[0] for path in repository.wire.asked} == {"/simple-search"}


async def test_a_server_that_is_away_is_not_asked_in_other_ways(open_on: Opener) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    repository = open_on("https://kho.example.org", away)
    with pytest.raises(UnreachableError):
        await repository.search("hóa")
    assert {path.partition("?")[0] for path in repository.wire.asked} == {"/server/api/discover/search/objects"}


async def test_a_login_behind_an_item_drops_what_the_list_told_of_it(open_on: Opener) -> None:
    rows = "".join(
        f"<tr><td headers='t1'><em>2010</em></td><td headers='t2'><a href='/jspui/handle/K/{n}'>Kinh tế {n}</a></td>"
        "<td headers='t3'>-</td></tr>"
        for n in (1, 2)
    )
    listing = (
        "<!DOCTYPE html><html><body><div class='discovery-result-pagination'><div class='alert alert-info'>1-2 / 2"
        f"</div></div><div class='discovery-result-results'><table class='table'>{rows}</table></div></body></html>"
    )
    login = "<html><head><title>Log In</title></head><body><input type='password'></body></html>"
    full = (
        "<html><body><table class='itemDisplayTable'><tr><td>dc.title</td><td>Kinh tế 2</td></tr></table></body></html>"
    )

    def closed(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/handle/K/1"):
            return httpx.Response(302, headers={"Location": "/jspui/password-login"}, request=request)
        body = login if path.endswith("login") else full if "handle" in path else listing
        return httpx.Response(200, text=body, headers={"Content-Type": "text/html; charset=UTF-8"}, request=request)

    repository = open_on("https://kho.example.org/jspui", closed, way=Way.JSPUI)
    answer = await repository.search("kinh tế")
    assert ids(answer) == ["K/2"]
    assert Reason("notice.records-withheld", {"count": 1}) in answer.notices


async def test_marks_are_taken_off_for_a_server_that_does_not_fold_them(open_on: Opener) -> None:
    def exact(request: httpx.Request) -> httpx.Response:
        objects = [item(1, dc_subject="hoa hoc")] if request.url.params["query"] == "hoa hoc" else []
        page = {"number": 0, "size": 20, "totalElements": len(objects)}
        body = {"_embedded": {"searchResult": {"page": page, "_embedded": {"objects": objects}}}}
        return httpx.Response(200, content=json.dumps(body).encode(), request=request)

    repository = open_on("https://kho.example.org/server", exact, folds_marks=False)
    answer = await repository.search("hóa học")
    assert len(answer.placed) == 1
    assert codes(answer.notices) == {"notice.folded"}


# The report ---------------------------------------------------------------------------------


async def test_an_examination_says_what_a_librarian_can_act_on(open_on: Opener, seven: str, six: str) -> None:
    opened = open_on(seven, scope="11111111-1111-4111-8111-111111111111")
    settings = DspaceSettings(scope="11111111-1111-4111-8111-111111111111")
    found = {one.what: one for one in await examine(opened.member, settings, opened.door)}
    assert found["version"].reason.values == {"version": "DSpace 7.6.7"}
    assert (found["marks"].is_well, found["scope"].is_well, found["way"].is_well) == (True, False, True)
    old = open_on(f"{six}/jspui")
    found = {one.what: one for one in await examine(old.member, DspaceSettings(), old.door)}
    assert found["way"].reason.code == "finding.dspace-pages"
    assert len(old.wire.asked) <= 8
