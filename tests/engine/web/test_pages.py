from __future__ import annotations

import asyncio
import json
import re
import string
import tomllib
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from bs4 import BeautifulSoup

from engine.sentences import sentences
from tests.engine.simulated import Clock, library
from tests.engine.web.federation import VI_MO, many, refusing, serving, shelf


def soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "lxml")


async def test_the_first_page_is_vietnamese_with_an_english_switch() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        vietnamese = soup(await (await client.get("/")).text())
        english = soup(await (await client.get(vietnamese.select_one("a.switch")["href"])).text())
    assert (vietnamese.html["lang"], english.html["lang"]) == ("vi", "en")
    assert vietnamese.select_one("label[for=q]").text == "Tìm trong các thư viện"
    assert english.select_one("label[for=q]").text == "Search the libraries"
    assert english.select_one("form")["method"] == "get"
    assert [one.text for one in english.select(".libraries li")] == ["Library hust"]
    assert english.select_one("a.switch")["href"] == "/"


async def test_every_example_of_the_first_page_finds_its_way() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        page = soup(await (await client.get("/")).text())
        for link in page.select(".help a"):
            assert (await client.get(link["href"])).status == 200


async def test_a_page_of_results_says_what_where_and_why() -> None:
    clock = Clock()
    async with serving(shelf(clock), library(clock, "vnu", [VI_MO]), refusing(clock), clock=clock) as client:
        response = await client.get("/", params={"q": "giáo trình kinh tế vi mô"})
        text = await response.text()
    page = soup(text)
    assert page.select_one("#settled .status").text.strip() == "1 nhan đề từ 2 biểu ghi"
    (row,) = page.select("ol.rows > li.row")
    assert row.select_one("h2 a").text == "Giáo trình kinh tế vi mô: <script>alert(1)</script>"
    assert row.select_one(".people").text == "Nguyễn Văn Ngọc; Lê Dịch (dịch)"
    assert row.select_one(".published").text == "Hà Nội: Đại học Kinh tế Quốc dân, 2012"
    assert row.select_one(".where").text == "2 thư viện: Thư viện hust, Thư viện vnu · Đọc trực tuyến"
    assert row.select_one(".now.is-free").text == "Có sẵn ở 1 thư viện"
    assert [one.text for one in row.select(".call")] == ["338.5 NG-N", "338.5 NG-N c2"]
    assert "Chưa có sẵn, dự kiến 2027-01-15" in row.text
    assert "Cùng nhan đề, cùng tác giả" in row.text
    assert page.select_one(".reports p").text == "1 trong 3 thư viện không trả lời:"
    assert page.select_one(".reports li").text == ("Thư viện closed: Máy chủ của thư viện từ chối trả lời chúng tôi.")
    links = {link["href"] for link in page.select("main a")}
    assert "https://lib.hust.example/record/1?a=1&b=2" in links
    assert all(href.startswith(("/", "https://")) for href in links)
    assert all("noopener" in link["rel"] for link in page.select("main a[href^=http]"))
    assert "javascript:" not in text
    assert "<script>alert" not in text


async def test_pages_have_no_inline_script_or_style_and_forbid_them() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        for path in ("/", "/?q=vi+mo", "/?q=%22x", "/titles/hust~1", "/nowhere"):
            response = await client.get(path)
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert response.headers["X-Frame-Options"] == "DENY"
            page = soup(await response.text())
            assert not page.select("style, [style], script:not([src], [type='application/ld+json'])")
            assert not [tag for tag in page.select("*") if any(name.startswith("on") for name in tag.attrs)]
            assert len(page.select("h1")) + len(page.select("template h1")) >= 1
            assert page.select_one("a.skip")["href"] == "#main"
            assert page.select_one("main#main")


