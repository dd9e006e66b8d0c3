"""The faces like DSpace 7 and DSpace 6, asked over raw HTTP: what real servers were seen to do, they do."""

from __future__ import annotations

import re

import pytest
from lxml import etree, html

from demo.repository6 import Repository6
from tests.demo.asking import Reader, local


@pytest.fixture
def seven(reader: Reader) -> str:
    return reader.urls["song-cau"].removesuffix("/sru") + "/server"


@pytest.fixture
def six(reader: Reader) -> str:
    return reader.urls["che-xanh"].removesuffix("/cgi-bin/sru.exe")


async def count(reader: Reader, server: str, **parameters: str) -> int:
    response = await reader.client.get(f"{server}/api/discover/search/objects", params=parameters)
    assert response.status_code == 200
    return response.json()["_embedded"]["searchResult"]["page"]["totalElements"]


async def test_without_a_type_collections_are_among_the_hits(reader: Reader, seven: str) -> None:
    items = await count(reader, seven, query="kinh tế", dsoType="ITEM")
    assert await count(reader, seven, query="kinh tế") == items + 1


async def test_marks_and_case_are_folded_and_words_are_anded(reader: Reader, seven: str) -> None:
    found = {await count(reader, seven, query=query, dsoType="item") for query in ("kinh tế", "KINH TE", "kính té")}
    assert len(found) == 1
    either = await count(reader, seven, query="kinh OR tế", dsoType="item")
    assert either > found.pop() > await count(reader, seven, query='"tế kinh"', dsoType="item")


async def test_a_wrong_scope_is_ignored_and_dates_of_deposit_are_searched(reader: Reader, seven: str) -> None:
    everything = await count(reader, seven, query="*", dsoType="item", scope="abc")
    assert await count(reader, seven, query="2026", dsoType="item") == everything > 500


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"query": '"hóa'}, 422), ({"query": "hóa:"}, 422), ({"query": "AND"}, 422), ({"query": "/x"}, 422),
        ({"sort": "nosuch,ASC"}, 422), ({"f.author": "Đỗ"}, 422), ({"f.dateIssued.min": "2010"}, 422),
        ({"f.itemtype": "Thesis,equals"}, 400), ({"dsoType": "book"}, 400),
    ],
)  # fmt: skip
async def test_what_is_refused(reader: Reader, seven: str, parameters: dict[str, str], status: int) -> None:
    response = await reader.client.get(f"{seven}/api/discover/search/objects", params=parameters)
    assert response.status_code == status


async def test_an_unescaped_colon_finds_nothing_and_an_escaped_one_does(reader: Reader, seven: str) -> None:
    entries = reader.running.faces["song-cau"].sru.shelf.entries
    kept = (one for one in entries if one.subtitle and int(one.id) % 89)  # the others are withdrawn
    entry = next(one for one in kept if (one.title + one.subtitle).replace(" ", "").isalpha())
    assert await count(reader, seven, query=f"{entry.title}: {entry.subtitle}", dsoType="item") == 0
    assert await count(reader, seven, query=f"{entry.title}\\: {entry.subtitle}", dsoType="item") > 0


async def test_a_withdrawn_item_answers_200_and_is_not_found(reader: Reader, seven: str) -> None:
    deposits = reader.running.faces["song-cau"].others[0]._discovery.deposits  # type: ignore[attr-defined]  # its own
    gone = next(one for one in deposits if one.is_withdrawn)
    answer = (await reader.client.get(f"{seven}/api/core/items/{gone.uuid}")).json()
    assert (answer["withdrawn"], answer["metadata"]) == (True, {})
    assert await count(reader, seven, query=f'handle:"{gone.handle}"', dsoType="item") == 0
    assert (await reader.client.get(f"{seven}/api/core/items/abc")).status_code == 401


async def test_files_of_closed_items_are_listed_to_everybody(reader: Reader, seven: str) -> None:
    deposits = reader.running.faces["song-cau"].others[0]._discovery.deposits  # type: ignore[attr-defined]  # its own
    closed = next(one for one in deposits if one.status == "restricted" and not one.is_withdrawn)
    url = f"{seven}/api/core/items/{closed.uuid}?embed=accessStatus&embed=bundles/bitstreams"
    told = (await reader.client.get(url)).json()["_embedded"]
    assert told["accessStatus"]["status"] == "restricted"
    bundles = told["bundles"]["_embedded"]["bundles"]
    assert [one["name"] for one in bundles] == ["ORIGINAL", "TEXT"]
    assert bundles[0]["_embedded"]["bitstreams"]["_embedded"]["bitstreams"][0]["name"] == closed.file_name


