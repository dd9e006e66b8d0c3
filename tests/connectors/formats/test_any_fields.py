"""Any fields with any text give a Record or an UnreadableError, and never anything else."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from connectors.formats import record_from_xml, records_from_iso2709
from connectors.formats.dc import COMPILED as DC
from connectors.formats.marc21 import FIELDS as MARC21
from connectors.formats.mods import COMPILED as MODS
from connectors.formats.pica import COMPILED as PICA
from connectors.formats.unimarc import FIELDS as UNIMARC
from engine.errors import UnreadableError
from engine.model import Record

XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from(" .,:;/=()[]-^$@\n\t\x98"),
    max_size=40,
)
REAL_TEXT = st.sampled_from([
    "Tập 2", "T. ", "c2019", "[2019]", "9786048012342", "http://a.b/c", "/", " / ", " = ", " : ", "...", "TS.",
    "(dịch)",
    "Nguyễn Văn A; Trần B", "vie", "engfre", "Gi¸o tr×nh", "vol. 5, no. 3, p. 1-2", "0", "-1", "2027-01-05", "880-01",
])  # fmt: skip
TEXT = REAL_TEXT | XML_TEXT
CODES = st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789ABDPT")


def _sound(record: Record) -> None:
    """A record is of the shape that its type says, and has a title and an id."""
    assert record.title.strip()
    assert record.id
    assert msgspec.json.decode(msgspec.json.encode(record), type=Record) == record


def _marc_record(tags: list[str], name: str = "datafield") -> st.SearchStrategy[etree._Element]:
    fields = st.lists(
        st.tuples(
            st.sampled_from(tags),
            st.sampled_from(" 01234"),
            st.lists(st.tuples(CODES, TEXT), max_size=5),
        ),
        max_size=10,
    )

    def build(drawn: tuple[str, str, list[tuple[str, str, list[tuple[str, str]]]]]) -> etree._Element:
        leader, control, chosen = drawn
        root = etree.Element("record")
        etree.SubElement(root, "leader").text = leader
        etree.SubElement(root, "controlfield", tag="008").text = control
        for tag, indicator, subfields in chosen:
            field = etree.SubElement(root, name, tag=tag, ind1=indicator, ind2=indicator)
            for code, text in subfields:
                etree.SubElement(field, "subfield", code=code).text = text
        return root

    return st.tuples(XML_TEXT, XML_TEXT, fields).map(build)


def _read(element: etree._Element, dialect: str | None) -> None:
    try:
        record = record_from_xml(element, member="thu", dialect=dialect)
    except UnreadableError:
        return
    _sound(record)


@settings(max_examples=250, deadline=None)
@given(_marc_record(sorted(MARC21)))
def test_any_fields_of_marc21(element: etree._Element) -> None:
    _read(element, None)


@settings(max_examples=150, deadline=None)
@given(_marc_record(sorted(UNIMARC)))
def test_any_fields_of_unimarc(element: etree._Element) -> None:
    _read(element, "unimarc")


@settings(max_examples=150, deadline=None)
@given(_marc_record([*PICA, "101@", "203@", "209A", "209G", "231@", "237A"]))
def test_any_fields_of_pica(element: etree._Element) -> None:
    _read(element, "pica")


def _elements(names: list[str], inner: list[str]) -> st.SearchStrategy[etree._Element]:
    kinds = st.sampled_from(
        ["host", "series", "isbn", "doi", "code", "text", "personal", "family", "volume", "translated"]
    )
    parts = st.lists(st.tuples(st.sampled_from(inner), kinds, TEXT, TEXT), max_size=4)
    tops = st.lists(st.tuples(st.sampled_from(names), kinds, TEXT, parts), max_size=8)

    def build(chosen: list[tuple[str, str, str, list[tuple[str, str, str, str]]]]) -> etree._Element:
        root = etree.Element("mods")
        for name, kind, text, below in chosen:
            top = etree.SubElement(root, name, type=kind)
            top.text = text
            for inner_name, inner_kind, one, other in below:
                child = etree.SubElement(top, inner_name, type=inner_kind)
                child.text = one
                etree.SubElement(child, "title").text = other
        return root

    return tops.map(build)


MODS_INNER = [
    "title", "subTitle", "partNumber", "namePart", "role", "place", "publisher", "dateIssued", "edition", "topic",
    "part",
    "languageTerm", "extent", "titleInfo", "identifier", "url", "physicalLocation", "holdingSimple", "detail",
    "recordIdentifier",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(_elements(sorted(MODS), MODS_INNER))
def test_any_elements_of_mods(element: etree._Element) -> None:
    _read(element, "mods")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*DC, "relation.unknown"]), TEXT), max_size=10))
def test_any_elements_of_dublin_core(elements: list[tuple[str, str]]) -> None:
    root = etree.Element("dc")
    for name, text in elements:
        element, _, qualifier = name.partition(".")
        child = etree.SubElement(root, element)
        child.text = text
        if qualifier:
            child.set("qualifier", qualifier)
    _read(root, None)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.binary(max_size=60)
        | st.sampled_from([b"\x1d", b"\x1e", b"\x1f", b"\x1fa", b"245000500000", b"\x1b$1", b"\x1b(N"]),
        max_size=12,
    ),
    st.sampled_from(["marc21", "unimarc"]),
)
def test_any_bytes_of_iso_2709(pieces: list[bytes], dialect: str) -> None:
    body = b"00000nam a2200000 a 4500" + b"245000500000" + b"\x1e" + b"".join(pieces)
    for found in records_from_iso2709(body, member="thu", dialect=dialect):
        if isinstance(found, Record):
            _sound(found)
        else:
            assert isinstance(found, UnreadableError)
