"""The KIPOS and the Bookworm of the demo: words in the address, further pages by links."""

from __future__ import annotations

import pytest
from lxml import html

from tests.demo.asking import Reader, port_of

KIPOS = {"s_searchvalue1": "kinh tế", "search_field1": "t"}
BOOKWORM = {"pIdx": "1", "vt": "list", "qr": "kinh tế"}


@pytest.mark.parametrize(
    ("face", "path", "asked", "rows"),
    [
        ("ba-vi-kipos", "/opac/keywordsearch.aspx", KIPOS, "//a[@class='title']"),
        ("song-cau-bookworm", "/Results.aspx", BOOKWORM, "//div[@class='book']/h4/a"),
    ],
)
async def test_a_list_leads_to_its_next_page_and_to_records(
    reader: Reader, face: str, path: str, asked: dict[str, str], rows: str
) -> None:
    base = f"http://127.0.0.1:{port_of(reader, face)}"
    first = await reader.client.get(base + path, params=asked)
    page = html.fromstring(first.text, base_url=str(first.url))
    page.make_links_absolute()
    links = page.xpath(f"{rows}/@href")
    following = next(link.get("href") for link in page.xpath("//a[normalize-space()='2']"))
    second = html.fromstring((await reader.client.get(following)).text, base_url=following)
    second.make_links_absolute()
    assert len({*links, *second.xpath(f"{rows}/@href")}) == 2 * len(links) > 10
    assert (await reader.client.get(links[0])).status_code == 200


async def test_a_title_of_kipos_is_title_and_responsibility(reader: Reader) -> None:
    url = f"http://127.0.0.1:{port_of(reader, 'ba-vi-kipos')}/opac/keywordsearch.aspx"
    page = html.fromstring(
        (await reader.client.get(url, params={"s_searchvalue1": "mankiw", "search_field1": "a"})).text
    )
    titles = page.xpath("//a[@class='title']/text()")
    assert titles
    assert all("Mankiw" in title.partition(" / ")[2] for title in titles)


@pytest.mark.parametrize(
    ("face", "path"),
    [
        ("ba-vi-kipos", "/opac/keywordsearch.aspx?s_searchvalue1=qxzjwvk"),
        ("song-cau-bookworm", "/Results.aspx?pIdx=1&vt=list&qr=qxzjwvk"),
    ],
)
async def test_no_hits_are_told_in_words_and_a_failure_is_asp_nets(reader: Reader, face: str, path: str) -> None:
    base = f"http://127.0.0.1:{port_of(reader, face)}"
    assert "Không tìm thấy" in (await reader.client.get(base + path)).text
    await reader.running.set_mood(face, "failing", kind="diagnostic-1")
    reply = await reader.client.get(base + path)
    assert reply.status_code == 500
    assert "Server Error in '/' Application." in reply.text
