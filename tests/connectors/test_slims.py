from __future__ import annotations

from pathlib import Path

import pytest

from connectors.battery import Battery
from connectors.http import open_client
from connectors.http.recording import Replay
from connectors.reading.html import parse_html
from connectors.slims import SYSTEM, SlimsConnector, SlimsSettings
from connectors.slims.copies import copies_of
from connectors.slims.request import said
from connectors.slims.signs import recognise
from engine.errors import UnsupportedError
from engine.model import And, Availability, Clause, Field, Filters, Holding, Query, Record, Service, Window
from engine.ports import AvailabilityConnector, Door, Member, Names, Page

RECORDINGS = Path(__file__).parents[1] / "recordings"
MEMBER = Member(id="slims-sonla", system="slims", url="https://opac.sonla.example.org/index.php", name=Names("a", "b"))


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS):
    """SLiMS with lists as XML, and as pages."""


def _connector(replay: Replay, settings: SlimsSettings | None = None) -> SlimsConnector:
    client = open_client(MEMBER, user_agent="test", clock=lambda: 0.0, transport=replay)
    return SlimsConnector(MEMBER, settings or SlimsSettings(), Door(client=client, clock=lambda: 0.0))


def test_words_without_a_field_go_into_the_simple_box() -> None:
    assert said(Clause("kinh tế")).pairs == (("keywords", "kinh tế"),)


def test_a_field_is_asked_with_the_advanced_search_and_words_beside_it_in_titles() -> None:
    asked = said(And((Clause("kinh tế"), Clause("mankiw", Field.PERSON))))
    assert asked.pairs == (("title", "kinh tế"), ("author", "mankiw"), ("searchtype", "advance"))
    assert [notice.code for notice in asked.notices] == ["notice.words-in-titles"]


@pytest.mark.parametrize("text", ['a" or "b', "-kinh +tế", "x) AND (y", "title=z*"])
def test_no_operator_of_slims_gets_through(text: str) -> None:
    ((_, words),) = said(Clause(text)).pairs
    assert not set(words) & set('"()+*=<>~@|&;')
    assert not words.startswith("-")


async def test_the_page_size_that_a_list_tells_is_used_for_the_next_question() -> None:
    replay = Replay(RECORDINGS / "slims-sonla" / "small-pages")
    connector = _connector(replay)
    answer = await connector.search(Query(Clause("nguyễn", Field.PERSON)), Window(1, 20))
    assert [placed.place for placed in answer.placed] == [1, 3, 4]
    again = await connector.search(Query(Clause("nguyễn", Field.PERSON)), Window(3, 2))
    assert [placed.record.id for placed in again.placed] == ["92", "93"]
    assert [target.count("page=2") for target in replay.asked] == [0, 1, 1]


async def test_filters_are_applied_here_and_told() -> None:
    connector = _connector(Replay(RECORDINGS / "slims-sonla" / "full-page"))
    answer = await connector.search(Query(Clause("kinh tế vi mô"), Filters(year_from=2015)), Window())
    assert [placed.record.id for placed in answer.placed] == ["63"]
    assert [notice.code for notice in answer.notices] == ["notice.filtered-here"]


async def test_filters_alone_cannot_be_asked() -> None:
    with pytest.raises(UnsupportedError):
        await _connector(Replay([])).search(Query(None, Filters(year_from=2015)), Window())


