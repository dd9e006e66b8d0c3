"""Recorded answers of real servers: DSpace 6.4, 7.6.7 and 9.2."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from connectors.dspace import feed, pages, rest
from connectors.dspace.access import Access
from connectors.dspace.details import mets_details, page_details
from connectors.dspace.judging import judged
from connectors.dspace.listed import Listing
from connectors.dspace.signs import recognise_description, recognise_page, recognise_root
from connectors.reading.html import parse_html
from connectors.reading.json import parse_json
from connectors.reading.xml import parse_xml
from engine.errors import LienThuError, MemberError, RefusedError, UnreadableError, UnsupportedError
from engine.model import Clause, Filters, Role
from engine.ports import Page

pytestmark = pytest.mark.needs("corpus")
CUT = b"... cut,"


class Recorded(NamedTuple):
    name: str
    path: str
    status: int
    body: bytes


def recorded(folder: Path) -> Iterator[Recorded]:
    with (folder / "index.tsv").open(encoding="utf-8") as table:
        for row in csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            if len(row) > 2 and row[1] == "GET" and (folder / row[0]).exists():
                yield one_file(folder / row[0], row[2])


def one_file(file: Path, path: str = "") -> Recorded:
    text = re.sub(rb"\A#[^\n]*\n", b"", file.read_bytes())
    head = re.search(rb"\r?\n\r?\n", text)
    assert head
    return Recorded(file.name, path, int(text.split(b" ", 2)[1]), text[head.end() :])


def one(folder: Path, number: str) -> Recorded:
    return one_file(next(folder.glob(f"{number}-*.http")))


@pytest.fixture(scope="module")
def six(corpus: Path) -> Path:
    return corpus / "opac" / "dspace_6"


@pytest.fixture(scope="module", params=["7.6.7", "9.2"])
def seven(request: pytest.FixtureRequest, corpus: Path) -> Path:
    folder = corpus / "opac" / "dspace_7_9"
    return folder if request.param == "7.6.7" else folder / "v9.2"


def rest_listing(answer: Recorded) -> Listing:
    found = parse_json(answer.body)
    assert isinstance(found, dict)
    return rest.listing(found, member="m", pages="https://kho.example.org")


def jspui(answer: Recorded) -> Listing:
    return pages.jspui_listing(parse_html(answer.body), member="m", pages="https://a.example/jspui", first_place=1)


def xmlui(answer: Recorded) -> Listing:
    tree = parse_html(answer.body)
    return pages.xmlui_listing(tree, member="m", pages="https://a.example/xmlui", first_place=1, page_size=20)


def of_feed(answer: Recorded) -> Listing:
    root = parse_xml(answer.body)
    return feed.feed_listing(root, member="m", pages="https://a.example", first_place=1, is_xmlui=None)


# Version 7 and later ------------------------------------------------------------------------


def test_every_search_of_version_7_is_read_as_it_says_itself(seven: Path) -> None:
    count = 0
    for answer in recorded(seven):
        if "/discover/search/objects" not in answer.path or answer.status != 200 or CUT in answer.body[-60:]:
            continue
        told = json.loads(answer.body)["_embedded"]["searchResult"]
        listing = rest_listing(answer)
        assert listing.total == told["page"]["totalElements"], answer.name
        hits = [hit["_embedded"]["indexableObject"] for hit in told["_embedded"]["objects"]]
        assert len(listing.rows) == len(hits)
        for row, hit in zip(listing.rows, hits, strict=True):
            assert row.is_item == (hit["type"] == "item")
            if row.record is not None:
                assert row.record.id == hit["uuid"]
                assert row.record.url == f"https://kho.example.org/handle/{hit['handle']}"
        count += 1
    assert count > 90


def test_what_is_no_answer_of_a_search_is_never_no_hits(seven: Path) -> None:
    failures = 0
    for answer in recorded(seven):
        if answer.status in {200, 302, 204} or not answer.body:
            continue
        with pytest.raises(LienThuError):
            rest_listing(answer)
        failures += 1
    assert failures > 20


def test_no_hits_is_zero_and_no_rows(seven: Path) -> None:
    assert rest_listing(one(seven, "118")) == Listing(1, (), 0, page_size=2)
    assert rest_listing(one(seven, "119")).total == 0  # a field that does not exist


def test_a_first_hit_is_read_field_by_field(seven: Path) -> None:
    record = rest_listing(one(seven, "022")).rows[0].record
    assert record is not None
    assert (record.title, record.year) == ("Nghiên cứu xây dựng môi trường hỗ trợ nghiên cứu khoa học", 2010)
    assert [person.name for person in record.people] == ["Phạm Trần Vũ"]
    assert (record.languages, record.publisher) == (("vie",), "Trường Đại học Bách khoa")
    assert record.subjects == ("Cơ học",)
    assert record.material == "thesis"


def test_the_year_is_never_that_of_the_deposit(seven: Path) -> None:
    years = [row.record.year for row in rest_listing(one(seven, "036")).rows if row.record is not None]
    assert years
    assert all(year is None or year < 2026 for year in years)


@pytest.mark.parametrize(
    ("number", "status", "services"),
    [
        ("209", "open.access", [True]), ("210", "restricted", [False]), ("211", "metadata.only", []),
        ("212", "embargo", [False]), ("213", "restricted", [False]), ("214", "open.access", [True]),
    ],
)  # fmt: skip
def test_each_access_status_is_a_service(seven: Path, number: str, status: str, services: list[bool]) -> None:
    told = json.loads(one(seven, number).body)
    found = rest.access_of({"_embedded": {"accessStatus": told}})
    assert found is not None
    assert found.status == status
    held = rest.file_holdings({"_embedded": {"accessStatus": told}}, server="s", url="u")
    assert held is not None
    assert [each.available for one in held for each in one.availability or ()] == services
    if told.get("embargoDate"):
        assert held[0].availability is not None
        assert held[0].availability[0].expected == "2030-01-01"


def test_names_of_closed_files_are_not_taken(seven: Path) -> None:
    closed = [row for row in rest_listing(one(seven, "179")).rows if row.access is not None and row.access.is_closed]
    assert closed
    for hit in json.loads(one(seven, "179").body)["_embedded"]["searchResult"]["_embedded"]["objects"]:
        item = hit["_embedded"]["indexableObject"]
        access = rest.access_of(item)
        held = rest.file_holdings(item, server="https://kho.example.org/server", url="u") or ()
        if access is not None and access.is_closed:
            assert all(one.note is None and one.item is None and one.url == "u" for one in held)


def test_an_open_file_is_a_holding_with_its_address(corpus: Path) -> None:
    folder = corpus / "opac" / "dspace_7_9" / "v9.2"
    for hit in json.loads(one(folder, "431").body)["_embedded"]["searchResult"]["_embedded"]["objects"]:
        item = hit["_embedded"]["indexableObject"]
        access = rest.access_of(item)
        if access == Access(status="open.access"):  # type: ignore[arg-type]  # the value of the enum
            held = rest.file_holdings(item, server="https://kho.example.org/server", url="u")
            assert held
            assert held[0].note
            assert held[0].url
            assert held[0].url.startswith("https://kho.example.org/server/api/core/bitstreams/")
            return
    pytest.fail("no open item")


def test_a_withdrawn_item_is_gone_though_it_answers_200(seven: Path) -> None:
    item = json.loads(one(seven, "187").body)
    told = {"_embedded": {"searchResult": {"page": {"totalElements": 1, "number": 0, "size": 20},
            "_embedded": {"objects": [{"_embedded": {"indexableObject": item}}]}}}}  # fmt: skip
    row = rest.listing(told, member="m", pages="https://a.example").rows[0]
    assert (row.record, row.is_gone) == (None, True)


def test_a_word_of_deposit_dates_is_told_apart(seven: Path) -> None:
    answer = one(seven, "148")
    rows = dict(enumerate(rest_listing(answer).rows, 1))
    _, notices = judged(rows, Clause("2026"), Filters())
    assert [notice.code for notice in notices] == ["notice.system-words-only"]


def test_words_shown_in_a_record_are_seen_whatever_their_marks(seven: Path) -> None:
    for number, words in (("011", "hóa học"), ("012", "hoa hoc"), ("013", "hòa hộc"), ("017", "do duc dat")):
        rows = dict(enumerate(rest_listing(one(seven, number)).rows, 1))
        placed, notices = judged(rows, Clause(words), Filters())
        assert len(placed) == len(rows)
        assert notices == ()


def test_a_word_only_in_closed_files_brings_no_record(corpus: Path) -> None:
    folder = corpus / "opac" / "dspace_7_9"
    listing = rest_listing(one(folder, "411"))
    for row in listing.rows:
        assert row.record is not None
    closed = Access(status="restricted")  # type: ignore[arg-type]  # the value of the enum
    rows = {
        place: row.__class__(row.record, row.pairs, closed, row.handle) for place, row in enumerate(listing.rows, 1)
    }
    placed, notices = judged(rows, Clause("Restricted"), Filters())
    assert placed == ()
    assert [notice.code for notice in notices] == ["notice.closed-full-text"]


def test_the_feed_of_version_7_is_read(seven: Path) -> None:
    listing = of_feed(one(seven, "283"))
    assert (listing.total, len(listing.rows)) == (19, 5)
    assert all(
        row.record is not None and row.record.url == f"https://a.example/handle/{row.handle}" for row in listing.rows
    )
    assert of_feed(one(seven, "293")).total == 0


def test_the_root_names_version_and_library(seven: Path) -> None:
    found = recognise_root(
        Page("https://kho.example.org/server/api", 200, "application/hal+json", one(seven, "001").body)
    )
    assert found is not None
    assert (found.url, found.name) == ("https://kho.example.org/server", "Kho tài nguyên số thử nghiệm")
    assert found.evidence.values["version"] in {"7.6.7", "9.2"}


# Version 6 ----------------------------------------------------------------------------------


def read_all(
    folder: Path, path: str, read: Callable[[Recorded], Listing], *, only: str
) -> dict[str, Listing | LienThuError]:
    found: dict[str, Listing | LienThuError] = {}
    for answer in recorded(folder):
        bare = answer.path.partition("?")[0]
        is_read = (
            answer.name[:2] in only.split()
            and bare.endswith(path)
            and "open-search" not in bare
            and "/DRI/" not in bare
        )
        if is_read and answer.status == 200 and CUT not in answer.body[-80:]:
            try:
                found[answer.name[:3]] = read(answer)
            except LienThuError as error:
                found[answer.name[:3]] = error
    return found


def test_pages_of_jspui_are_lists_or_say_that_they_could_not_read_the_query(six: Path) -> None:
    found = read_all(six, "/simple-search", jspui, only="15 16 17 18 19")
    wrong = {name for name, listing in found.items() if isinstance(listing, LienThuError)}
    assert wrong == {"176", "177", "180", "181", "184", "186"}
    assert all(isinstance(found[name], UnsupportedError) for name in wrong)
    assert len(found) > 40


@pytest.mark.parametrize(
    ("number", "first", "total", "rows"),
    [
        ("098", 1, 19, 19), ("105", 1, 152, 20), ("106", 21, 152, 20), ("108", 141, 152, 12), ("110", 8, 152, 20),
        ("113", 1, 152, 5), ("114", 1, 152, 100), ("120", 1, 0, 0), ("567", 1, 151, 20), ("571", 1, 59, 20),
    ],
)  # fmt: skip
def test_jspui_counts_its_hits(six: Path, number: str, first: int, total: int, rows: int) -> None:
    listing = jspui(one(six, number))
    assert (listing.first_place, listing.total, len(listing.rows)) == (first, total, rows)


def test_a_collection_among_the_hits_is_no_item(six: Path) -> None:
    assert [row.is_item for row in jspui(one(six, "571")).rows].count(False) == 1
    assert [row.is_item for row in xmlui(one(six, "572")).rows].count(False) == 1


def test_pages_of_xmlui_are_lists(six: Path) -> None:
    found = read_all(six, "/discover", xmlui, only="34 35 36")
    wrong = {name for name, listing in found.items() if isinstance(listing, LienThuError)}
    assert wrong <= {"342"}  # no rows were asked for
    assert len(found) > 20


def test_both_interfaces_and_feeds_tell_of_the_same_items(six: Path) -> None:
    lists = [jspui(one(six, "105")), xmlui(one(six, "333")), of_feed(one(six, "438"))]
    handles = [[row.handle for row in listing.rows if row.is_item] for listing in lists]
    assert len(handles[0]) == len(handles[2]) == 20
    assert set(handles[0][:10]) == set(handles[1][:10])
    titles = [{row.handle: row.record.title for row in listing.rows if row.record is not None} for listing in lists]
    assert titles[0][handles[0][0]] == titles[1][handles[0][0]] == titles[2][handles[0][0]]


def test_no_abstract_is_taken_that_may_be_full_text(six: Path) -> None:
    for row in xmlui(one(six, "333")).rows:
        assert row.record is not None
        assert row.record.summary is None


def test_pages_that_are_no_lists_are_never_no_hits(six: Path) -> None:
    for number in ("094", "204", "207", "208", "564"):
        with pytest.raises((UnreadableError, RefusedError)):
            jspui(one(six, number))
    for number in ("331", "381", "385", "407"):
        with pytest.raises(MemberError):
            xmlui(one(six, number))


@pytest.mark.parametrize(
    ("number", "status", "until"),
    [
        ("208", "open.access", None), ("209", "restricted", None), ("210", "metadata.only", None),
        ("212", "embargo", "2030-01-01"), ("214", "restricted", None), ("215", "open.access", None),
        ("385", "open.access", None), ("386", "restricted", None), ("387", "metadata.only", None),
    ],
)  # fmt: skip
def test_an_item_page_tells_who_may_read(six: Path, number: str, status: str, until: str | None) -> None:
    details = page_details(parse_html(one(six, number).body))
    assert details is not None
    assert details.access is not None
    assert (details.access.status, details.access.until) == (status, until)


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("415", "open.access"),
        ("416", "restricted"),
        ("417", "restricted"),
        ("421", "metadata.only"),
        ("422", "open.access"),
    ],
)
def test_a_mets_tells_who_may_read_and_every_field(six: Path, number: str, status: str) -> None:
    details = mets_details(parse_xml(one(six, number).body))
    assert details.access is not None
    assert details.access.status == status
    assert any(name == "dc.title" for name, _ in details.pairs)
    assert not any(".pdf" in value for _, value in details.pairs)


def test_an_advisor_is_an_advisor_where_the_whole_record_is_read(six: Path) -> None:
    details = mets_details(parse_xml(one(six, "416").body))
    from connectors.dspace.metadata import record_of  # noqa: PLC0415 - beside its only use

    record = record_of(details.pairs, member="m", own_id="h/1", handle="h/1", url=None, access=details.access)
    assert [person.name for person in record.people if person.role is Role.ADVISOR] == ["Nguyễn Văn Hướng Dẫn"]
    assert record.year == 2006


def test_withdrawn_is_gone_and_a_login_is_refused(six: Path) -> None:
    assert page_details(parse_html(one(six, "204").body)) is None
    with pytest.raises(RefusedError):
        page_details(parse_html(one(six, "564").body))


def test_xmlui_is_told_from_jspui_by_its_feed(six: Path) -> None:
    assert feed.is_of_xmlui(one(six, "434").body, cocoon_header=False)
    assert not feed.is_of_xmlui(one(six, "278").body, cocoon_header=False)


def test_home_pages_and_descriptions_give_a_dspace_6_away(six: Path) -> None:
    by_home = recognise_page(Page("https://a.example/jspui/", 200, "text/html", one(six, "094").body))
    by_other = recognise_page(Page("https://a.example/xmlui/", 200, "text/html", one(six, "331").body))
    assert by_home is not None
    assert by_other is not None
    assert (by_home.url, by_other.url) == ("https://a.example/jspui", "https://a.example/xmlui")
    assert by_home.evidence.values == {"version": "6.4"}
    address = "https://a.example/jspui/open-search/description.xml"
    by_description = recognise_description(Page(address, 200, "text/xml", one(six, "002").body))
    assert by_description is not None
    assert by_description.url == "https://a.example/jspui"


def test_signs_stay_silent_on_pages_of_other_systems(corpus: Path) -> None:
    for file in sorted((corpus / "opac" / "koha_19").glob("*.http"))[:60]:
        page = Page("https://a.example/api", 200, "text/html", file.read_bytes())
        assert recognise_root(page) is None
        assert recognise_page(page) is None
