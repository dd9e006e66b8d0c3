"""Each server keeps to its own dialect of SRU, quirks among them."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import unicodedata

import pytest
from lxml import etree

from tests.demo.asking import Reader, diagnostic, local, number, schemas

ASKED = {
    "song-hong": ("1.1", 'dc.title = "{}"'),
    "ba-vi": ("1.1", 'dc.title = "{}"'),
    "hoa-phuong": ("1.2", 'alma.title all "{}"'),
    "song-cau": ("1.2", 'dc.title all "{}"'),
    "vinh-ngoc": ("2.0", 'dc.title all "{}"'),
    "song-lo": ("1.2", 'bib.title all "{}"'),
    "non-nuoc": ("1.1", 'pica.tit all "{}"'),
    "che-xanh": ("1.1", 'dc.title = "{}"'),
}


async def test_every_library_knows_the_textbooks_that_students_ask_for(reader: Reader) -> None:
    for library, (version, query) in ASKED.items():
        for words in ("kinh tế vi mô", "cơ sở dữ liệu", "organic chemistry"):
            found = await reader.ask(library, query.format(words), version, maximumRecords="1")
            assert number(found) >= 2, (library, words)
            assert len(local(found, "recordData")) == 1


@pytest.mark.parametrize(
    ("library", "typed", "folded", "half"),
    [
        ("song-hong", True, False, True), ("ba-vi", True, False, True), ("hoa-phuong", True, True, True),
        ("song-cau", True, True, True), ("vinh-ngoc", True, False, False), ("song-lo", True, True, True),
        ("non-nuoc", True, True, True), ("che-xanh", True, True, True),
    ],
)  # fmt: skip
async def test_marks_are_folded_as_the_system_folds_them(
    reader: Reader, library: str, typed: bool, folded: bool, half: bool
) -> None:
    version, query = ASKED[library]
    for words, finds in (("đại cương", typed), ("dai cuong", folded), ("đai cuong", half)):
        found = await reader.ask(library, query.format(words), version, maximumRecords="1")
        assert (number(found) > 0) is finds, words


async def test_the_yaz_server_without_version_speaks_2_0_and_names_no_charset(reader: Reader) -> None:
    response = await reader.raw("song-hong", query="dc.title=calculus", maximumRecords="1")
    root = etree.fromstring(response.content)
    assert response.headers["content-type"] == "text/xml"
    assert root.tag == "{http://docs.oasis-open.org/ns/search-ws/sruResponse}searchRetrieveResponse"
    assert local(root, "nextRecordPosition") == []
    assert number(root) > 1


async def test_the_yaz_server_answers_faults_as_yaz_does(reader: Reader) -> None:
    async def fault(query: str, **parameters: str) -> str:
        return diagnostic(await reader.ask("song-hong", query, "1.1", **parameters))

    assert await fault("nosuch.index=x") == "15"
    assert await fault("dc.nosuch=x") == "16"
    assert await fault("(x") == "10"
    assert await fault("dc.title adj x") == "19"
    assert await fault("x", startRecord="0") == "6"
    assert await fault("calculus", startRecord="9999", maximumRecords="1") == "61"
    assert await fault("calculus", maximumRecords="1", recordSchema="zzz") == "66"
    assert local(await reader.ask("song-hong", "(x", "1.1"), "numberOfRecords") == []
    unknown = etree.fromstring((await reader.raw("song-hong", query="x", version="3.0")).content)
    assert (diagnostic(unknown), unknown.tag.startswith("{http://docs.oasis-open.org")) == ("5", True)
    nothing = etree.fromstring((await reader.raw("song-hong", version="1.1", operation="searchRetrieve")).content)
    assert diagnostic(nothing) == "7"


async def test_paging_counts_from_one_and_never_repeats(reader: Reader) -> None:
    seen: list[str] = []
    total = 1
    while len(seen) < total:
        page = await reader.ask(
            "song-hong", "dc.title=giáo", "1.1", startRecord=str(len(seen) + 1), maximumRecords="40"
        )
        total = number(page)
        seen += [field.text for field in page.iter("{*}controlfield") if field.get("tag") == "001"]
    assert len(set(seen)) == total > 80


async def test_koha_gives_items_and_nothing_unasked(reader: Reader) -> None:
    bare = await reader.ask("ba-vi", "calculus", "1.1")
    assert (number(bare) > 5, local(bare, "record")) == (True, [])
    full = await reader.ask("ba-vi", "calculus", "1.1", maximumRecords="50")
    items = [field for field in full.iter("{http://www.loc.gov/MARC21/slim}datafield") if field.get("tag") == "952"]
    codes = {subfield.get("code") for item in items for subfield in item}
    assert codes >= set("0147abcopqy")
    assert set(schemas(full)) == {None}
    leaders = {leader.text[:5] for leader in local(full, "leader")}
    assert leaders == {"     "}


async def test_koha_puts_a_diagnostic_in_the_place_of_each_record_of_another_schema(reader: Reader) -> None:
    found = await reader.ask("ba-vi", "calculus", "1.1", maximumRecords="3", recordSchema="dc")
    assert schemas(found) == ["info:srw/schema/1/diagnostics-v1.1"] * 3
    assert number(found) > 3
    assert local(found, "recordData")[0][0].tag == "{http://www.loc.gov/zing/srw/diagnostic/}diagnostic"
    assert diagnostic(found) == "66"


async def test_alma_caps_at_50_and_is_silent_past_the_end(reader: Reader) -> None:
    many = await reader.ask("hoa-phuong", "alma.language=eng", "1.2", maximumRecords="100")
    assert (len(local(many, "recordData")), local(many, "nextRecordPosition")[0].text) == (50, "51")
    fields = {field.get("tag") for field in many.iter("{*}datafield")}
    assert "AVA" in fields
    past = await reader.ask("hoa-phuong", "alma.title=calculus", "1.2", startRecord="900")
    assert (number(past) > 0, local(past, "diagnostic"), len(local(past, "records"))) == (True, [], 1)
    deep = await reader.ask("hoa-phuong", "alma.title=calculus", "1.2", startRecord="10001")
    assert diagnostic(deep) == "61"
    assert diagnostic(await reader.ask("hoa-phuong", "alma.title=calculus", "1.1")) == "5"
    online = await reader.ask(
        "hoa-phuong", 'alma.title="luận văn" or alma.subject="học máy"', "1.2", maximumRecords="50"
    )
    assert "AVE" in {field.get("tag") for field in online.iter("{*}datafield")}


async def test_the_digital_library_tells_theses_links_and_access_in_dublin_core(reader: Reader) -> None:
    found = await reader.ask("song-cau", "dc.type=thesis", "1.2", maximumRecords="100")
    purl = "{http://purl.org/dc/elements/1.1/}"
    assert number(found) > 50
    assert {element.text for element in found.iter(purl + "type")} == {
        "Khóa luận tốt nghiệp", "Luận văn thạc sĩ", "Luận án tiến sĩ",
    }  # fmt: skip
    assert {element.text for element in found.iter(purl + "rights")} == {"Truy cập mở", "Chỉ đọc tại thư viện"}
    assert all(element.text.startswith("https://") for element in found.iter(purl + "identifier"))


async def test_mods_comes_in_sru_2_0_only(reader: Reader) -> None:
    found = await reader.ask("vinh-ngoc", 'dc.title="calculus"', maximumRecords="2")
    assert etree.QName(found).namespace == "http://docs.oasis-open.org/ns/search-ws/sruResponse"
    assert local(found, "version") == []
    assert (local(found, "resultCountPrecision")[0].text, local(found, "recordXMLEscaping")[0].text) == ("exact", "xml")
    assert local(found, "recordData")[0][0].tag == "{http://www.loc.gov/mods/v3}mods"
    old = await reader.ask("vinh-ngoc", "calculus", "1.1")
    assert diagnostic(old) == "5"
    assert local(old, "diagnostic")[0].tag == "{http://docs.oasis-open.org/ns/search-ws/diagnostic}diagnostic"


async def test_the_unimarc_library_wants_an_index_and_reports_another_schema_name(reader: Reader) -> None:
    found = await reader.ask("song-lo", 'bib.author any "Mankiw Samuelson"', "1.2", recordSchema="unimarcXchange")
    record = local(found, "recordData")[0][0]
    assert (record.tag, record.get("format")) == ("{info:lc/xmlns/marcxchange-v2}record", "UNIMARC")
    assert set(schemas(found)) == {"marcxchange"}
    tags = {field.get("tag") for field in found.iter("{*}datafield")}
    assert tags >= {"100", "101", "200", "210", "700", "930"}
    assert diagnostic(await reader.ask("song-lo", "mankiw", "1.2")) == "10"


async def test_the_pica_library_takes_a_plus_for_a_plus(reader: Reader) -> None:
    found = await reader.ask("non-nuoc", 'pica.tit="c++"', "1.1", maximumRecords="2")
    record = local(found, "recordData")[0][0]
    assert record.tag == "{info:srw/schema/5/picaXML-v1.0}record"
    assert {field.get("tag") for field in found.iter("{*}datafield")} >= {"002@", "003@", "021A", "033A", "209A"}
    url = reader.urls["non-nuoc"]
    spaced = await reader.client.get(f"{url}?version=1.1&operation=searchRetrieve&query=pica.tit+=+calculus")
    assert diagnostic(etree.fromstring(spaced.content)) == "16"


async def test_the_old_system_packs_strings_decomposed_and_lies_about_its_charset(reader: Reader) -> None:
    response = await reader.raw(
        "che-xanh", version="1.1", operation="searchRetrieve", query='dc.title="kinh tế"', maximumRecords="100"
    )
    assert response.headers["content-type"] == "text/xml; charset=ISO-8859-1"
    root = etree.fromstring(response.content)
    texts = [element.text for element in local(root, "recordData")]
    assert (len(texts), number(root) > 20) == (20, True)
    records = [etree.fromstring(text.encode()) for text in texts]
    assert {record.tag for record in records} == {"record"}
    assert all(unicodedata.is_normalized("NFD", text) for text in texts)
    assert not any(unicodedata.is_normalized("NFC", text) for text in texts)
    assert diagnostic(await reader.ask("che-xanh", "kinh*", "1.1")) == "28"
    assert diagnostic(await reader.ask("che-xanh", 'dc.title all "kinh te"', "1.1")) == "19"


async def test_years_masks_phrases_and_booleans_narrow_as_they_say(reader: Reader) -> None:
    async def count(query: str) -> int:
        return number(await reader.ask("song-cau", query, "1.2", maximumRecords="0"))

    everything = await count("cql.allRecords=1")
    assert everything == reader.running.entry_count("song-cau")
    assert await count("dc.date < 2000") + await count("dc.date >= 2000") == await count("dc.date > 0")
    assert await count('dc.date within "2000 2005"') == await count("dc.date >= 2000 and dc.date <= 2005")
    assert await count("dc.title=econom*") > await count("dc.title=economics") > 0
    assert await count('dc.title any "calculus chemistry"') == await count("dc.title=calculus or dc.title=chemistry")
    assert await count('dc.title adj "mo kinh"') == 0
    either, both = await count('dc.title = "toán" or dc.title = "cao"'), await count('dc.title all "toán cao"')
    assert either > both > 0
    assert await count('dc.title = "toán" not dc.title = "cao"') + both == await count('dc.title = "toán"')


@pytest.mark.parametrize("library", ASKED)
async def test_explain_lists_what_can_be_searched(reader: Reader, library: str) -> None:
    root = etree.fromstring((await reader.raw(library)).content)
    assert etree.QName(root).localname == "explainResponse"
    assert len(local(root, "index")) >= 7
    assert len(local(root, "schema")) >= 1


async def test_another_path_is_not_found(reader: Reader) -> None:
    url = reader.urls["ba-vi"].replace("/biblios", "/nosuch")
    response = await reader.client.get(url, params={"query": "x"})
    assert (response.status_code, response.headers["content-type"]) == (404, "text/html")


async def test_a_form_in_the_body_is_a_question_too(reader: Reader) -> None:
    asked = {"version": "1.1", "operation": "searchRetrieve", "query": 'dc.title="kinh tế"', "maximumRecords": "1"}
    found = await reader.client.post(reader.urls["song-hong"], data=asked)
    assert number(etree.fromstring(found.content)) > 10


@pytest.mark.needs("yaz-ztest")
@pytest.mark.parametrize("library", ["song-hong", "ba-vi", "song-cau", "non-nuoc", "che-xanh"])
async def test_a_real_client_of_the_field_reads_the_answers(reader: Reader, library: str) -> None:
    zoomsh = shutil.which("zoomsh")
    assert zoomsh
    commands = [
        "set sru get", "set sru_version 1.1", "set preferredRecordSyntax xml", f"connect {reader.urls[library]}",
        "find cql:mankiw", "show 0 1", "quit",
    ]  # fmt: skip
    done = await asyncio.to_thread(
        subprocess.run, [zoomsh, *commands], capture_output=True, text=True, timeout=10, check=False
    )
    hits = number(await reader.ask(library, "mankiw", "1.1", maximumRecords="0"))
    assert f"{hits} hits" in done.stdout
    assert "Mankiw" in unicodedata.normalize("NFC", done.stdout)