NEW_PAGE = """<html><body><div itemscope itemtype="http://schema.org/Book"><h4 itemprop="name">Kinh tế vi mô</h4>
<div class="flex flex-col"><div class="w-100 flex flex-row w-full"><div class="col-7 flex"><div>#</div>
<div class="mx-2"><span class="block mx-auto">Kho mượn (Cơ sở 1)</span><small class="text-sm">338.5 KIN</small></div>
</div><div class="col-2 border">VN00123</div><div class="col-3">
<b class="text-sm availability-item item-available">Có sẵn</b></div></div>
<div class="w-100 flex flex-row w-full"><div class="col-7"><div>#</div><div class="mx-2"><span>Kho đọc</span>
<small>338.5 KIN</small></div></div><div class="col-2">VN00124</div>
<div class="col-3"><b class="availability-item item-notforloan">Đọc tại chỗ</b></div></div>
<div class="w-100 flex flex-row w-full"><div class="col-7"><div>#</div><div class="mx-2"><span>Kho mượn</span>
<small>338.5 KIN</small></div></div><div class="col-2">VN00125</div>
<div class="col-3"><b class="availability-item item-onloan">Đang mượn (Hạn trả 2026-12-01)</b></div></div>
</div></div></body></html>"""


def test_the_copies_of_a_page_of_slims_9_are_read_by_their_classes() -> None:
    assert copies_of(parse_html(NEW_PAGE.encode())) == (
        Holding(
            location="Kho mượn (Cơ sở 1)",
            call_number="338.5 KIN",
            item="VN00123",
            availability=(Availability(Service.LOAN, available=True),),
        ),
        Holding(
            location="Kho đọc",
            call_number="338.5 KIN",
            item="VN00124",
            availability=(
                Availability(Service.LOAN, available=False),
                Availability(Service.PRESENTATION, available=True),
            ),
        ),
        Holding(
            location="Kho mượn",
            call_number="338.5 KIN",
            item="VN00125",
            availability=(Availability(Service.LOAN, available=False, expected="2026-12-01"),),
        ),
    )


def test_the_copies_of_a_page_of_slims_8_are_read_from_their_table() -> None:
    page = """<html><body><table class="itemList"><tr><td class="biblio-item-code">B1</td>
    <td class="biblio-call-number">005 NGU</td><td class="biblio-location">Kho A</td>
    <td width="30%"><span class="label label-important status-on-loan">Currently On Loan (Due on 03/12/2026)</span></td>
    </tr></table></body></html>"""
    (copy,) = copies_of(parse_html(page.encode())) or ()
    assert (copy.item, copy.call_number, copy.location) == ("B1", "005 NGU", "Kho A")
    assert copy.availability == (Availability(Service.LOAN, available=False, expected="2026-12-03"),)


def test_a_page_that_is_none_of_a_record_says_nothing_of_copies() -> None:
    assert copies_of(parse_html(b"<html><body><p>Welcome</p></body></html>")) is None


async def test_availability_is_asked_for_so_many_records_as_the_settings_allow(tmp_path: Path) -> None:
    head = "> GET /index.php?p=show_detail&id={}\n< 200\n< Content-Type: text/html\n\n"
    for number in (41, 57):
        (tmp_path / f"00{number}.exchange").write_text(head.format(number) + NEW_PAGE)
    replay = Replay(tmp_path)
    connector = _connector(replay, SlimsSettings(item_pages=2))
    assert isinstance(connector, AvailabilityConnector)
    records = [Record(member="slims-sonla", id=str(number), title="x") for number in (41, 57, 63)]
    found = await connector.availability(records)
    assert sorted(found) == ["41", "57"]
    assert len(replay.asked) == 2


def test_slims_is_told_by_its_generator() -> None:
    page = b"""<html><head><title>x</title><meta name="generator" content="SLiMS 9 (Bulian)">
    <meta property="og:site_name" content="Thu vien mau"></head><body></body></html>"""
    found = recognise(Page("https://lib.example.org/slims/", 200, "text/html", page))
    assert found is not None
    assert (found.url, found.name, found.is_sure) == ("https://lib.example.org/slims/", "Thu vien mau", True)


def test_a_page_that_only_speaks_of_slims_is_not_taken_for_it() -> None:
    page = b"<html><head><title>Koha</title></head><body>We left SLiMS for Koha.</body></html>"
    assert recognise(Page("https://lib.example.org/", 200, "text/html", page)) is None
