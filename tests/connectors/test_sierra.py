from __future__ import annotations

from pathlib import Path

import pytest

from connectors.battery import Battery
from connectors.formats.marc_text import marc_of_text, record_from_marc_text
from connectors.http import open_client
from connectors.http.recording import Replay
from connectors.reading.html import parse_html
from connectors.reading.innovative import availability_of, copies_in
from connectors.sierra import SYSTEM, SierraConnector, SierraSettings
from connectors.sierra.pages import copies_of, hits_of
from connectors.sierra.request import asked, page_url, spoken
from connectors.sierra.signs import recognise
from engine.errors import RefusedError, UnreadableError
from engine.model import And, Clause, Expression, Field, Holding, Not, Or, Query, Record, Window
from engine.ports import Door, Member, Names, Page

RECORDINGS = Path(__file__).parents[1] / "recordings"
SPOKEN = spoken(SierraSettings())


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS):
    """Sierra with a scope and MARC views, Millennium without."""


def _connector(replay: Replay, url: str, settings: SierraSettings) -> SierraConnector:
    member = Member(id="m", system="sierra", url=url, name=Names("a", "b"))
    client = open_client(member, user_agent="test", clock=lambda: 0.0, transport=replay)
    return SierraConnector(member, settings, Door(client=client, clock=lambda: 0.0))


@pytest.mark.parametrize(
    ("expression", "letter", "words"),
    [
        (Clause("kinh tế"), "X", "kinh tế"),
        (Clause("kinh tế", is_phrase=True), "X", '"kinh tế"'),
        (Clause("kinh", Field.TITLE, is_truncated=True), "X", "t:(kinh*)"),
        (Clause("9786046512349", Field.ISBN), "i", "9786046512349"),
        (And((Clause("luật"), Not(Clause("dân sự")))), "X", "luật and not (dân sự)"),
        (Or((Clause("a", Field.PERSON), And((Clause("b"), Clause("c"))))), "X", "a:(a) or (b and c)"),
        (Clause("war and peace"), "X", "war peace"),
    ],
)
def test_a_question_is_said_as_webpac_reads_it(expression: Expression, letter: str, words: str) -> None:
    assert asked(expression, SPOKEN) == (letter, words)


@pytest.mark.parametrize("text", ['a" or "b', "t:(x) and (y", "x*", "a&SORT=D&searchscope=9", "[1..2]"])
def test_no_operator_gets_through(text: str) -> None:
    assert not set(asked(Clause(text), SPOKEN).words) & set('"():*&[]=')


def test_a_page_is_found_from_a_link_to_another() -> None:
    assert page_url("/search/X?/Xa/Xa/51,234,234,B/browse", 1, 50) == "/search/X?/Xa/Xa/1,234,234,B/browse"
    assert page_url("/search/X?/Xa/frameset", 60, 50) is None


async def test_a_deep_window_costs_the_first_page_and_its_own() -> None:
    replay = Replay(RECORDINGS / "sierra-camranh" / "next-page")
    connector = _connector(replay, "http://library.camranh.example.org", SierraSettings(record_pages=0, sort=""))
    answer = await connector.search(Query(Clause("biển")), Window(5, 2))
    assert [(placed.place, placed.record.id) for placed in answer.placed] == [(5, "b1100059")]
    assert len(replay.asked) == 2


async def test_no_more_marc_views_are_read_than_the_settings_allow() -> None:
    replay = Replay(RECORDINGS / "sierra-haiphong" / "full-page")
    settings = SierraSettings(scope="18", language="vie", sort="DZ", record_pages=1)
    connector = _connector(replay, "https://opac.haiphong.example.org", settings)
    answer = await connector.search(Query(Clause("kinh tế vi mô")), Window())
    assert len(replay.asked) == 2
    brief = answer.placed[1].record
    assert (brief.title, brief.year, brief.publisher) == ("Principles of microeconomics", 2012, "South-Western")
    assert [(notice.code, notice.values) for notice in answer.notices] == [("notice.brief-records", {"count": 1})]


async def test_copies_are_asked_for_record_by_record(tmp_path: Path) -> None:
    page = (
        '<html><body><div class="bibInfoData">x</div><table class="bibItems"><tr class="bibItemsEntry">'
        "<td>Kho A</td><td>005 NGU</td><td>AVAILABLE</td></tr></table></body></html>"
    )
    (tmp_path / "1.exchange").write_text(f"> GET /record=b1000001~S1\n< 200\n< Content-Type: text/html\n\n{page}")
    connector = _connector(Replay(tmp_path), "https://x.example.org", SierraSettings(scope="1"))
    records = [Record(member="m", id=number, title="x") for number in ("b1000001", "content-7")]
    found = await connector.availability(records)
    assert list(found) == ["b1000001"]
    assert found["b1000001"][0].location == "Kho A"


