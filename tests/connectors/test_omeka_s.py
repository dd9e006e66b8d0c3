from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.battery import Battery
from connectors.http import open_client
from connectors.http.recording import Replay
from connectors.omeka_s import SYSTEM, OmekaConnector, OmekaSettings
from connectors.omeka_s.reading import item_of, items_of
from connectors.omeka_s.request import said
from connectors.omeka_s.signs import recognise_api, recognise_page
from engine.errors import UnreadableError
from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Query, Window
from engine.ports import Door, Member, Names, Page

RECORDINGS = Path(__file__).parents[1] / "recordings"
MEMBER = Member(id="m", system="omeka-s", url="https://disan.hue.example.org/omeka-s", name=Names("a", "b"))


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS):
    """Omeka S 4, which counts, and 2, which does not."""


def _connector(replay: Replay, settings: OmekaSettings | None = None) -> OmekaConnector:
    client = open_client(MEMBER, user_agent="test", clock=lambda: 0.0, transport=replay)
    return OmekaConnector(MEMBER, settings or OmekaSettings(), Door(client=client, clock=lambda: 0.0))


def _rows(expression: Expression, settings: OmekaSettings | None = None) -> list[tuple[str, str, str, str]]:
    pairs = dict(said(expression, settings or OmekaSettings()).pairs)
    numbers = sum(key.endswith("[joiner]") for key in pairs)
    names = ("joiner", "property", "type", "text")
    return [tuple(pairs[f"property[{at}][{name}]"] for name in names) for at in range(numbers)]  # type: ignore[misc]  # four names


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        (Clause("bản đồ", Field.TITLE), [("and", "dcterms:title", "in", "bản đồ")]),
        (Clause("bản đồ", is_phrase=True), [("and", "", "in", "bản đồ")]),
        (Clause("9786049591235", Field.ISBN), [("and", "", "in", "9786049591235")]),
        (Or((Clause("sắc phong"), Clause("châu bản"))), [("or", "", "in", "sắc phong"), ("or", "", "in", "châu bản")]),
        (
            And((Clause("an", Field.PERSON), Not(Clause("ảnh", Field.TITLE)))),
            [("and", "dcterms:creator", "in", "an"), ("and", "dcterms:title", "nin", "ảnh")],
        ),
    ],
)
def test_fields_phrases_and_booleans_become_rows_of_properties(
    expression: Expression, rows: list[tuple[str, str, str, str]]
) -> None:
    assert _rows(expression) == rows


def test_words_can_be_asked_for_one_by_one() -> None:
    asked = _rows(Clause("mộc bản"), OmekaSettings(words="values"))
    assert asked == [("and", "", "in", "mộc"), ("and", "", "in", "bản")]


def test_an_or_among_other_parts_is_given_up_and_told() -> None:
    asked = said(And((Clause("huế"), Or((Clause("ảnh"), Clause("tranh"))))), OmekaSettings())
    assert asked.pairs == (("fulltext_search", "huế ảnh"),)
    assert [notice.code for notice in asked.notices] == ["notice.dropped-alternatives", "notice.any-word"]


async def test_the_sites_are_asked_for_once() -> None:
    replay = Replay(RECORDINGS / "omeka-hue" / "full-page")
    connector = _connector(replay)
    for _ in range(2):
        answer = await connector.search(Query(Clause("triều nguyễn")), Window())
        assert answer.placed[1].record.url == "https://disan.hue.example.org/omeka-s/s/han-nom/item/15"
    assert sum("api/sites" in target for target in replay.asked) == 1


async def test_a_list_that_is_not_counted_ends_where_a_page_is_not_full() -> None:
    member = Member(id="m", system="omeka-s", url="https://tulieu.caobang.example.org", name=Names("a", "b"))
    replay = Replay(RECORDINGS / "omeka-caobang" / "full-page")
    client = open_client(member, user_agent="test", clock=lambda: 0.0, transport=replay)
    settings = OmekaSettings(site="tu-lieu", page_size=2)
    connector = OmekaConnector(member, settings, Door(client=client, clock=lambda: 0.0))
    first = await connector.search(Query(Clause("then tày")), Window(1, 2))
    assert first.has_more
    rest = await connector.search(Query(Clause("then tày")), Window(3, 2))
    assert [placed.place for placed in rest.placed] == [3]
    assert not rest.has_more


async def test_filters_alone_list_everything_and_are_applied_here(tmp_path: Path) -> None:
    folder = RECORDINGS / "omeka-hue" / "full-page"
    for file in folder.glob("*.exchange"):
        text = file.read_text().replace("fulltext_search=tri%E1%BB%81u%20nguy%E1%BB%85n&", "")
        (tmp_path / file.name).write_text(text)
    answer = await _connector(Replay(tmp_path)).search(Query(None, Filters(year_to=1950)), Window())
    assert [placed.record.id for placed in answer.placed] == ["15"]
    assert [notice.code for notice in answer.notices] == ["notice.filtered-here"]


def test_owners_and_what_is_not_public_are_never_kept() -> None:
    item = {
        "@type": ["o:Item"],
        "o:id": 7,
        "o:is_public": True,
        "o:owner": {"o:id": 1, "o:email": "thuthu@example.org"},
        "dcterms:title": [{"type": "literal", "is_public": True, "@value": "Gia phả"}],
        "dcterms:description": [{"type": "literal", "is_public": False, "@value": "Bí mật"}],
    }
    record = item_of(item, member="m").record
    assert record is not None
    assert "thuthu" not in repr(record)
    assert "Bí mật" not in repr(record)
    assert item_of({**item, "o:is_public": False}, member="m").record is None


@pytest.mark.parametrize("found", [{"items": []}, "text", 3, [1, 2]])
def test_json_of_another_shape_is_unreadable(found: object) -> None:
    with pytest.raises(UnreadableError):
        items_of(found)


def test_omeka_s_is_told_by_its_api() -> None:
    body = json.dumps([{"@context": "c", "@id": "https://x/api/items/1", "o:id": 1}]).encode()
    found = recognise_api(Page("https://x.example.org/kho/api/items?per_page=1", 200, "application/json", body))
    assert found is not None
    assert found.url == "https://x.example.org/kho"


def test_omeka_s_is_told_by_its_styles_and_the_site_is_filled_in() -> None:
    body = b"""<html><head><title>Trang ch\xe1\xbb\xa7 \xc2\xb7 Kho t\xc6\xb0 li\xe1\xbb\x87u</title>
    <link href="/kho/application/asset/css/iconfonts.css?v=4.0.1" rel="stylesheet"></head>
    <body><a href="/kho/s/tu-lieu/item">Items</a></body></html>"""
    found = recognise_page(Page("https://x.example.org/kho/s/tu-lieu", 200, "text/html", body))
    assert found is not None
    assert (found.url, found.settings, found.name) == ("https://x.example.org/kho/", {"site": "tu-lieu"}, "Kho tư liệu")


def test_other_json_is_not_taken_for_omeka() -> None:
    assert recognise_api(Page("https://x/api/items", 200, "application/json", b'[{"id": 1}]')) is None


def test_several_words_are_told_to_be_any_of_them_and_one_is_not() -> None:
    assert [notice.code for notice in said(Clause("kinh tế"), OmekaSettings()).notices] == ["notice.any-word"]
    assert said(Clause("huế"), OmekaSettings()).notices == ()
    assert said(Clause("kinh tế"), OmekaSettings(words="values")).notices == ()