async def test_the_feed_of_version_7_gives_the_newest_first_unless_asked_by_score(reader: Reader, seven: str) -> None:
    async def titles(**parameters: str) -> list[str | None]:
        response = await reader.client.get(f"{seven}/opensearch/search", params={"query": "kinh tế", **parameters})
        return [one.findtext("{*}title") for one in local(etree.fromstring(response.content), "entry")]

    assert await titles(rpp="3", sort="score") != await titles(rpp="3")
    assert (await titles(rpp="3", sort="score", start="1"))[:2] == (await titles(rpp="3", sort="score"))[1:]


async def test_jspui_counts_from_0_and_xmlui_from_1(reader: Reader, six: str) -> None:
    async def handles(path: str) -> list[str]:
        page = html.fromstring((await reader.client.get(f"{six}{path}")).content)
        links = page.xpath("//td[@headers='t2']/a/@href | //div[@class='artifact-info']/preceding-sibling::div/a/@href")
        return [link.partition("/handle/")[2] for link in links]

    query = "query=(kinh tế) AND search.resourcetype:2"
    first = await handles(f"/jspui/simple-search?{query}&rpp=10&start=0")
    assert first[3:] == (await handles(f"/jspui/simple-search?{query}&rpp=10&start=3"))[:7]
    assert first == await handles(f"/xmlui/discover?{query}&rpp=10&page=1")
    assert set(first).isdisjoint(await handles(f"/xmlui/discover?{query}&rpp=10&page=2"))
    assert len(await handles(f"/jspui/simple-search?{query}&rpp=1000")) == 59
    assert (await reader.client.get(f"{six}/xmlui/discover?query=a&page=x")).status_code == 500


async def test_a_bad_query_is_a_page_with_status_200(reader: Reader, six: str) -> None:
    by_jspui = await reader.client.get(f"{six}/jspui/simple-search", params={"query": '"hóa'})
    by_xmlui = await reader.client.get(f"{six}/xmlui/discover", params={"query": '"hóa'})
    assert (by_jspui.status_code, by_xmlui.status_code) == (200, 200)
    assert "submitFormWarn" in by_jspui.text
    assert "Không có kết quả" in by_xmlui.text


async def test_the_feed_of_jspui_is_off_until_it_is_turned_on(reader: Reader, six: str) -> None:
    address = f"{six}/jspui/open-search/discover?query=kinh tế&rpp=5&start=0"
    assert (await reader.client.get(address)).status_code == 400
    face = reader.running.faces["che-xanh"].others[0]
    assert isinstance(face, Repository6)
    face.is_feed_on = True
    root = etree.fromstring((await reader.client.get(address)).content)
    assert local(root, "totalResults")[0].text == "60"  # with a collection
    assert len(local(root, "entry")) == 4
    other = etree.fromstring((await reader.client.get(f"{six}/xmlui/open-search/discover?query=kinh tế")).content)
    assert (local(other, "totalResults")[0].text, len(local(other, "entry"))) == ("59", 20)


async def test_item_pages_and_mets_tell_access_without_saying_so_in_words(reader: Reader, six: str) -> None:
    deposits = reader.running.faces["che-xanh"].others[0]._discovery.deposits  # type: ignore[attr-defined]  # its own
    for status, is_open in (("open.access", True), ("restricted", False), ("embargo", False)):
        one = next(each for each in deposits if each.status == status and not each.is_withdrawn)
        page = (await reader.client.get(f"{six}/jspui/handle/{one.handle}?mode=full")).text
        assert ("citation_pdf_url" in page) == is_open
        assert ("glyphicon-lock" in page) == (not is_open)
        mets = (await reader.client.get(f"{six}/xmlui/metadata/handle/{one.handle}/mets.xml")).text
        assert re.findall("isAllowed=(.)", mets) == ["y" if is_open else "n"]
