"""How a Koha is told from a bare address, and what is found out about it."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from connectors.http import open_client
from connectors.koha import SYSTEM, KohaSettings
from connectors.koha.signs import recognise_description, recognise_page
from engine.ports import Door, Finding, Manners, Member, Names, Page
from tests.connectors.koha.conftest import Catalogue

Make = Callable[..., Catalogue]


async def _page(koha: Catalogue, path: str) -> Page:
    reply = await koha.handle_async_request(httpx.Request("GET", f"http://k.example{path}"))
    return Page(f"http://k.example{path}", reply.status_code, reply.headers.get("Content-Type", ""), reply.content)


@pytest.mark.parametrize("version", ["19.06", "24.05"])
async def test_a_bare_address_says_that_it_is_koha_and_whose(catalogue: Make, version: str) -> None:
    koha = catalogue(version=version)
    found = recognise_page(await _page(koha, "/"))
    assert found is not None
    assert (found.url, found.evidence.values, found.is_sure) == ("http://k.example", {"version": version}, True)
    assert found.name == "Thư viện mẫu Đại học Kỹ thuật Ba Vì"
    described = recognise_description(await _page(koha, "/cgi-bin/koha/opac-search.pl?format=opensearchdescription"))
    assert described is not None
    assert (described.url, described.name) == ("http://k.example", "Thư viện mẫu Đại học Kỹ thuật Ba Vì")


@pytest.mark.parametrize(
    ("url", "link", "root"),
    [
        ("https://lib.example/thuvien/", "/thuvien/cgi-bin/koha/opac-main.pl", "https://lib.example/thuvien"),
        ("https://lib.example/bib/7", "/cgi-bin/koha/opac-main.pl", "https://lib.example"),
        ("https://lib.example/tv/cgi-bin/koha/opac-main.pl", "/cgi-bin/koha/opac-user.pl", "https://lib.example/tv"),
        ("https://lib.example/", "https://khac.example/cgi-bin/koha/opac-main.pl", "https://lib.example"),
    ],
)
def test_a_path_that_a_proxy_puts_before_a_catalogue_is_kept(url: str, link: str, root: str) -> None:
    head = '<html><head><meta name="generator" content="Koha 22.11"></head><body>'
    found = recognise_page(Page(url, 200, "text/html", f'{head}<a href="{link}">Koha</a></body></html>'.encode()))
    assert found is not None
    assert found.url == root


def test_a_portal_that_links_to_a_catalogue_is_a_likeness_only() -> None:
    body = b'<html><body><a href="https://opac.lib.example/cgi-bin/koha/opac-main.pl">Koha</a></body></html>'
    found = recognise_page(Page("https://lib.example/", 200, "text/html", body))
    assert found is not None
    assert (found.url, found.is_sure) == ("https://opac.lib.example", False)


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Koha is a system. <a href='https://koha-community.org/'>Koha</a></body></html>",
        b"<html><head><meta name='generator' content='DSpace 7.6'></head><body>Koha</body></html>",
        b"koha",
        b"",
        b"<OpenSearchDescription><Url template='/open-search/?query={searchTerms}'/></OpenSearchDescription>",
    ],
)
def test_pages_of_others_are_not_taken_for_koha(body: bytes) -> None:
    for sign in SYSTEM.signs:
        assert sign.recognise(Page("https://lib.example/", 200, "text/html", body)) is None


async def _examined(koha: Catalogue) -> dict[str, Finding]:
    member = Member("k", "koha", "http://k.example", Names("a", "b"), manners=Manners(spacing_ms=0))
    client = open_client(member, user_agent="LienThu-test", clock=lambda: 0.0, transport=koha)
    assert SYSTEM.examine is not None
    return {one.what: one for one in await SYSTEM.examine(member, KohaSettings(), Door(client, lambda: 0.0))}


async def test_what_is_found_out_says_what_a_librarian_can_do(catalogue: Make) -> None:
    koha = catalogue(has_ils_di=True)
    found = await _examined(koha)
    first = next(asked for asked in koha.asked if asked.startswith("ilsdi.pl")).rpartition("=")[2]
    is_lent = any(copy.due for entry in koha.shelf.entries if entry.id == first for copy in entry.copies)
    assert {what: one.reason.code.removeprefix("finding.koha-") for what, one in found.items()} == {
        "version": "version",
        "records.cart": "cart",
        "ils-di": "borrowers-open" if is_lent else "ils-di",
        "rest": "rest-off",
        "sru": "sru",
    }
    assert len(koha.asked) <= 8
    bare = await _examined(catalogue(has_cart=False, has_rest=True))
    assert not bare["records.cart"].is_well
    assert bare["rest"].reason.code == "finding.koha-rest"
    assert bare["ils-di"].reason.code == "finding.koha-ils-di-off"
