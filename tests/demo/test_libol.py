"""The two Libols of the demo: forms whose state must come back, results in a session or beside the form."""

from __future__ import annotations

import httpx
import pytest
from lxml import html

from tests.demo.asking import Reader, hidden, port_of

CONTENT = "ctl00$ContentPlaceHolder1$"


def base(reader: Reader, face: str) -> str:
    return f"http://127.0.0.1:{port_of(reader, face)}"


async def find(reader: Reader, **boxes: str) -> httpx.Response:
    url = f"{base(reader, 'che-xanh-libol')}/opac60/WIndex.aspx"
    fields = hidden((await reader.client.get(url)).text)
    empty = {"txtTitle": "", "txtAuthor": "", "txtPublisher": "", "txtISBN": "", "txtKeyWord": ""}
    asked = {**fields, **empty, **boxes, "btnSearch": "Tìm kiếm"}
    return await reader.client.post(url, data=asked, follow_redirects=True)


async def test_libol_6_keeps_what_was_found_for_its_page_of_results(reader: Reader) -> None:
    reply = await find(reader, txtTitle="kinh tế")
    assert reply.url.path == "/opac60/WShowResult.aspx"
    page = html.fromstring(reply.text)
    total = int(page.get_element_by_id("lblAmount").text)
    numbers = [row.xpath("string(td)") for row in page.xpath("//table[@id='dtgResult']/tr[td/a]")]
    assert numbers == [str(number) for number in range(1, 11)]
    second = await reader.client.post(f"{reply.url}?intPg=2", data=hidden(reply.text))
    ids = [
        link
        for text in (reply.text, second.text)
        for link in html.fromstring(text).xpath("//table[@id='dtgResult']//a/@href")
    ]
    assert len(set(ids)) == min(total, 20)


async def test_libol_6_tells_of_no_hits_in_a_box_over_the_form_and_its_new_titles(reader: Reader) -> None:
    reply = await find(reader, txtKeyWord="qxzjwvk")
    assert reply.url.path == "/opac60/WIndex.aspx"
    page = html.fromstring(reply.text)
    assert "alert('Không tìm thấy" in page.xpath("string(//script)")
    assert len(page.xpath("//table[@id='dgrNewItems']//a")) == 5


async def test_without_a_session_there_is_nothing_to_show(reader: Reader) -> None:
    reply = await reader.client.get(f"{base(reader, 'che-xanh-libol')}/opac60/WShowResult.aspx")
    assert (reply.status_code, reply.headers["location"]) == (302, "/opac60/WIndex.aspx")


async def test_state_that_the_server_did_not_sign_is_an_error(reader: Reader) -> None:
    url = f"{base(reader, 'ba-vi-libol')}/opac80/WSearch.aspx"
    reply = await reader.client.post(url, data={"__VIEWSTATE": "bmljaHRz", f"{CONTENT}txtSearch": "a"})
    assert reply.status_code == 500
    assert "Validation of viewstate MAC failed" in reply.text


async def test_libol_8_turns_its_pages_by_post_back_and_by_no_other_target(reader: Reader) -> None:
    url = f"{base(reader, 'ba-vi-libol')}/opac80/WSearch.aspx"
    fields = hidden((await reader.client.get(url)).text)
    first = await reader.client.post(url, data={**fields, f"{CONTENT}txtSearch": "kinh tế", f"{CONTENT}ddlField": "1"})
    links = html.fromstring(first.text).xpath("//div[@class='lbGridPager']/a/@href")
    target = links[0].split("'")[1]
    second = await reader.client.post(url, data={**hidden(first.text), "__EVENTTARGET": target})
    numbers = html.fromstring(second.text).xpath("//table[contains(@id, 'dgrResult')]/tr/td[1]/text()")
    assert numbers[1:3] == ["11", "12"]
    wrong = await reader.client.post(url, data={**hidden(first.text), "__EVENTTARGET": "made$up"})
    assert "Invalid postback" in wrong.text


@pytest.mark.parametrize(("face", "root"), [("che-xanh-libol", "opac60"), ("ba-vi-libol", "opac80")])
async def test_copies_are_a_table_and_every_state_has_its_word(reader: Reader, face: str, root: str) -> None:
    library = face.removesuffix("-libol")
    states = set()
    for entry in reader.running.faces[library].sru.shelf.entries[:60]:
        url = f"{base(reader, face)}/{root}/WHoldingCollection.aspx?intItemID={entry.id}"
        page = html.fromstring((await reader.client.get(url)).text)
        rows = page.xpath("//table[@id='dtgHolding']/tr")[1:]
        assert [row.xpath("string(td[3])") for row in rows] == [copy.barcode for copy in entry.copies]
        states |= {row.xpath("string(td[5])") for row in rows}
    assert {"Rỗi", "Bận"} <= states <= {"Rỗi", "Bận", "Khóa"}
