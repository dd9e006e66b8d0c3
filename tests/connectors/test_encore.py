from __future__ import annotations

from pathlib import Path

import pytest

from connectors.battery import Battery
from connectors.encore import SYSTEM, EncoreConnector, EncoreSettings
from connectors.encore.pages import copies_of, hits_of
from connectors.encore.request import marc_url, said, search_url
from connectors.encore.signs import recognise
from connectors.http import open_client
from connectors.http.recording import Replay
from connectors.reading.html import parse_html
from engine.errors import UnreadableError
from engine.model import And, Clause, Expression, Field, Filters, Holding, Or, Query, Record, Window
from engine.ports import Door, Member, Names, Page

RECORDINGS = Path(__file__).parents[1] / "recordings"


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS):
    """Encore with MARC views, and without."""


def _connector(replay: Replay, url: str, settings: EncoreSettings) -> EncoreConnector:
    member = Member(id="m", system="encore", url=url, name=Names("a", "b"))
    client = open_client(member, user_agent="test", clock=lambda: 0.0, transport=replay)
    return EncoreConnector(member, settings, Door(client=client, clock=lambda: 0.0))


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (Clause("kinh tế", is_phrase=True), '"kinh tế"'),
        (Clause("kinh", is_truncated=True), "kinh*"),
        (Clause("9786046512349", Field.ISBN), "9786046512349"),
        (Clause("vi mô", Field.TITLE), "t:(vi mô)"),
        (And((Clause("luật"), Or((Clause("a", Field.PERSON), Clause("b"))))), "luật (a:(a) | b)"),
        (Clause("DO NOT enter"), "DO not enter"),
    ],
)
def test_a_question_is_said_as_encore_reads_it(expression: Expression, words: str) -> None:
    assert said(expression) == words


@pytest.mark.parametrize("text", ["a__Ff:facets", "x/../y", "t:(z", 'a" b', "C__Rb1", "a?lang=x&suite=y"])
def test_words_stay_one_part_of_the_path(text: str) -> None:
    url = search_url("https://x.example.org", said(Clause(text)), EncoreSettings(), page=1)
    path = url.removeprefix("https://x.example.org/iii/encore/search/C__S")
    assert path.endswith("__Orightresult__U?lang=eng")
    assert "__" not in path.removesuffix("__Orightresult__U?lang=eng")
    assert "/" not in path


def test_pages_count_from_nought_behind_the_words() -> None:
    url = search_url("https://x.example.org/", "lu", EncoreSettings(language="vie", suite="cobalt"), page=3)
    assert url == "https://x.example.org/iii/encore/search/C__Slu__P0%2C2__Orightresult__U__X0?lang=vie&suite=cobalt"


def test_a_link_without_parameters_has_a_marc_view_too() -> None:
    assert marc_url("https://x.example.org/iii/encore/record/C__Rb1") == (
        "https://x.example.org/iii/encore/record/C__Rb1?marcData=Y"
    )


async def test_the_page_size_is_learned_and_the_next_question_begins_with_it() -> None:
    replay = Replay(RECORDINGS / "encore-rachgia" / "small-pages")
    connector = _connector(replay, "http://kham-pha.rachgia.example.org/", EncoreSettings(record_pages=0))
    query = Query(Clause("sơn nam", Field.PERSON))
    await connector.search(query, Window())
    again = await connector.search(query, Window(3, 20))
    assert [(placed.place, placed.record.id) for placed in again.placed] == [(3, "b2000038")]
    assert len(replay.asked) == 3


async def test_filters_are_applied_here() -> None:
    replay = Replay(RECORDINGS / "encore-rachgia" / "small-pages")
    connector = _connector(replay, "http://kham-pha.rachgia.example.org/", EncoreSettings(record_pages=0))
    answer = await connector.search(Query(Clause("sơn nam", Field.PERSON), Filters(year_from=1970)), Window())
    assert [placed.record.id for placed in answer.placed] == ["b2000038"]
    assert "notice.filtered-here" in [notice.code for notice in answer.notices]


async def test_copies_are_asked_for_record_by_record(tmp_path: Path) -> None:
    page = (
        '<html><body><div class="dpBibTitle">x</div><table class="itemTable"><tr><th>Kho</th></tr>'
        "<tr><td>Kho A</td><td>005 NGU</td><td>CHECK SHELF</td></tr></table></body></html>"
    )
    target = "/iii/encore/record/C__Rb1000001"
    (tmp_path / "1.exchange").write_text(f"> GET {target}\n< 200\n< Content-Type: text/html\n\n{page}")
    replay = Replay(tmp_path)
    connector = _connector(replay, "https://x.example.org", EncoreSettings(item_pages=1))
    records = [Record(member="m", id=number, title="x") for number in ("b1000001", "b1000002")]
    found = await connector.availability(records)
    assert list(found) == ["b1000001"]
    assert found["b1000001"][0].availability is not None
    assert len(replay.asked) == 1


def test_a_count_without_hits_is_not_told_as_none() -> None:
    page = parse_html(b'<html><body><span class="noResultsHideMessage">1 - 25 of 234</span></body></html>')
    assert hits_of(page, url="https://x.example.org/", member="m").total == 234


def test_another_page_is_not_told_as_none() -> None:
    with pytest.raises(UnreadableError):
        hits_of(parse_html(b"<html><title>Home</title><body>x</body></html>"), url="https://x/", member="m")


def test_a_record_without_copies_has_none() -> None:
    page = parse_html(b'<html><body><div class="dpBibTitle">x</div></body></html>')
    assert copies_of(page) == ()
    assert copies_of(parse_html(b"<html><body>x</body></html>")) is None


def test_a_table_without_comments_is_read_by_its_order() -> None:
    page = parse_html(
        b'<html><table class="itemTable"><tr><td>Kho A</td><td>005</td><td>LIB USE ONLY</td></tr></table></html>'
    )
    (copy,) = copies_of(page) or ()
    assert (copy.location, copy.call_number) == ("Kho A", "005")
    assert copy != Holding()


def test_encore_is_told_by_its_search_box() -> None:
    body = b"""<html><head><title>Encore -- Thu vien mau</title></head><body>
    <form action="/iii/encore/search"><input id="searchString"></form><a href="/iii/encore/home?lang=vie">x</a>
    </body></html>"""
    found = recognise(Page("https://encore.example.org/iii/encore/?lang=vie", 200, "text/html", body))
    assert found is not None
    assert (found.url, found.settings, found.name) == (
        "https://encore.example.org/",
        {"language": "vie"},
        "Thu vien mau",
    )


def test_a_link_to_an_encore_elsewhere_is_no_sign() -> None:
    body = b'<html><body><a href="https://encore.example.org/iii/encore/home">Encore</a></body></html>'
    assert recognise(Page("https://lib.example.org/", 200, "text/html", body)) is None
