"""An Aleph is asked by its X-server: a set is found, then presented; its copies are told by one of two services."""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec
import pytest

from connectors.aleph import SYSTEM
from connectors.aleph.items import circ_status, published
from connectors.aleph.request import aleph_query
from connectors.aleph.settings import AlephSettings
from connectors.aleph.signs import recognise_page, recognise_x_server
from connectors.battery import Battery
from connectors.formats import record_from_xml
from connectors.reading.xml import parse_xml
from engine.errors import FaultError, RefusedError, UnreadableError, UnsupportedError
from engine.model import And, Clause, Field, Filters, Not, Or, Query, Record, Service, Window
from engine.ports import AvailabilityConnector, Page
from tests.connectors.asked import Scripted, asked, codes, member, titles, words

RECORDINGS = Path(__file__).parents[1] / "recordings"
SETTINGS = AlephSettings(base="ABC01")
EMPTY = "<find><error>empty set</error></find>"


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS): ...


def found(total: int = 3, entries: int | None = None, number: str = "000007") -> str:
    return (
        f"<find><set_number>{number}</set_number><no_records>{total:09}</no_records>"
        f"<no_entries>{total if entries is None else entries:09}</no_entries><session-id>S1</session-id></find>"
    )


def presented(*places: int) -> str:
    rows = "".join(
        f"<record><record_header><set_entry>{place:09}</set_entry></record_header><doc_number>{place:09}</doc_number>"
        f'<metadata><oai_marc><varfield id="245" i1="0" i2="0"><subfield label="a">Sách {place}</subfield></varfield>'
        "</oai_marc></metadata></record>"
        for place in places
    )
    return f"<present>{rows}<session-id>S1</session-id></present>"


def server_of(total: int) -> Scripted:
    def answer(request: httpx.Request) -> str:
        if request.url.params["op"] == "find":
            return found(total)
        first, last = map(int, request.url.params["set_entry"].split("-"))
        return presented(*range(first, last + 1))

    return Scripted(answer, "text/xml")


def ops(server: Scripted) -> list[str]:
    return [request.url.params["op"] for request in server.requests]


async def test_a_next_page_costs_no_second_find() -> None:
    server = server_of(60)
    async with asked(SYSTEM, server, base="ABC01", max_records=20) as library:
        first = await library.search(words("sách"), Window(1, 40))
        rest = await library.search(words("sách"), Window(41, 40))
    assert ops(server) == ["find", "present", "present", "present"]
    assert (first.placed[-1].place, first.has_more, len(rest.placed), rest.has_more) == (40, True, 20, False)
    assert dict(server.requests[1].url.params)["session-id"] == "S1"


async def test_a_set_that_the_server_forgot_is_found_again() -> None:
    presents = iter(("<present><error>There is no entry number: 3 in set number given</error></present>", presented(3)))

    def answer(request: httpx.Request) -> str:
        if request.url.params["op"] == "find":
            return found()
        return presented(1, 2) if request.url.params["set_entry"].endswith("2") else next(presents)

    server = Scripted(answer, "text/xml")
    async with asked(SYSTEM, server, base="ABC01") as library:
        await library.search(words("sách"), Window(1, 2))
        rest = await library.search(words("sách"), Window(3, 1))
    assert (titles(rest), ops(server)) == (["Sách 3"], ["find", "present", "present", "find", "present"])


async def test_a_code_that_a_library_has_not_is_given_up_and_remembered() -> None:
    def answer(request: httpx.Request) -> str:
        if request.url.params.get("code") == "WTI":
            return "<find><error>Illegal find code</error></find>"
        return found(1) if request.url.params["op"] == "find" else presented(1)

    server = Scripted(answer, "text/xml")
    async with asked(SYSTEM, server, base="ABC01") as library:
        for _ in range(2):
            answered = await library.search(words("sách", Field.TITLE), Window())
            assert codes(answered) == ["notice.any-field"]
    assert [request.url.params.get("code") for request in server.requests] == ["WTI", "WRD", None, None]


