from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.formats.coins import record_from_coins, texts_of_coins
from connectors.formats.marc_text import marc_of_text, marc_text_of, record_from_marc_text
from connectors.reading.html import parse_html
from engine.errors import UnreadableError

TEXT = """LEADER 00918cam  2200265 a 4500
001    ocn77
008    190301s2012    vm            000 0 vie d
020    9786046512349 (bìa cứng)|q48000đ
100 0  Vũ Kim Dũng
245 10 Kinh tế vi mô :|bgiáo trình dùng cho các trường
       đại học /|cVũ Kim Dũng
260    H. :|bGi{u00E1}o dục,|c2012
856 41 |uhttps://example.org/a/long/ad
       dress.pdf|zToàn văn
"""


def test_fields_and_lines_that_go_on_are_read() -> None:
    marc = marc_of_text(TEXT)
    assert marc.leader == "00918cam  2200265 a 4500"
    assert marc.control == {"001": ["ocn77"], "008": ["190301s2012    vm            000 0 vie d"]}
    by_tag = {field.tag: field for field in marc.fields}
    assert by_tag["245"].subfields[1] == ("b", "giáo trình dùng cho các trường đại học /")
    assert (by_tag["245"].ind1, by_tag["245"].ind2) == ("1", "0")
    assert by_tag["260"].subfields[1] == ("b", "Giáo dục,")
    assert by_tag["856"].subfields == [("u", "https://example.org/a/long/address.pdf"), ("z", "Toàn văn")]


def test_the_record_is_what_marc_21_says() -> None:
    record = record_from_marc_text(TEXT, member="m")
    assert (record.title, record.year, record.languages) == ("Kinh tế vi mô", 2012, ("vie",))
    assert record.identifiers[0].value == "9786046512349"


@pytest.mark.parametrize("blank", ["\u00a0", "_", "#"])
def test_blanks_of_any_kind_are_indicators(blank: str) -> None:
    (field,) = marc_of_text(f"245 1{blank} Sử ký").fields
    assert (field.ind1, field.ind2, field.subfields) == ("1", " ", [("a", "Sử ký")])


def test_a_page_prints_its_record_in_pre_with_markup_inside() -> None:
    page = parse_html("<html><body><p>x</p><pre>\n245 10 Luật <strong>dân sự</strong>\n</pre></body></html>".encode())
    assert marc_of_text(marc_text_of(page)).fields[0].subfields == [("a", "Luật dân sự")]


def test_a_page_without_a_record_prints_none() -> None:
    assert marc_text_of(parse_html(b"<html><body><pre>245 is a number</pre></body></html>")) == ""


@given(st.text(max_size=400))
def test_any_text_is_a_record_or_unreadable(text: str) -> None:
    with contextlib.suppress(UnreadableError):
        record_from_marc_text(f"245 10 x\n{text}", member="m")


@given(st.text(max_size=300))
def test_any_coins_give_a_record_or_none(text: str) -> None:
    record_from_coins(text, member="m")


def test_coins_tell_a_thesis_and_its_author_in_parts() -> None:
    title = "rft.genre=dissertation&rft.title=Lu%E1%BA%ADn+v%C4%83n&rft.aulast=L%C3%AA&rft.aufirst=A&rft.title=again"
    assert list(texts_of_coins(title)) == [("title", "Luận văn"), ("creator", "Lê, A"), ("type", "thesis")]
