"""No system is sure of another's pages; VuFind, Primo, Aleph, Solr and Elasticsearch do not even think of it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

import pytest

from connectors import aleph, elastic_catalogue, primo, solr, vufind
from connectors.http.exchange import read_exchange
from engine.app import Systems
from engine.ports import Page, System
from engine.settings import read_toml

RECORDINGS = Path(__file__).parents[1] / "recordings"
SYSTEMS = (aleph.SYSTEM, elastic_catalogue.SYSTEM, primo.SYSTEM, solr.SYSTEM, vufind.SYSTEM)


def pages_of_others(own: str) -> list[tuple[str, Page]]:
    """Every recorded answer of every other system, as a page that was asked for at its address."""
    found = []
    for folder in sorted(RECORDINGS.iterdir()):
        member = folder / f"{folder.name}.toml"
        table = read_toml(member)[0] if member.exists() else {}
        if table.get("system", "sru") == own or not folder.is_dir():
            continue
        for file in sorted(folder.rglob("*.exchange")):
            exchange = read_exchange(file.read_bytes(), name=str(file))
            kind = dict(exchange.headers).get("Content-Type", "")
            url = urljoin("https://other.example.org", exchange.target)
            found.append((f"{folder.name}/{file.name}", Page(url, exchange.status, kind, exchange.body)))
    return found


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_no_sign_takes_another_systems_page_for_its_own(system: System) -> None:
    pages = pages_of_others(system.name)
    assert len(pages) > 20
    taken = [(name, sign.path) for name, page in pages for sign in system.signs if sign.recognise(page) is not None]
    assert taken == []


@pytest.mark.parametrize("name", sorted(Systems()))
def test_no_system_is_sure_of_another_systems_page(name: str) -> None:
    pages: dict[str, list[tuple[str, Page]]] = {}
    for at, page in pages_of_others(name):
        pages.setdefault(at.partition("/")[0], []).append((at, page))
    some = [pair for pairs in pages.values() for pair in pairs[:2]]  # of each library two: parsing pages is slow
    signs = Systems()[name].signs
    found = [(at, sign.recognise(page)) for at, page in some for sign in signs]
    assert [(at, one.evidence.code) for at, one in found if one is not None and one.is_sure] == []


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_signs_read_whatever_comes_without_a_fault(system: System) -> None:
    for body in (
        b"",
        b"\xff\xfe",
        b"<",
        b"{",
        b'{"status":"OK"}',
        b"[]",
        b"<a><error/></a>" * 50,
        b"{" * 5000,
        b"func=" * 9,
    ):
        for status in (200, 403, 500):
            for sign in system.signs:
                page = Page("https://other.example.org/X?op=find&func=", status, "", body)
                assert sign.recognise(page) is None
