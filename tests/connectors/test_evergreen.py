from __future__ import annotations

from pathlib import Path

import pytest

from connectors.battery import Battery
from connectors.evergreen import SYSTEM, EvergreenConnector, EvergreenSettings
from connectors.evergreen.reading import holdings_of
from connectors.evergreen.request import said
from connectors.evergreen.signs import recognise_description, recognise_page
from connectors.http import open_client
from connectors.http.recording import Replay
from connectors.reading.xml import parse_xml
from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Query, Record, Window
from engine.ports import Door, Member, Names, Page

RECORDINGS = Path(__file__).parents[1] / "recordings"
MEMBER = Member(id="evergreen-dalat", system="evergreen", url="https://catalog.dalat.example.org", name=Names("a", "b"))


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS):
    """Evergreen by OpenSearch."""


def _connector(replay: Replay, settings: EvergreenSettings | None = None) -> EvergreenConnector:
    client = open_client(MEMBER, user_agent="test", clock=lambda: 0.0, transport=replay)
    settings = settings or EvergreenSettings(org_unit="DLAT")
    return EvergreenConnector(MEMBER, settings, Door(client=client, clock=lambda: 0.0))


@pytest.mark.parametrize(
    ("expression", "terms"),
    [
        (Clause("kinh tế", is_phrase=True), '"kinh tế"'),
        (Clause("kinh", is_truncated=True), "kinh*"),
        (Clause("9786046512349", Field.ISBN), "identifier|isbn:(9786046512349)"),
        (And((Clause("vi mô"), Clause("mankiw", Field.PERSON))), "vi mô && author:(mankiw)"),
        (And((Clause("luật"), Not(Clause("dân sự")))), "luật && -(dân sự)"),
        (And((Clause("a"), Or((Clause("b"), Clause("c", Field.TITLE))))), "a && (b || title:(c))"),
    ],
)
def test_a_question_is_said_in_the_words_of_the_query_parser(expression: Expression, terms: str) -> None:
    assert said(expression, Filters()).terms == terms


def test_one_field_is_asked_by_its_search_class() -> None:
    assert said(Clause("vi mô", Field.TITLE), Filters()) == ("vi mô", "title")


def test_years_and_languages_are_filters_of_the_query() -> None:
    filters = Filters(year_from=2000, languages=("vie", "eng"))
    assert said(Clause("sử"), filters).terms == "sử between(2000,9999) item_lang(vie,eng)"


@pytest.mark.parametrize("text", ["site(BR1) luật", "title:x", 'a" || "b', "#available x", "x -y", "a/../b?c"])
def test_no_operator_and_no_filter_gets_through(text: str) -> None:
    assert not set(said(Clause(text), Filters()).terms) & set('()":|&#/?*')


async def test_the_copies_of_several_records_are_asked_for_at_once(tmp_path: Path) -> None:
    text = next((RECORDINGS / "evergreen-dalat" / "full-page").glob("*.exchange")).read_text()
    body = text.partition("\n\n")[2]
    target = "/opac/extras/opensearch/1.1/DLAT/marcxml-full/keyword/record_list%283021%2C3044%29?startPage=1&count=2"
    (tmp_path / "001.exchange").write_text(f"> GET {target}\n< 200\n\n{body}")
    replay = Replay(tmp_path)
    records = [Record(member="evergreen-dalat", id=number, title="x") for number in ("3021", "3044")]
    found = await _connector(replay).availability(records)
    assert {number: len(holdings) for number, holdings in found.items()} == {"3021": 3, "3044": 1}
    assert len(replay.asked) == 1


async def test_copies_are_asked_for_one_by_one_where_they_do_not_come_at_once(tmp_path: Path) -> None:
    base = "/opac/extras/opensearch/1.1/DLAT/marcxml-full/keyword/record_list%281%2C2%29?startPage=1&count=2"
    empty = '<collection xmlns="http://www.loc.gov/MARC21/slim"><totalResults>0</totalResults></collection>'
    (tmp_path / "001.exchange").write_text(f"> GET {base}\n< 200\n\n{empty}")
    for number in (1, 2):
        tag = f"tag%3A%3AU2%40bre%2F{number}%7Bholdings_xml%2Cacn%2Cacp%7D%2FDLAT%2F0"
        target = f"/opac/extras/unapi?id={tag}&format=holdings_xml-full"
        (tmp_path / f"00{number + 1}.exchange").write_text(f"> GET {target}\n< 200\n\n<holdings><volumes/></holdings>")
    replay = Replay(tmp_path)
    records = [Record(member="evergreen-dalat", id=str(number), title="x") for number in (1, 2)]
    connector = _connector(replay)
    assert await connector.availability(records) == {"1": (), "2": ()}
    await connector.availability(records)
    assert len(replay.asked) == 5  # it is remembered that they do not come at once


def test_hidden_and_deleted_copies_are_not_told() -> None:
    xml = """<holdings><volumes><volume label="A 1" deleted="false" opac_visible="true"><copies>
    <copy barcode="1" deleted="t"><status ident="0">x</status></copy>
    <copy barcode="2" opac_visible="f"><status ident="0">x</status></copy>
    <copy barcode="3"><status ident="3" opac_visible="false">Lost</status></copy>
    <copy barcode="4"><status ident="102" is_available="t">Trưng bày</status></copy></copies></volume></volumes>
    </holdings>"""
    (copy,) = holdings_of(parse_xml(xml.encode())) or ()
    assert (copy.item, copy.call_number) == ("4", "A 1")
    assert copy.availability is not None
    assert copy.availability[0].available


async def test_deeper_windows_ask_for_the_page_they_lie_on() -> None:
    replay = Replay([])
    with pytest.raises(LookupError, match="startPage=3&count=20"):
        await _connector(replay).search(Query(Clause("luật")), Window(41, 20))


def test_evergreen_is_told_by_its_search_description() -> None:
    body = b"""<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/"><ShortName>CONS</ShortName>
    <Url type="application/x-marcxml+xml" template="https://c.example.org/opac/extras/opensearch/1.1/CONS/marcxml/keyword/?searchTerms={searchTerms}"/>
    <LongName>Search CONS</LongName></OpenSearchDescription>"""
    page = Page("https://c.example.org/opac/extras/opensearch/1.1/-/keyword/osd.xml", 200, "application/xml", body)
    found = recognise_description(page)
    assert found is not None
    assert (found.url, found.name) == ("https://c.example.org/", "CONS")


def test_evergreen_is_told_by_its_search_box_and_unapi_server() -> None:
    body = b"""<html><head><title>Catalog - Thu vien</title>
    <link rel="unapi-server" type="application/xml" title="unAPI" href="/opac/extras/unapi"></head>
    <body><form action="/eg/opac/results"><input name="query"></form></body></html>"""
    found = recognise_page(Page("https://c.example.org/eg/opac/home", 200, "text/html", body))
    assert found is not None
    assert (found.url, found.is_sure) == ("https://c.example.org/", True)


def test_another_search_description_is_not_taken_for_evergreen() -> None:
    body = b"<OpenSearchDescription><Url template='https://x/cgi-bin/koha/opac-search.pl?q={searchTerms}'/></OpenSearchDescription>"
    assert recognise_description(Page("https://x/", 200, "application/xml", body)) is None
