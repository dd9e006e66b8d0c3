"""What the further faces of the western systems serve, asked by plain HTTP as their documentation says."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import httpx
import pytest
from lxml import etree, html

from tests.demo.asking import Reader, local


@pytest.fixture
def urls(reader: Reader) -> dict[str, str]:
    return {each.id: f"http://127.0.0.1:{each.port}" for each in reader.running.further}


async def test_a_solr_answers_in_json_narrows_and_refuses_what_it_cannot_parse(
    reader: Reader, urls: dict[str, str]
) -> None:
    select = f"{urls['non-nuoc-solr']}/solr/catalog/select"
    wide = (await reader.client.get(select, params={"q": "kinh tế", "rows": "3"})).json()
    both = (await reader.client.get(select, params={"q": "kinh tế", "q.op": "AND", "fl": "id,title"})).json()
    narrow = (await reader.client.get(select, params={"q": "kinh tế", "q.op": "AND", "fq": "title:vĩ"})).json()
    counts = [said["response"]["numFound"] for said in (wide, both, narrow)]
    assert counts == sorted(counts, reverse=True)
    assert counts[2] > 0
    assert (len(wide["response"]["docs"]), set(both["response"]["docs"][0])) == (3, {"id", "title"})
    broken = await reader.client.get(select, params={"q": "(kinh"})
    assert (broken.status_code, broken.json()["error"]["code"]) == (400, 400)
    assert "undefined field" in (await reader.client.get(select, params={"q": "nosuch:x"})).json()["error"]["msg"]


async def test_a_vufind_gives_records_by_rest_and_leaves_them_out_where_there_are_none(
    reader: Reader, urls: dict[str, str]
) -> None:
    search = f"{urls['song-hong-vufind']}/vufind/api/v1/search"
    found = (await reader.client.get(search, params={"lookfor": "kinh tế", "limit": "5", "page": "2"})).json()
    assert (found["status"], len(found["records"])) == ("OK", 5)
    assert found["resultCount"] > 10
    none = (await reader.client.get(search, params={"lookfor": "qxzjwvk"})).json()
    assert none == {"resultCount": 0, "status": "OK"}
    assert (await reader.client.get(search, params={"lookfor": "x", "limit": "101"})).status_code == 400
    without = {"lookfor0[]": "kinh tế", "bool0[]": "AND", "lookfor1[]": "vi mô", "bool1[]": "NOT", "join": "AND"}
    fewer = (await reader.client.get(search, params=without)).json()["resultCount"]
    assert 0 < fewer < found["resultCount"]


async def test_a_vufind_without_rest_has_pages_and_statuses_of_items(reader: Reader, urls: dict[str, str]) -> None:
    base = f"{urls['vinh-ngoc-vufind']}/vufind"
    assert (await reader.client.get(f"{base}/api/v1/search?lookfor=x")).status_code == 403
    page = html.fromstring((await reader.client.get(f"{base}/Search/Results?lookfor=kinh+tế&type=Title")).content)
    ids = page.xpath("//div[contains(@class,'result')]//input[@class='hiddenId']/@value")
    assert len(ids) == 20
    asked = [("method", "getItemStatuses"), *(("id[]", each) for each in (*ids[:3], "nosuch"))]
    told = (await reader.client.get(f"{base}/AJAX/JSON", params=asked)).json()["data"]["statuses"]
    assert [each["id"] for each in told] == [*ids[:3], "nosuch"]
    assert {each["availability"] for each in told[:3]} <= {"true", "false"}
    none = html.fromstring((await reader.client.get(f"{base}/Search/Results?lookfor=qxzjwvk")).content)
    assert not none.xpath("//input[@class='hiddenId']")


async def test_a_primo_ve_tells_copies_of_the_page_that_its_question_gives(
    reader: Reader, urls: dict[str, str]
) -> None:
    base, view = f"{urls['hoa-phuong-primo']}/primaws/rest/pub", "84HPU_INST:HPU"
    asked = {"q": "any,contains,kinh tế", "vid": view, "limit": "3", "offset": "3", "skipDelivery": "Y"}
    found = (await reader.client.get(f"{base}/pnxs", params=asked)).json()
    assert (found["info"]["first"], found["info"]["last"], len(found["docs"])) == (4, 6, 3)
    assert "delivery" not in found["docs"][0]
    ids = [document["pnx"]["control"]["recordid"][0] for document in found["docs"]]
    told = (await reader.client.post(f"{base}/delivery", params=asked, json=ids)).json()
    assert [each["pnx"]["control"]["recordid"][0] for each in told] == ids
    assert all(each["delivery"]["holding"] for each in told)
    elsewhere = asked | {"offset": "20"}
    assert (await reader.client.post(f"{base}/delivery", params=elsewhere, json=ids)).json() == []
    assert (await reader.client.get(f"{base}/pnxs", params=asked | {"vid": "84X:Y"})).status_code == 400


async def test_a_classic_primo_wants_the_token_of_a_guest(reader: Reader, urls: dict[str, str]) -> None:
    base = f"{urls['song-lo-primo']}/primo_library/libweb/webservices/rest"
    asked = {"q": "title,contains,kinh tế", "vid": "84SLU_V1", "inst": "84SLU"}
    assert (await reader.client.get(f"{base}/primo-explore/v1/pnxs", params=asked)).status_code == 401
    token = (await reader.client.get(f"{base}/v1/guestJwt/84SLU")).json()
    answer = await reader.client.get(
        f"{base}/primo-explore/v1/pnxs", params=asked, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.json()["docs"][0]["delivery"]["holding"]


async def test_an_aleph_keeps_sets_and_says_errors_with_status_200(reader: Reader, urls: dict[str, str]) -> None:
    async def ask(**asked: str) -> etree._Element:
        return etree.fromstring((await reader.client.get(f"{urls['vinh-ngoc-aleph']}/X", params=asked)).content)

    found = await ask(op="find", code="WRD", request="kinh tế", base="VNU01")
    number, count = (local(found, name)[0].text for name in ("set_number", "no_records"))
    assert int(count or 0) > 20
    records = await ask(op="present", set_number=str(number), set_entry="000000011-000000015")
    assert [each.text for each in local(records, "set_entry")] == [f"{place:09}" for place in range(11, 16)]
    assert local(records, "varfield")
    joined = await ask(op="find", base="VNU01", request="WTI=(kinh te) and (WAU=(nguyen) or WAU=(vu?)) not WTI=(vi mo)")
    assert 0 < int(local(joined, "no_records")[0].text or 0) < int(count or 0)
    for asked, error in (
        ({"op": "find", "request": "qxzjwvk", "base": "VNU01"}, "empty set"),
        ({"op": "find", "request": "x", "base": "XYZ01"}, "does not exist"),
        ({"op": "present", "set_number": "999999", "set_entry": "1"}, "no set"),
    ):
        assert error in str(local(await ask(**asked), "error")[0].text)


async def test_a_webpac_leads_on_by_links_and_shows_marc_as_text(reader: Reader, urls: dict[str, str]) -> None:
    base = urls["song-lo-sierra"]
    first = html.fromstring((await reader.client.get(f"{base}/search~S18*vie/X?SEARCH=kinh+tế&searchscope=18")).content)
    assert len(first.xpath("//tr[@class='briefCitRow']")) == 12
    further = first.xpath("//tr[@class='browsePager'][1]//a/@href")[0]
    second = html.fromstring((await reader.client.get(base + further)).content)
    assert second.xpath("string(//td[@class='briefcitEntryNum'])").strip() == "13"
    frameset = first.xpath("//span[@class='briefcitTitle']/a/@href")[0]
    marc = html.fromstring((await reader.client.get(base + frameset.replace("frameset", "marc"))).content)
    text = marc.xpath("string(//pre)")
    assert re.search(r"(?m)^LEADER ", text)
    assert re.search(r"(?m)^245 1?0?0 \S", text)
    none = await reader.client.get(f"{base}/search~S18*vie/X?SEARCH=qxzjwvk")
    assert b"NO ENTRIES FOUND" in none.content
    near = html.fromstring((await reader.client.get(f"{base}/search~S18*vie/t?SEARCH=kinh+zz")).content)
    assert "No matches found" in near.xpath("string(//tr[@class='msg'])")
    assert near.xpath("//tr[@class='browseEntry']")


async def test_an_encore_counts_its_hits_and_says_that_there_are_none(reader: Reader, urls: dict[str, str]) -> None:
    base = f"{urls['song-lo-encore']}/iii/encore"
    page = html.fromstring((await reader.client.get(f"{base}/search/C__Skinh%20tế__P0%2C1__Orightresult__U")).content)
    first, last, total = map(int, re.findall(r"\d+", page.xpath("string(//span[@class='noResultsHideMessage'])")))
    rows = page.xpath("//div[contains(@class,'searchResult')]//a[starts-with(@id,'recordDisplayLink2Component')]")
    assert (first, last, len(rows)) == (26, total, total - 25)
    marc = await reader.client.get(f"{urls['song-lo-encore']}{rows[0].get('href').replace('?', '?marcData=Y&')}")
    assert b"LEADER " in marc.content
    none = await reader.client.get(f"{base}/search/C__Sqxzjwvk__Orightresult__U")
    assert b"tryAgainMessage" in none.content


async def test_an_evergreen_gives_25_at_most_with_copies_where_asked(reader: Reader, urls: dict[str, str]) -> None:
    search = f"{urls['non-nuoc-evergreen']}/opac/extras/opensearch/1.1/-"
    terms = quote("kinh tế -title:vi")
    full = etree.fromstring((await reader.client.get(f"{search}/marcxml-full/keyword/{terms}?count=50")).content)
    assert local(full, "itemsPerPage")[0].text == "25"
    assert len(local(full, "record")) == min(25, int(local(full, "totalResults")[0].text or 0))
    assert {each.get("is_available") for each in local(full, "status")} == {"true", "false"}
    address = f"{search}/marcxml/title/{quote('kinh tế')}?count=10&startPage=2"
    second = etree.fromstring((await reader.client.get(address)).content)
    assert local(second, "startIndex")[0].text == "11"
    assert not local(second, "holdings")


async def test_a_slims_lists_ten_in_mods_and_shows_copies_on_the_record(reader: Reader, urls: dict[str, str]) -> None:
    index = f"{urls['che-xanh-slims']}/slims/index.php"
    asked = {"keywords": "kinh te", "search": "search", "page": "2", "resultXML": "true"}
    listed = etree.fromstring((await reader.client.get(index, params=asked)).content)
    assert int(local(listed, "modsResultNum")[0].text or 0) > 20
    numbers = [each.get("ID") for each in local(listed, "mods")]
    assert len(numbers) == 10
    page = html.fromstring((await reader.client.get(index, params={"p": "show_detail", "id": numbers[0]})).content)
    assert page.xpath("//table[contains(@class,'itemList')]//td[@class='biblio-item-code']")
    bare = await reader.client.get(f"{urls['che-xanh-slims']}/slims?keywords=x")
    assert (bare.status_code, bare.headers["location"]) == (301, "/slims/?keywords=x")


async def test_an_omeka_finds_any_of_the_words_and_tells_the_total_in_a_header(
    reader: Reader, urls: dict[str, str]
) -> None:
    items = f"{urls['song-cau-omeka']}/api/items"
    found = await reader.client.get(items, params={"fulltext_search": "kinh doanh", "per_page": "5", "page": "2"})
    one = await reader.client.get(items, params={"fulltext_search": "doanh"})
    assert len(found.json()) == 5
    assert int(found.headers["omeka-s-total-results"]) > int(one.headers["omeka-s-total-results"]) > 0
    rows = {"property[0][property]": "dcterms:title", "property[0][type]": "in", "property[0][text]": "kinh tế"}
    titled = (await reader.client.get(items, params=rows)).json()
    assert titled
    assert all("kinh t" in item["dcterms:title"][0]["@value"].lower() for item in titled)
    assert "errors" in (await reader.client.get(f"{items}/99999999")).json()


async def test_an_eprints_exports_the_window_that_is_named_and_does_not_fold_vietnamese(
    reader: Reader, urls: dict[str, str]
) -> None:
    search = f"{urls['song-cau-eprints']}/cgi/search/archive"
    page = html.fromstring((await reader.client.get(f"{search}/simple?q=kinh+tế&search_offset=20")).content)
    first, last, total = (
        int(each.text or 0)
        for each in page.xpath("//div[@class='ep_search_controls']//span[@class='ep_search_number']")
    )
    assert (first, last) == (21, total)
    exp = "0|1|-date/creators_name/title|archive|-|title:title:ALL:IN:kinh tế|-|"
    export = f"{search}/advanced/export_tvssc_JSON.js"
    some = (await reader.client.get(export, params={"exp": exp, "n": "3", "search_offset": "2"})).json()
    every = (await reader.client.get(export, params={"exp": exp})).json()
    assert [each["eprintid"] for each in some] == [each["eprintid"] for each in every[2:5]]
    none = html.fromstring((await reader.client.get(f"{search}/simple?q=kinh+tẹ")).content)
    assert not none.xpath("//span[@class='ep_search_number']")


async def test_an_elasticsearch_counts_refuses_and_keeps_its_window(reader: Reader, urls: dict[str, str]) -> None:
    base = urls["ba-vi-elastic"]

    async def ask(body: object) -> httpx.Response:
        return await reader.client.post(
            f"{base}/catalogue/_search", content=json.dumps(body), headers={"Content-Type": "application/json"}
        )

    match = {"multi_match": {"query": "kinh tế", "fields": ["title.*^3", "subjects"], "operator": "and"}}
    found = (await ask({"query": match, "size": 2, "_source": ["title.main"], "track_total_hits": True})).json()["hits"]
    assert (found["total"]["relation"], len(found["hits"])) == ("eq", 2)
    assert set(found["hits"][0]["_source"]) == {"title"}
    years = {"bool": {"must": [match], "filter": [{"range": {"published.year": {"gte": 2010, "lte": 2012}}}]}}
    assert 0 < (await ask({"query": years})).json()["hits"]["total"]["value"] < found["total"]["value"]
    assert (await ask({"query": match, "from": 9_999, "size": 10})).status_code == 400
    assert (await ask({"query": {"nosuch": {}}})).json()["error"]["type"] == "parsing_exception"
    missing = await reader.client.get(f"{base}/nosuch/_search")
    assert (missing.status_code, missing.json()["error"]["type"]) == (404, "index_not_found_exception")


async def test_a_librarys_mood_is_that_of_its_faces_and_a_face_can_be_ill_alone(
    reader: Reader, urls: dict[str, str]
) -> None:
    select = f"{urls['non-nuoc-solr']}/solr/catalog/select?q=x"
    await reader.running.set_mood("non-nuoc-solr", "busy")
    assert (await reader.client.get(select)).status_code == 429
    assert reader.running.states()["non-nuoc"].mood.value == "fine"
    await reader.running.set_mood("non-nuoc", "away")
    with pytest.raises(httpx.TransportError):
        await reader.client.get(select)
    await reader.running.set_mood("non-nuoc", "back")
    assert (await reader.client.get(select)).status_code == 200
