from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
import rispy
from bs4 import BeautifulSoup
from lxml import etree
from pymarc import MARCReader

from engine.export.citations import STYLES
from engine.export.formats import FORMATS
from engine.model import Record
from tests.engine.export.works import ARTICLE, BOOK, SHELF, THESIS
from tests.engine.simulated import Clock, Library, library
from tests.engine.web.federation import VI_MO, many, serving, shelf


def soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "lxml")


def of(clock: Clock, *records: Record) -> Library:
    """Return a library of these records."""
    found = library(clock, "neu", [])
    found.records = [msgspec.structs.replace(record, member="neu") for record in records]
    return found


@pytest.mark.parametrize("name", FORMATS)
async def test_a_title_comes_as_a_file_in_every_format(name: str) -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        await client.get("/api/v1/search", params={"q": "vi mo"})
        response = await client.get("/api/v1/titles/hust~1/export", params={"format": name})
        body = await response.read()
    one = FORMATS[name]
    assert response.status == 200
    assert response.content_type == one.media_type
    assert response.headers["Content-Disposition"] == (f'attachment; filename="giao-trinh-kinh-te-vi-mo.{one.suffix}"')
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Giáo trình kinh tế vi mô".encode() in body or b"\\u" in body


async def test_without_a_name_the_accept_header_decides_and_else_it_is_ris() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        await client.get("/api/v1/search", params={"q": "vi mo"})
        for accept, expected in (
            ("application/x-bibtex", "application/x-bibtex"),
            ("text/html, application/vnd.citationstyles.csl+json;q=0.9", "application/vnd.citationstyles.csl+json"),
            ("application/marc;q=0.2, application/marcxml+xml;q=0.8", "application/marcxml+xml"),
            ("application/pdf", "application/x-research-info-systems"),
            ("*/*", "application/x-research-info-systems"),
        ):
            response = await client.get("/api/v1/titles/hust~1/export", headers={"Accept": accept})
            assert (response.content_type, response.headers["Vary"]) == (expected, "Accept")
        named = await client.get("/api/v1/titles/hust~1/export?format=ris", headers={"Accept": "application/marc"})
        assert named.content_type == "application/x-research-info-systems"
        assert named.charset == "utf-8"


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/api/v1/titles/hust~1/export?format=doc", 400, "parameter"),
        ("/api/v1/titles/hust~1/export?format=ris&format=marc", 400, "repeated"),
        ("/api/v1/titles/hust~1/export?format=", 400, "parameter"),
        ("/api/v1/titles/hust~99/export?format=ris", 404, "no-such-title"),
        ("/api/v1/titles/hust~1/export?edition=vnu~7", 404, "no-such-edition"),
        ("/api/v1/export?format=ris", 400, "parameter"),
        ("/api/v1/export?title=a~1&title=b~2", 404, "no-such-title"),
        ("/api/v1/export?format=ris" + "&title=x" * 101, 400, "parameter"),
        ("/api/v1/styles/harvard.csl", 404, "no-such-style"),
    ],
)
async def test_what_cannot_be_had_is_a_problem_in_both_languages(path: str, status: int, kind: str) -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        await client.get("/api/v1/search", params={"q": "vi mo"})
        response = await client.get(path)
        problem = json.loads(await response.text())
    assert (response.status, response.content_type) == (status, "application/problem+json")
    assert problem["type"] == f"urn:lienthu:problem:{kind}"
    assert problem["sentence"]["vi"] != problem["sentence"]["en"]


async def test_an_unknown_format_is_told_with_those_that_there_are() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        await client.get("/api/v1/search", params={"q": "vi mo"})
        problem = json.loads(await (await client.get("/api/v1/titles/hust~1/export?format=doc")).text())
    assert problem["sentence"] == {
        "vi": "Tham số format không đọc được: “doc”; cần: ris, bibtex, csl-json, marcxml, marc, json-ld.",
        "en": "The parameter format cannot be read: “doc”, expected: ris, bibtex, csl-json, marcxml, marc, json-ld.",
    }


async def test_a_person_whose_file_is_gone_is_told_so_on_a_page() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        for path in ("/api/v1/titles/hust~99/export?format=ris", "/api/v1/export?format=ris&title=hust~99"):
            response = await client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
            assert (response.status, response.content_type) == (404, "text/html")
            page = soup(await response.text())
            assert page.select_one(".problem p").text == "Không còn biết nhan đề này; hãy tìm lại."


