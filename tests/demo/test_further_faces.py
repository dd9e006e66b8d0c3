"""What two of the libraries speak besides SRU: a catalogue like Koha's, a repository like DSpace 7, OAI-PMH."""

from __future__ import annotations

import io
import re

import pymarc
import pytest
from lxml import etree, html

from tests.demo.asking import Reader, local


@pytest.fixture
def opac(reader: Reader) -> str:
    return reader.urls["ba-vi"].removesuffix("/biblios") + "/cgi-bin/koha/"


@pytest.fixture
def server(reader: Reader) -> str:
    return reader.urls["song-cau"].removesuffix("/sru") + "/server"


async def test_a_results_page_has_rows_with_numbers_titles_and_availability(reader: Reader, opac: str) -> None:
    page = html.fromstring((await reader.client.get(f"{opac}opac-search.pl?idx=ti&q=kinh+tế&count=5")).content)
    total = int(re.findall(r"\d+", page.get_element_by_id("numresults").text_content())[0])
    rows = page.xpath("//tr[td[@class='bibliocol']]")
    assert (len(rows), total > 20) == (5, True)
    assert all(row.xpath(".//input[@name='biblionumber']/@value")[0].isdecimal() for row in rows)
    assert all("kinh tế" in row.xpath(".//a[@class='title']")[0].text.lower() for row in rows)
    assert page.xpath("//span[@class='available'] | //span[@class='unavailable']")


async def test_one_hit_is_a_redirect_to_the_record_with_its_copies(reader: Reader, opac: str) -> None:
    number = reader.running.faces["ba-vi"].sru.shelf.entries[10].id
    response = await reader.client.get(f"{opac}opac-search.pl?idx=sn&q={number}")
    assert response.status_code == 302
    where = response.headers["location"]
    assert where == f"/cgi-bin/koha/opac-detail.pl?biblionumber={number}"
    page = html.fromstring((await reader.client.get(opac.removesuffix("/cgi-bin/koha/") + where)).content)
    statuses = {
        kind.split()[1] for kind in page.xpath("//table[@id='holdingst']//span/@class") if "item-status" in kind
    }
    assert statuses
    assert statuses <= {"available", "checkedout", "notforloan", "lost"}


async def test_no_hits_and_an_unreadable_question_give_the_same_page(reader: Reader, opac: str) -> None:
    none = await reader.client.get(f"{opac}opac-search.pl?q=zzzzz")
    unreadable = await reader.client.get(f"{opac}opac-search.pl?q=(calculus")
    assert none.status_code == unreadable.status_code == 200
    assert none.content == unreadable.content
    assert b"No results found!" in none.content


async def test_the_feed_is_not_well_formed(reader: Reader, opac: str) -> None:
    feed = await reader.client.get(f"{opac}opac-search.pl?q=calculus&format=rss2")
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(feed.content)
    assert int(re.findall(r"<opensearch:totalResults>(\d+)<", feed.text)[0]) == feed.text.count("<item>") > 5


async def test_a_cart_is_iso_2709_with_items_that_pymarc_reads(reader: Reader, opac: str) -> None:
    entries = reader.running.faces["ba-vi"].sru.shelf.entries
    chosen = "/".join(entry.id for entry in entries[::20])
    body = (await reader.client.get(f"{opac}opac-downloadcart.pl?bib_list={chosen}&format=iso2709")).content
    records = list(pymarc.MARCReader(io.BytesIO(body), to_unicode=True, force_utf8=True))
    assert len(records) == len(entries[::20])
    assert all(record is not None and record.get_fields("952") for record in records)
    assert [record["001"].data for record in records if record] == chosen.split("/")


