"""Pages of versions and settings that no recording shows, written by hand after the public templates of 16.05 to 25."""

from __future__ import annotations

from collections.abc import Callable

import pymarc
import pytest

from connectors.koha.copies import parse_record_page
from connectors.koha.feed import parse_feed
from connectors.koha.full import cart_records
from connectors.koha.page import Results, parse_results
from connectors.koha.services import rest_items
from connectors.reading.html import parse_html
from demo.server import Reply, Request
from engine.errors import FaultError, MemberError, RefusedError
from engine.model import Holding, Record, Service, Window
from engine.query import parse
from tests.connectors.koha.conftest import Catalogue

Make = Callable[..., Catalogue]
Told = list[tuple[str | None, int | None, bool, str | None]]

HEAD = '<html lang="vi"><head><meta name="generator" content="Koha" /><title>Kết quả</title></head>'
TITLE = '<a class="title" href="/cgi-bin/koha/opac-detail.pl?biblionumber=7">Sử</a>'


def _page(*rows: str, count: str = "Tìm thấy 1 kết quả.", pager: str = "") -> Results:
    cells = "".join(f'<tr><td class="bibliocol">{row}</td></tr>' for row in rows)
    return parse_results(
        parse_html(
            f'{HEAD}<body id="results"><h1 id="numresults">{count}</h1><div id="userresults">{pager}'
            f'<div class="searchresults"><table>{cells}</table></div></div></body></html>'.encode()
        )
    )


def _told(holdings: tuple[Holding, ...] | None) -> Told:
    return [
        (one.branch, one.copies, said.available, said.limitation)
        for one in holdings or ()
        for said in (one.availability or ())[:1]
    ]


def _availability(words: str) -> tuple[Holding, ...] | None:
    line = f'<div class="results_summary availability"><span class="label">Tình trạng: </span>{words}</div>'
    return _page(TITLE + line).rows[0].holdings


LOAN = """<span class="available reallyavailable"><span class="AvailabilityLabel"><strong>Cho mượn: </strong></span>
<span class="ItemSummary"><span class="available"><span class="ItemBranch">Kho A</span> (2)<span
class="CallNumberAndLabel"><span class="LabelCallNumber">Ký hiệu: </span><span class="CallNumber">9 (597) S, 9 (075), ..
</span></span>. </span></span></span>"""
REFERENCE = """<span class="available reference"><span class="AvailabilityLabel"><strong>Tra cứu: </strong></span>
<span class="ItemSummary"><span class="notforloandesc_Not for loan"><span class="ItemBranch">Kho B: Đọc tại chỗ</span>
(1). </span></span></span>"""
BY_BRANCH = """<span class="unavailable"><span class="AvailabilityLabel"><strong>Không có: </strong></span>
<span class="ItemSummary unavailable"><span class="unavailable_Checked out"><span class="ItemBranch">Kho A: Đang
mượn</span> (3). </span><span class="unavailable_Lost"><span class="ItemBranch">Kho A: Mất</span> (1). </span></span>
<span class="ItemSummary unavailable"><span class="unavailable_Checked out"><span class="ItemBranch">Kho B: Đang mượn
</span> (2). </span></span></span>"""
BY_STATE = """<span class="unavailable"><span class="AvailabilityLabel"><strong>Không có: </strong></span>
<span class="unavailable_Checked out"><span class="">Đang mượn</span> (3). </span>
<span class="unavailable_In transit"><span class="">Đang chuyển</span> (1). </span></span>"""
BY_BRANCH_ONLY = """<span class="unavailable"><span class="AvailabilityLabel"><strong>Không có: </strong></span>
<span class="ItemSummary unavailable">Kho A<span class="unavailable"> (4)</span>. </span></span>"""


def test_copies_to_be_had_are_counted_once_though_their_groups_are_nested() -> None:
    loan, reference = _availability(LOAN + REFERENCE) or ()
    assert (loan.branch, loan.copies, loan.call_number) == ("Kho A", 2, "9 (597) S, 9 (075)")
    assert (reference.branch, reference.copies) == ("Kho B", 1)
    assert [said.service for said in reference.availability or ()] == [Service.PRESENTATION]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (BY_BRANCH, [("Kho A", 3, "Đang mượn"), ("Kho A", 1, "Mất"), ("Kho B", 2, "Đang mượn")]),
        (BY_STATE, [(None, 3, "Đang mượn"), (None, 1, "Đang chuyển")]),
        (BY_BRANCH_ONLY, [("Kho A", 4, None)]),
        ('<span class="unavailable">Checked out (1), Lost (2). </span>', [(None, 1, "Checked out"), (None, 2, "Lost")]),
    ],
)
def test_copies_that_cannot_be_had_are_read_in_each_grouping_that_a_library_may_choose(
    words: str, told: list[tuple[str | None, int, str | None]]
) -> None:
    assert _told(_availability(words)) == [(branch, count, False, state) for branch, count, state in told]