async def test_an_edition_is_chosen_by_a_record_of_it() -> None:
    clock = Clock()
    newer = library(clock, "vnu", ["Giáo trình kinh tế vi mô / Nguyễn Văn Ngọc / 2018"])
    async with serving(shelf(clock), newer, clock=clock) as client:
        found = await (await client.get("/api/v1/search", params={"q": "vi mo"})).json()
        (title,) = found["titles"]
        assert len(title["editions"]) == 2
        path = "/api/v1" + title["url"] + "/export"
        years = {}
        for edition in ("hust~1", "vnu~1", "all"):
            text = await (await client.get(path, params={"format": "ris", "edition": edition})).text()
            years[edition] = [entry["year"] for entry in rispy.loads(text)]
        first = rispy.loads(await (await client.get(path)).text())
    assert (years["hust~1"], years["vnu~1"]) == (["2012"], ["2018"])
    assert sorted(years["all"]) == ["2012", "2018"]
    assert [entry["year"] for entry in first] == [str(title["editions"][0]["merged"]["year"])]


async def test_an_id_with_signs_of_its_own_finds_its_file() -> None:
    clock = Clock()
    async with serving(of(clock, BOOK), clock=clock) as client:
        found = await (await client.get("/api/v1/search", params={"q": "kinh tế"})).json()
        page = soup(await (await client.get(found["titles"][0]["url"])).text())
        links = [link["href"] for link in page.select(".cite .save a")]
        assert len(links) == len(FORMATS)
        for link in links:
            assert (await client.get(link)).status == 200
        head = [link["href"] for link in page.select("head link[rel=alternate]")]
        assert head == links


async def test_the_titles_of_a_page_come_as_one_file_and_no_library_is_asked_again() -> None:
    clock = Clock()
    books = many(clock, "neu", 30)
    async with serving(books, clock=clock) as client:
        page = soup(await (await client.get("/", params={"q": "kinh tế"})).text())
        asked = len(books.asked)
        form = page.select_one("#settled form.save")
        ids = [field["value"] for field in form.select("input[name=title]")]
        assert len(ids) == 20
        assert [option["value"] for option in form.select("option")] == list(FORMATS)
        for name in ("ris", "marc"):
            response = await client.get(form["action"], params=[("format", name), *(("title", one) for one in ids)])
            assert response.status == 200
        assert response.headers["Content-Disposition"] == 'attachment; filename="lien-thu.mrc"'
        read = list(MARCReader(await response.read(), to_unicode=True, force_utf8=True))
        assert len(read) == 20
        assert len({record["001"].data for record in read}) == 20
        assert len(books.asked) == asked
        some = await client.get("/api/v1/export", params=[("title", ids[0]), ("title", "neu~gone")])
        assert len(rispy.loads(await some.text())) == 1


async def test_a_style_is_given_away_as_a_file() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        for name in STYLES:
            response = await client.get(f"/api/v1/styles/{name}.csl")
            assert response.content_type == "application/vnd.citationstyles.style+xml"
            assert etree.fromstring(await response.read()).tag == "{http://purl.org/net/xbiblio/csl}style"


async def test_a_page_cites_the_edition_that_is_asked_for() -> None:
    clock = Clock()
    newer = library(clock, "vnu", ["Giáo trình kinh tế vi mô / Nguyễn Văn Ngọc / 2018"])
    async with serving(shelf(clock), newer, clock=clock) as client:
        await client.get("/api/v1/search", params={"q": "vi mo"})
        page = soup(await (await client.get("/titles/hust~1", params={"q": "vi mo", "lang": "en"})).text())
        shown, other = page.select(".cite")
        assert len(shown.select(".citation")) == len(STYLES)
        assert not other.select(".citation")
        link = other.select_one("p a")["href"]
        assert urlsplit(link).fragment == other["id"]
        assert parse_qs(urlsplit(link).query)["q"] == ["vi mo"]
        turned = soup(await (await client.get(link.partition("#")[0])).text())
        assert turned.select(".cite")[1].select(".citation")
        assert not turned.select(".cite")[0].select(".citation")
        unknown = await client.get("/titles/hust~1", params={"edition": "nobody~1"})
        assert unknown.status == 200