async def test_facets_are_links_that_narrow_and_can_be_taken_back() -> None:
    clock = Clock()
    async with serving(many(clock, "neu", 12), many(clock, "hlu", 12), clock=clock) as client:
        page = soup(await (await client.get("/", params={"q": "kinh tế", "lang": "en"})).text())
        link = next(link for link in page.select(".side a") if link.text == "Library neu")
        narrowed = soup(await (await client.get(link["href"])).text())
        assert narrowed.select_one("#settled .status").text.strip() == "12 titles from 12 records"
        (chip,) = narrowed.select(".active a")
        assert chip["aria-label"] == "Remove Library neu"
        whole = soup(await (await client.get(chip["href"])).text())
        assert whole.select_one("#settled .status").text.strip() == "24 titles from 24 records"
        person = next(link for link in page.select(".side a") if link.text == "Tác giả hlu 3")
        found = soup(await (await client.get(person["href"])).text())
        assert found.select_one("#q")["value"] == 'kinh tế author:"Tác giả hlu 3"'
        assert found.select_one(".rows .people").text == "Tác giả hlu 3"


async def test_paging_goes_on_and_back_and_never_shows_a_title_twice() -> None:
    clock = Clock()
    seen: list[str] = []
    async with serving(many(clock, "neu", 45), clock=clock) as client:
        address: str | None = "/?q=kinh+t%E1%BA%BF"
        starts = []
        while address:
            page = soup(await (await client.get(address)).text())
            seen += [row["data-id"] for row in page.select("#settled li.row")]
            starts.append(page.select_one("#settled ol")["start"])
            following = page.select_one(".pages a[rel=next]")
            address = following["href"] if following else None
        assert starts == ["1", "21", "41"]
        assert len(seen) == len(set(seen)) == 45
        previous = soup(await (await client.get("/?q=kinh+t%E1%BA%BF&page=2")).text()).select_one("a[rel=prev]")
        assert previous["href"] == "/?q=kinh+t%E1%BA%BF"


async def test_no_hits_are_told_with_what_to_try() -> None:
    clock = Clock()
    async with serving(library(clock, "neu", []), clock=clock) as client:
        page = soup(await (await client.get("/?q=kh%C3%B4ng+c%C3%B3&year_from=1900")).text())
        assert page.select_one(".nothing p").text == "Không tìm thấy nhan đề nào."
        assert page.select_one(".nothing a")["href"] == "/?q=kh%C3%B4ng+c%C3%B3"
    clock = Clock()
    async with serving(refusing(clock), clock=clock) as client:
        page = soup(await (await client.get("/?q=x")).text())
        assert page.select_one(".nothing p").text.endswith("chưa phải thư viện nào cũng trả lời.")


async def test_a_keyboard_that_was_off_is_answered_with_what_was_meant() -> None:
    clock = Clock()
    async with serving(library(clock, "neu", []), clock=clock) as client:
        page = soup(await (await client.get("/", params={"q": "tieengs vieetj"})).text())
    assert page.select_one(".meant a").text == "tiếng việt"


async def test_a_question_that_cannot_be_read_is_shown_where_and_how_to_put_it() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        response = await client.get("/", params={"q": 'kinh "vi mô'})
        page = soup(await response.text())
        assert response.status == 400
        assert page.select_one(".problem mark").text == '"'
        assert page.select_one(".problem p").text == "Dấu ngoặc kép mở ở ký tự thứ 6 chưa được đóng."
        link = page.select_one(".problem a")
        assert link.text == 'kinh "vi mô"'
        assert page.select_one("#q")["value"] == 'kinh "vi mô'
        assert (await client.get(link["href"])).status == 200


async def test_what_is_wrong_in_a_question_is_marked_whole_and_the_proposal_keeps_the_filters() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        page = soup(await (await client.get("/?q=kinh+tế+năm:20x0+vi+mô&type=book&year_from=1990&page=2")).text())
        long = {"q": "(a) " * 60 + "năm:x " + "b " * 60}
        (far,) = soup(await (await client.get("/", params=long)).text()).select(".typed code")
    assert page.select_one(".typed code").text == "kinh tế năm:20x0 vi mô"
    assert page.select_one(".typed mark").text == "20x0"
    assert page.select_one(".problem a")["href"] == (
        "/?type=book&year_from=1990&q=kinh+t%E1%BA%BF+n%C4%83m+20x0+vi+m%C3%B4"
    )
    assert page.select_one("[name=year_from]")["value"] == "1990"
    assert page.select_one("option[selected]")["value"] == "book"
    assert far.mark.text == "x"
    assert far.text == f"…{('(a) ' * 60)[-56:]}năm:x {('b ' * 60)[:59]}…"


