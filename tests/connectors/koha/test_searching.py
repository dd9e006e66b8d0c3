"""What a search costs the member, and what comes of it where a library has switched things off."""

from __future__ import annotations

from collections.abc import Callable

import pymarc
import pytest

from connectors.koha import KohaSettings
from connectors.koha.full import cart_records
from connectors.koha.page import parse_results
from connectors.reading.html import parse_html
from demo.server import Reply, Request
from engine.errors import FaultError, RefusedError
from engine.model import Query, Reason, Window
from engine.query import parse
from tests.connectors.koha.conftest import Catalogue

Make = Callable[..., Catalogue]
TWENTY = Window(1, 20)


def _codes(notices: tuple[Reason, ...]) -> list[str]:
    return [notice.code for notice in notices]


@pytest.mark.parametrize("version", ["19.06", "24.05"])
async def test_twenty_results_with_records_and_copies_cost_two_requests(catalogue: Make, version: str) -> None:
    koha = catalogue(version=version)
    answer = await koha.connector().search(parse("kinh tế"), TWENTY)
    assert koha.scripts == ["opac-search.pl", "opac-downloadcart.pl"]
    assert len(answer.placed) == 20
    assert answer.total is not None
    assert answer.total > 20
    assert answer.has_more
    assert answer.notices == ()
    assert [placed.place for placed in answer.placed] == list(range(1, 21))
    entries = {entry.id: entry for entry in koha.shelf.entries}
    for placed in answer.placed:
        entry = entries[placed.record.id]
        assert [copy.barcode for copy in entry.copies] == [holding.item for holding in placed.record.holdings]
        assert {holding.branch for holding in placed.record.holdings} <= {copy.branch_name for copy in entry.copies}
    assert any(placed.record.languages == ("vie",) and placed.record.material for placed in answer.placed)


async def test_the_next_window_goes_on_where_the_first_ended(catalogue: Make) -> None:
    koha = catalogue()
    connector = koha.connector()
    first = await connector.search(parse("kinh tế"), Window(1, 20))
    second = await connector.search(parse("kinh tế"), Window(21, 20))
    assert "offset=20" in koha.asked[2]
    assert [placed.place for placed in second.placed] == list(range(21, 21 + len(second.placed)))
    assert not {one.record.id for one in first.placed} & {one.record.id for one in second.placed}


async def test_a_server_with_short_pages_is_asked_for_more_of_them(catalogue: Make) -> None:
    koha = catalogue(most_rows=8)
    answer = await koha.connector().search(parse("kinh tế"), TWENTY)
    assert [placed.place for placed in answer.placed] == list(range(1, 21))
    assert len({placed.record.id for placed in answer.placed}) == 20
    assert koha.scripts == ["opac-search.pl"] * 3 + ["opac-downloadcart.pl"]


async def test_a_shut_way_is_not_tried_with_each_search_and_again_after_a_while(catalogue: Make) -> None:
    koha = catalogue(has_cart=False, has_ils_di=True)
    connector = koha.connector()
    for _ in range(3):
        await connector.search(parse("kinh tế"), TWENTY)
    assert koha.scripts == ["opac-search.pl", "opac-downloadcart.pl", "ilsdi.pl"] + ["opac-search.pl", "ilsdi.pl"] * 2
    koha.now += 601
    await connector.search(parse("kinh tế"), TWENTY)
    assert koha.scripts[-3:] == ["opac-search.pl", "opac-downloadcart.pl", "ilsdi.pl"]
    koha.now += 601
    await connector.search(parse("kinh tế"), TWENTY)
    assert koha.scripts[-2:] == ["opac-search.pl", "ilsdi.pl"]


async def test_borrowers_that_ils_di_gives_away_are_nowhere(catalogue: Make) -> None:
    koha = catalogue(has_cart=False, has_ils_di=True)
    answer = await koha.connector().search(parse("kinh tế"), Window(1, 50))
    assert len(answer.placed) == 50
    assert any(one.item for placed in answer.placed for one in placed.record.holdings)
    assert "Mượn" not in repr(answer).replace("Phòng mượn", "")
    assert "borrower" not in repr(answer)