def test_no_copies_and_holdings_in_words_are_told_apart() -> None:
    assert _availability('<span class="noitems">Không có bản nào.</span>') == ()
    assert _availability("Tập san, xem kho C (3)") is None


def test_the_book_that_a_chapter_is_in_is_no_result_of_its_own() -> None:
    host = '<span class="in">Trong: <a href="/cgi-bin/koha/opac-detail.pl?biblionumber=3">Tạp chí</a></span>'
    page = _page(TITLE + host, TITLE.replace("=7", "=3").replace("Sử", "Tạp chí"))
    assert [(row.number, row.title) for row in page.rows] == [("7", "Sử"), ("3", "Tạp chí")]


def test_names_of_authors_are_without_what_else_stands_beside_them() -> None:
    first = 'Nam Cao <span class="authordates">, 1917-1951</span> <span class="relatorcode"> [author]</span>'
    second = 'Tô Hoài<span class="titleportion">. Dế mèn</span>'
    names = "".join(f'<li><a href="/cgi-bin/koha/opac-search.pl?q=au:a">{name}</a></li>' for name in (first, second))
    (row,) = _page(f'{TITLE}<span class="byAuthor">bởi</span> <ul class="author resource_list">{names}</ul>').rows
    assert row.authors == ("Nam Cao", "Tô Hoài")


def test_a_branch_is_not_called_by_the_sign_that_takes_its_limit_away() -> None:
    facet = '<li><a href="/cgi-bin/koha/opac-search.pl?q=a&amp;{}:KHO">{}</a></li>'
    links = facet.format("nolimit=homebranch", "x") + facet.format("limit=holdingbranch", "Kho A")
    page = f'{HEAD}<body id="results"><p id="numresults"></p><ul id="search-facets">{links}</ul></body></html>'
    assert parse_results(parse_html(page.encode())).branches == {"KHO": "Kho A"}


@pytest.mark.parametrize(
    ("links", "rows"),
    [
        (["offset=3&amp;count=20", "offset=23&amp;count=20"], 20),  # begun between two pages
        (["offset=20&amp;sort_by=relevance", "offset=40"], 20),
        (["sort_by=relevance"], None),
    ],
)
def test_the_pager_says_how_long_pages_are(links: list[str], rows: int | None) -> None:
    pages = "".join(
        f'<li class="page-item"><a href="/cgi-bin/koha/opac-search.pl?q=a&amp;{one}">1</a></li>' for one in links
    )
    pager = f'<nav><ul class="pagination pagination-sm">{pages}</ul></nav>'
    assert _page(TITLE, count="Tìm thấy 1.234 kết quả.", pager=pager).page_rows == rows


@pytest.mark.parametrize(
    "body",
    [
        '<h1 id="numresults">Không tìm thấy kết quả nào!</h1><div id="userresults"></div>',  # since 20.05
        "<strong>No results found!</strong><p id='numresults'></p><div id='userresults'></div>",  # 3.14 to 19.11
    ],
)
def test_no_hits_are_no_hits_in_every_language(body: str) -> None:
    page = parse_results(parse_html(f'{HEAD}<body id="results">{body}</body></html>'.encode()))
    assert (page.rows, page.total) == ((), 0)


@pytest.mark.parametrize("name", ["opac_maintenance", "opac-maintenance"])
async def test_a_catalogue_closed_for_maintenance_is_a_fault_and_not_a_changed_page(catalogue: Make, name: str) -> None:
    koha = catalogue()
    body = f'{HEAD}<body id="{name}"><div id="opac-maintenance-message">Bảo trì</div></body></html>'.encode()
    koha.opac.answer = lambda _: Reply(body, "text/html")  # type: ignore[method-assign]  # a server that is closed
    with pytest.raises(FaultError, match="maintenance"):
        await koha.connector().search(parse("kinh tế"), Window(1, 20))
    assert len(koha.asked) == 1


