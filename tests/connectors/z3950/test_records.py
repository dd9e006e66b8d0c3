"""What a record is, its octets tell: encodings, formats under wrong names, plain text."""

from __future__ import annotations

import pytest

from connectors.z3950.oids import Syntax
from connectors.z3950.present import Cut
from connectors.z3950.records import parsed_together, record_of
from connectors.z3950.sutrs import dublin_core, labels
from engine.errors import UnreadableError
from engine.model import Scheme


def marc(*fields: tuple[str, bytes], status: str = " a 4500", coding: str = " ") -> bytes:
    """An ISO 2709 record of these fields."""
    directory, bodies = b"", b""
    for tag, body in fields:
        directory += f"{tag}{len(body) + 1:04}{len(bodies):05}".encode()
        bodies += body + b"\x1e"
    base = 24 + len(directory) + 1
    return (
        f"{base + len(bodies) + 1:05}nam {coding}22{base:05}{status}".encode() + directory + b"\x1e" + bodies + b"\x1d"
    )


def test_a_record_in_marc_8_keeps_its_vietnamese() -> None:
    # Marks come before their letter: grave E1, acute E2, circumflex E3, dot below F2; đ is B3, ư is BD, ơ is BC.
    title = b"10\x1faKinh t\xe3\xe2e h\xf2oc \xb3\xbd\xe1\xbcng"
    record = record_of(Cut(Syntax.MARC21, marc(("001", b"m8"), ("245", title))), member="m")
    assert record.title == "Kinh tế học đường"


@pytest.mark.parametrize("coding", ["a", " "])
def test_a_record_in_utf_8_is_so_whatever_its_leader_says(coding: str) -> None:
    octets = marc(("001", b"u8"), ("245", "10\x1faKinh tế học đường".encode()), coding=coding)
    assert record_of(Cut(Syntax.MARC21, octets), member="m").title == "Kinh tế học đường"


def test_a_charset_of_the_member_file_is_believed() -> None:
    octets = marc(("001", b"l1"), ("245", "10\x1faÉtudes à la carte".encode("cp1252")))
    assert record_of(Cut(Syntax.MARC21, octets), member="m", charset="cp1252").title == "Études à la carte"


def test_unimarc_under_another_name_is_read_as_unimarc() -> None:
    octets = marc(
        ("001", b"un"),
        ("101", b"0 \x1favie"),
        ("200", "1 \x1faLâm nghiệp\x1ffHoàng Văn Páo".encode()),
        status="   450 ",
    )
    for syntax in (Syntax.UNIMARC, Syntax.MARC21, None):
        record = record_of(Cut(syntax, octets), member="m")
        assert (record.id, record.title, record.languages) == ("un", "Lâm nghiệp", ("vie",))


XML = """<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>
<controlfield tag="001">{id}</controlfield><datafield tag="245" ind1="1" ind2="0">
<subfield code="a">Số {id} &amp; é</subfield></datafield></record>"""


def test_records_in_xml_are_the_same_parsed_together_and_alone() -> None:
    rows = [
        Cut(Syntax.XML, XML.format(id="a").encode()),
        Cut(Syntax.XML, ('<?xml version="1.0"?>\n' + XML.format(id="b")).encode()),
        Cut(Syntax.XML, ('<?xml version="1.0" encoding="UTF-8"?>' + XML.format(id="c")).encode()),
        Cut(Syntax.XML, ('<?xml version="1.0" encoding="utf-16"?>' + XML.format(id="d")).encode("utf-16")),
        Cut(Syntax.MARC21, marc(("001", b"e"), ("245", b"10\x1fae"))),
    ]
    together = parsed_together(rows)
    assert [element is not None for element in together] == [True, True, True, False, False]
    for row, element in zip(rows[:3], together, strict=False):
        alone = record_of(row, member="m")
        assert alone == record_of(row, member="m", element=element)
        assert alone.title == f"Số {alone.id} & é"


@pytest.mark.parametrize("broken", ["<a><b></a>", "<a/></records><records><b/>", "<!DOCTYPE a><a/>", "<a/><b/>"])
def test_one_broken_record_in_xml_costs_itself_only(broken: str) -> None:
    rows = [Cut(Syntax.XML, XML.format(id="a").encode()), Cut(Syntax.XML, broken.encode())]
    assert parsed_together(rows) == [None, None]
    assert record_of(rows[0], member="m").id == "a"
    with pytest.raises(UnreadableError):
        record_of(rows[1], member="m")


def test_plain_text_is_read_by_its_labels_and_else_by_its_lines() -> None:
    text = "Nhan đề: Chợ phiên\n  vùng cao\nTác giả: Giàng Seo Vảng\nISBN: 9786049121203\nKho: A\n".encode()
    record = record_of(Cut(Syntax.SUTRS, text), member="m")
    assert (record.title, record.people[0].name) == ("Chợ phiên vùng cao", "Giàng Seo Vảng")
    assert [(one.scheme, one.value) for one in record.identifiers] == [(Scheme.ISBN, "9786049121203")]
    bare = dublin_core("Chợ phiên vùng cao\nGiàng Seo Vảng, 1998\n")
    assert [part.text for part in bare] == ["Chợ phiên vùng cao", "Giàng Seo Vảng, 1998"]
    assert labels()["nhan de"] == "title"


@pytest.mark.parametrize("octets", [b"", b"\x00\x01", b"abc", b"   "])
def test_what_is_no_record_is_refused(octets: bytes) -> None:
    with pytest.raises(UnreadableError):
        record_of(Cut(None, octets), member="m")