async def test_a_library_that_nobody_knows_is_marked_only_where_it_was_typed() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        typed = soup(await (await client.get("/?q=kinh+tế+library:atlantis")).text())
        chosen = soup(await (await client.get("/?q=kinh+tế&member=atlantis")).text())
    for page in (typed, chosen):
        assert page.select_one(".problem p").text == "Không có thư viện nào tên là «atlantis»."
        assert page.select_one(".problem a")["href"] == "/?q=kinh+t%E1%BA%BF"
    assert typed.select_one("mark").text == "atlantis"
    assert chosen.select_one("mark") is None


async def test_the_page_of_a_title_keeps_the_search_and_leads_back_to_it() -> None:
    clock = Clock()
    where = "?q=kinh+t%E1%BA%BF&language=vie&page=2&lang=en"
    async with serving(many(clock, "neu", 25), clock=clock) as client:
        results = soup(await (await client.get(f"/{where}")).text())
        page = soup(await (await client.get(results.select_one("h2 a")["href"])).text())
        alone = soup(await (await client.get(results.select_one("h2 a")["href"].partition("?")[0])).text())
    assert page.select_one(".back a")["href"] == f"/{where}"
    assert page.select_one(".back a").text.strip() == "← Back to the results"
    assert page.select_one("#q")["value"] == "kinh tế"
    assert page.select_one("option[value=vie]").has_attr("selected")
    assert alone.select_one(".back") is None


@pytest.mark.parametrize("query", ["q=x&page=0", "q=x&page=a", "q=x&page_size=9999", "q=x&lang=de", "q=x&type=y"])
async def test_a_wrong_address_is_a_page_that_says_so(query: str) -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        response = await client.get(f"/?{query}")
        assert (response.status, response.content_type) == (400, "text/html")
        assert "không đọc được" in soup(await response.text()).select_one(".problem").text


async def test_a_title_in_another_language_says_which() -> None:
    clock = Clock()
    held = library(clock, "neu", [f"Economics {name} / Ann Lee / 2012" for name in ("one", "two", "three", "four")])
    spoken = [("eng",), ("vie",), ("vie", "eng"), ("und",)]
    held.records = [
        msgspec.structs.replace(record, languages=languages)
        for record, languages in zip(held.records, spoken, strict=True)
    ]
    async with serving(held, clock=clock) as client:
        vietnamese = soup(await (await client.get("/?q=economics")).text())
        english = soup(await (await client.get("/?q=economics&lang=en")).text())
        (one,) = [link for link in vietnamese.select("h2 a") if link.text == "Economics one"]
        title = soup(await (await client.get(one["href"])).text())
    told = [{row.text: row.get("lang") for row in page.select(".row h2")} for page in (vietnamese, english)]
    assert told[0] == {"Economics one": "en", "Economics two": None, "Economics three": None, "Economics four": None}
    assert told[1] == {"Economics one": None, "Economics two": "vi", "Economics three": None, "Economics four": None}
    assert title.h1["lang"] == "en"


