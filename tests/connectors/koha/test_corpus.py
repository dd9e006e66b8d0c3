"""What a real Koha 19.06 said, read: results, feeds, record pages, carts, exports, ILS-DI."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from connectors.koha.copies import parse_record_page
from connectors.koha.feed import parse_feed
from connectors.koha.full import cart_records, ils_di_records, marcxml_record, without_borrowers
from connectors.koha.page import Results, parse_results
from connectors.koha.rows import Row, brief_record
from connectors.koha.services import ils_di_availability
from connectors.koha.signs import recognise_description, recognise_page
from connectors.reading.html import parse_html
from engine.errors import RefusedError, UnreadableError
from engine.model import Service
from engine.ports import Page
from engine.text import folded_key

pytestmark = pytest.mark.needs("corpus")


@pytest.fixture
def folder(corpus: Path) -> Path:
    return corpus / "opac" / "koha_19"


def answer(folder: Path, name: str) -> tuple[str, int, bytes]:
    """Return address, status and body of a recording."""
    (file,) = folder.glob(f"{name}*.http")
    return split(file)


@cache
def split(file: Path) -> tuple[str, int, bytes]:
    head, _, body = file.read_bytes().partition(b"\r\n\r\n")
    status = re.search(rb"^HTTP/\S+ (\d+)", head, re.MULTILINE)
    assert status is not None
    return head.split(b"\n", 1)[0].decode(), int(status[1]), body


def results(folder: Path, name: str) -> Results:
    return parse_results(parse_html(answer(folder, name)[2]))


def copies(folder: Path, name: str) -> list[tuple[str | None, bool, str | None, str | None]]:
    row = parse_record_page(parse_html(answer(folder, name)[2]))
    assert row.holdings is not None
    loans = [
        (holding.branch, next(one for one in holding.availability or () if one.service is Service.LOAN))
        for holding in row.holdings
    ]
    return [(branch, loan.available, loan.expected, loan.limitation) for branch, loan in loans]


@pytest.mark.parametrize(
    ("name", "rows", "total", "page_rows"),
    [
        ("01-", 8, 8, None), ("05a", 20, 20, None), ("06a", 19, 19, None), ("06f", 8, 8, None), ("07e", 20, 23, 20),
        ("09c", 20, 456, 20), ("09d", 12, 12, None), ("10b", 100, 147, 100), ("10c", 147, 147, None),
        ("10d", 20, 147, 20), ("11c", 20, 31, 20), ("11s", 8, 8, None), ("13a", 8, 8, None), ("14p", 2, 2, None),
    ],
)  # fmt: skip
def test_a_page_of_results_is_read_whole(folder: Path, name: str, rows: int, total: int, page_rows: int | None) -> None:
    page = results(folder, name)
    assert (len(page.rows), page.total, page.page_rows, page.feed) == (rows, total, page_rows, "rss2")
    assert page.branches == {"CPL": "Centerville", "FPL": "Fairview", "MPL": "Midway"}
    assert all(row.title and row.number.isdecimal() for row in page.rows)
    records = [brief_record(row, member="m", base="http://k") for row in page.rows]
    assert all(record is not None and record.title for record in records)


@pytest.mark.parametrize(
    "name", ["02-", "04-", "06d", "06g", "06h", "10e", "11b", "11d", "11e", "11f", "11g", "11h", "11i", "14n", "14q"]
)
def test_no_hits_are_no_hits(folder: Path, name: str) -> None:
    page = results(folder, name)
    assert (page.rows, page.total) == ((), 0)


@pytest.mark.parametrize("name", ["11j", "11k", "30a", "33a", "32e", "13b", "40a", "14h"])
def test_other_pages_of_the_catalogue_are_not_taken_for_no_hits(folder: Path, name: str) -> None:
    with pytest.raises(UnreadableError):
        results(folder, name)


@pytest.mark.parametrize("name", ["12a", "12b", "12e"])
def test_the_page_to_log_in_is_a_refusal(folder: Path, name: str) -> None:
    with pytest.raises(RefusedError):
        results(folder, name)


def test_every_result_page_of_the_corpus_is_read_or_is_none(folder: Path) -> None:
    seen = 0
    for file in sorted(folder.glob("*.http")):
        target, status, body = split(file)
        is_short = len(body) < 130_000  # the long ones are read above
        if "opac-search.pl?" in target and status == 200 and is_short and b'ID="results"' in body:
            page = parse_results(parse_html(body))
            assert page.total is not None, file.name
            assert len(page.rows) <= page.total, file.name
            assert bool(page.rows) == bool(page.total), file.name
            seen += 1
    assert seen > 30


def test_a_row_tells_what_its_availability_says(folder: Path) -> None:
    rows = {row.number: row for row in results(folder, "09d").rows}
    told = [
        (holding.branch, holding.copies, (holding.availability or ())[0].available)
        for holding in rows["43"].holdings or ()
    ]
    assert told == [("Midway", 1, True), (None, 2, False)]
    services = [(holding.branch, (holding.availability or ())[0].service) for holding in rows["64"].holdings or ()]
    assert services == [
        ("Fairview", Service.LOAN), ("Centerville", Service.PRESENTATION), ("Midway", Service.PRESENTATION),
    ]  # fmt: skip
    assert [holding.copies for holding in rows["15"].holdings or ()] == [3]


@pytest.mark.parametrize(
    ("name", "rows", "total"),
    [("20e", 1, 1), ("20h", 8, 8), ("21b", 10, 20), ("21c", 100, 147), ("21d", 0, 0), ("21e", 0, 0)],
)
def test_a_feed_that_is_no_well_formed_xml_is_read(folder: Path, name: str, rows: int, total: int) -> None:
    feed = parse_feed(answer(folder, name)[2])
    assert (len(feed.rows), feed.total) == (rows, total)
    assert all(row.title and row.number for row in feed.rows)


def test_a_feed_and_a_page_tell_the_same_records(folder: Path) -> None:
    page, feed = results(folder, "01-"), parse_feed(answer(folder, "21a")[2])
    assert {row.number for row in page.rows} == {row.number for row in feed.rows}


@pytest.mark.parametrize("name", ["20a", "20i", "20k", "20l", "20j"])
def test_a_format_that_this_version_does_not_know_is_no_feed(folder: Path, name: str) -> None:
    with pytest.raises(UnreadableError):
        parse_feed(answer(folder, name)[2])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("31-008", [("Centerville", False, "2026-12-24", None), ("Fairview", True, None, None),
                    ("Midway", False, "2026-10-01", None)]),
        ("31-022", [("Centerville", False, None, "Missing"), ("Fairview", False, None, "Lost"),
                    ("Midway", True, None, None)]),
        ("31-029", [("Centerville", False, None, "Withdrawn"), ("Fairview", True, None, None),
                    ("Midway", False, None, "Damaged")]),
        ("31-036", [("Centerville", False, None, "Ordered"), ("Fairview", False, None, "Staff Collection"),
                    ("Midway", False, None, "Not For Loan")]),
        ("31-043", [("Centerville", False, None, "in transit"), ("Fairview", False, None, "in transit"),
                    ("Midway", True, None, None)]),
        ("31-050", [("Centerville", False, None, "on hold"), ("Fairview", True, None, None),
                    ("Midway", True, None, None)]),
        ("31-064", [("Centerville", False, None, "Not for loan"), ("Fairview", False, None, "restricted"),
                    ("Midway", False, None, "Not for loan")]),
        ("31-007", []),
        ("13b", [("Centerville", False, "2026-12-24", None), ("Fairview", True, None, None),
                 ("Midway", False, None, "Lost")]),
    ],
)  # fmt: skip
def test_the_page_of_a_record_tells_the_state_of_each_copy(
    folder: Path, name: str, said: list[tuple[str | None, bool, str | None, str | None]]
) -> None:
    assert copies(folder, name) == said


def test_call_numbers_are_without_the_link_along_the_shelf(folder: Path) -> None:
    row = parse_record_page(parse_html(answer(folder, "31-071")[2]))
    assert [holding.call_number for holding in row.holdings or ()] == ["300", "300", None]
    assert [holding.item for holding in row.holdings or ()] == ["30000093", "30000091", "30000092"]


def test_a_cart_of_three_hundred_holds_every_record_with_its_copies(folder: Path) -> None:
    records = cart_records(answer(folder, "35l")[2], member="m", dialect="marc21")
    assert sorted(int(record.id) for record in records) == list(range(1, 301))
    assert sum(len(record.holdings) for record in records) > 300
    for name in ("35j", "35k", "12e"):
        with pytest.raises(UnreadableError):
            cart_records(answer(folder, name)[2], member="m", dialect="marc21")


def test_every_way_to_a_record_gives_the_same_record(folder: Path) -> None:
    cart = cart_records(answer(folder, "35h")[2], member="m", dialect="marc21")[0]
    export = marcxml_record(answer(folder, "34-marcxml")[2], "302", member="m", dialect="marc21")
    closed = marcxml_record(answer(folder, "12c")[2], "302", member="m", dialect="marc21")
    ils_di, branches = ils_di_records(answer(folder, "40c")[2], member="m", dialect="marc21")
    unapi = marcxml_record(answer(folder, "36c-marcxml-un")[2], "302", member="m", dialect="marc21")
    assert cart == export == closed == ils_di["302"]
    assert [holding.item for holding in cart.holdings] == ["30000388", "30000389", "30000390"]
    assert cart.holdings[0].availability
    assert cart.holdings[0].availability[0].expected == "2026-12-24"
    assert branches == {"CPL": "Centerville", "MPL": "Midway", "FPL": "Fairview"}
    assert (unapi.id, unapi.title, unapi.people) == (cart.id, cart.title, cart.people)


def test_brief_and_full_records_have_the_same_titles(folder: Path) -> None:
    full = {record.id: record for record in cart_records(answer(folder, "35l")[2], member="m", dialect="marc21")}
    compared = 0
    for row in results(folder, "05a").rows:
        brief = brief_record(row, member="m", base="http://k")
        if brief is not None and row.number in full:
            assert folded_key(brief.title)[:20] == folded_key(full[row.number].title)[:20]
            assert brief.year == full[row.number].year
            compared += 1
    assert compared > 15


def test_four_hundred_records_of_ils_di_are_read_though_they_are_no_well_formed_xml(folder: Path) -> None:
    records, _ = ils_di_records(answer(folder, "40h")[2], member="m", dialect="marc21")
    assert len(records) == 400
    assert list(ils_di_records(answer(folder, "40d")[2], member="m", dialect="marc21")[0]) == ["302", "8", "15"]


def test_borrowers_are_cut_out_before_anything_is_read(folder: Path) -> None:
    body = answer(folder, "43a")[2]
    assert b"Daniels" in body
    assert b"23529000445172" in body
    cut = without_borrowers(body)
    for given_away in (b"Daniels", b"Tanya", b"23529000445172", b"borrowernumber", b"surname", b"cardnumber"):
        assert given_away not in cut
    assert without_borrowers(body[: body.index(b"Tanya") + 5]).find(b"Tanya") < 0  # cut off in the middle
    records, _ = ils_di_records(body, member="m", dialect="marc21")
    assert set(records) == {"8", "50"}
    assert "Daniels" not in repr(records)


@pytest.mark.parametrize("name", ["44a", "44b", "40f"])
def test_ils_di_that_is_off_is_a_refusal_though_it_comes_with_200(folder: Path, name: str) -> None:
    body = answer(folder, name)[2]
    with pytest.raises(RefusedError):
        ils_di_records(body, member="m", dialect="marc21")
    with pytest.raises(RefusedError):
        ils_di_availability(body)


def test_what_ils_di_tells_of_copies(folder: Path) -> None:
    said = ils_di_availability(answer(folder, "41b")[2])
    told = [(one.branch, (one.availability or ())[0].available) for one in said["8"]]
    assert told == [("Centerville", False), ("Midway", False), ("Fairview", True)]
    assert "99999" not in said


def test_a_real_koha_is_recognised(folder: Path) -> None:
    for name in ("01-", "04-", "30a", "11k", "12a"):
        found = recognise_page(
            Page("http://k.example/cgi-bin/koha/x.pl?q=1", 200, "text/html", answer(folder, name)[2])
        )
        assert found is not None, name
        assert (found.url, found.is_sure) == ("http://k.example", True)
        assert found.name in {"Thư viện thử nghiệm", None}
    described = recognise_description(Page("http://k.example/x", 200, "text/xml", answer(folder, "20j")[2]))
    assert described is not None


def test_a_row_without_anything_but_its_number_is_no_record() -> None:
    assert brief_record(Row("7"), member="m", base="http://k") is None
