"""What was typed becomes addresses, pages a ladder of signs, and what was found a member file that can be loaded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from connectors.declared import SYSTEM as DECLARED
from connectors.detect.address import member_id, read_address
from connectors.detect.asking import MOST_REQUESTS, forbids_all
from connectors.detect.draft import member_file, toml
from connectors.detect.ladder import Candidate, rank, rungs, seen_in
from connectors.detect.looking import look, title_of
from connectors.detect.undetected import declared_file, search_form
from connectors.sru import SYSTEM as SRU
from engine.app import Systems
from engine.errors import SettingsError
from engine.model import Reason
from engine.ports import Found, Page, Sign, System
from engine.settings import read_member

HOME = "https://thuvien.example.org/vi/index.html"
PORTAL = """<!DOCTYPE html><html><head><title>Thư viện Đại học Tam Sơn</title>
<meta name="Generator" content="Joomla! 3.9"></head><body>
<form action="/login" method="post"><input name="u"><input type="password" name="p"></form>
<form action="/tra-cuu/ketqua.php?site=1"><input type="hidden" name="kieu" value="coban"><input name="tukhoa">
<input type="submit" name="ok"></form>
<a href="/gioi-thieu">Giới thiệu</a> <a href="http://opac.tamson.example.org:8080/">Tra cứu OPAC</a>
<a href="/thu-vien-so#tim">Thư viện số</a> <a href="javascript:go()">Tìm kiếm</a> <a href="http://[bad">opac</a>
<script src="/media/jui/js/jquery.min.js"></script></body></html>"""


def page(body: str, url: str = HOME, content_type: str = "text/html") -> Page:
    return Page(url, 200, content_type, body.encode())


class NoSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    word: str = ""


def system(name: str, *signs: Sign) -> System:
    return System(name, NoSettings, SRU.connector, signs=signs)


def sees(text: bytes, *, sure: bool = True) -> Callable[[Page], Found | None]:
    def recognise(page: Page) -> Found | None:
        return Found(page.url, Reason("sign.sru.speaks"), is_sure=sure) if text in page.body else None

    return recognise


@pytest.mark.parametrize(
    ("typed", "urls", "place"),
    [
        ("https://opac.example.org/a?b=1#c", ("https://opac.example.org/a?b=1",), None),
        ("opac.example.org", ("https://opac.example.org", "http://opac.example.org"), None),
        ("localhost", ("http://localhost", "https://localhost"), None),
        ("opac.example:99", ("http://opac.example:99", "https://opac.example:99"), "opac.example:99"),
        ("z3950://z.example.org:210/sach", (), "z.example.org:210/sach"),
        ("http://user:secret@opac.example.org/", ("http://opac.example.org/",), None),
    ],
)  # fmt: skip
def test_an_address_is_asked_over_http_or_by_its_protocol(typed: str, urls: tuple[str, ...], place: str | None) -> None:
    found = read_address(typed, frozenset({"z3950"}))
    assert (found.urls, found.place) == (urls, place)


@pytest.mark.parametrize("typed", ["", "   ", "https://", "ftp://a.example.org/", "http://[::1", "file:///etc/passwd"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(SettingsError):
        read_address(typed, frozenset({"z3950"}))


@pytest.mark.parametrize(
    ("typed", "mend"),
    [
        ("", "copy that of the page where readers search"),
        ("htps://opac.example.vn", "did you mean `https://opac.example.vn`?"),
        ("htpp://opac.example.vn", "did you mean `http://opac.example.vn`?"),
        ("http:/opac.example.vn", "did you mean `http://opac.example.vn`?"),
        ("https//opac.example.vn/a", "did you mean `https://opac.example.vn/a`?"),
        ("http;//opac.example.vn", "did you mean `http://opac.example.vn`?"),
        (r"http:\\opac.example.vn", "did you mean `http://opac.example.vn`?"),
        ("opac example vn", "http(s)://host/... or host:port is expected"),
        ("opac,example.vn", "http(s)://host/... or host:port is expected"),
        ("http://opac.example.vn:99999/", "ports are 1 to 65535"),
        ("gopher://opac.example.vn", "known are: http, https, z3950"),
    ],
)
def test_a_slip_of_the_finger_is_answered_by_what_was_meant(typed: str, mend: str) -> None:
    with pytest.raises(SettingsError) as told:
        read_address(typed, frozenset({"z3950"}))
    assert mend in told.value.problem


@pytest.mark.parametrize("typed", ["http:8080", "https:443/a", "https.example.vn", "htp.example.vn:80"])
def test_a_host_that_is_called_like_a_scheme_is_a_host(typed: str) -> None:
    assert read_address(typed, frozenset({"z3950"})).host == typed.partition(":")[0].partition("/")[0]


def test_only_machines_of_ones_own_are_taken_for_private() -> None:
    private = [read_address(host, frozenset()).is_private for host in ("127.0.0.1", "localhost", "10.1.2.3:8080")]
    public = [read_address(host, frozenset()).is_private for host in ("opac.example.org", "203.162.4.190")]
    assert (private, public) == ([True] * 3, [False] * 2)


def test_ids_are_made_of_what_ids_are_made_of() -> None:
    assert member_id("https://www.Thu_Vien.example.vn:8443/a") == "thu-vien-example-vn-8443"
    assert re.fullmatch(r"xn-[a-z0-9-]+-example-vn", member_id("https://thư-viện.example.vn/a"))
    assert member_id("http://[::1]:7101/") == "1-7101"


@pytest.mark.parametrize(
    ("robots", "is_forbidden"),
    [
        ("User-agent: *\nDisallow: /\n", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: LienThu\nAllow: /\n", False),
        ("User-agent: LienThu\nDisallow: /\n", True),
        ("User-agent: Googlebot\nDisallow: /\n", False),
        ("User-agent: *\nDisallow: /admin\nDisallow: /cgi-bin\n", False),
        ("", False),
        ("User-agent: *\r\nDisallow: /\r\nAllow: /opac\r\n", True),
    ],
)
def test_a_robots_file_counts_where_it_forbids_all(robots: str, is_forbidden: bool) -> None:
    assert forbids_all(robots, "https://lib.example.org/opac/") is is_forbidden


def test_of_a_page_that_hints_at_nothing_the_systems_of_vietnamese_libraries_are_asked_before_requests_run_out() -> (
    None
):
    systems = [Systems()[name] for name in Systems()]
    found = rungs(systems, page_url="https://thuvien.example.org/", text="<title>Thu vien</title>")
    asked = [name for rung in found[: MOST_REQUESTS - 2] for name, _ in rung.signs]  # robots.txt and the page itself
    assert {"dspace", "koha", "vufind", "tim-kiem", "ilib", "libol"} <= set(asked)


def test_hinted_addresses_come_first_and_equal_ones_are_asked_once() -> None:
    systems = [
        system("late", Sign("/b", sees(b"x"), step=90), Sign("", sees(b"x"))),
        system("early", Sign("/a", sees(b"x"), step=10)),
        system("hinted", Sign("/c", sees(b"x"), step=80, hint="Joomla")),
        system("same", Sign("/a", sees(b"x"), step=20), Sign("search?q=1", sees(b"x"), step=95)),
    ]
    found = rungs(systems, page_url=HOME, text=PORTAL)
    assert [rung.url.removeprefix("https://thuvien.example.org") for rung in found] == [
        "/c", "/a", "/b", "/vi/search?q=1",
    ]  # fmt: skip
    assert [name for name, _ in found[1].signs] == ["early", "same"]


@pytest.mark.parametrize(
    ("address", "path", "asked"),
    [
        ("https://a.example/solr/books", "select?q=1", "https://a.example/solr/books/select?q=1"),
        ("https://a.example/solr/books/", "select?q=1", "https://a.example/solr/books/select?q=1"),
        ("https://a.example/opac/index.php?x=1", "api", "https://a.example/opac/api"),
        ("https://a.example/sru/books", "?operation=explain", "https://a.example/sru/books?operation=explain"),
        ("https://a.example/vufind", "/server/api", "https://a.example/server/api"),
    ],
)
def test_a_sign_is_looked_for_beside_the_address_or_at_the_root(address: str, path: str, asked: str) -> None:
    assert [rung.url for rung in rungs([system("a", Sign(path, sees(b"x")))], page_url=address, text="")] == [asked]


def test_links_to_a_catalogue_on_the_same_host_are_looked_at_like_the_page_itself() -> None:
    systems = [system("first", Sign("/a", sees(b"x"), step=10)), system("page", Sign("", sees(b"x"), step=99))]
    links = look(page(PORTAL)).links
    assert [rung.url for rung in rungs(systems, page_url=HOME, text="", links=links)] == [
        "https://thuvien.example.org/a", "https://thuvien.example.org/thu-vien-so",
    ]  # fmt: skip


def test_a_sure_sign_goes_before_likely_ones_and_a_recogniser_that_fails_has_not_recognised() -> None:
    def stumbles(_: Page) -> Found | None:
        raise ValueError

    signs = [
        ("likely", Sign("", sees(b"Joomla", sure=False), step=1)),
        ("broken", Sign("", stumbles, step=2)),
        ("sure", Sign("", sees(b"Joomla"), step=90)),
    ]
    found = seen_in(page(PORTAL), signs)
    assert [one.system for one in found] == ["sure", "likely"]
    assert rank(Candidate("a", 1, found[0].found)) < rank(Candidate("a", 0, found[1].found))


def test_what_a_page_shows_is_told() -> None:
    seen = look(page(PORTAL))
    assert (seen.title, seen.generator) == ("Thư viện Đại học Tam Sơn", "Joomla! 3.9")
    assert seen.forms == ("POST /login: u, p", "GET /tra-cuu/ketqua.php?site=1: kieu, tukhoa, ok")
    assert seen.links == ("http://opac.tamson.example.org:8080/", "https://thuvien.example.org/thu-vien-so")
    assert seen.technologies == ("PHP", "Joomla", "jQuery")


@pytest.mark.parametrize(
    ("body", "title"),
    [('{"docs": [], "numFound": 0}', "{docs, numFound}"), ("[1, 2]", "[2]"), ("{broken", "{…}"), ("", "")],
)
def test_what_is_no_page_is_told_by_its_outline(body: str, title: str) -> None:
    assert look(page(body)).title == title


def test_the_root_of_an_xml_answer_is_told() -> None:
    assert look(page('<?xml version="1.0"?>\n<a:rss xmlns:a="x"><b/></a:rss>')).title == "<a:rss>"


@given(some.binary(max_size=400))
def test_any_octets_can_be_looked_at(body: bytes) -> None:
    seen = look(Page(HOME, 200, "", body))
    assert len(seen.title) <= 200 + len(body)


def test_the_form_that_looks_like_a_search_is_proposed_and_no_login() -> None:
    form = search_form(page(PORTAL))
    assert form is not None
    assert (form.path, form.method, form.words) == ("/tra-cuu/ketqua.php", "GET", "tukhoa")
    assert form.others == {"kieu": "coban", "site": "1"}


def loaded(folder: Path, text: str, known: System, name: str = "thu-vien") -> tuple[dict[str, object], msgspec.Struct]:
    file = folder / f"{name}.toml"
    file.write_text(text, "utf-8")
    _, own = read_member(file, {known.name: known.settings})
    return tomllib.loads(text), own


@pytest.mark.parametrize("body", [PORTAL, '{"docs": []}', "", "<p>"])
def test_a_page_that_cannot_be_told_becomes_a_declared_source_that_loads(tmp_path: Path, body: str) -> None:
    seen = look(page(body))
    text = declared_file(HOME, seen, page=page(body), private_network=True, day="2026-11-22")
    table, _ = loaded(tmp_path, text, DECLARED)
    assert table["enabled"] is False
    assert "TODO" in text
    assert (table["url"], table["homepage"]) == ("https://thuvien.example.org", HOME)


def test_what_was_seen_and_the_form_stand_in_the_declared_source(tmp_path: Path) -> None:
    text = declared_file(HOME, look(page(PORTAL)), page=page(PORTAL), private_network=False, day="2026-11-22")
    table, _ = loaded(tmp_path, text, DECLARED)
    assert "#   generator: Joomla! 3.9" in text
    assert table["declared"]["search"]["any"] == {  # type: ignore[index]  # tables of TOML
        "path": "/tra-cuu/ketqua.php", "parameters": {"tukhoa": "{words}", "kieu": "coban", "site": "1"},
    }  # fmt: skip


def test_a_library_is_called_as_its_page_and_never_as_json() -> None:
    assert title_of(page("<title>Thư viện Suối Mơ</title>")) == "Thư viện Suối Mơ"
    assert title_of(page('{"title": "x"}')) == ""
    assert title_of(page('<?xml version="1.0"?><feed xmlns="x"/>')) == ""


def test_a_list_of_fields_in_the_form_is_told_as_a_search_to_uncomment(tmp_path: Path) -> None:
    body = (
        '<form action="tra-cuu.php"><input name="tu_khoa"><select name="loai"><option value="0">Tất cả</option>'
        '<option value="1">Nhan đề</option></select></form>'
    )
    text = declared_file(HOME, look(page(body)), page=page(body), private_network=False, day="2026-11-22")
    assert "# loai may be: 0 Tất cả; 1 Nhan đề" in text
    head, _, rest = text.partition("# [declared.search.title]\n")
    rest = "\n".join(line.removeprefix("# ") for line in rest.splitlines()[:2]) + "\n" + rest.split("\n", 2)[2]
    table, _ = loaded(tmp_path, f"{head}[declared.search.title]\n{rest}", DECLARED)
    assert table["declared"]["search"]["title"]["parameters"] == {"tu_khoa": "{words}", "loai": "1"}  # type: ignore[index]  # tables of TOML


def test_a_drafted_file_loads_and_says_beside_each_key_what_is_unsure(tmp_path: Path) -> None:
    found = Found(
        url="https://lib.example.org/sru",
        evidence=Reason("sign.sru.speaks"),
        settings={"profile": "koha", "indexes": {"title": "dc.title"}},
        name='Thư viện "Mẫu"\n[name]',
        unsure={"indexes.title": "a guess\nby its name", "url": "is it the right one?"},
    )
    text = member_file(
        "sru", found, evidence="e", enabled=False, private_network=False, homepage=HOME, remarks=["a\nb"]
    )
    table, _ = loaded(tmp_path, text, SRU)
    assert table["name"] == {"vi": 'Thư viện "Mẫu"\n[name]', "en": 'Thư viện "Mẫu"\n[name]'}
    assert 'title = "dc.title"  # unsure: a guess by its name' in text
    assert 'url = "https://lib.example.org/sru"  # unsure: is it the right one?' in text
    assert text.startswith("# a b\n")


VALUES = some.recursive(
    some.booleans() | some.integers(-(10**9), 10**9) | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_any_value_comes_back_from_its_toml(value: object) -> None:
    text = toml(value)
    assert tomllib.loads(f"a = {text}")["a"] == value