async def test_records_one_by_one_are_bounded_and_the_others_stay_brief(catalogue: Make) -> None:
    koha = catalogue(has_cart=False)
    connector = koha.connector(KohaSettings(max_single=3))
    answer = await connector.search(parse("kinh tế"), TWENTY)
    assert koha.scripts == ["opac-search.pl", "opac-downloadcart.pl", "ilsdi.pl", "unapi", "unapi", "unapi"]
    assert len(answer.placed) == 20
    assert answer.notices == (Reason("notice.brief-records", {"count": 17}),)
    assert all(placed.record.title and placed.record.url for placed in answer.placed)
    assert answer.placed[0].record.languages
    assert answer.placed[10].record.languages == ()
    assert answer.placed[10].record.people


async def test_the_public_rest_interface_and_then_export_are_the_last_ways(catalogue: Make) -> None:
    koha = catalogue(version="24.05", has_cart=False, has_unapi=False, has_rest=True)
    await koha.connector(KohaSettings(max_single=1)).search(parse("kinh tế"), TWENTY)
    assert koha.scripts[-2] == "unapi"
    assert koha.scripts[-1].isdecimal()
    export = catalogue(has_cart=False, has_unapi=False)
    answer = await export.connector(KohaSettings(max_single=1)).search(parse("kinh tế"), TWENTY)
    assert export.scripts[-1] == "opac-export.pl"
    assert answer.placed[0].record.holdings[0].item


async def test_one_hit_is_a_redirect_to_its_page_and_still_a_full_record(catalogue: Make) -> None:
    koha = catalogue()
    entry = next(one for one in koha.shelf.entries if one.isbns and len(one.copies) > 1)
    answer = await koha.connector().search(parse(f"isbn:{entry.isbns[0].split(' ')[0]}"), TWENTY)
    assert koha.scripts == ["opac-search.pl", "opac-detail.pl", "opac-downloadcart.pl"]
    assert [placed.record.id for placed in answer.placed] == [entry.id]
    assert (answer.total, answer.has_more) == (1, False)
    beyond = await koha.connector().search(parse(f"isbn:{entry.isbns[0].split(' ')[0]}"), Window(21, 20))
    assert beyond.placed == ()


async def test_a_redirect_that_forgets_the_path_of_a_proxy_still_leads_to_the_record(catalogue: Make) -> None:
    koha = catalogue()
    koha.path = "/thuvien"
    entry = next(one for one in koha.shelf.entries if one.isbns)
    connector = koha.connector()
    answer = await connector.search(parse(f"isbn:{entry.isbns[0].split(' ')[0]}"), TWENTY)
    assert [placed.record.id for placed in answer.placed] == [entry.id]
    assert (
        answer.placed[0].record.url
        == f"http://opac.example.org/thuvien/cgi-bin/koha/opac-detail.pl?biblionumber={entry.id}"
    )
    assert len((await connector.search(parse("kinh tế"), TWENTY)).placed) == 20


async def test_no_hits_are_told_once_and_marked_words_are_tried_without_marks(catalogue: Make) -> None:
    koha = catalogue()
    answer = await koha.connector().search(parse("qwzx"), TWENTY)
    assert (answer.placed, answer.total, len(koha.asked)) == ((), 0, 1)
    await koha.connector().search(parse("qwzxế"), TWENTY)
    assert [asked.split("&")[1] for asked in koha.asked[1:]] == ["q=qwzx%E1%BA%BF", "q=qwzxe"]
    folds = catalogue()
    await folds.connector(KohaSettings(folds_marks=True)).search(parse("qwzxế"), TWENTY)
    assert len(folds.asked) == 1


@pytest.mark.parametrize("broken_at", [0, 7, 19])
async def test_one_broken_record_costs_a_few_places_and_not_the_page(catalogue: Make, broken_at: int) -> None:
    whole = await catalogue().connector().search(parse("kinh tế"), TWENTY)
    broken = whole.placed[broken_at].record.id
    koha = catalogue(broken=frozenset({broken}))
    answer = await koha.connector().search(parse("kinh tế"), TWENTY)
    came = {placed.place: placed.record.id for placed in answer.placed}
    assert len(came) >= 14
    assert all(whole.placed[place - 1].record.id == number for place, number in came.items())
    assert broken not in came.values()
    assert answer.notices == (Reason("notice.records-unreadable", {"count": 20 - len(came)}),)
    assert koha.scripts.count("opac-search.pl") <= 6


