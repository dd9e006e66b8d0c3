"""tim-kiem OPACs: tokens, fragments of rows, ISBNs in several spellings, records' own pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.battery import Battery
from connectors.http import open_client
from connectors.http.recording import Replay
from connectors.reading.html import parse_html
from connectors.tim_kiem import SYSTEM, TimKiemSettings
from connectors.tim_kiem.reading import read_rows
from engine.errors import RefusedError, UnreadableError, UnsupportedError
from engine.model import Answer, Clause, Field, Filters, Query, Window
from engine.ports import Door, Page
from engine.settings import read_member

RECORDINGS = Path(__file__).parents[1] / "recordings"


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS): ...


async def asked(case: str, query: Query, **more: object) -> tuple[Answer, list[str]]:
    folder = RECORDINGS / case
    member, _ = read_member(folder.parent / f"{folder.parent.name}.toml", {"tim-kiem": TimKiemSettings})
    replay = Replay(folder)
    client = open_client(member, user_agent="LienThu-test", clock=lambda: 0.0, transport=replay)
    connector = SYSTEM.connector(member, TimKiemSettings(**{"page_size": 5, **more}), Door(client, lambda: 0.0))  # type: ignore[arg-type]
    try:
        return await connector.search(query, Window(1, 5)), replay.asked
    finally:
        await connector.close()


async def test_a_search_costs_one_request_beside_the_page_that_holds_the_token() -> None:
    _, requests = await asked("tim-kiem-ba-be/full-page", Query(Clause("luật dân sự")))
    assert requests == ["GET /tim-kiem", "POST /Search"]


async def test_a_token_that_is_no_longer_taken_is_fetched_again_once() -> None:
    answer, requests = await asked("tim-kiem-ba-be/stale-token", Query(Clause("hoá học")))
    assert requests == ["GET /tim-kiem", "POST /Search", "GET /tim-kiem", "POST /Search"]
    assert answer.total == 1


async def test_an_isbn_is_tried_in_the_spellings_in_which_it_may_be_stored() -> None:
    answer, requests = await asked("tim-kiem-ba-be/isbn-with-hyphens", Query(Clause("9786044862200", field=Field.ISBN)))
    assert [placed.record.title for placed in answer.placed] == ["Toán rời rạc"]
    assert requests.count("POST /Search") == 2


async def test_records_are_completed_from_their_own_pages_where_the_member_file_says_so() -> None:
    answer, requests = await asked(
        "tim-kiem-sa-pa/with-details", Query(Clause("microeconomics")), page_size=10, sort="", details=1
    )
    first, second = (placed.record for placed in answer.placed)
    assert (first.id, first.languages, first.subtitle) == ("9001", ("eng",), "an introduction")
    assert first.url == "https://thuvien.sapa.example.org/chi-tiet-tai-lieu/principles-of-microeconomics-9001"
    assert first.subjects == ("Microeconomics", "Economics")
    assert second.languages == ()
    assert requests[-1] == "GET /chi-tiet-tai-lieu/principles-of-microeconomics-9001"


async def test_a_record_can_be_completed_from_its_iso_2709() -> None:
    answer, requests = await asked(
        "tim-kiem-sa-pa/with-download", Query(Clause("microeconomics")), page_size=10, sort="", details=1,
        details_by="download",
    )  # fmt: skip
    assert answer.placed[0].record.edition_number == 3
    assert requests[-1].startswith("POST /download-marc?slug=principles-of-microeconomics-9001&title=")


async def test_a_page_of_html_in_the_place_of_iso_2709_leaves_the_marc_of_the_own_page() -> None:
    answer, _ = await asked(
        "tim-kiem-sa-pa/with-page-for-download", Query(Clause("microeconomics")), page_size=10, sort="", details=1,
        details_by="download",
    )  # fmt: skip
    assert answer.placed[0].record.languages == ("eng",)


async def test_an_own_page_that_fails_costs_its_own_fullness_only() -> None:
    answer, _ = await asked(
        "tim-kiem-sa-pa/with-broken-details", Query(Clause("microeconomics")), page_size=10, sort="", details=1
    )
    assert answer.placed[0].record.title == "Principles of microeconomics"
    assert [notice.code for notice in answer.notices] == ["notice.partial"]


async def test_a_question_of_filters_alone_cannot_be_asked() -> None:
    with pytest.raises(UnsupportedError):
        await asked("tim-kiem-ba-be/full-page", Query(None, Filters(year_from=2010)))


async def test_years_are_filtered_here_and_said_to_be() -> None:
    answer, _ = await asked("tim-kiem-ba-be/full-page", Query(Clause("luật dân sự"), Filters(year_from=2020)))
    assert [placed.place for placed in answer.placed] == [1, 2]
    assert "notice.filtered-here" in [notice.code for notice in answer.notices]


@pytest.mark.parametrize(
    ("html", "failure"),
    [
        ("<div><p>Trang chủ</p></div>", UnreadableError),
        ("<div><p>Kết quả 1 - 20 trong 57</p></div>", UnreadableError),
        ("<html><head><title>Đăng nhập</title></head><body><input type=password></body></html>", RefusedError),
    ],
)
def test_a_page_without_rows_is_a_failure_unless_it_says_that_nothing_was_found(
    html: str, failure: type[Exception]
) -> None:
    with pytest.raises(failure):
        read_rows(parse_html(html.encode()), "https://o.example.org", "m")


@pytest.mark.parametrize(
    "text", ["Kết quả 0 - 0 trong 0", "Không tìm thấy tài liệu nào", "No results found.", "Có 0 kết quả"]
)
def test_no_hits_is_no_hits_in_whatever_words(text: str) -> None:
    sheet, _ = read_rows(parse_html(f"<div>{text}</div>".encode()), "https://o.example.org", "m")
    assert (sheet.rows, sheet.total) == ((), 0)


def test_fewer_rows_than_the_page_counts_are_told() -> None:
    row = '<div class="result-block__main__bookContainer" data-id="7"><a href="/chi-tiet-tai-lieu/a-7">Sách</a></div>'
    page = parse_html(f"<div>Kết quả 1 - 2 trong 2{row}</div>".encode())
    assert not read_rows(page, "https://o.example.org", "m")[0].is_whole


def sign(body: str, url: str = "https://opac.example.org/tim-kiem") -> str | None:
    found = SYSTEM.signs[0].recognise(Page(url, 200, "text/html", body.encode()))
    return found.url if found else None


def test_it_is_told_by_its_token_beside_its_own_addresses() -> None:
    token = "<input type=hidden id=requestVerificationToken value=x>"
    assert sign(token) == "https://opac.example.org"
    assert sign(token, "https://opac.example.org/login") is None
    assert sign("<h1>Không tìm thấy trang</h1>") is None
