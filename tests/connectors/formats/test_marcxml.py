"""MARCXML read as text says the same as MARCXML read element by element."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from connectors.formats import record_from_xml
from connectors.formats.fields import fields_from_xml, local_name
from connectors.formats.marc21 import FIELDS, record_from_marc21
from connectors.formats.marcxml import plain_record
from engine.errors import UnreadableError
from engine.model import Record
from tests.connectors.formats.building import marcxml
from tests.connectors.formats.table import body_of
from tests.connectors.formats.test_any_fields import TEXT

STRANGE = st.sampled_from(
    ['a tag="245" b', 'x code="a" y', "<b>", "&amp;", "&lt;", "Tom & Jerry", "Gi¸o tr×nh", '"', "]]>"]
)
FIELD = st.tuples(
    st.sampled_from(["001", "020", "100", "245", "260", "650", "852", "856", "952", "999"]),
    st.lists(st.tuples(st.sampled_from("abcpu0"), TEXT | STRANGE), max_size=4),
    st.sampled_from(["", "indicators first", "nested", "no code", "other name"]),
)


def read_by_elements(element: etree._Element) -> Record | str:
    try:
        return record_from_marc21(fields_from_xml(element, FIELDS), "m")
    except UnreadableError as error:
        return str(error)


def read(element: etree._Element) -> Record | str:
    try:
        return record_from_xml(element, member="m")
    except UnreadableError as error:
        return str(error)


def built(fields: list[tuple[str, list[tuple[str, str]], str]], prefix: str | None) -> etree._Element:
    space = "http://www.loc.gov/MARC21/slim"
    root = etree.Element(f"{{{space}}}record", nsmap={prefix: space})
    etree.SubElement(root, f"{{{space}}}leader").text = "00000nam a2200000 a 4500"
    for tag, subfields, oddity in fields:
        names = ("ind1", "tag", "ind2") if oddity == "indicators first" else ("tag", "ind1", "ind2")
        attributes = {name: {"tag": tag, "ind1": "1", "ind2": "0"}[name] for name in names}
        field = etree.SubElement(root, f"{{{space}}}{'field' if oddity == 'other name' else 'datafield'}", attributes)
        for code, text in subfields:
            sub = etree.SubElement(field, f"{{{space}}}subfield", {} if oddity == "no code" else {"code": code})
            sub.text = text
            if oddity == "nested":
                etree.SubElement(sub, f"{{{space}}}b", code="z").text = "inside"
    return root


@example([("650", [("a", "Tập 2")], "nested")], None)  # as many tags as two subfields have
@given(st.lists(FIELD, min_size=1, max_size=6), st.sampled_from([None, "marc", "zs"]))
def test_whatever_stands_in_the_fields_both_ways_read_the_same(
    fields: list[tuple[str, list[tuple[str, str]], str]], prefix: str | None
) -> None:
    element = built([("245", [("a", "Kinh tế vi mô")], ""), *fields], prefix)
    assert read(element) == read_by_elements(element)


def test_a_field_that_was_read_before_is_the_same_for_the_next_record() -> None:
    first = read(marcxml("001 1", "245 10 $a Một", "260 ## $a Hà Nội : $b Giáo dục, $c 2010"))
    other = read(marcxml("001 2", "245 10 $a Hai", "260 ## $a Hà Nội : $b Giáo dục, $c 2010"))
    assert isinstance(first, Record)
    assert isinstance(other, Record)
    assert (first.title, other.title) == ("Một", "Hai")
    assert (first.publisher, first.year) == (other.publisher, other.year) == ("Giáo dục", 2010)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<datafield tag="245"', '<varfield tag="245"'),  # the fields have another name
        ('<datafield tag="245"', '<datafield number="245"'),
        ("Một tựa đề", '1 tag="9"'),
    ],
)
def test_what_is_not_of_the_usual_form_is_left_to_the_elements(old: str, new: str) -> None:
    text = (
        '<record><leader>00000nam a22</leader><datafield tag="245" ind1="1" ind2="0"><subfield code="a">Một tựa đề'
        "</subfield></datafield></record>"
    )
    assert plain_record(etree.fromstring(text)) is not None
    other = text.replace(old, new).replace("</datafield>", f"</{new[1:9]}>" if "varfield" in new else "</datafield>")
    assert plain_record(etree.fromstring(other)) is None


@pytest.mark.needs("corpus")
def test_real_records_read_the_same_both_ways(corpus: Path) -> None:
    plain = 0
    for name in (
        "sru/alma_hsg/records-12.xml",
        "sru/catmandu/marcxml.xml",
        "marc/marc2bibframe2/dataset/princeton.xml.gz",
    ):
        for element in etree.fromstring(body_of(corpus / name), etree.XMLParser(remove_comments=True)).iter():
            if local_name(element) == "record" and len(element) and local_name(element[0]) == "leader":
                plain += plain_record(element) is not None
                assert read(element) == read_by_elements(element)
    assert plain > 100