async def test_a_server_that_always_fails_is_left_after_three_requests(catalogue: Make) -> None:
    koha = catalogue()
    koha.opac = catalogue(broken=frozenset(entry.id for entry in koha.shelf.entries)).opac
    with pytest.raises(FaultError):
        await koha.connector().search(parse("kinh tế"), TWENTY)
    assert len(koha.asked) == 3


async def test_hidden_records_leave_a_page_shorter_and_are_told(catalogue: Make) -> None:
    whole = await catalogue().connector().search(parse("kinh tế"), TWENTY)
    hidden = frozenset({whole.placed[3].record.id, whole.placed[4].record.id})
    koha = catalogue(hidden=hidden)
    answer = await koha.connector().search(parse("kinh tế"), TWENTY)
    assert len(answer.placed) == 18
    assert answer.notices == (Reason("notice.records-withheld", {"count": 2}),)
    assert answer.has_more
    assert koha.scripts == ["opac-search.pl", "opac-downloadcart.pl"]


@pytest.mark.parametrize("services", [{"is_public": False}, {"robots_wait": True}])
async def test_a_page_to_log_in_and_a_challenge_are_refusals(catalogue: Make, services: dict[str, bool]) -> None:
    koha = catalogue(**services)
    with pytest.raises(RefusedError):
        await koha.connector().search(parse("kinh tế"), TWENTY)
    assert len(koha.asked) == 1


@pytest.mark.parametrize(("version", "feeds"), [("19.06", ["rss", "rss2"]), ("24.05", ["rss"])])
async def test_a_feed_serves_as_well_and_its_name_is_learned(catalogue: Make, version: str, feeds: list[str]) -> None:
    koha = catalogue(version=version)
    connector = koha.connector(KohaSettings(search="feed"))
    answer = await connector.search(parse("kinh tế"), TWENTY)
    assert [asked.rpartition("format=")[2] for asked in koha.asked[:-1]] == feeds
    assert len(answer.placed) == 20
    assert answer.notices == ()
    await connector.search(parse("kinh tế"), TWENTY)
    assert len(koha.asked) == len(feeds) + 1 + 2
    none = await connector.search(parse("qwzx"), TWENTY)
    assert (none.placed, none.total) == ((), 0)


async def test_years_and_a_language_are_limits_of_koha_and_only_copies_that_are_in(catalogue: Make) -> None:
    koha = catalogue()
    query = Query(parse("kinh tế").expression, parse("a năm:2010-2015 ngôn ngữ:vie").filters)
    answer = await koha.connector().search(query, TWENTY)
    assert "limit-yr=2010-2015" in koha.asked[0]
    assert "limit=ln%2Crtrn%3Avie" in koha.asked[0]
    assert answer.placed
    assert all(2010 <= (placed.record.year or 0) <= 2015 for placed in answer.placed)
    assert "notice.filtered-here" not in _codes(answer.notices)


async def test_limits_that_find_nothing_are_applied_here_and_left_out_from_then_on(catalogue: Make) -> None:
    koha = catalogue()
    # Its index of years is empty: every limit finds nothing.
    original = koha.opac.answer
    koha.opac.answer = lambda request: original(  # type: ignore[method-assign]  # a server that behaves otherwise
        request if "limit-yr" not in request.text else type(request)("GET", request.path, {"q": "zz"}, {}, "q=zzqqxx")
    )
    connector = koha.connector()
    query = Query(parse("kinh tế").expression, parse("a năm:2010-2015").filters)
    answer = await connector.search(query, TWENTY)
    assert answer.placed
    assert all(2010 <= (placed.record.year or 2010) <= 2015 for placed in answer.placed)
    assert _codes(answer.notices) == ["notice.filtered-here"]
    before = len(koha.asked)
    await connector.search(query, TWENTY)
    assert "limit-yr" not in "".join(koha.asked[before:])


async def test_where_the_list_took_all_the_time_its_brief_results_are_given(catalogue: Make) -> None:
    koha = catalogue()
    koha.seconds_each = 7.5  # of the member's 8
    answer = await koha.connector().search(parse("kinh tế"), TWENTY)
    assert koha.scripts == ["opac-search.pl"]
    assert len(answer.placed) == 20
    assert answer.notices == (Reason("notice.full-records-unreadable", {"count": 20}),)