async def test_citations_are_shown_in_the_language_of_the_page_and_nothing_in_them_is_markup() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        await client.get("/api/v1/search", params={"q": "vi mo"})
        vietnamese = soup(await (await client.get("/titles/hust~1")).text())
        english = soup(await (await client.get("/titles/hust~1?lang=en")).text())
    assert vietnamese.select_one(".cite h2").text == "Trích dẫn"
    assert english.select_one(".cite h2").text == "Cite"
    first, apa = (one.text for one in vietnamese.select(".citation")[:2])
    assert first == (
        "Nguyễn Văn Ngọc (2012), Giáo trình kinh tế vi mô: <script>alert(1)</script>, "
        "Nxb Đại học Kinh tế Quốc dân, Hà Nội."
    )
    assert apa == (
        "Nguyễn Văn Ngọc. (2012). Giáo trình kinh tế vi mô: <script>alert(1)</script>. Nxb Đại học Kinh tế Quốc dân. "
        "https://lib.hust.example/full.pdf"
    )
    assert vietnamese.select_one(".citation i").text.startswith("Giáo trình kinh tế vi mô")
    assert [one.text for one in english.select(".cite dt")] == [
        "Vietnamese theses (MOET)",
        "APA",
        "MLA",
        "Chicago (author–date)",
        "IEEE",
    ]


async def test_programs_find_the_title_in_the_page() -> None:
    clock = Clock()
    async with serving(of(clock, *SHELF), clock=clock) as client:
        await client.get("/api/v1/search", params={"q": "việt nam"})
        await client.get("/api/v1/search", params={"q": "rice"})
        thesis = soup(await (await client.get(f"/titles/neu~{THESIS.id}")).text())
        article = soup(await (await client.get(f"/titles/neu~{ARTICLE.id}")).text())
    told = json.loads(thesis.select_one("head script[type='application/ld+json']").text)
    assert (told["@type"], told["inSupportOf"]) == ("Thesis", "Luận án tiến sĩ")
    assert told["offers"][0]["offeredBy"]["name"] == "Thư viện neu"
    assert thesis.select_one("meta[name=citation_author]")["content"] == "Đỗ Thị Ánh,"
    names = [meta["name"] for meta in article.select("head meta[name^=citation_]")]
    assert names == [
        "citation_title",
        "citation_author",
        "citation_author",
        "citation_publication_date",
        "citation_journal_title",
        "citation_volume",
        "citation_issue",
        "citation_firstpage",
        "citation_lastpage",
        "citation_issn",
        "citation_doi",
        "citation_language",
    ]
    assert article.select_one(".cite .Z3988")["title"].startswith("ctx_ver=Z39.88-2004&rft_val_fmt=")


async def test_every_row_of_a_page_has_its_coins() -> None:
    clock = Clock()
    async with serving(shelf(clock), library(clock, "vnu", [VI_MO]), clock=clock) as client:
        page = soup(await (await client.get("/", params={"q": "vi mo"})).text())
    (span,) = page.select("#settled .row .Z3988")
    told = parse_qs(span["title"])
    assert told["rft.btitle"] == ["Giáo trình kinh tế vi mô: <script>alert(1)</script>"]
    assert told["rft.au"] == ["Nguyễn Văn Ngọc,"]
    assert span.text == ""


async def test_zotero_is_told_by_unapi_what_the_page_shows() -> None:
    clock = Clock()
    newer = library(clock, "vnu", ["Giáo trình kinh tế vi mô / Nguyễn Văn Ngọc / 2018"])
    async with serving(shelf(clock), newer, clock=clock) as client:
        await client.get("/api/v1/search", params={"q": "vi mo"})
        page = soup(await (await client.get("/titles/hust~1")).text())
        server = page.select_one("head link[rel=unapi-server]")["href"]
        offered = etree.fromstring(await (await client.get(server)).read())
        assert [one.get("name") for one in offered] == ["ris", "bibtex"]
        years = []
        for one in page.select("abbr.unapi-id"):
            listed = await client.get(server, params={"id": one["title"]})
            assert (listed.status, etree.fromstring(await listed.read()).get("id")) == (300, one["title"])
            taken = await client.get(server, params={"id": one["title"], "format": "ris"})
            years += [entry["year"] for entry in rispy.loads(await taken.text())]
        assert sorted(years) == ["2012", "2018"]
        assert (await client.get(server, params={"id": "hust~1", "format": "doc"})).status == 406
        assert (await client.get(server, params={"id": "hust~99", "format": "ris"})).status == 404
