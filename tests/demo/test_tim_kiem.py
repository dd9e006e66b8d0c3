"""The tim-kiem catalogue of the demo, asked over raw HTTP as its own script asks it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import httpx
import pymarc
import pytest
from lxml import html

from tests.demo.asking import Reader, port_of


@pytest.fixture
def base(reader: Reader) -> str:
    return f"http://127.0.0.1:{port_of(reader, 'song-hong-tim-kiem')}"


async def token(reader: Reader, url: str) -> str:
    page = (await reader.client.get(url)).text
    return re.findall(r"id=requestVerificationToken value=([^>\s]+)", page)[0]


async def search(reader: Reader, base: str, own: str, pairs: Sequence[Sequence[str]], page: int = 1) -> httpx.Response:
    question = {"searchBy": pairs, "sortBy": [["year_pub", "desc"]], "filterBy": []}
    asked = {"type": "quick", "page": page, "pageSize": 10, "hasFacetFilter": True, "request": question}
    return await reader.client.post(f"{base}/Search", json=asked, headers={"RequestVerificationToken": own})


async def test_a_search_needs_a_token_and_its_cookie(reader: Reader, base: str) -> None:
    own = await token(reader, f"{base}/tim-kiem")
    words = [["option", "qs"], ["keyword", "kinh tế"]]
    assert (await search(reader, base, own, words)).status_code == 200
    assert (await search(reader, base, "made-up", words)).status_code == 400
    reader.client.cookies.clear()
    assert (await search(reader, base, own, words)).status_code == 400


async def test_a_token_grows_old_with_its_calls(reader: Reader, base: str) -> None:
    own = await token(reader, f"{base}/tim-kiem")
    statuses = [(await search(reader, base, own, [["keyword", "luật"]])).status_code for _ in range(61)]
    assert (statuses[0], statuses[59], statuses[60]) == (200, 200, 400)


async def test_rows_come_as_a_fragment_newest_first_and_page_by_page(reader: Reader, base: str) -> None:
    own = await token(reader, f"{base}/tim-kiem")
    first, second = [
        html.fromstring((await search(reader, base, own, [["option", "ti"], ["keyword", "kinh tế"]], page)).text)
        for page in (1, 2)
    ]
    ids = [row.get("data-id") for page in (first, second) for row in page.xpath("//div[@data-id]")]
    assert len(ids) == len(set(ids)) == 20
    said = first.xpath("string(//p[@class='result-count'])")
    assert re.fullmatch(r"Kết quả 1 - 10 trong \d+", said)
    titles = first.xpath("//a[@class='result-block__main__bookContainer__info_title']/text()")
    assert all("kinh" in title.lower() for title in titles)
    imprints = [re.findall(r"\d{4}", text)[-1] for text in first.xpath("//p[contains(., 'xuất bản')]/span/text()")]
    assert imprints == sorted(imprints, reverse=True)


async def test_an_isbn_is_found_only_as_it_was_typed_and_words_only_with_their_marks(reader: Reader, base: str) -> None:
    own = await token(reader, f"{base}/tim-kiem")
    found = [
        "data-id" in (await search(reader, base, own, [["option", option], ["keyword", words]])).text
        for option, words in (
            ("bn", "978-604-9900-03-7"), ("bn", "9786049900037"), ("qs", "kinh tế"), ("qs", "kinh te"),
        )
    ]  # fmt: skip
    assert found == [True, False, True, False]


async def test_no_hits_have_neither_rows_nor_a_count(reader: Reader, base: str) -> None:
    own = await token(reader, f"{base}/tim-kiem")
    page = (await search(reader, base, own, [["keyword", "qxzjwvk"]])).text
    assert "Không tìm thấy" in page
    assert "trong" not in page


async def test_a_record_has_a_marc_table_and_its_download_is_the_same_record(reader: Reader, base: str) -> None:
    own = await token(reader, f"{base}/tim-kiem")
    fragment = html.fromstring(
        (await search(reader, base, own, [["option", "bn"], ["keyword", "978-604-9900-03-7"]])).text
    )
    link = fragment.xpath("//a[@class='result-block__main__bookContainer__info_title']/@href")[0]
    page = (await reader.client.get(base + link)).text
    rows = [[cell.text_content() for cell in row.xpath("td")] for row in html.fromstring(page).xpath("//table//tr[td]")]
    assert ["020", "#", "#", "a", "978-604-9900-03-7"] in rows
    assert any(row[0] == "" and row[3] == "b" for row in rows)
    detail = re.findall(r"id=requestVerificationToken value=([^>\s]+)", page)[0]
    slug = link.rpartition("/")[2]
    reply = await reader.client.post(
        f"{base}/download-marc?slug={slug}&title=x", headers={"RequestVerificationToken": detail}
    )
    record = next(iter(pymarc.MARCReader(io.BytesIO(reply.content), to_unicode=True, force_utf8=True)))
    assert record is not None
    assert record["020"]["a"] == "978-604-9900-03-7"
