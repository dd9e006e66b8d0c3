"""Old and doubled encodings are put right and the raw text is kept; sound text is left alone."""

from __future__ import annotations

import unicodedata

import pytest
from lxml import etree

from connectors.formats import record_from_xml
from engine.model import Raw
from tests.connectors.formats.building import described


@pytest.mark.parametrize(
    ("stored", "encoding"),
    [
        ("Gi¸o tr×nh kinh tÕ vi m«", "tcvn3"),
        (unicodedata.normalize("NFD", "Gi¸o tr×nh kinh tÕ vi m«"), "tcvn3"),
        ("Giaùo trình kinh teá vi moâ", "vni"),
        ("GiÃ¡o trÃ¬nh kinh táº¿ vi mÃ´", "utf-8 as windows-1252"),
    ],
)
def test_a_title_in_an_old_encoding_is_put_right_and_kept(stored: str, encoding: str) -> None:
    record = described(f"245 00 $a {stored}")
    assert record.title == "Giáo trình kinh tế vi mô"
    assert record.raw == (Raw("245$a", stored, encoding),)


def test_dublin_core_and_mods_are_put_right_too() -> None:
    stored = "Gi¸o tr×nh kinh tÕ vi m«"
    for xml in (f"<dc><title>{stored}</title></dc>", f"<mods><titleInfo><title>{stored}</title></titleInfo></mods>"):
        element = etree.fromstring(xml)
        record = record_from_xml(element, member="thu")
        assert (record.title, record.raw) == ("Giáo trình kinh tế vi mô", (Raw("title", stored, "tcvn3"),))
        assert stored in str(etree.tostring(element, encoding="unicode"))


@pytest.mark.parametrize(
    "title",
    ["Où naît l'été : poèmes naïfs", "Größe und Übermaß", "¿Qué fué el año?", "Điều gì ở Huế", "Æblegrød på øen"],
)
def test_sound_text_of_any_language_is_left_alone(title: str) -> None:
    record = described(f"245 00 $a {title}")
    assert record.raw == ()
    assert record.title == title.partition(" :")[0]


def test_decomposed_text_is_composed() -> None:
    assert described("245 00 $a Tie\u0302\u0301ng Vie\u0323\u0302t").title == "Tiếng Việt"
