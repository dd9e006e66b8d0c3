"""Bookworm: pages of e-books by number, rows told by their links."""

from __future__ import annotations

from pathlib import Path

from connectors.battery import Battery
from connectors.bookworm import SYSTEM, BookwormSettings, search_url
from engine.ports import Page

RECORDINGS = Path(__file__).parents[1] / "recordings"


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS): ...


def test_words_are_one_parameter_of_the_address() -> None:
    url = search_url("https://b.example.org/", BookwormSettings(), "C&qr=x #1", 3)
    assert url == "https://b.example.org/Results.aspx?pIdx=3&vt=list&qr=C%26qr%3Dx%20%231"


def signs(body: str) -> list[str]:
    page = Page("https://b.example.org/Default.aspx", 200, "text/html", body.encode())
    return [found.url for sign in SYSTEM.signs if (found := sign.recognise(page))]


def test_it_is_told_by_two_of_its_addresses() -> None:
    assert signs('<a href="EDetail.aspx?id=7"><img src="ViewEImage.ashx?id=7"></a>') == ["https://b.example.org"] * 2
    assert signs('<a href="EDetail.aspx?id=7">a</a>') == []
    assert signs('<a href="ProDetail.aspx?id=7"><img src="/x.png"></a>') == []
