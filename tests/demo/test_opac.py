"""A catalogue like Koha's: how it takes a search, and what each service says switched on and off."""

from __future__ import annotations

import io
import re
from datetime import date

import pymarc
import pytest
from lxml import etree, html

from demo.dialects import DIALECTS
from demo.federation import catalogue_of
from demo.libraries import LIBRARIES
from demo.opac import Opac, Services
from demo.server import Reply, Request, parameters
from demo.shelf import Shelf

LIBRARY = next(library for library in LIBRARIES if library.dialect == "koha")


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(catalogue_of(LIBRARY, date(2026, 3, 15)), DIALECTS[LIBRARY.dialect].matching)


def ask(shelf: Shelf, address: str, headers: dict[str, str] | None = None, **services: object) -> Reply:
    path, _, query = address.partition("?")
    opac = Opac(LIBRARY, shelf, Services(**services))  # type: ignore[arg-type]  # the fields of Services
    path = path if path.startswith("/") else f"/cgi-bin/koha/{path}"
    reply = opac.answer(Request("GET", path, parameters(query), headers or {}, query))
    assert reply is not None
    return reply


def total(reply: Reply) -> int:
    found = re.findall(r"\d+", html.fromstring(reply.body).get_element_by_id("numresults").text_content())
    return int(found[0]) if found else 0


def test_rows_are_joined_from_the_left(shelf: Shelf) -> None:
    def count(rows: str) -> int:
        return total(ask(shelf, f"opac-search.pl?{rows}", redirects_sole=False))

    both, first, second = count("q=kinh+and+to%C3%A1n"), count("q=kinh"), count("q=to%C3%A1n")
    assert both == count("q=kinh&op=and&q=to%C3%A1n") == count("idx=kw&q=kinh&op=and&idx=kw&q=to%C3%A1n")
    assert count("q=kinh&op=or&q=to%C3%A1n") == first + second - both
    assert count("q=kinh&op=not&q=to%C3%A1n") == first - both
    assert count("q=kinh&op=or&q=to%C3%A1n&op=and&q=kinh") == first


@pytest.mark.parametrize("words", ["(kinh", "kinh)", "a%3Db", "kinh and", "or kinh", "%3Ckinh", "kinh%3F", "%22%22"])
def test_what_its_reader_stumbles_over_is_like_no_hits(shelf: Shelf, words: str) -> None:
    assert ask(shelf, f"opac-search.pl?q={words}").body == ask(shelf, "opac-search.pl?q=qqzzxx").body


def test_pages_have_a_pager_and_end(shelf: Shelf) -> None:
    page = html.fromstring(ask(shelf, "opac-search.pl?q=kinh&count=7&offset=7").body)
    rows = page.xpath("//input[@name='biblionumber']/@value")
    offsets = {int(found) for found in re.findall(r"offset=(\d+)", etree.tostring(page).decode())}
    assert len(rows) == 7
    assert {0, 14} <= offsets
    assert all(offset % 7 == 0 for offset in offsets)
    assert total(ask(shelf, "opac-search.pl?q=kinh&offset=90000")) == 0


def test_limits_narrow(shelf: Shelf) -> None:
    every = total(ask(shelf, "opac-search.pl?q=kinh"))
    for limit in ("limit=available", "limit-yr=2010-2015", "limit-yr=2010-", "limit=branch:CS1"):
        assert 0 < total(ask(shelf, f"opac-search.pl?q=kinh&{limit}")) < every
    assert (
        total(ask(shelf, "opac-search.pl?q=kinh&limit=ln,rtrn:vie"))
        > 0
        == total(ask(shelf, "opac-search.pl?q=kinh&limit=ln:fre"))
    )
    assert total(ask(shelf, "opac-search.pl?q=kinh&limit=nosuch:x")) == 0


def test_the_feed_has_another_name_in_each_version(shelf: Shelf) -> None:
    for version, name, other in (("19.06", "rss2", "rss"), ("24.05", "rss", "rss2")):
        feed = ask(shelf, f"opac-search.pl?q=kinh&count=5&format={name}", version=version).body
        assert feed.count(b"<item>") == 5
        assert b"<item>" not in ask(shelf, f"opac-search.pl?q=kinh&format={other}", version=version).body
    etree.fromstring(feed)  # well-formed since 20