def test_several_clauses_are_said_in_alephs_command_language() -> None:
    query = And((
        Clause("vi mô", field=Field.TITLE), Or((Clause("a"), Clause("b", field=Field.PERSON, is_truncated=True))),
        Not(Clause("c")),
    ))  # fmt: skip
    asked_for = aleph_query(
        Query(query, filters=Filters(year_from=2010)), msgspec.structs.replace(SETTINGS, year_code="WYR")
    )
    assert asked_for.pairs == (
        ("request", "(WTI=(vi mô) and (WRD=(a) or WAU=(b?)) not WRD=(c)) and WYR=(2010->9999)"),
    )  # fmt: skip


def test_a_phrase_is_one_by_itself_and_words_among_others() -> None:
    phrase = Clause("vi mô", is_phrase=True)
    assert aleph_query(Query(phrase), SETTINGS).pairs[-1] == ("adjacent", "Y")
    found = aleph_query(Query(And((phrase, Clause("a")))), SETTINGS)
    assert [notice.code for notice in found.notices] == ["notice.no-phrases"]


@pytest.mark.parametrize("text", ["a) or WRD=(b", "x=y", "a and not b", 'a" % "b', "2010->2020 | !1"])
def test_operators_among_the_words_are_left_out(text: str) -> None:
    (_, request) = aleph_query(Query(Clause(text)), SETTINGS).pairs
    assert not set(request[1]) & set('=()"%!|>&?*')
    assert not {"and", "or", "not"} & set(request[1].split())


def test_nothing_but_operators_is_not_asked() -> None:
    for expression in (Clause("and () ="), Or((Clause("="), Clause("not"))), None):
        with pytest.raises(UnsupportedError):
            aleph_query(Query(expression), SETTINGS)


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        ("<find><error>Oracle: ORA-01034</error></find>", FaultError),
        ("<login><error>no op</error></login>", RefusedError),
        ("<html><head><title>Log on</title></head><input type='password'></html>", RefusedError),
        ("<present/>", UnreadableError),
        ("<find><set_number>1</set_number></find>", UnreadableError),
    ],
)
async def test_failures_are_named_by_who_must_act(body: str, failure: type[Exception]) -> None:
    async with asked(SYSTEM, Scripted(lambda _: body, "text/xml"), base="ABC01") as library:
        with pytest.raises(failure):
            await library.search(words("sach"), Window())


CIRC = """<circ-status>
<item-data><z30-description>T.1</z30-description><loan-status>Loan</loan-status><due-date>24/12/2026</due-date>
<sub-library>Kho A</sub-library><collection>Tầng 2</collection><location>330 K312</location><barcode>B1</barcode>
<opac-note/></item-data>
<item-data><loan-status>General coll.</loan-status><due-date>On Shelf</due-date><barcode>B2</barcode></item-data>
<item-data><loan-status>Đọc tại chỗ</loan-status><due-date/><barcode>B3</barcode></item-data>
<item-data><loan-status>BOOK IS LOST*</loan-status><due-date/><barcode>B4</barcode></item-data>
<item-data><loan-status/><due-date/><barcode>B5</barcode></item-data>
</circ-status>"""


def test_copies_are_on_loan_by_a_date_and_here_without_one() -> None:
    holdings = circ_status(CIRC.encode())
    told = {
        holding.item: [(one.service, one.available, one.expected) for one in holding.availability or ()]
        for holding in holdings
    }
    assert told == {
        "B1": [(Service.LOAN, False, "2026-12-24")],
        "B2": [(Service.LOAN, True, None)],
        "B3": [(Service.LOAN, False, None), (Service.PRESENTATION, True, None)],
        "B4": [(Service.LOAN, False, None)],
        "B5": [],
    }
    first = holdings[0]
    assert (first.branch, first.location, first.call_number, first.note) == ("Kho A", "Tầng 2", "330 K312", "T.1")


PUBLISHED = """<publish-avail><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>
<record><header><identifier>aleph-publish:000000011</identifier></header><metadata>
<record xmlns="http://www.loc.gov/MARC21/slim"><leader>x</leader><datafield tag="AVA" ind1=" " ind2=" ">
<subfield code="b">Kho đọc</subfield><subfield code="d">1 A</subfield><subfield code="e">unavailable</subfield>
<subfield code="f">3</subfield><subfield code="g">3</subfield></datafield></record></metadata></record>
<record><header><identifier>aleph-publish:000000012</identifier></header><metadata>
<record xmlns="http://www.loc.gov/MARC21/slim"><leader>x</leader></record></metadata></record>
<record><header><identifier>aleph-publish:000000013</identifier></header></record>
</ListRecords></OAI-PMH><session-id>S</session-id></publish-avail>"""