@pytest.mark.parametrize(
    ("status", "loan", "expected"),
    [
        ("CHECK SHELVES", True, None),
        ("NOT CHCKD OUT", True, None),
        ("Còn trên giá", True, None),
        ("DUE 12-25-26", False, "2026-12-25"),
        ("DUE 05-06-26", False, "unknown"),
        ("ĐANG MƯỢN", False, "unknown"),
        ("LIB USE ONLY", False, None),
    ],
)
def test_a_status_means_what_its_words_say(status: str, loan: bool, expected: str | None) -> None:
    found = availability_of(status)
    assert found is not None
    assert (found[0].available, found[0].expected) == (loan, expected)


def test_an_unknown_status_is_told_and_not_guessed() -> None:
    table = parse_html(b"<table><tr class='bibItemsEntry'><td>A</td><td>1</td><td>XYZZY</td></tr></table>")
    assert table.table is not None
    assert copies_in(table.table) == (Holding(location="A", call_number="1", note="XYZZY"),)


def test_a_login_page_is_refused() -> None:
    page = parse_html(b"<html><title>CAS</title><body><form><input type=password></form></body></html>")
    with pytest.raises(RefusedError):
        hits_of(page, url="https://x.example.org/", member="m")


def test_a_page_of_no_record_says_nothing_of_copies() -> None:
    assert copies_of(parse_html(b"<html><body>x</body></html>")) is None


def test_unimarc_is_told_by_its_fields() -> None:
    record = record_from_marc_text("001    7\n200 1  Luật dân sự|fLê Văn A\n210    Hà Nội|cTư pháp|d2001", member="m")
    assert (record.title, record.year) == ("Luật dân sự", 2001)


@pytest.mark.parametrize("text", ["", "no fields here", "LEADER 00000nam", "245"])
def test_a_text_without_fields_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableError):
        marc_of_text(text)


def test_webpac_is_told_by_its_addresses_and_scope_and_language_are_filled_in() -> None:
    body = b"""<html><head><title>Thu vien mau /Tat ca</title></head><body>
    <a href="/search~S18*vie/t">Nhan de</a><input name="searcharg"></body></html>"""
    found = recognise(Page("https://opac.example.org/screens/opacmenu.html", 200, "text/html", body))
    assert found is not None
    assert (found.url, found.settings) == ("https://opac.example.org/", {"scope": "18", "language": "vie"})
    assert found.is_sure


def test_an_encore_is_not_taken_for_a_webpac() -> None:
    body = b'<html><body><a href="/iii/encore/home">x</a><a href="/search~S1/X">classic</a></body></html>'
    assert recognise(Page("https://encore.example.org/", 200, "text/html", body)) is None


async def test_a_skin_that_tells_neither_count_nor_numbers_is_read_with_the_number_of_the_marc_view(
    tmp_path: Path,
) -> None:
    row = (
        '<tr><td class="briefCitRow"><h2 class="briefcitTitle"><a href="/search~S1?/Xluat/Xluat/{0}%2C3%2C3%2CB/'
        'frameset&FF=Xluat&{0}%2C{0}%2C">Luật {0}</a></h2></td></tr>'
    )
    pager = '<a href="/search~S1?/Xluat/Xluat/3%2C3%2C3%2CB/browse">Tiếp</a>'
    marc = "<pre>LEADER 00000nam\n245 10 Luật số {0}\n907    .b100000{0}|b01-01-20</pre>"
    html = "<html><body>{}</body></html>"
    link = "/search~S1?/Xluat/Xluat/{0}%2C3%2C3%2CB/{1}&FF=Xluat&{0}%2C{0}%2C"
    pages = {
        "/search~S1/X?SEARCH=lu%E1%BA%ADt&searchscope=1&SORT=D": html.format(
            "<table>" + row.format(1) + row.format(2) + "</table>" + pager
        ),
        "/search~S1?/Xluat/Xluat/3%2C3%2C3%2CB/browse": html.format("<table>" + row.format(3) + "</table>" + pager),
        **{link.format(number, "marc"): html.format(marc.format(number)) for number in (1, 2, 3)},
    }
    for at, (target, body) in enumerate(pages.items()):
        (tmp_path / f"{at}.exchange").write_text(f"> GET {target}\n< 200\n< Content-Type: text/html\n\n{body}")
    connector = _connector(Replay(tmp_path), "https://x.example.org", SierraSettings(scope="1"))
    answer = await connector.search(Query(Clause("luật")), Window(1, 3))
    assert [(placed.place, placed.record.id, placed.record.title) for placed in answer.placed] == [
        (1, "b1000001", "Luật số 1"),
        (2, "b1000002", "Luật số 2"),
        (3, "b1000003", "Luật số 3"),
    ]
    assert answer.placed[2].record.url == "https://x.example.org/record=b1000003~S1"
