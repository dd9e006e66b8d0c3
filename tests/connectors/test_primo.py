"""A Primo is asked by the interface of its own pages: Primo VE, classic Primo, and at last the pages themselves."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from connectors.battery import Battery
from connectors.http.recording import Replay
from connectors.primo import SYSTEM
from connectors.primo.request import primo_query
from connectors.primo.response import listed_page
from connectors.primo.settings import PrimoSettings
from connectors.primo.signs import recognise, recognise_interface
from connectors.reading.html import parse_html
from engine.errors import FaultError, RefusedError, UnreadableError, UnsupportedError
from engine.model import And, Clause, Field, Filters, Not, Or, Query, Record, Service, Window
from engine.ports import AvailabilityConnector, Page
from tests.connectors.asked import Scripted, asked, codes, member, titles, words

RECORDINGS = Path(__file__).parents[1] / "recordings"
VE = "/primaws/rest/pub/pnxs"
CLASSIC = "/primo_library/libweb/webservices/rest/primo-explore/v1/pnxs"
SETTINGS = PrimoSettings(vid="84ABC:V")


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS): ...


def document(own_id: str, title: str = "Sách", **delivery: object) -> dict[str, object]:
    pnx = {"control": {"recordid": [own_id]}, "display": {"title": [title]}, "addata": {}}
    return {"pnx": pnx, "delivery": delivery} if delivery else {"pnx": pnx}


def answer(total: int, *documents: dict[str, object]) -> str:
    return json.dumps({"info": {"total": total}, "docs": documents})


def q(expression: object, **filters: object) -> str:
    return primo_query(Query(expression, filters=Filters(**filters)), SETTINGS).q  # type: ignore[arg-type]


async def test_a_search_names_the_view_and_asks_for_no_delivery() -> None:
    server = Scripted(lambda _: answer(30, *(document(f"alma{at}") for at in range(10))))
    async with asked(
        SYSTEM, server, "https://tim.example.org/discovery/search?vid=x", vid="84ABC:V", tab="T", scope="S"
    ) as library:
        found = await library.search(words("kinh tế", Field.TITLE), Window(11, 10))
    (request,) = server.requests
    params = dict(request.url.params)
    assert request.url.path == VE
    assert {name: params[name] for name in ("q", "vid", "inst", "tab", "scope", "limit", "offset", "skipDelivery")} == {
        "q": "title,contains,kinh tế,AND", "vid": "84ABC:V", "inst": "84ABC", "tab": "T", "scope": "S", "limit": "10",
        "offset": "10", "skipDelivery": "Y",
    }  # fmt: skip
    assert (found.placed[0].place, found.has_more) == (11, True)


async def test_a_token_is_fetched_once_where_primo_wants_one() -> None:
    replay = Replay(RECORDINGS / "primo-phuhien" / "full-page")
    async with asked(
        SYSTEM, replay, vid="84PHU_INST:PHU", tab="LibraryCatalog", scope="MyInstitution", lang="vi"
    ) as library:
        for _ in range(2):
            assert len((await library.search(words("thương cảng"), Window(1, 2))).placed) == 2
    paths = [line.split(" ")[1].split("?")[0] for line in replay.asked]
    assert paths == [VE, "/primaws/rest/pub/institution/84PHU_INST/guestJwt", VE, VE]


async def test_the_token_goes_in_the_header() -> None:
    def reply(request: httpx.Request) -> str | tuple[int, str]:
        if "guestJwt" in request.url.path:
            return '"the.guest.token"'
        return answer(1, document("a")) if "Authorization" in request.headers else (401, "{}")

    server = Scripted(reply)
    async with asked(SYSTEM, server, vid="84ABC:V") as library:
        await library.search(words("a"), Window())
    assert server.requests[-1].headers["Authorization"] == "Bearer the.guest.token"
    assert "token" not in str(server.requests[-1].url)


async def test_the_interface_that_answers_is_remembered() -> None:
    server = Scripted(lambda request: answer(1, document("a")) if request.url.path == CLASSIC else (404, "<p>404"))
    async with asked(SYSTEM, server, vid="84ABC:V") as library:
        for _ in range(2):
            found = await library.search(words("a"), Window())
    assert [request.url.path for request in server.requests] == [VE, CLASSIC, CLASSIC]
    assert found.placed[0].record.url is not None
    assert "/primo-explore/fulldisplay?docid=a&context=L&vid=84ABC%3AV" in found.placed[0].record.url


async def test_a_server_that_gives_ten_at_once_is_asked_until_the_window_is_full() -> None:
    def reply(request: httpx.Request) -> str:
        offset = int(request.url.params["offset"])
        return answer(25, *(document(f"a{at}") for at in range(offset, min(offset + 10, 25))))

    server = Scripted(reply)
    async with asked(SYSTEM, server, vid="84ABC:V") as library:
        found = await library.search(words("a"), Window(1, 20))
    assert [placed.record.id for placed in found.placed] == [f"a{at}" for at in range(20)]
    assert (len(server.requests), found.has_more) == (2, True)


def test_parts_carry_the_operator_before_the_next() -> None:
    query = And((Clause("vi mô", field=Field.TITLE), Clause("mankiw", field=Field.PERSON), Not(Clause("bài tập"))))
    assert q(query) == "title,contains,vi mô,AND;creator,contains,mankiw,NOT;any,contains,bài tập,AND"
    assert q(Or((Clause("a", field=Field.TITLE), Clause("b")))) == "title,contains,a,OR;any,contains,b,AND"


def test_what_looks_in_one_field_is_one_value_with_booleans() -> None:
    query = And((Clause("a b"), Or((Clause("c"), Clause("d e", is_phrase=True))), Not(Clause("f"))))
    assert q(query) == 'any,contains,(a b) AND (c OR "d e") NOT f,AND'
    assert q(Clause("d e", is_phrase=True)) == "any,exact,d e,AND"
    assert q(Clause("kin", is_truncated=True)) == "any,contains,kin*,AND"


def test_what_cannot_be_said_is_given_up_aloud() -> None:
    query = Or((Clause("a", field=Field.TITLE), And((Clause("b"), Clause("c", field=Field.PERSON)))))
    found = primo_query(Query(query), SETTINGS)
    assert (found.q, [notice.code for notice in found.notices]) == (
        "title,contains,a,AND", ["notice.dropped-alternatives"],
    )  # fmt: skip
    assert [one.code for one in primo_query(Query(Clause("330", field=Field.CALL_NUMBER)), SETTINGS).notices] == [
        "notice.any-field"
    ]
    with pytest.raises(UnsupportedError):
        primo_query(Query(None, filters=Filters(year_from=2000)), SETTINGS)


@pytest.mark.parametrize("text", ["a,b;c", 'a,contains,x,AND;title,"b', "x OR (y NOT z)", "$$Qx|,|y"])
def test_separators_and_operators_among_the_words_are_none(text: str) -> None:
    value = q(Clause(text)).removeprefix("any,contains,").removesuffix(",AND")
    assert not set(value) & set(',;()"$|')
    assert not {"AND", "OR", "NOT"} & set(value.split())


def test_years_and_languages_are_facets() -> None:
    found = primo_query(Query(Clause("a"), filters=Filters(year_from=2010, languages=("vie",))), SETTINGS)
    assert found.filters == (("qInclude", "facet_searchcreationdate,exact,[2010 TO 9999]|,|facet_lang,exact,vie"),)
    several = primo_query(Query(Clause("a"), filters=Filters(languages=("vie", "eng"))), SETTINGS)
    assert several.filters == (("multiFacets", "facet_lang,include,vie|,|facet_lang,include,eng"),)
    assert several.unasked == Filters()


@pytest.mark.parametrize(
    ("told", "failure"),
    [
        ('{"info":{},"docs":[]}', UnreadableError),
        ('{"info":{"total":4},"docs":[]}', UnreadableError),
        ('{"errorCode":"500","errorMessage":"System error"}', FaultError),
        ("<html><title>Sign in</title><input type=password></html>", RefusedError),
        ((500, "<p>"), FaultError),
    ],
)
async def test_failures_are_named_by_who_must_act(told: str | tuple[int, str], failure: type[Exception]) -> None:
    async with asked(SYSTEM, Scripted(lambda _: told), vid="84ABC:V", way="ve") as library:
        with pytest.raises(failure):
            await library.search(words("sach"), Window())


def holding(status: str, shelf: str = "Kho A") -> dict[str, str]:
    return {"mainLocation": "Chính", "subLocation": shelf, "callNumber": "(330 K)", "availabilityStatus": status}


def records(*ids: str) -> list[Record]:
    return [Record(member="m", id=own_id, title="t") for own_id in ids]


async def test_copies_of_several_records_are_asked_for_at_once() -> None:
    def reply(request: httpx.Request) -> str:
        if request.method == "POST":
            return json.dumps([
                document("alma991", holding=[holding("available"), holding("unavailable", "Kho B")]),
                document("alma992", availability=["fulltext"], availabilityLinksUrl=["https://so.example.org/992"]),
            ])  # fmt: skip
        return json.dumps(document("alma993", bestlocation=holding("check_holdings")))

    server = Scripted(reply)
    async with asked(SYSTEM, server, vid="84ABC:V", scope="S") as library:
        assert isinstance(library, AvailabilityConnector)
        told = await library.availability(records("alma991", "alma992", "alma993"))
    batch, single = server.requests
    assert (batch.url.path, json.loads(batch.content)) == (
        "/primaws/rest/pub/delivery", ["alma991", "alma992", "alma993"],
    )  # fmt: skip
    assert batch.url.params["q"] == "any,contains,991 OR 992 OR 993,AND"
    assert single.url.path == f"{VE}/L/alma993"
    here, lent = told["alma991"]
    assert (here.branch, here.location, here.call_number) == ("Chính", "Kho A", "330 K")
    assert [one.available for holding in (here, lent) for one in holding.availability or ()] == [True, False]
    (online,) = told["alma992"]
    assert online.availability is not None
    assert (online.url, online.availability[0].service) == ("https://so.example.org/992", Service.REMOTE)
    assert told["alma993"][0].availability is None


async def test_where_lists_tell_nothing_records_are_asked_one_by_one_and_that_is_remembered() -> None:
    server = Scripted(
        lambda request: (
            (404, "") if request.method == "POST" else json.dumps(document("a", holding=[holding("available")]))
        )
    )
    async with asked(SYSTEM, server, vid="84ABC:V", most_items=1) as library:
        told = await library.availability(records("a", "b"))
        await library.availability(records("a"))
    assert [request.method for request in server.requests] == ["POST", "GET", "GET"]
    assert list(told) == ["a"]


async def test_classic_primo_is_asked_for_records_by_their_ids() -> None:
    server = Scripted(lambda _: answer(1, document("ABC_1", holding=[holding("available")])))
    async with asked(SYSTEM, server, vid="ABC", way="classic") as library:
        told = await library.availability(records("ABC_1"))
    assert server.requests[0].url.params["q"] == "rid,exact,ABC_1,AND"
    assert list(told) == ["ABC_1"]


ROW = (
    '<div class="EXLResult"><h2 class="EXLResultTitle"><a href="display.do?doc=D{0}">Sách {0}</a></h2>'
    '<h3 class="EXLResultAuthor">Lê A; Vũ B</h3><h3 class="EXLResultFourthLine">Hà Nội : Giáo dục, 2010</h3></div>'
)
OLD_PAGE = '<em class="x"></em><div class="EXLResultsNumbers"><em>1.250 kết quả</em></div>' + ROW.format(1)


async def test_the_oldest_pages_are_asked_by_deep_links_with_a_query_for_each_field() -> None:
    server = Scripted(lambda _: OLD_PAGE, "text/html")
    async with asked(SYSTEM, server, vid="ABC", way="pages") as library:
        wanted = And((Clause("a"), Clause("b c", field=Field.TITLE, is_phrase=True), Not(Clause("d"))))
        found = await library.search(Query(wanted, filters=Filters(year_from=2000)), Window(1, 1))
    assert (found.total, titles(found), found.has_more) == (1250, ["Sách 1"], True)
    assert codes(found) == ["notice.dropped-exclusion", "notice.filtered-here"]
    asked_for = server.requests[0].url.params
    assert asked_for.get_list("query") == ["any,contains,a", "title,exact,b c"]
    assert (asked_for["indx"], asked_for["bulkSize"]) == ("1", "1")
    record = found.placed[0].record
    assert ([one.name for one in record.people], record.year) == (["Lê A", "Vũ B"], 2010)
    assert (record.place, record.publisher) == ("Hà Nội", "Giáo dục")


async def test_the_oldest_pages_without_deep_links_take_words_only() -> None:
    server = Scripted(lambda asked: (404, "") if "dlSearch" in asked.url.path else OLD_PAGE, "text/html")
    async with asked(SYSTEM, server, vid="ABC", way="pages") as library:
        query = Query(And((Clause("a"), Clause("b", field=Field.TITLE))))
        found = await library.search(query, Window(1, 1))
    assert titles(found) == ["Sách 1"]
    assert codes(found) == ["notice.dropped-clause"]
    assert server.requests[1].url.params["vl(freeText0)"] == "a"


def test_a_page_that_has_changed_is_no_list() -> None:
    with pytest.raises(UnreadableError):
        listed_page(parse_html(b"<p>changed</p>"), "http://127.0.0.1/", "m", "")


@pytest.mark.parametrize(
    ("url", "body", "vid", "evidence"),
    [
        ("https://t.example.org/discovery/search?vid=84A:B&tab=T", b"<primo-explore><prm-x>", "84A:B", "sign.primo.ve"),
        (
            "http://t.example.org/primo-explore/search?vid=ABC",
            b"<div id='primoExploreRoot'>",
            "ABC",
            "sign.primo.classic",
        ),
        (
            "https://t.example.org/",
            b'<script src="/primaws/x.js"></script><a href="?vid=84A%3AB">',
            "84A:B",
            "sign.primo.ve",
        ),
    ],
)
def test_a_primo_is_told_by_its_addresses(url: str, body: bytes, vid: str, evidence: str) -> None:
    found = recognise(Page(url, 200, "text/html", body))
    assert found is not None
    assert (found.settings["vid"], found.evidence.code) == (vid, evidence)


def test_the_oldest_primo_is_told_by_the_ids_of_its_page() -> None:
    body = b'<div id="exlidHeaderContainer"><form name="searchForm" action="search.do"></form></div>'
    url = "http://t.example.org/primo_library/libweb/action/search.do?vid=ABC_V1"
    found = recognise(Page(url, 200, "text/html", body))
    assert found is not None
    assert (found.url, found.settings) == ("http://t.example.org", {"vid": "ABC_V1", "inst": "ABC"})


def test_a_primo_is_told_by_what_its_interface_says() -> None:
    url = "https://t.example.org/primaws/rest/pub/pnxs?q=any,contains,history"
    for status, body in ((200, answer(0)), (403, '{"errorCode":"401","errorMessage":"Unauthorized"}')):
        found = recognise_interface(Page(url, status, "application/json", body.encode()))
        assert found is not None
        assert (found.url, found.evidence.code) == ("https://t.example.org", "sign.primo.ve")
    assert recognise_interface(Page(url, 404, "text/html", b"<p>404</p>")) is None


def test_a_page_that_links_to_a_primo_elsewhere_is_none() -> None:
    html = b'<a href="https://tim.example.org/discovery/search?vid=84A:B">Tim</a> <a href="/primo_library/libweb/x">'
    assert recognise(Page("https://lib.example.org/", 200, "text/html", html)) is None
    assert recognise(Page("https://lib.example.org/discovery/search", 404, "text/html", b"not found")) is None


async def test_an_examination_tells_the_interface_and_the_copies() -> None:
    def reply(request: httpx.Request) -> str | tuple[int, str]:
        if "guestJwt" in request.url.path:
            return '"t.o.k"'
        if "Authorization" not in request.headers:
            return 401, "{}"
        return answer(2, document("alma1", holding=[holding("available")]))

    assert SYSTEM.examine is not None
    async with asked(SYSTEM, Scripted(reply), vid="84ABC:V") as library:
        found = await SYSTEM.examine(member(SYSTEM, "http://127.0.0.1"), SETTINGS, library._door)
    assert [(one.what, one.is_well) for one in found] == [("way", True), ("token", True), ("availability", True)]
