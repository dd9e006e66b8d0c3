"""eMicLib: two generations of JSON, two of pages, the cheapest way that works remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.battery import Battery
from connectors.emiclib import SYSTEM, EmiclibSettings
from connectors.emiclib.api import read_items, search_url, words_by_field
from connectors.emiclib.connector import page_url
from connectors.emiclib.copies import read_copies
from connectors.emiclib.settings import Way
from connectors.http import open_client
from connectors.http.recording import Replay
from connectors.reading.html import parse_html
from engine.errors import UnreadableError
from engine.model import And, Availability, Clause, Field, Holding, Query, Record, Service, Window
from engine.ports import AvailabilityConnector, Door, Page
from engine.settings import read_member

RECORDINGS = Path(__file__).parents[1] / "recordings"


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS): ...


async def test_the_way_that_works_is_found_once_and_remembered() -> None:
    folder = RECORDINGS / "emiclib-cuu-long"
    member, settings = read_member(folder / "emiclib-cuu-long.toml", {"emiclib": EmiclibSettings})
    replay = Replay(folder / "full-page")
    client = open_client(member, user_agent="LienThu-test", clock=lambda: 0.0, transport=replay)
    connector = SYSTEM.connector(member, settings, Door(client, lambda: 0.0))
    for _ in range(2):
        answer = await connector.search(Query(Clause("nuôi trồng")), Window(1, 3))
        assert [placed.record.id for placed in answer.placed] == ["881", "905", "990"]
    await connector.close()
    assert [asked.partition("?")[0] for asked in replay.asked] == [
        "GET /api/Item/Search", "GET /api/Item/SearchBooth",
        "GET /OShow.aspx", "POST /OShow.aspx", "GET /OShow.aspx", "POST /OShow.aspx",
    ]  # fmt: skip


def test_fields_are_asked_together_in_the_advanced_search_of_either_generation() -> None:
    words = words_by_field(And((Clause("kinh tế"), Clause("vi mô", Field.TITLE), Clause("Mankiw", Field.PERSON))))
    settings = EmiclibSettings(booth="3")
    assert search_url("https://a.example.org/", settings, Way.JSON, words, 2) == (
        "https://a.example.org/api/Item/SearchAdvance?docType=0&pageIndex=2&pageSize=20"
        "&searchText=kinh%20t%E1%BA%BF&title=vi%20m%C3%B4&author=Mankiw&language="
    )
    assert search_url("https://a.example.org", settings, Way.JSON_BOOTH, words, 1) == (
        "https://a.example.org/api/Item/SearchAdvanceBooth?keyWord=kinh%20t%E1%BA%BF&title=vi%20m%C3%B4&author=Mankiw"
        "&pageIndex=1&pageSize=20&booth=3"
    )


def test_words_stay_inside_the_signs_of_the_full_text_search() -> None:
    url = page_url("https://o.example.org", Way.MVC, "50% : a%:TITLE:%b", Field.ANY)
    assert url.endswith("?SearchText=FULLTEXT%3A%2550%20a%20TITLE%20b%25%3A")


@pytest.mark.parametrize("answer", [{"Message": "No"}, {"a": 1}, ["a"], [{"Name": "x"}], "text", None])
def test_json_that_is_no_list_of_items_is_broken_and_never_no_hits(answer: object) -> None:
    with pytest.raises(UnreadableError):
        read_items(answer, "https://o.example.org", "m", 20)


def test_an_empty_list_is_no_hits_and_a_table_around_the_list_is_opened() -> None:
    assert read_items([], "https://o.example.org", "m", 20).total == 0
    sheet = read_items({"Data": [{"ID": 7, "TITLE": "Sách"}], "Total": 41}, "https://o.example.org", "m", 20)
    assert sheet.total == 41
    assert sheet.rows[0] is not None
    assert sheet.rows[0].url == "https://o.example.org/ODetail.aspx?intItemId=7"


def found(path: str, body: str) -> list[tuple[str, dict[str, object]]]:
    page = Page(f"https://o.example.org/{path}", 200, "text/html", body.encode())
    looks = dict.fromkeys(sign.recognise for sign in SYSTEM.signs)
    return [(one.url, one.settings) for recognise in looks if (one := recognise(page))]


def test_it_is_told_by_two_of_its_pages_or_by_its_items() -> None:
    assert found("opac/Default.aspx", "<a href='OShow.aspx'></a><a href='OPersonal.aspx'>") == [
        ("https://o.example.org/opac", {})
    ]
    assert found("api/Item/Search?x=1", '[{"Id":1,"Title":"a","CoverPicture":null}]') == [
        ("https://o.example.org", {"way": "json"})
    ]
    assert found("api/Item/SearchBooth?x=1", '[{"Id":1,"Title":"a","CoverPicture":null}]')[0][1] == {
        "way": "json-booth"
    }
    assert found("x", '[{"Id":1,"Title":"a"}]') == []
    newer = "<a href='/Item/SearchAdvanced'>T</a><a href='/Item/ItemDetail/12'>A</a>"
    assert found("", newer) == [("https://o.example.org", {})]
    assert found("", "<a href='/Item/ItemDetail/12'>A</a><a href='/Item/ItemDetail/13'>B</a>") == []
    assert found("x", "<a href='VideoShow.aspx'></a><a href='WShowDetail.aspx'></a>") == []


async def test_free_copies_are_told_by_the_pages_of_records_and_who_has_one_is_not() -> None:
    folder = RECORDINGS / "emiclib-cuu-long"
    member, settings = read_member(folder / "emiclib-cuu-long.toml", {"emiclib": EmiclibSettings})
    replay = Replay(folder / "copies")
    client = open_client(member, user_agent="LienThu-test", clock=lambda: 0.0, transport=replay)
    connector = SYSTEM.connector(member, settings, Door(client, lambda: 0.0))
    assert isinstance(connector, AvailabilityConnector)
    records = [Record(member.id, own, "T") for own in ("7011", "7012", "no-number")]
    found = await connector.availability(records)
    await connector.close()
    assert found == {
        "7011": (
            Holding(copies=5, copies_available=2, availability=(Availability(Service.LOAN, available=True),)),
        ),
        "7012": (),
    }  # fmt: skip
    assert replay.asked == [f"GET /ODetail.aspx?intItemId={own}" for own in ("7011", "7012")]


@pytest.mark.parametrize(
    "body", ["<p>Đăng nhập</p>", "<div class='txt-center'><span>7 / 5</span></div>", "<p>2 / 5</p>"]
)
def test_a_page_that_is_no_record_tells_nothing_of_copies(body: str) -> None:
    assert read_copies(parse_html(body.encode())) is None
