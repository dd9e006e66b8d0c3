"""Libol: forms found and read, state sent back, pages turned, copies without borrowers."""

from __future__ import annotations

from pathlib import Path

from connectors.battery import Battery
from connectors.forms.page_search import look_of
from connectors.forms.search_form import search_form_of
from connectors.http import open_client
from connectors.http.recording import Replay
from connectors.libol import SYSTEM, LibolConnector, LibolSettings
from connectors.libol.holdings import read_holdings
from connectors.libol.standing import alerts_none, leave_out
from connectors.reading.html import parse_html
from connectors.reading.record_links import rows_of
from engine.model import Availability, Clause, Field, Query, Record, Service, Window
from engine.ports import AvailabilityConnector, Door, Page
from engine.settings import read_member

RECORDINGS = Path(__file__).parents[1] / "recordings"


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS): ...


def connected(folder: Path) -> tuple[LibolConnector, Replay]:
    name = folder.parent.name
    member, settings = read_member(folder.parent / f"{name}.toml", {"libol": LibolSettings})
    replay = Replay(folder)
    client = open_client(member, user_agent="LienThu-test", clock=lambda: 0.0, transport=replay)
    assert isinstance(settings, LibolSettings)
    return LibolConnector(member, settings, Door(client, lambda: 0.0)), replay


async def test_the_form_is_sought_once_and_kept() -> None:
    connector, replay = connected(RECORDINGS / "libol-bac-son" / "full-page")
    for _ in range(2):
        await connector.search(Query(Clause("bê tông")), Window(1, 2))
    await connector.close()
    assert replay.asked == [
        "GET /opac60/", "GET /opac60/WSearchSimple.aspx", "POST /opac60/WSearchSimple.aspx",
        "POST /opac60/WSearchSimple.aspx",
    ]  # fmt: skip


async def test_results_that_a_script_sends_on_to_are_fetched_and_turned_by_number() -> None:
    connector, replay = connected(RECORDINGS / "libol-yen-tu" / "full-page")
    answer = await connector.search(Query(Clause("smith", field=Field.PERSON)), Window(1, 3))
    await connector.close()
    assert [placed.record.year for placed in answer.placed] == [1999, 2003, 2007]
    assert replay.asked[-2:] == ["GET /opac/WShowResult.aspx", "POST /opac/WShowResult.aspx?intPg=2"]


def test_the_boxes_of_a_form_are_told_by_their_names_and_no_login_is_taken_for_a_search() -> None:
    page = parse_html(
        b"<form id=a><input name=txtUserSearch><input type=password name=p></form>"
        b"<form id=b><input name='ctl00$Main$txtNhanDe'><input name='ctl00$Main$txtTacGia'>"
        b"<input type=submit name='ctl00$Main$btnTim' value='T'><input type=submit name=btnXoa value=X></form>"
    )
    form = search_form_of(page)
    assert form is not None
    assert form.boxes == {Field.TITLE: "ctl00$Main$txtNhanDe", Field.PERSON: "ctl00$Main$txtTacGia"}
    assert form.button == ("ctl00$Main$btnTim", "T")


COPIES = """<html><body><table id=layout><tr><td><table>
<tr><th>STT</th><th>Số ĐKCB</th><th>Kho</th><th>Trạng thái</th><th>Bạn đọc</th></tr>
<tr><td>1</td><td>PD.012</td><td>Kho đọc</td><td>Đọc tại chỗ</td><td></td></tr>
<tr><td>2</td><td>PM.013</td><td>Kho mượn</td><td>Đang mượn</td><td>Trần Thị Bí Mật</td></tr>
<tr><td>3</td><td>PM.014</td><td>Kho mượn</td><td>Nguyễn Văn Ai đang giữ</td><td></td></tr>
<tr><td>4</td><td>PM.015</td><td>Kho mượn</td><td>Sẵn sàng</td><td></td></tr>
</table></td></tr></table></body></html>
"""


