from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.battery import Battery
from connectors.eprints import SYSTEM, EprintsConnector, EprintsSettings
from connectors.eprints.export import record_of, records_of
from connectors.eprints.request import expression_of, said
from connectors.eprints.signs import recognise
from connectors.http import open_client
from connectors.http.recording import Replay
from engine.errors import UnreadableError, UnsupportedError
from engine.model import And, Clause, Field, Filters, Query, Window
from engine.ports import Door, Member, Names, Page

RECORDINGS = Path(__file__).parents[1] / "recordings"


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS):
    """EPrints 3.4, which exports what is asked for, and 3.3, which exports everything."""


def _connector(replay: Replay, url: str, settings: EprintsSettings | None = None) -> EprintsConnector:
    member = Member(id="m", system="eprints", url=url, name=Names("a", "b"))
    client = open_client(member, user_agent="test", clock=lambda: 0.0, transport=replay)
    return EprintsConnector(member, settings or EprintsSettings(), Door(client=client, clock=lambda: 0.0))


def test_words_alone_are_asked_in_the_simple_search() -> None:
    asked = said(Clause("thủy điện"), Filters())
    assert expression_of(asked, EprintsSettings()) == ("0|1|-date/creators_name/title|archive|-|q::ALL:IN:thủy điện|-|")


def test_fields_are_asked_in_the_advanced_search_with_years() -> None:
    asked = said(And((Clause("mường"), Clause("bùi", Field.PERSON))), Filters(year_from=2010, languages=("vie",)))
    assert asked.search == "advanced"
    assert asked.fields == (
        "title:title:ALL:IN:mường",
        "creators_name:creators_name:ALL:EQ:bùi",
        "date:date:ALL:EQ:2010-",
    )
    assert asked.unasked == Filters(languages=("vie",))
    assert [notice.code for notice in asked.notices] == ["notice.words-in-titles"]


@given(st.text(min_size=1, max_size=60).filter(lambda text: any(letter.isalnum() for letter in text)))
def test_whatever_is_typed_stays_inside_its_part_of_the_expression(text: str) -> None:
    (field,) = said(Clause(text), Filters()).fields
    name, where, merge, match, *rest = field.split(":")
    assert (name, where, merge, match, len(rest)) == ("q", "", "ALL", "IN", 1)
    assert "|" not in field
    assert "\\" not in field


async def test_a_server_that_exports_everything_is_not_asked_to_where_the_hits_are_many(tmp_path: Path) -> None:
    for file in (RECORDINGS / "eprints-vinh" / "exports-all").glob("*.exchange"):
        text = file.read_text().replace(
            '<span class="ep_search_number">3</span>', '<span class="ep_search_number">99</span>'
        )
        (tmp_path / file.name).write_text(text)
    replay = Replay(tmp_path)
    settings = EprintsSettings(repository="vinhir", most_exported=50)
    connector = _connector(replay, "http://repository.vinh.example.org/", settings)
    answer = await connector.search(Query(Clause("đất học")), Window(1, 2))
    assert len(replay.asked) == 1
    assert [placed.record.title for placed in answer.placed] == ['Về "đất học" xứ Nghệ', "Học trò's notes"]
    assert [(notice.code, notice.values) for notice in answer.notices] == [("notice.brief-records", {"count": 2})]


async def test_an_export_that_is_refused_is_not_asked_for_again() -> None:
    replay = Replay(RECORDINGS / "eprints-hoabinh" / "export-refused")
    connector = _connector(replay, "https://eprints.hoabinh.example.org")
    query = Query(Clause("quách", Field.PERSON), Filters(year_from=2010, year_to=2020))
    for _ in range(2):
        answer = await connector.search(query, Window())
        assert [placed.record.id for placed in answer.placed] == ["88"]
    assert sum("export_" in target for target in replay.asked) == 1


async def test_an_export_alone_is_enough_where_the_page_cannot_be_read(tmp_path: Path) -> None:
    for file in (RECORDINGS / "eprints-hoabinh" / "full-page").glob("*.exchange"):
        text = file.read_text().replace("&n=2&", "&n=21&")
        if "export" not in file.name:
            text = text.partition("\n\n")[0] + "\n\n<html><head><title>New look</title></head><body>x</body></html>"
        (tmp_path / file.name).write_text(text)
    settings = EprintsSettings(repository="hoabinh")
    connector = _connector(Replay(tmp_path), "https://eprints.hoabinh.example.org", settings)
    answer = await connector.search(Query(Clause("thủy điện")), Window())
    assert [placed.record.id for placed in answer.placed] == ["101", "88"]
    assert (answer.total, answer.has_more) == (None, False)


def test_depositors_and_closed_files_are_never_kept() -> None:
    file = next((RECORDINGS / "eprints-hoabinh" / "full-page").glob("*export.exchange"))
    body = file.read_bytes().partition(b"\n\n")[2]
    kept = " ".join(repr(record_of(eprint, member="m", url="https://x/1/")) for eprint in records_of(body))
    for word in (
        "sv@example.org",
        "x@example.org",
        "bien-ban-mat",
        "secret-name",
        "document/6",
        "document/9",
        "userid",
    ):
        assert word not in kept


@pytest.mark.parametrize("status", ["buffer", "inbox", "deletion"])
def test_what_does_not_stand_in_the_archive_is_no_record(status: str) -> None:
    eprint = {"eprintid": 1, "title": "Bản nháp", "eprint_status": status}
    assert record_of(eprint, member="m", url="https://x/1/") is None


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40))
def test_any_title_that_old_versions_forget_to_escape_is_read(title: str) -> None:
    line = title.replace("\\", "/")
    body = f'[\n  {{\n    "eprintid": "7",\n    "title": "{line}"\n  }}\n]\n'.encode()
    assert records_of(body)[0]["title"].split() == line.split()  # type: ignore[attr-defined]  # it is a text


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'{"total": 1}', b"<html></html>", b'[{"eprintid": 1', b"x("])
def test_what_is_no_export_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        records_of(body)


def test_a_callback_around_the_json_is_taken_off() -> None:
    assert records_of(b"callback(" + json.dumps([{"eprintid": 3}]).encode() + b");\n") == [{"eprintid": 3}]


async def test_languages_alone_cannot_be_asked() -> None:
    with pytest.raises(UnsupportedError):
        await _connector(Replay([]), "https://x.example.org").search(Query(None, Filters(languages=("vie",))), Window())


def test_eprints_is_told_by_its_generator_and_the_repository_is_filled_in() -> None:
    body = b"""<html><head><title>Welcome to Kho mau - Kho mau</title><meta name="Generator" content="EPrints 3.4.5"/>
    </head><body><a href="/cgi/search/archive/simple/export_khomau_RSS2.xml?q=1">RSS</a></body></html>"""
    found = recognise(Page("https://ir.example.org/cgi/search/simple", 200, "text/html", body))
    assert found is not None
    assert (found.url, found.settings, found.name) == ("https://ir.example.org/", {"repository": "khomau"}, "Kho mau")


def test_a_page_that_only_links_to_eprints_is_not_taken_for_it() -> None:
    body = b'<html><head><title>x</title></head><body><a href="https://eprints.org">EPrints</a></body></html>'
    assert recognise(Page("https://x.example.org/", 200, "text/html", body)) is None