def _record_page(inner: str) -> bytes:
    return (
        f'{HEAD}<body id="opac-detail"><abbr class="unapi-id" title="koha:biblionumber:9"></abbr>'
        f'<h1 class="title">Sử</h1><div id="holdings">{inner}</div></body></html>'
    ).encode()


MANY = '<p>Có 120 bản. <a href="/cgi-bin/koha/opac-detail.pl?biblionumber=9&amp;viewallitems=1#tabs">Xem</a></p>'
COPY = """<table id="holdings_table"><tr><td class="location"><span>Kho A</span></td><td class="status">
<span class="item-status available">Sẵn sàng</span></td><td class="barcode">A1</td></tr></table>"""


async def test_the_copies_that_a_page_leaves_out_for_their_number_are_asked_for(catalogue: Make) -> None:
    assert parse_record_page(parse_html(_record_page(MANY))).holdings is None
    koha = catalogue()

    def answer(request: Request) -> Reply:
        return Reply(_record_page(COPY if "viewallitems=1" in request.text else MANY), "text/html")

    koha.opac.answer = answer  # type: ignore[method-assign]  # a record with many copies
    said = await koha.connector().availability([Record(member="m", id="9", title="Sử")])
    assert [(copy.branch, copy.item) for copy in said["9"]] == [("Kho A", "A1")]
    assert koha.scripts == ["opac-detail.pl", "opac-detail.pl"]


def _marc(*fields: tuple[str, str, str]) -> bytes:
    """Return a record in ISO 2709; a field has one text, in each of its subfields."""
    marc = pymarc.Record(force_utf8=True)
    for tag, codes, text in fields:
        subfields = [pymarc.Subfield(code, text) for code in codes]
        marc.add_field(pymarc.Field(tag, pymarc.Indicators(" ", " "), subfields))
    found: bytes = marc.as_marc()
    return found


async def test_records_without_copies_are_told_so_by_the_cart_and_no_page_is_asked(catalogue: Make) -> None:
    koha = catalogue()
    cart = b"".join(_marc(("245", "a", "Sách điện tử"), ("999", "cd", number)) for number in ("8", "9"))
    koha.opac.answer = lambda _: Reply(cart, "application/octet-stream")  # type: ignore[method-assign]  # of e-books
    records = [Record(member="m", id=number, title="Sách điện tử") for number in ("8", "9")]
    assert await koha.connector().availability(records) == {"8": (), "9": ()}
    assert koha.scripts == ["opac-downloadcart.pl"]
    hidden = [Record(member="m", id=number, title="a", holdings=(Holding(copies=1),)) for number in ("8", "9")]
    with pytest.raises(MemberError):
        await koha.connector().availability(hidden)
    assert len(koha.scripts) > 2


def test_a_state_that_the_rest_interface_tells_as_yes_or_no_is_read() -> None:
    body = b'[{"external_id": "A1", "lost_status": false, "withdrawn": 0, "restricted_status": true}]'
    (copy,) = rest_items(body)
    assert [(said.available, said.limitation) for said in copy.availability or ()] == [
        (False, "restricted"),
        (True, None),
    ]


def test_the_record_at_which_a_cart_breaks_off_is_not_taken_for_one_without_copies() -> None:
    first, second = (_marc(("245", "a", f"Sử {number}"), ("952", "p", f"A{number}")) for number in ("1", "2"))
    body = first + second
    assert [record.title for record in cart_records(body, member="m", dialect="marc21")] == ["Sử 1", "Sử 2"]
    (left,) = cart_records(body[:-8], member="m", dialect="marc21")
    assert [copy.item for copy in left.holdings] == ["A1"]
    assert cart_records(first[:-8], member="m", dialect="marc21") == []


def test_a_feed_is_whole_though_blank_lines_follow_it() -> None:
    feed = "<rss><channel><opensearch:totalResults>0</opensearch:totalResults></channel></rss>" + "\n " * 300
    assert parse_feed(feed.encode()).is_whole


async def test_a_challenge_before_a_catalogue_is_a_refusal_and_the_feed_is_not_tried(catalogue: Make) -> None:
    koha = catalogue()
    page = b'<html><head><title>Xin doi</title></head><body><script id="anubis_version">"v1"</script></body></html>'
    koha.opac.answer = lambda _: Reply(page, "text/html")  # type: ignore[method-assign]  # another server before it
    with pytest.raises(RefusedError):
        await koha.connector().search(parse("kinh tế"), Window(1, 20))
    assert len(koha.asked) == 1
