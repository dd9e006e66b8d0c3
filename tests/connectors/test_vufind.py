"""VuFind is asked by its REST interface where that is on, and read from its pages where it is not."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from connectors.battery import Battery
from connectors.http.recording import Replay
from connectors.reading.html import parse_html
from connectors.vufind import SYSTEM
from connectors.vufind.pages import listed_page
from connectors.vufind.request import vufind_query
from connectors.vufind.settings import VufindSettings
from connectors.vufind.signs import recognise_api, recognise_page
from connectors.vufind.statuses import statuses
from engine.errors import FaultError, RefusedError, UnreadableError, UnsupportedError
from engine.model import And, Clause, Field, Filters, Not, Or, Query, Record, Service, Window
from engine.ports import AvailabilityConnector, Page
from tests.connectors.asked import Scripted, asked, codes, member, titles, words

RECORDINGS = Path(__file__).parents[1] / "recordings"
OK = json.dumps({"resultCount": 1, "records": [{"id": "1", "title": "Sông Hồng"}], "status": "OK"})
NONE = json.dumps({"resultCount": 0, "status": "OK"})
BASE = "http://127.0.0.1"


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS): ...


def said(query: Query, **settings: object) -> list[tuple[str, str]]:
    return list(vufind_query(query, VufindSettings(**settings)).pairs)  # type: ignore[arg-type]


async def test_twenty_full_records_cost_one_request() -> None:
    server = Scripted(lambda _: OK)
    async with asked(SYSTEM, server, "http://127.0.0.1/vufind/") as library:
        await library.search(words("sông hồng", Field.TITLE), Window(21, 20))
    (request,) = server.requests
    assert request.url.path == "/vufind/api/v1/search"
    assert dict(request.url.params) | {"field[]": ""} == {
        "lookfor": "sông hồng", "type": "Title", "page": "2", "limit": "20", "field[]": "",
    }  # fmt: skip
    assert "fullRecord" in request.url.params.get_list("field[]")
    assert "rawData" not in request.url.params.get_list("field[]")


async def test_a_closed_interface_is_found_out_once() -> None:
    replay = Replay(RECORDINGS / "vufind-baohan" / "full-page")
    async with asked(SYSTEM, replay, page_size=2) as library:
        first = await library.search(words("hán nôm"), Window(1, 20))
        again = await library.search(words("hán nôm"), Window(1, 2))
    paths = [line.split(" ")[1].split("?")[0] for line in replay.asked]
    assert paths == ["/api/v1/search", "/Search/Results", "/Search/Results", "/Search/Results"]
    assert titles(first)[:2] == titles(again)
    assert (again.total, again.has_more) == (3, True)


async def test_a_closed_interface_refuses_where_pages_are_not_wanted() -> None:
    server = Scripted(lambda _: (403, '{"status":"ERROR","statusMessage":"Permission denied"}'))
    async with asked(SYSTEM, server, way="api") as library:
        with pytest.raises(RefusedError):
            await library.search(words("sông"), Window())


async def test_a_version_without_the_interface_may_answer_with_a_page_of_its_own() -> None:
    server = Scripted(lambda _: BLUEPRINT.replace("1.045", "1"), "text/html")
    async with asked(SYSTEM, server, "http://127.0.0.1/vufind") as library:
        found = await library.search(words("chinh phụ"), Window())
    assert [request.url.path for request in server.requests] == ["/vufind/api/v1/search", "/vufind/Search/Results"]
    assert titles(found) == ["Chinh phụ ngâm khúc diễn ca"]


async def test_a_lower_limit_of_a_site_is_kept_to() -> None:
    def reply(request: httpx.Request) -> str | tuple[int, str]:
        if int(request.url.params["limit"]) > 20:
            return 400, '{"status":"ERROR","statusMessage":"Invalid limit"}'
        start = (int(request.url.params["page"]) - 1) * 20
        rows = [{"id": str(at), "title": f"Sách {at}"} for at in range(start + 1, min(start + 20, 30) + 1)]
        return json.dumps({"resultCount": 30, "records": rows, "status": "OK"})

    server = Scripted(reply)
    async with asked(SYSTEM, server) as library:
        found = await library.search(words("sách"), Window(1, 50))
        await library.search(words("sách"), Window(1, 50))
    assert [placed.place for placed in found.placed] == list(range(1, 31))
    assert [request.url.params["limit"] for request in server.requests] == ["50", "20", "20", "20", "20"]


async def test_a_key_goes_in_a_header_and_never_in_the_address() -> None:
    server = Scripted(lambda _: OK)
    async with asked(SYSTEM, server, api_key="bi-mat-cua-vien") as library:
        await library.search(words("sông"), Window())
    assert server.requests[0].headers["X-API-KEY"] == "bi-mat-cua-vien"
    assert "bi-mat" not in str(server.requests[0].url)


async def test_a_fault_in_json_is_the_servers() -> None:
    server = Scripted(lambda _: (500, '{"status":"ERROR","statusMessage":"Error occurred."}'))
    async with asked(SYSTEM, server) as library:
        with pytest.raises(FaultError):
            await library.search(words("sông"), Window())


async def test_hits_without_records_are_no_empty_answer() -> None:
    server = Scripted(lambda _: '{"resultCount": 12, "status": "OK"}')
    async with asked(SYSTEM, server) as library:
        with pytest.raises(UnreadableError):
            await library.search(words("sông"), Window())


async def test_pages_smaller_than_asked_for_are_counted_anew() -> None:
    def page(request: httpx.Request) -> str:
        number = int(request.url.params["page"])
        rows = "".join(
            f'<li class="result"><input class="hiddenId" value="{at}"><a class="title" href="/Record/{at}">Sách</a>'
            for at in range(number * 2 - 1, min(number * 2, 5) + 1)
        )
        return f'<input name="lookfor"><div class="search-stats" data-record-total="5"></div><ol>{rows}</ol>'

    server = Scripted(page, "text/html")
    async with asked(SYSTEM, server, way="pages", page_size=20) as library:
        found = await library.search(words("sách"), Window(3, 2))
        rest = await library.search(words("sách"), Window(5, 20))
    assert [placed.record.id for placed in found.placed] == ["3", "4"]
    assert [(placed.place, placed.record.id) for placed in rest.placed] == [(5, "5")]
    assert rest.has_more is False


def test_several_clauses_are_groups_of_an_advanced_search() -> None:
    query = Query(And((Clause("sông", field=Field.TITLE), Or((Clause("hồng"), Clause("đà"))), Not(Clause("thơ")))))
    assert said(query) == [
        ("join", "AND"),
        ("bool0[]", "AND"), ("lookfor0[]", "sông"), ("type0[]", "Title"),
        ("bool1[]", "OR"), ("lookfor1[]", "hồng"), ("type1[]", "AllFields"),
        ("lookfor1[]", "đà"), ("type1[]", "AllFields"),
        ("bool2[]", "NOT"), ("lookfor2[]", "thơ"), ("type2[]", "AllFields"),
    ]  # fmt: skip


def test_alternatives_of_several_clauses_are_joined_by_or() -> None:
    query = Query(Or((And((Clause("a", field=Field.TITLE), Clause("b", field=Field.PERSON))), Clause("c"))))
    assert said(query)[0] == ("join", "OR")
    assert [value for name, value in said(query) if name.startswith("bool")] == ["OR", "AND"]


def test_what_is_nested_deeper_is_said_in_one_line_or_given_up_aloud() -> None:
    inner = Or((Clause("b"), And((Clause("c"), Clause("d")))))
    assert said(Query(And((Clause("a"), inner))))[0] == ("lookfor", "(a AND (b OR (c AND d)))")
    mixed = Or((Clause("b", field=Field.TITLE), And((Clause("c"), Clause("d")))))
    found = vufind_query(Query(And((Clause("a"), mixed))), VufindSettings())
    assert [notice.code for notice in found.notices] == ["notice.dropped-alternatives"]


def test_years_and_known_languages_are_filtered_by_the_server() -> None:
    filters = Filters(year_from=2010, languages=("vie",))
    found = vufind_query(Query(Clause("a"), filters=filters), VufindSettings(languages={"vie": "Vietnamese"}))
    assert [value for name, value in found.pairs if name == "filter[]"] == [
        'publishDate:"[2010 TO *]"', '~language:"Vietnamese"',
    ]  # fmt: skip
    assert found.unasked == Filters()
    assert vufind_query(Query(Clause("a"), filters=filters), VufindSettings()).unasked.languages == ("vie",)


def test_a_field_without_a_type_is_looked_for_anywhere_and_told() -> None:
    found = vufind_query(Query(Clause("10.1/a", field=Field.IDENTIFIER)), VufindSettings())
    assert (found.pairs[1], found.notices[0].code) == (("type", "AllFields"), "notice.any-field")


def test_nothing_but_what_is_filtered_here_is_not_asked() -> None:
    with pytest.raises(UnsupportedError):
        vufind_query(Query(None, filters=Filters(languages=("vie",))), VufindSettings())


async def test_marks_are_left_out_where_a_server_does_not_fold_them() -> None:
    server = Scripted(lambda request: OK if request.url.params["lookfor"] == "song hong" else NONE)
    async with asked(SYSTEM, server, folds_marks=False) as library:
        found = await library.search(words("sông hồng"), Window())
    assert (titles(found), codes(found)) == (["Sông Hồng"], ["notice.folded"])


async def test_items_of_all_records_are_asked_for_at_once() -> None:
    told = {
        "data": {
            "statuses": [
                {"id": "1", "availability": "true", "location": "Kho mở", "locationList": False,
                 "callnumberHtml": '<a href="#">330 K312</a>'},
                {"id": "2", "availability": "false", "location": False, "locationList": [
                    {"availability": True, "location": "Cơ sở 1", "callnumbers": "A1"},
                    {"availability": False, "location": "Cơ sở 2", "callnumbers": "A2"}]},
                {"id": "3", "availability": "false", "missing_data": True},
                {"id": "4", "error": "ILS offline", "availability": False},
                {"id": "5", "availability": "uncertain", "location": "Kho &amp; quầy,\tPhòng đọc"},
            ]
        }
    }  # fmt: skip
    server = Scripted(lambda _: json.dumps(told))
    async with asked(SYSTEM, server) as library:
        assert isinstance(library, AvailabilityConnector)
        found = await library.availability([Record(member="m", id=str(at), title="t") for at in range(1, 7)])
    (request,) = server.requests
    assert request.url.path == "/AJAX/JSON"
    assert request.url.params.get_list("id[]") == ["1", "2", "3", "4", "5", "6"]
    assert sorted(found) == ["1", "2", "3", "5"]
    assert (found["1"][0].location, found["1"][0].call_number) == ("Kho mở", "330 K312")
    assert [[one.available for one in holding.availability or ()] for holding in found["2"]] == [[True], [False]]
    assert found["3"] == ()
    assert (found["5"][0].availability, found["5"][0].location) == (None, "Kho & quầy; Phòng đọc")


def test_versions_before_five_give_the_statuses_themselves() -> None:
    answer = {"status": "OK", "data": [{"id": "1", "availability": "false", "location": "Kho", "callnumber": "B2"}]}
    (holding,) = statuses(answer, ["1"])["1"]
    assert holding.availability is not None
    assert (holding.availability[0].service, holding.availability[0].available) == (Service.LOAN, False)
    with pytest.raises(UnreadableError):
        statuses({"status": "OK"}, ["1"])


BLUEPRINT = """<html><head><title>Search Results</title></head><body>
<form action="/vufind/Search/Results"><input name="lookfor"></form>
<div class="resulthead"><div>Showing <strong>1</strong> - <strong>20</strong> of <strong>1.045</strong> for
search: <strong>'2020'</strong></div></div>
<form><ul><li><div class="result sourceSolr recordId"><input type="hidden" value="b1" class="hiddenId" />
<div class="resultItemLine1"><a href="/vufind/Record/b1" class="title">Chinh phụ ngâm khúc ...</a></div>
<div class="resultItemLine2">by <a href="/vufind/Author/Home?author=x">Đặng Trần Côn</a><br/>Published 1950</div>
<span class="iconlabel book">Book</span></div>
<span class="Z3988" title="rft.btitle=Chinh+ph%E1%BB%A5+ng%C3%A2m+kh%C3%BAc+di%E1%BB%85n+ca&amp;rft.date=1950"></span>
</li></ul></form></body></html>"""


def test_the_theme_of_version_two_is_read() -> None:
    found = listed_page(parse_html(BLUEPRINT.encode()), f"{BASE}/vufind/Search/Results", "m", f"{BASE}/vufind")
    (record,) = found.rows
    assert record is not None
    assert (found.total, record.id, record.title, record.year) == (1045, "b1", "Chinh phụ ngâm khúc diễn ca", 1950)
    assert (record.people[0].name, record.url) == ("Đặng Trần Côn", f"{BASE}/vufind/Record/b1")


def test_a_login_page_is_a_refusal_and_a_changed_page_unreadable() -> None:
    login = parse_html(b'<title>Log in</title><form><input name="lookfor"><input type="password"></form>')
    with pytest.raises(RefusedError):
        listed_page(login, BASE, "m", BASE)
    with pytest.raises(UnreadableError):
        listed_page(parse_html(b'<form><input name="lookfor"></form><p>0</p>'), BASE, "m", BASE)


@pytest.mark.needs("corpus")
def test_real_pages_of_a_record_are_read_where_one_hit_leads_to_them(corpus: Path) -> None:
    pages = sorted((corpus / "opac" / "opacclient" / "vufind" / "result_detail").glob("*.html"))
    read = {}
    for file in pages:
        found = listed_page(parse_html(file.read_bytes()), f"{BASE}/Record/9", "m", BASE)
        read[file.stem] = found.rows[0].title if found.rows[0] else ""
    assert len(read) == 7
    assert all(len(title) > 3 for title in read.values()), read


def test_a_vufind_is_told_by_what_its_pages_and_its_interface_say() -> None:
    html = (
        b"<head><title>Catalog - Th\xc6\xb0 vi\xe1\xbb\x87n</title>"
        b'<meta name="Generator" content="VuFind 9.1.1"></head>'
        b'<form action="/lib/Search/Results"><input name="lookfor"></form>'
    )
    found = recognise_page(Page(f"{BASE}/lib/", 200, "text/html", html))
    assert found is not None
    assert (found.url, found.name, found.evidence.values) == (f"{BASE}/lib", "Thư viện", {"version": "9.1.1"})
    api = recognise_api(Page(f"{BASE}/lib/api/v1/search?lookfor=a", 200, "application/json", NONE.encode()))
    assert api is not None
    assert api.url == f"{BASE}/lib"


@pytest.mark.parametrize(
    "body", [b"", b"<html><form action='/discover'><input name='query'></form>", b'{"total": 3}', b'{"status": "UP"}']
)
def test_other_servers_are_not_taken_for_a_vufind(body: bytes) -> None:
    assert recognise_page(Page(f"{BASE}/", 200, "text/html", body)) is None
    assert recognise_api(Page(f"{BASE}/api/v1/search?x", 200, "application/json", body)) is None


async def test_an_examination_tells_which_way_works_and_whether_items_are_told() -> None:
    def answer(request: httpx.Request) -> str | tuple[int, str]:
        if "AJAX" in request.url.path:
            return '{"data":{"statuses":[{"id":"1","availability":"true"}]}}'
        if "api" in request.url.path:
            return 404, "<html><title>404</title>"
        return BLUEPRINT.replace("b1", "1").replace("1.045", "1")

    server = Scripted(answer)
    assert SYSTEM.examine is not None
    who = member(SYSTEM, BASE)
    async with asked(SYSTEM, server) as library:
        findings = await SYSTEM.examine(who, VufindSettings(), library._door)
    assert [(one.what, one.is_well, one.reason.code) for one in findings] == [
        ("way", False, "finding.vufind.no-api"),
        ("availability", True, "finding.vufind.items"),
    ]
    assert len(server.requests) == 3
