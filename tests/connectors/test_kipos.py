"""KIPOS: the keyword page by GET, fields read from its form, pages by post-back."""

from __future__ import annotations

from pathlib import Path

from connectors.battery import Battery
from connectors.http import open_client
from connectors.http.recording import Replay
from connectors.kipos import SYSTEM, KiposSettings
from engine.model import Clause, Field, Query, Window
from engine.ports import Door, Page
from engine.settings import read_member

RECORDINGS = Path(__file__).parents[1] / "recordings"


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS): ...


async def test_the_form_is_read_once_for_what_fields_are_called() -> None:
    folder = RECORDINGS / "kipos-ky-anh"
    member, settings = read_member(folder / "kipos-ky-anh.toml", {"kipos": KiposSettings})
    files = [*(folder / "no-hits").glob("*.exchange"), *(folder / "full-page").glob("002-*.exchange")]
    replay = Replay(files)
    client = open_client(member, user_agent="LienThu-test", clock=lambda: 0.0, transport=replay)
    connector = SYSTEM.connector(member, settings, Door(client, lambda: 0.0))
    await connector.search(Query(Clause("oo", field=Field.PERSON)), Window(1, 2))
    await connector.search(Query(Clause("luật hành chính")), Window(1, 2))
    await connector.close()
    assert replay.asked == [
        "GET /opac/keywordsearch.aspx",
        "GET /opac/keywordsearch.aspx?s_searchvalue1=oo&search_field1=a",
        "GET /opac/keywordsearch.aspx?s_searchvalue1=lu%E1%BA%ADt%20h%C3%A0nh%20ch%C3%ADnh",
    ]


def signs(body: str) -> list[bool]:
    page = Page("https://lib.example.org/opac/", 200, "text/html", body.encode())
    return [found.is_sure for sign in SYSTEM.signs if (found := sign.recognise(page))]


def test_it_is_told_by_its_folder_or_its_box_and_not_by_any_aspx() -> None:
    assert signs('<img src="/KIPOSDATA0/logo.png">') == [True, True]
    assert signs('<input name="ctl00$s_searchvalue1">') == [True, True]
    assert signs('<a href="WShowDetail.aspx?intItemID=7">x</a>') == []