def test_copies_are_read_by_the_heads_of_their_columns_and_borrowers_never() -> None:
    found = read_holdings(parse_html(COPIES.encode()))
    assert found is not None
    assert [holding.item for holding in found] == ["PD.012", "PM.013", "PM.014", "PM.015"]
    assert found[0].availability == (
        Availability(Service.PRESENTATION, available=True), Availability(Service.LOAN, available=False),
    )  # fmt: skip
    assert found[1].availability == (Availability(Service.LOAN, available=False),)
    assert found[2].availability is None
    assert found[3].availability == (Availability(Service.LOAN, available=True),)
    assert "Bí Mật" not in repr(found)
    assert "Nguyễn" not in repr(found)


def test_a_page_without_a_table_of_copies_tells_nothing() -> None:
    assert read_holdings(parse_html(b"<table><tr><td>a</td><td>b</td></tr></table>")) is None
    assert read_holdings(parse_html("<p>Không có dữ liệu</p>".encode())) == ()


async def test_availability_is_asked_of_the_page_of_copies_of_each_record(tmp_path: Path) -> None:
    folder = RECORDINGS / "libol-bac-son" / "copies"
    connector, replay = connected(folder)
    assert isinstance(connector, AvailabilityConnector)
    records = [Record("libol-bac-son", own, "T") for own in ("24418", "23326", "content-x")]
    found = await connector.availability(records)
    await connector.close()
    assert {own: len(copies) for own, copies in found.items()} == {"24418": 4}
    assert replay.asked == [f"GET /opac60/WHoldingCollection.aspx?intItemID={own}" for own in ("24418", "23326")]


def signs(url: str, body: str) -> list[tuple[str, bool]]:
    page = Page(url, 200, "text/html", body.encode())
    found = SYSTEM.signs[0].recognise(page)
    return [(found.url, found.is_sure)] if found else []


def test_it_is_told_by_its_pages_and_not_taken_for_emiclib() -> None:
    two = "<a href='WShowDetail.aspx?intItemID=1'></a><a href='WPersonalPageLogin.aspx'></a>"
    assert signs("https://l.example.org/opac60/Default.aspx", two) == [("https://l.example.org/opac60", True)]
    assert signs("https://l.example.org/", "<a href='WShowDetail.aspx?intItemID=1'></a>") == [
        ("https://l.example.org", False)
    ]
    assert signs("https://l.example.org/opac/", f"{two}<a href='OShow.aspx'>") == []
    assert signs("https://l.example.org/", "<a href='ShowDetail.aspx'>") == []


async def test_new_titles_beside_the_form_are_not_what_was_found_and_a_box_tells_of_none() -> None:
    connector, replay = connected(RECORDINGS / "libol-yen-tu" / "none-in-a-box")
    answer = await connector.search(Query(Clause("qqqq", field=Field.PERSON)), Window(1, 3))
    await connector.close()
    assert (answer.placed, answer.total, answer.has_more) == ((), 0, False)
    assert replay.asked == ["GET /opac/WSearch.aspx", "POST /opac/WSearch.aspx"]


def test_only_a_box_that_opens_by_itself_tells_of_none() -> None:
    look = look_of("connectors.libol")
    opens = parse_html("<script>alert('Không tìm thấy tài liệu nào')</script>".encode())
    checks = parse_html("<script>function find(){alert('Không tìm thấy tài liệu nào')}</script>".encode())
    assert [alerts_none(page) for page in (opens, checks)] == [True, False]
    form = parse_html(b"<table id=new><tr><td><a href='WShowDetail.aspx?intItemID=1'>A</a></table>")
    other = parse_html(b"<table id=found><tr><td><a href='WShowDetail.aspx?intItemID=1'>A</a></table>")
    for page, left in ((form, []), (other, ["1"])):
        leave_out(page, {"new": frozenset({"1", "2"})}, look)
        assert [row.id for row in rows_of(page, look)] == left