async def test_elasticsearch_is_not_asked_beyond_its_ten_thousandth_hit(catalogue: Make) -> None:
    koha = catalogue()
    connector = koha.connector(KohaSettings(engine="elasticsearch"))
    answer = await connector.search(parse("kinh tế"), Window(10_001, 20))
    assert (answer.placed, answer.has_more, koha.asked) == ((), False, [])
    assert _codes(answer.notices) == ["notice.list-capped"]


async def test_a_page_nested_without_end_harms_nobody(catalogue: Make) -> None:
    row = (
        b'<tr><td class="bibliocol"><a class="title" href="/cgi-bin/koha/opac-detail.pl?biblionumber=1">'
        + b"<span>" * 20_000
        + b"Sau</a></td></tr>"
    )
    body = b'<body id="results"><p id="numresults">1</p><div class="searchresults"><table>' + row + b"</table></body>"
    results = parse_results(parse_html(body))
    assert [one.title for one in results.rows] == ["Sau"]


async def test_a_list_of_which_all_is_hidden_is_none_and_says_so(catalogue: Make) -> None:
    koha = catalogue()
    page = b'<body id="results"><p id="numresults">2</p><div class="searchresults"><table></table></div></body></html>'
    results = parse_results(parse_html(page))
    assert (results.rows, results.total) == ((), 2)
    koha.opac.answer = lambda _: Reply(page, "text/html")  # type: ignore[method-assign]  # a server that hides all
    answer = await koha.connector().search(parse("qwzx"), TWENTY)
    assert (answer.placed, answer.total) == ((), 0)
    assert answer.notices == (Reason("notice.records-withheld", {"count": 2}),)


async def test_short_pages_that_use_up_the_requests_are_told_as_a_part(catalogue: Make) -> None:
    koha = catalogue(most_rows=3)
    answer = await koha.connector().search(parse("kinh tế"), TWENTY)
    assert len(answer.placed) == 18
    assert answer.has_more
    assert _codes(answer.notices) == ["notice.partial"]


def test_a_cart_of_a_unimarc_koha_tells_its_dialect_itself() -> None:
    marc = pymarc.Record(force_utf8=True)
    marc.add_field(pymarc.Field("001", data="77"))
    for tag, ends, code, text in (("200", "1 ", "a", "Kinh tế vi mô"), ("210", "  ", "d", "2012")):
        marc.add_field(pymarc.Field(tag, pymarc.Indicators(*ends), [pymarc.Subfield(code, text)]))
    (record,) = cart_records(marc.as_marc(), member="m", dialect="marc21")
    assert (record.id, record.title, record.year) == ("77", "Kinh tế vi mô", 2012)


async def test_pages_that_cannot_be_read_are_left_for_feeds_for_an_hour(catalogue: Make) -> None:
    koha = catalogue()
    original = koha.opac.answer

    def redesigned(request: Request) -> Reply | None:
        is_page = request.path.endswith("opac-search.pl") and "format" not in request.parameters
        return Reply(b"<html><body><main>New!</main></body></html>", "text/html") if is_page else original(request)

    koha.opac.answer = redesigned  # type: ignore[method-assign]  # a server with another theme
    connector = koha.connector()
    first = await connector.search(parse("kinh tế"), TWENTY)
    assert (len(first.placed), first.notices) == (20, ())
    assert koha.scripts == ["opac-search.pl"] * 3 + ["opac-downloadcart.pl"]  # the page, rss, rss2
    await connector.search(parse("kinh tế"), TWENTY)
    assert koha.scripts[4:] == ["opac-search.pl", "opac-downloadcart.pl"]
    koha.opac.answer = original  # type: ignore[method-assign]  # as it was
    koha.now += 3601
    await connector.search(parse("kinh tế"), TWENTY)
    assert "format=" not in koha.asked[6]


async def test_a_call_number_is_found_by_the_index_of_its_own(catalogue: Make) -> None:
    koha = catalogue()
    entry = next(one for one in koha.shelf.entries if one.copies and "." in one.copies[0].call_number)
    answer = await koha.connector().search(parse(f'ký hiệu:"{entry.copies[0].call_number}"'), Window(1, 50))
    assert entry.id in [placed.record.id for placed in answer.placed]
    assert answer.total
    assert answer.total < len(koha.shelf.entries) / 10