@pytest.mark.parametrize("path", ["/", "/?q=vi+mo", "/?q=%22x", "/titles/hust~1", "/nowhere"])
async def test_headings_leave_out_no_level(path: str) -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        await client.get("/?q=vi+mo")
        page = soup(await (await client.get(path)).text())
    levels = [int(one.name[1]) for one in page.select("main :is(h1, h2, h3, h4):not(template *)")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


async def test_controls_in_a_question_do_not_reach_the_page() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        text = await (await client.get("/?q=%00%22vi%1bmo")).text()
    assert not [letter for letter in text if letter < " " and letter != "\n"]
    assert soup(text).select_one("#q")["value"] == '\ufffd"vi\ufffdmo'


async def test_empty_fields_of_the_form_are_no_fault() -> None:
    clock = Clock()
    async with serving(shelf(clock), clock=clock) as client:
        response = await client.get("/?q=vi+mo&year_from=&year_to=&type=&language=")
        assert response.status == 200
        assert (await client.get("/?q=&year_from=&type=")).status == 200


async def test_the_page_of_a_title_has_every_library_and_links_to_more() -> None:
    clock = Clock()
    async with serving(shelf(clock), library(clock, "vnu", [VI_MO]), clock=clock) as client:
        results = soup(await (await client.get("/?q=vi+mo&lang=en")).text())
        link = results.select_one("h2 a")["href"]
        page = soup(await (await client.get(link)).text())
        assert page.h1.text.startswith("Giáo trình kinh tế vi mô")
        assert [one.text for one in page.select("ul.copies > li > strong")] == ["Library hust", "Library vnu"]
        author = page.select_one("dd a")["href"]
        assert (await client.get(author)).status == 200
        assert "Same title" in page.text or "same" in page.text
        missing = await client.get("/titles/vnu~9")
        assert (missing.status, missing.content_type) == (404, "text/html")


async def test_the_top_of_the_page_comes_before_the_libraries_answer() -> None:
    clock = Clock()
    slow = library(clock, "vnu", [VI_MO], opened=False)
    async with serving(slow, clock=clock) as client:
        response = await client.get("/?q=vi+mo")
        async with asyncio.timeout(5):
            top = (await response.content.readuntil(b"</template>")).decode()
        assert 'data-stream="/stream?q=vi+mo"' in top
        assert "Đang hỏi 1 thư viện" in top
        slow.gate.set()
        rest = (await response.content.read()).decode()
    assert len(re.findall('class="row"', rest)) == 1
    assert rest.rstrip().endswith("</html>")


async def test_the_script_is_told_the_page_that_was_asked_for() -> None:
    clock = Clock()
    async with serving(many(clock, "neu", 25), clock=clock) as client:
        page = soup(await (await client.get("/?q=kinh+te&page=2&type=")).text())
        stream = page.select_one("#live")["data-stream"]
        told = await (await client.get(stream)).text()
    assert stream == "/stream?q=kinh+te&page=2"
    last = json.loads(told.split("data: ")[-2].splitlines()[0])
    assert (last["start"], len(last["rows"]), last["settled"]) == (21, 5, True)


async def test_a_page_waits_no_longer_than_its_deadline() -> None:
    clock = Clock()
    async with serving(shelf(clock), library(clock, "vnu", [VI_MO], opened=False), clock=clock) as client:
        page = soup(await (await client.get("/?q=vi+mo&deadline_s=0.2")).text())
    assert len(page.select("#settled li.row")) == 1
    assert page.select_one(".reports li").text == "Thư viện vnu: Thư viện không trả lời kịp; sẽ được hỏi lại sau."


def test_every_sentence_of_the_pages_can_be_said_alike_in_both_languages() -> None:
    source = Path(__file__).parents[3] / "engine/phrases/page.toml"
    text = source.read_text("utf-8")
    tomllib.loads(text)
    codes = re.findall(r"(?m)^\[(page\..+)\]$", text)
    assert len(codes) > 100
    for code in codes:
        said = sentences()[code]
        holes = [
            {name for _, name, _, _ in string.Formatter().parse(said[language]) if name} for language in ("vi", "en")
        ]
        assert holes[0] == holes[1], code


def test_every_sentence_that_the_pages_ask_for_is_there() -> None:
    folder = Path(__file__).parents[3] / "engine/web"
    asked = set()
    for file in (*folder.glob("*.py"), *folder.glob("templates/*.html")):
        asked |= set(re.findall(r"""\b(?:t|text)\(\s*["']([a-z][a-z.-]*[a-z])["']""", file.read_text("utf-8")))
    assert len(asked) > 60
    assert {code for code in asked if f"page.{code}" not in sentences()} == set()