def records(*numbers: int) -> list[Record]:
    return [Record(member="m", id=f"{number:09}", title="t") for number in numbers]


async def test_ten_records_copies_are_asked_for_at_once_where_aleph_publishes_them() -> None:
    server = Scripted(lambda _: PUBLISHED, "text/xml")
    async with asked(SYSTEM, server, base="ABC01", library="ABC50") as library:
        assert isinstance(library, AvailabilityConnector)
        told = await library.availability(records(11, 12, 13))
    (request,) = server.requests
    assert dict(request.url.params) == {
        "op": "publish_avail", "library": "ABC50", "doc_num": "000000011,000000012,000000013",
    }  # fmt: skip
    assert (sorted(told), told["000000012"]) == (["000000011", "000000012"], ())
    (holding,) = told["000000011"]
    assert (holding.copies, holding.copies_available, holding.branch) == (3, 0, "Kho đọc")
    assert published(PUBLISHED.encode())["11"] == (holding,)


async def test_where_it_does_not_each_record_is_asked_for_and_that_is_remembered() -> None:
    server = Scripted(
        lambda request: CIRC if request.url.params["op"] == "circ_status" else "<login><error>no op</error></login>",
        "text/xml",
    )
    async with asked(SYSTEM, server, base="ABC01", most_items=2) as library:
        told = await library.availability(records(1, 2, 3))
        await library.availability(records(4))
    assert ops(server) == ["publish_avail", "circ_status", "circ_status", "circ_status"]
    assert sorted(told) == ["000000001", "000000002"]


def test_oai_marc_is_read_as_marc_whatever_its_form() -> None:
    text = (
        '<oai_marc xmlns="urn:x"><fixfield id="LDR">^^^^^nam^^22^^^^^^a^4500</fixfield>'
        '<fixfield id="001">"77"</fixfield>'
        '<fixfield id="008">070312s2007^^^^vm^^^^^^^^^^^^000^0^vie^d</fixfield><varfield id="245" i1="1">'
        '<subfield label="a">Đèn <b>cù</b></subfield></varfield></oai_marc>'
    )
    record = record_from_xml(parse_xml(text.encode()), member="m")
    assert (record.id, record.title, record.year, record.languages) == ("77", "Đèn cù", 2007, ("vie",))


def test_an_aleph_is_told_by_its_links_and_its_x_server() -> None:
    html = b'<title>OPAC</title><a href="/F/XYZ-1?func=find-b-0&amp;local_base=ABC01">tim</a>'
    by_page = recognise_page(Page("http://127.0.0.1/lib", 200, "text/html", html))
    assert by_page is not None
    assert (by_page.url, by_page.settings, by_page.is_sure) == ("http://127.0.0.1", {"base": "ABC01"}, True)
    by_x = recognise_x_server(Page("http://127.0.0.1:8991/X?op=find", 200, "text/xml", EMPTY.encode()))
    assert by_x is not None
    assert by_x.url == "http://127.0.0.1:8991"
    for other in (b"<error>x</error>", b"<html><a href='/opac?func=1'>x</a></html>", b"<rss><error/></rss>"):
        page = Page("http://127.0.0.1/X?op=find", 200, "text/html", other)
        assert recognise_page(page) is None
        assert recognise_x_server(page) is None


async def test_an_examination_tells_which_codes_work() -> None:
    def answer(request: httpx.Request) -> str:
        params = request.url.params
        if params["op"] == "find":
            return "<find><error>Illegal find code</error></find>" if params.get("code") == "WSU" else found(1)
        return presented(1) if params["op"] == "present" else PUBLISHED.replace("000000011", "000000001")

    server = Scripted(answer, "text/xml")
    assert SYSTEM.examine is not None
    async with asked(SYSTEM, server, base="ABC01") as library:
        told = await SYSTEM.examine(member(SYSTEM, "http://127.0.0.1"), SETTINGS, library._door)
    assert [(one.what, one.is_well) for one in told] == [
        ("x-server", True), ("field.title", True), ("field.person", True), ("field.subject", False), ("copies", True),
    ]  # fmt: skip
