"""Older iLib: words in the path, one page of rows, the count in the script of a pager that cannot be asked."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from connectors.battery import Battery
from connectors.http import open_client
from connectors.http.recording import Replay
from connectors.ilib import SYSTEM, IlibSettings, read_page, search_url
from connectors.reading.html import parse_html
from engine.model import Clause, Query, Window
from engine.ports import Door, Page
from engine.settings import read_member
from tests.connectors.asked import Scripted, asked, codes

RECORDINGS = Path(__file__).parents[1] / "recordings"


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS): ...


@given(st.text(min_size=1, max_size=40))
def test_any_words_are_one_part_of_the_path(words: str) -> None:
    encoded = words.encode("utf-8", "ignore").decode()
    url = search_url("https://o.example.org", IlibSettings(), "all", encoded)
    inside = url.removeprefix("https://o.example.org/pages/opac/wpid-search-stype-form-quick-sfield-all-keyword-")
    assert inside.endswith(".html")
    assert not set(inside.removesuffix(".html")) & set("/?#&\\")
    assert not set(unquote(inside.removesuffix(".html"))) & set('/\\?#%&.:*<>+"')  # which ASP.NET and IIS refuse


async def test_beyond_the_first_page_nothing_can_be_shown_and_that_is_told() -> None:
    folder = RECORDINGS / "ilib-o-mon"
    member, settings = read_member(folder / "ilib-o-mon.toml", {"ilib": IlibSettings})
    replay = Replay(folder / "full-page")
    client = open_client(member, user_agent="LienThu-test", clock=lambda: 0.0, transport=replay)
    connector = SYSTEM.connector(member, settings, Door(client, lambda: 0.0))
    first = await connector.search(Query(Clause("toán cao cấp")), Window(1, 2))
    assert (len(first.placed), first.has_more) == (2, False)
    answer = await connector.search(Query(Clause("toán cao cấp")), Window(3, 2))
    await connector.close()
    assert (answer.placed, answer.total, answer.has_more) == ((), 5378, False)
    assert [notice.code for notice in answer.notices] == ["notice.list-capped"]
    assert len(replay.asked) == 2


async def test_more_is_promised_up_to_the_end_of_the_first_page_and_no_further() -> None:
    rows = "".join(
        f"<li><div class=media-body><h4><a href='wpid-detailbib-id-{number}.html'>Kinh tế {number}</a></h4></div></li>"
        for number in range(1, 11)
    )
    script = "javascript:ClientPagingOnChange('o','','','q','39','10','10','0','10')"
    page = f'<html><div id=divPagination><a href="{script}">1</a></div><ul id=ulSearchResult>{rows}</ul></html>'
    query = Query(Clause("kinh tế"))
    async with asked(SYSTEM, Scripted(lambda _: page, "text/html")) as library:
        begun = await library.search(query, Window(1, 5))
        assert (len(begun.placed), begun.total, begun.has_more) == (5, 39, True)
        ended = await library.search(query, Window(6, 5))
        assert ([placed.place for placed in ended.placed], ended.has_more) == ([6, 7, 8, 9, 10], False)
        whole = await library.search(query, Window(1, 20))
        assert (len(whole.placed), whole.has_more, codes(whole)) == (10, False, ["notice.list-capped"])
        behind = await library.search(query, Window(11, 10))
        assert (behind.placed, behind.has_more) == ((), False)


def test_fewer_rows_than_the_pager_counts_are_told() -> None:
    script = "javascript:ClientPagingOnChange('o','','','q','57','10','10','0','10')"
    pager = f'<div id=divPagination><a href="{script}">1</a></div>'
    row = "<div class=media-body><h4><a href='wpid-detailbib-id-7.html'>Sách</a></h4></div>"
    page = parse_html(f"{pager}<ul id=ulSearchResult><li>{row}</ul>".encode())
    sheet = read_page(page, "https://o.example.org/pages/opac/x", "m")
    assert (sheet.total, sheet.is_whole, len(sheet.rows)) == (57, False, 1)


def signs(url: str, body: str) -> list[str]:
    page = Page(url, 200, "text/html", body.encode())
    return [found.url for sign in SYSTEM.signs if (found := sign.recognise(page))]


def test_it_is_told_by_its_pages_and_not_by_one_likeness() -> None:
    body = '<a href="/pages/opac/wpid-home.html">OPAC</a>'
    assert signs("https://o.example.org/pages/opac/", body) == ["https://o.example.org"] * 2
    assert signs("https://o.example.org/", '<a href="/pages/opac/">x</a>') == []
