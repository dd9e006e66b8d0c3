"""The older iLib of the demo: a search is an address."""

from __future__ import annotations

import re

import pytest
from lxml import html

from tests.demo.asking import Reader, port_of


@pytest.fixture
def search(reader: Reader) -> str:
    return f"http://127.0.0.1:{port_of(reader, 'song-lo-ilib')}/pages/opac/wpid-search-stype-form-quick-sfield-"


async def test_a_list_shows_ten_rows_its_count_and_a_pager_of_scripts(reader: Reader, search: str) -> None:
    page = html.fromstring((await reader.client.get(f"{search}all-keyword-kinh tế.html")).text)
    total = int(page.xpath("string(//div[@id='divSearchInfo']//ins)"))
    rows = page.xpath("//ul[@id='ulSearchResult']/li")
    assert (len(rows), total > 20) == (10, True)
    ids = page.xpath("//input[@id='hdBibId']/@value")
    assert [row.xpath(".//h4/a/@href")[0] for row in rows] == [f"../opac/wpid-detailbib-id-{own}.html" for own in ids]
    assert all(page.xpath(f"//dl[@id='divBibInfo{own}']/dd/strong") for own in ids)
    calls = page.xpath("//div[@id='divPagination']//a/@href")
    assert all(re.search(rf"ClientPagingOnChange\(.*'{total}','10','10','\d+'", call) for call in calls)


async def test_fields_narrow_and_no_hits_are_a_count_of_none(reader: Reader, search: str) -> None:
    counts = [
        int(html.fromstring((await reader.client.get(f"{search}{words}.html")).text).xpath("string(//ins)"))
        for words in (
            "all-keyword-mankiw",
            "title-keyword-mankiw",
            "isbn-keyword-978-604-9900-03-7",
            "all-keyword-qxzjwvk",
        )
    ]
    assert counts[0] > counts[1]
    assert counts[2:] == [1, 0]


@pytest.mark.parametrize("letter", ["%3A", "%2A", "%26", "%3C", "%25", "%3F", "%5C"])
async def test_a_path_with_certain_letters_is_refused_before_any_page_sees_it(
    reader: Reader, search: str, letter: str
) -> None:
    reply = await reader.client.get(f"{search}all-keyword-a{letter}b.html")
    assert reply.status_code == 400
    assert "potentially dangerous" in reply.text


async def test_a_record_has_a_page_with_its_numbers(reader: Reader, search: str) -> None:
    page = html.fromstring((await reader.client.get(f"{search}isbn-keyword-9786049900037.html")).text)
    link = page.xpath("//ul[@id='ulSearchResult']//h4/a/@href")[0].removeprefix("../opac/")
    record = await reader.client.get(search.partition("wpid-")[0] + link)
    assert record.status_code == 200
    assert "978-604-9900-03-7" in record.text
