"""The two eMicLibs of the demo: pages that keep the search in the session, and the interface of the app."""

from __future__ import annotations

import pytest
from lxml import html

from tests.demo.asking import Reader, hidden, port_of


@pytest.fixture
def pages(reader: Reader) -> str:
    return f"http://127.0.0.1:{port_of(reader, 'vinh-ngoc-emiclib')}"


@pytest.fixture
def api(reader: Reader) -> str:
    return f"http://127.0.0.1:{port_of(reader, 'hoa-phuong-emiclib')}"


async def test_words_are_one_phrase_without_marks_and_pages_turn_by_the_hidden_button(
    reader: Reader, pages: str
) -> None:
    asked = {"txtSearch": "kinh te", "TypeSearch": "13"}
    first = await reader.client.get(f"{pages}/OShow.aspx", params=asked)
    rows = html.fromstring(first.text).xpath("//div[contains(@class, 'item-box')]/h2/a")
    assert len(rows) == 10
    assert all("kinh tế" in row.text_content().lower().replace("kinh te", "kinh tế") for row in rows)
    assert rows[0].get("onclick").startswith("parent.showPopupDetail(")
    turned = {**hidden(first.text), "hidCurrentPage": "2", "raiseShowRecord": "raiseShowRecord"}
    second = await reader.client.post(f"{pages}/OShow.aspx", data=turned)
    assert (
        html.fromstring(second.text).xpath("//div[contains(@class, 'item-box')]/h2/a")[0].text_content()[:4] == "11. "
    )
    reader.client.cookies.clear()
    lost = await reader.client.post(f"{pages}/OShow.aspx", data=turned)
    assert not html.fromstring(lost.text).xpath("//div[contains(@class, 'item-box')]")


async def test_the_words_for_no_hits_stand_hidden_in_every_page(reader: Reader, pages: str) -> None:
    none, some = [
        html.fromstring((await reader.client.get(f"{pages}/OShow.aspx", params={"txtSearch": words})).text)
        for words in ("qxzjwvk", "kinh tế")
    ]
    said = "Không tìm thấy kết quả tìm kiếm của bạn"
    assert all(said in page.get_element_by_id("spInfoNotFound").text for page in (none, some))
    assert [said in page.xpath("string(//div[@id='divMain'])") for page in (none, some)] == [True, False]


async def test_a_list_of_items_is_json_with_the_keys_of_the_app(reader: Reader, api: str) -> None:
    asked = {"searchText": "kinh tế", "pageIndex": "1", "pageSize": "7", "itemType": "0", "booth": ""}
    first = (await reader.client.get(f"{api}/api/Item/SearchBooth", params=asked)).json()
    second = (await reader.client.get(f"{api}/api/Item/SearchBooth", params={**asked, "pageIndex": "2"})).json()
    assert len({item["Id"] for item in [*first, *second]}) == 14
    assert set(first[0]) == {
        "Id", "Title", "Author", "Publisher", "PublishedYear", "Content", "CoverPicture", "DocType", "Href",
    }  # fmt: skip
    assert (
        await reader.client.get(f"{api}/api/Item/SearchBooth", params={**asked, "searchText": "qxzjwvk"})
    ).json() == []


@pytest.mark.parametrize(
    "path", ["SearchBooth?searchText=a", "Search?searchText=a&docType=0&pageIndex=1&pageSize=1", "No"]
)
async def test_an_address_without_all_its_parameters_is_none(reader: Reader, api: str, path: str) -> None:
    reply = await reader.client.get(f"{api}/api/Item/{path}")
    assert reply.status_code == 404
    assert set(reply.json()) == {"Message", "MessageDetail"}


async def test_an_error_of_the_interface_is_a_message(reader: Reader, api: str) -> None:
    await reader.running.set_mood("hoa-phuong-emiclib", "failing", kind="diagnostic-1")
    reply = await reader.client.get(f"{api}/api/Booth/GetListBooth")
    assert (reply.status_code, reply.json()) == (500, {"Message": "An error has occurred."})


async def test_readers_have_pages_of_the_same_records(reader: Reader, api: str) -> None:
    page = await reader.client.get(f"{api}/Item/SearchAdvanced", params={"SearchText": "FULLTEXT:%kinh tế%:"})
    links = html.fromstring(page.text).xpath("//a[contains(@href, '/Item/ItemDetail/')]")
    assert len(links) == 10
    assert (await reader.client.get(api + links[0].get("href"))).status_code == 200
    assert " / " in links[0].get("title")