def test_unapi_and_rest_give_a_record_without_its_copies(shelf: Shelf) -> None:
    number = next(entry.id for entry in shelf.entries if entry.copies)
    unapi = ask(shelf, f"unapi?id=koha:biblionumber:{number}&format=marcxml")
    accept = {"Accept": "application/marcxml+xml"}
    rest = ask(shelf, f"/api/v1/public/biblios/{number}", accept, has_rest=True)
    assert unapi.body == rest.body
    assert b'tag="952"' not in rest.body
    assert b'tag="245"' in rest.body
    assert ask(shelf, f"unapi?id=koha:biblionumber:{number}").status == 300
    assert ask(shelf, "unapi?id=koha:biblionumber:0&format=marcxml").status == 404
    assert ask(shelf, f"/api/v1/public/biblios/{number}", {}, has_rest=True).status == 406
    assert ask(shelf, f"/api/v1/public/biblios/{number}", accept).status == 403


def test_ils_di_is_off_until_it_is_on_and_its_errors_come_with_200(shelf: Shelf) -> None:
    number = next(entry.id for entry in shelf.entries if any(copy.due for copy in entry.copies))
    off = ask(shelf, f"ilsdi.pl?service=GetRecords&id={number}")
    assert (off.status, b"NotAllowed" in off.body) == (200, True)
    on = ask(shelf, f"ilsdi.pl?service=GetRecords&id={number}+0", has_ils_di=True)
    root = etree.fromstring(on.body)
    assert root.findtext("record/biblionumber") == number
    assert root.find("record/issues/issue/surname") is not None  # what is given away
    assert root.findall("record")[1].findtext("code") == "RecordNotFound"
    told = etree.fromstring(
        ask(shelf, f"ilsdi.pl?service=GetAvailability&id={number}&id_type=bib", has_ils_di=True).body
    )
    assert "not available" in {each.text for each in told.iter("{*}availabilitystatus")}
    assert b"MissingParameter" in ask(shelf, "ilsdi.pl?service=GetRecords", has_ils_di=True).body


def test_a_cart_breaks_over_one_broken_record_and_since_20_over_a_missing_one(shelf: Shelf) -> None:
    one, two = (entry.id for entry in shelf.entries[:2])
    address = f"opac-downloadcart.pl?bib_list={one}/0/{two}&format=iso2709"
    records = list(pymarc.MARCReader(io.BytesIO(ask(shelf, address).body), to_unicode=True, force_utf8=True))
    assert [record["001"].data for record in records if record] == [one, two]
    assert ask(shelf, address, version="24.05").status == 500
    assert ask(shelf, address, broken=frozenset({two})).status == 500
    assert ask(shelf, address, has_cart=False).status == 404


def test_a_closed_catalogue_and_a_challenge_come_with_200(shelf: Shelf) -> None:
    closed = ask(shelf, "opac-search.pl?q=kinh", is_public=False)
    assert (closed.status, b'ID="opac-login-page"' in closed.body) == (200, True)
    assert (
        b'tag="245"' in ask(shelf, f"opac-export.pl?bib={shelf.entries[0].id}&format=marcxml", is_public=False).body
    )  # as Koha does
    waiting = ask(shelf, "opac-search.pl?q=kinh", robots_wait=True)
    assert (waiting.status, b"koha_fast_challenge" in waiting.body) == (200, True)
    assert ask(shelf, "opac-downloadcart.pl?bib_list=1&format=iso2709", robots_wait=True).body == b""


def test_the_root_is_a_page_that_says_it_is_koha(shelf: Shelf) -> None:
    page = html.fromstring(ask(shelf, "/").body)
    assert page.xpath("//meta[@name='generator']/@content")[0].startswith("Koha 19")
    assert b"<ShortName>" in ask(shelf, "opac-search.pl?format=opensearchdescription").body
