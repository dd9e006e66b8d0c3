"""Recorded answers of real libraries give what stands in them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from connectors.sru.response import response
from engine.errors import LienThuError, UnreadableError
from engine.model import Answer, Holding, Service, Window
from tests.connectors.sru.asking import Scripted, asked, words

pytestmark = pytest.mark.needs("corpus")


def recorded(corpus: Path, name: str) -> bytes:
    body = (corpus / "sru" / name).read_bytes()
    return gzip.decompress(body) if name.endswith(".gz") else body


async def answered(corpus: Path, name: str, *, profile: str = "generic", start: int = 1, count: int = 50) -> Answer:
    """What the connector makes of one recorded answer."""
    body = recorded(corpus, name)
    async with asked(transport=Scripted(lambda _: body), profile=profile) as library:
        return await library.search(words("x"), Window(start, count))


@pytest.mark.parametrize(
    ("name", "profile", "total", "count", "first"),
    [
        ("rero/dnb/dnb_samuelson.xml", "dnb", 366, 10, ("1237807913", "The Civilization of Our Day", 2021)),
        ("rero/dnb/dnb_isbn_123.xml", "dnb", 107, 10, ("1140549502", "Travelin' guitar man", 2017)),
        ("rero/dnb/dnb_recordid_1214325203.xml", "dnb", 1, 1, ("1214325203", "Österlandsfärden", 2020)),
        ("rero/dnb/dnb_isbn_9783862729852.xml", "dnb", 1, 1, ("1240535988", "Blut und Schokolade", 2021)),
        ("rero/loc/loc_anywhere_all_samuelson.xml", "loc", 806, 10,
         ("2196925", "4 days, 40 hours and other forms of the rearranged workweek", 1973)),
        ("rero/loc/loc_isbn_all_123.xml", "loc", 10, 10, ("746542", "Dictionnaire de biographie française", 1933)),
        ("rero/loc/loc_isbn_all_9780821417478.xml", "loc", 1, 1, ("14811913", "Black and white in colour", 2007)),
        ("rero/ugent/ugent_samuelson.xml", "generic", 129, 10,
         ("2873021", "Proceedings of the Symposium on Simulation for Architecture & Urban Design", 2015)),
        ("rero/ugent/ugent_isbn_9781108422925.xml", "generic", 1, 1,
         ("002487518", "The first farmers of Europe", 2018)),
        ("rero/ugent/ugent_anywhere_123.xml.gz", "generic", 10917, 10,
         ("000013358", "Journal of the American chemical society", None)),
        ("alma_hsg/records-12.xml", "alma", 12, 12,
         ("991157836229705501", "Assessing the Performance of Schools", None)),
        ("alma_bibsys/SRU_response_1_hit.xml", "alma", 1, 1,
         ("998611116644702201", "Bedriftsintern telekommunikasjon", 1986)),
        ("alma_bibsys/SRU_response_with_subtitle.xml", "alma", 2, 2,
         ("991004248644702201", "Emotions and legal judgements", 2009)),
        ("catmandu/marcxml_ns.xml", "generic", 4, 4, ("987874829", "Code4Lib journal", None)),
        ("catmandu/meta.xml", "dnb", 23, 10, ("105225165X", "Botanica Pacifica", 2012)),
    ],
)  # fmt: skip
async def test_marcxml_of_real_libraries_is_read(
    corpus: Path, name: str, profile: str, total: int, count: int, first: tuple[str, str, int | None]
) -> None:
    found = await answered(corpus, name, profile=profile, count=count)
    record = found.placed[0].record
    assert (found.total, len(found.placed)) == (total, count)
    assert (record.id, record.title, record.year) == first
    assert [placed.place for placed in found.placed] == list(range(1, count + 1))
    assert found.has_more is (total > count)


@pytest.mark.parametrize(
    ("name", "total", "count", "titles"),
    [
        ("catmandu/sru_oai_dc.xml", 2, 2, ["Sample Title", "Another Title"]),
        ("sruthi/test_searchretrieve_slice.xml", 10, 10, ["Zürich"]),
        ("sruthi/test_searchretrieve_warning.xml", 10, 10, ["Zürich"]),
        ("sruthi/response_single_sru11.xml", 8985, 1, ["Moving Art"]),
        ("catmandu/mods.xml", 1251693, 5, ["Teilnachlass Hubertus Prinz zu Löwenstein (Titel)"]),
    ],
)
async def test_dublin_core_and_mods_of_real_libraries_are_read(
    corpus: Path, name: str, total: int, count: int, titles: list[str]
) -> None:
    found = await answered(corpus, name, count=count)
    assert (found.total, len(found.placed)) == (total, count)
    assert [placed.record.title for placed in found.placed][: len(titles)] == titles


async def test_an_alma_list_is_paged_to_its_end(corpus: Path) -> None:
    """122 records in pages of 50, as a real Alma gave them."""
    pages = {
        "1": recorded(corpus, "alma_hsg/records-1-to-50-of-122.xml.gz"),
        "51": recorded(corpus, "alma_hsg/records-51-to-100-of-122.xml.gz"),
        "101": recorded(corpus, "alma_hsg/records-101-to-122-of-122.xml"),
        "151": recorded(corpus, "alma_hsg/records-151-to-end-of-122.xml"),
    }
    server = Scripted(lambda said: pages[said["startRecord"]])
    seen: list[tuple[int, str]] = []
    async with asked(transport=server, profile="alma") as library:
        for start in (1, 51, 101, 151):
            found = await library.search(words("secret"), Window(start, 50))
            assert (found.total, found.has_more) == (122, start < 101)
            seen += [(placed.place, placed.record.id) for placed in found.placed]
    assert [place for place, _ in seen] == list(range(1, 123))
    assert len({record for _, record in seen}) == 122


async def test_alma_tells_which_copies_are_there(corpus: Path) -> None:
    found = await answered(corpus, "alma_hsg/records-1-to-50-of-122.xml.gz", profile="alma")
    holdings: list[Holding] = [holding for placed in found.placed for holding in placed.record.holdings]
    told = {one.service for holding in holdings for one in holding.availability or ()}
    assert len(holdings) >= 50
    assert told & set(Service)


async def test_no_hits_at_alma_is_an_answer(corpus: Path) -> None:
    found = await answered(corpus, "alma_bibsys/SRU_zero_hits.xml", profile="alma")
    assert (found.placed, found.total, found.has_more) == ((), 0, False)


async def test_more_records_than_the_count_says_are_all_read(corpus: Path) -> None:
    found = await answered(corpus, "alma_bibsys/SRU_response_3_hits_for_one_isbn.xml", profile="alma")
    assert (found.total, len(found.placed), found.has_more) == (2, 3, False)


@pytest.mark.parametrize(
    "name",
    [
        "alma_bibsys/SRU_response_bad_xml.xml",
        "alma_bibsys/SRU_response_truncated.xml",
        "alma_bibsys/SRU_response_top_truncated.xml",
        "alma_bibsys/sru_holdings_simple.xml",
        "sruthi/test_explain.xml",
        "sruthi/response_multiple_1.xml",
    ],
)
async def test_what_cannot_be_read_is_a_failure_and_not_no_hits(corpus: Path, name: str) -> None:
    with pytest.raises(UnreadableError):
        await answered(corpus, name)


@pytest.mark.parametrize(
    ("name", "total", "rows", "schema"),
    [
        ("sruthi/response_multiple_1.xml", 220, 99, "isad"),
        ("sruthi/response_multiple_3.xml", 220, 22, "isad"),
        ("catmandu/picaxml.xml", 1, 1, "picaxml"),
        ("catmandu/marcxml_ns_prefix.xml", 79446, 5, ""),
    ],
)
def test_the_frame_of_an_answer_is_read_whatever_its_records_are(
    corpus: Path, name: str, total: int, rows: int, schema: str
) -> None:
    found = response(recorded(corpus, name))
    assert (found.total, len(found.rows), found.rows[0].schema) == (total, rows, schema)
    assert all(row.element is not None for row in found.rows)


async def test_every_recorded_answer_is_records_or_a_named_failure(corpus: Path) -> None:
    files = [file for file in sorted((corpus / "sru").rglob("*.xml*")) if file.is_file()]
    assert len(files) > 50
    for file in files:
        name = str(file.relative_to(corpus / "sru"))
        try:
            found = await answered(corpus, name)
        except LienThuError:
            continue
        assert all(placed.record.title and placed.record.id for placed in found.placed), name


KOHA = {
    "6100-sru-one": 2, "6102-sru-marcxml": 1, "6112-sru-string": 1, "63a-sru-noversion": 1, "63b-sru-v12": 1,
    "63c-sru-v20": 1, "6109-sru-past": 0,
}  # fmt: skip


@pytest.mark.parametrize("name", KOHA)
async def test_what_a_real_koha_sent_is_read(corpus: Path, name: str) -> None:
    exchange = (corpus / "opac" / "koha_19" / f"{name}.http").read_bytes()
    body = exchange[exchange.index(b"<?xml") :]
    async with asked(transport=Scripted(lambda _: body), profile="koha") as library:
        found = await library.search(words("death"), Window(1, 2))
    assert len(found.placed) == KOHA[name]
    assert {placed.record.title for placed in found.placed[:1]} <= {"America without the death penalty"}
    assert found.total == 4