async def test_an_export_is_the_record_that_sru_gives(reader: Reader, opac: str) -> None:
    entry = reader.running.faces["ba-vi"].sru.shelf.entries[3]
    exported = await reader.client.get(f"{opac}opac-export.pl?op=export&bib={entry.id}&format=marcxml")
    found = await reader.ask("ba-vi", f"rec.id={entry.id}", "1.1", maximumRecords="1")
    here, there = etree.fromstring(exported.content), local(found, "recordData")[0][0]
    assert [(each.tag, dict(each.attrib), each.text) for each in here.iter()] == [
        (each.tag, dict(each.attrib), each.text) for each in there.iter()
    ]


async def test_a_repository_pages_from_0_and_cuts_sizes_at_100(reader: Reader, server: str) -> None:
    async def search(**parameters: str) -> dict:
        response = await reader.client.get(
            f"{server}/api/discover/search/objects", params={"dsoType": "item", **parameters}
        )
        assert response.status_code == 200
        return response.json()["_embedded"]["searchResult"]

    found = await search(query="kinh te", size="1000")
    assert found["page"]["size"] == 100
    total = found["page"]["totalElements"]
    pages = [await search(query="kinh te", size="7", page=str(page)) for page in range(-(-total // 7))]
    uuids = [each["_embedded"]["indexableObject"]["uuid"] for page in pages for each in page["_embedded"]["objects"]]
    assert len(uuids) == len(set(uuids)) == total > 20
    assert (await search(query="nosuch:kinh"))["page"]["totalElements"] == 0
    spanned = (await search(query="kinh te", **{"f.dateIssued": "[2010 TO 2012],equals"}))["page"]["totalElements"]
    assert 0 < spanned < total


async def test_a_repository_tells_access_only_when_asked(reader: Reader, server: str) -> None:
    search = f"{server}/api/discover/search/objects?dsoType=item&query=luận+văn+OR+sinh+viên&size=50"
    bare = (await reader.client.get(search)).json()["_embedded"]["searchResult"]["_embedded"]["objects"]
    told = (await reader.client.get(f"{search}&embed=thumbnail&embed=accessStatus")).json()
    items = [each["_embedded"]["indexableObject"] for each in told["_embedded"]["searchResult"]["_embedded"]["objects"]]
    assert not any("_embedded" in each["_embedded"]["indexableObject"] for each in bare)
    statuses = {item["_embedded"]["accessStatus"]["status"] for item in items}
    assert statuses >= {"open.access", "restricted"}
    one = await reader.client.get(f"{server}/api/core/items/{items[0]['uuid']}")
    assert one.json()["metadata"] == items[0]["metadata"]


async def test_a_repository_refuses_what_it_cannot_read_and_other_origins(reader: Reader, server: str) -> None:
    search = f"{server}/api/discover/search/objects"
    assert (await reader.client.get(search, params={"query": "[kinh"})).status_code == 422
    assert (
        await reader.client.get(search, params={"query": "kinh"}, headers={"Origin": "http://x"})
    ).status_code == 403


async def test_a_harvest_gives_every_entry_once(reader: Reader, server: str) -> None:
    found: list[str] = []
    asked = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    while asked:
        root = etree.fromstring((await reader.client.get(f"{server}/oai/request", params=asked)).content)
        found += [each.text for each in root.iter("{http://www.openarchives.org/OAI/2.0/}identifier")]
        tokens = [each.text for each in local(root, "resumptionToken") if each.text]
        asked = {"verb": "ListRecords", "resumptionToken": tokens[0]} if tokens else {}
    assert len(found) == len(set(found)) == reader.running.entry_count("song-cau")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("verb=Nosuch", "badVerb"), ("verb=ListRecords", "badArgument"), ("verb=Identify&x=y", "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=nosuch", "noRecordsMatch"),
        ("verb=ListRecords&resumptionToken=nonsense", "badResumptionToken"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:1", "idDoesNotExist"),
    ],
)  # fmt: skip
async def test_a_harvester_is_told_its_error(reader: Reader, server: str, asked: str, code: str) -> None:
    root = etree.fromstring((await reader.client.get(f"{server}/oai/request?{asked}")).content)
    assert local(root, "error")[0].get("code") == code
