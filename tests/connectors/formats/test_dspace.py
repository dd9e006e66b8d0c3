"""DSpace's own formats and ETD-MS: every field under its qualifier, who may read, and no name of any file."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from connectors.formats import dialect_of, record_from_xml
from connectors.oai_pmh.response import read
from engine.model import Degree, Material, Record, Role

DIM = """
<dim:dim xmlns:dim="http://www.dspace.org/xmlns/dspace/dim">
 <dim:field mdschema="dc" element="title" lang="vi">Ứng dụng học máy trong dự báo lũ : luận văn thạc sĩ</dim:field>
 <dim:field mdschema="dc" element="contributor" qualifier="author">Lê, Thị Mận</dim:field>
 <dim:field mdschema="dc" element="contributor" qualifier="advisor">PGS.TS. Vũ Văn Ổi</dim:field>
 <dim:field mdschema="dc" element="date" qualifier="accessioned">2024-05-06T01:02:03Z</dim:field>
 <dim:field mdschema="dc" element="date" qualifier="available">2024-05-06T01:02:03Z</dim:field>
 <dim:field mdschema="dc" element="date" qualifier="issued">2019-07</dim:field>
 <dim:field mdschema="dc" element="identifier" qualifier="uri">https://kho.example.org/handle/123456789/77</dim:field>
 <dim:field mdschema="dc" element="language" qualifier="iso">vi</dim:field>
 <dim:field mdschema="dc" element="description" qualifier="provenance">Submitted by Trần (tran@example.org)</dim:field>
 <dim:field mdschema="dc" element="type">Thesis</dim:field>
 <dim:field mdschema="thesis" element="degree" qualifier="level">Thạc sĩ</dim:field>
 <dim:field mdschema="local" element="title">Không phải nhan đề</dim:field>
 {access}
</dim:dim>
"""


def xoai(*fields: tuple[str, str], others: str = "") -> str:
    def nested(path: list[str], value: str) -> str:
        if not path:
            return f'<field name="value">{value}</field>'
        return f'<element name="{path[0]}">{nested(path[1:], value)}</element>'

    inner = "".join(nested(path.split("."), value) for path, value in fields)
    files = (
        '<element name="bundles"><element name="bundle"><field name="name">ORIGINAL</field>'
        '<element name="bitstreams"><element name="bitstream"><field name="name">luan-van-mat.pdf</field>'
        '<field name="url">https://kho.example.org/bitstreams/1/luan-van-mat.pdf</field></element></element></element>'
        "</element>"
    )
    return (
        f'<metadata xmlns="http://www.lyncode.com/xoai">{inner}{files}<element name="others">'
        f'<field name="handle">123456789/77</field>{others}</element></metadata>'
    )


def record(text: str) -> Record:
    return record_from_xml(etree.fromstring(text), member="kho")


def test_dim_tells_advisor_date_and_degree_by_qualifier() -> None:
    found = record(DIM.format(access=""))
    assert (found.title, found.year, found.languages) == ("Ứng dụng học máy trong dự báo lũ", 2019, ("vie",))
    assert [(person.name, person.role) for person in found.people] == [
        ("Lê, Thị Mận", Role.AUTHOR),
        ("Vũ Văn Ổi", Role.ADVISOR),
    ]
    assert (found.material, found.degree) == (Material.THESIS, Degree.MASTER)
    assert found.url == "https://kho.example.org/handle/123456789/77"
    assert (found.holdings, found.is_online, found.other_titles) == ((), None, ())
    assert "tran@example.org" not in str(found)


@pytest.mark.parametrize(
    ("status", "available", "expected", "limitation"),
    [
        ('element="access-status">open.access', True, None, None),
        ('element="access-status">restricted', False, None, "restricted"),
        ('element="access-status">embargo', False, "unknown", "embargo"),
        ('element="access-status" embargo="2031-02-03">embargo', False, "2031-02-03", "embargo"),
    ],
)
def test_dim_tells_who_may_read(status: str, available: bool, expected: str | None, limitation: str | None) -> None:
    (holding,) = record(DIM.format(access=f'<dim:field mdschema="others" {status}</dim:field>')).holdings
    (service,) = holding.availability or ()
    assert (service.available, service.expected, service.limitation) == (available, expected, limitation)


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ('<field name="drm">open access</field>', [(True, None)]),
        ('<field name="drm">embargoed access|||2030-01-01</field>', [(False, "2030-01-01")]),
        ('<field name="drm">embargoed access|||10000-01-01</field>', [(False, None)]),
        ('<field name="drm">metadata only access</field>', []),
        (
            (
                '<element name="access-status"><field name="value">embargo</field>'
                '<field name="embargo">2032-01-01</field></element>'
            ),
            [(False, "2032-01-01")],
        ),
    ],
)
def test_xoai_tells_who_may_read_and_no_names_of_files(others: str, told: list[tuple[bool, str | None]]) -> None:
    found = record(
        xoai(
            ("dc.title.vi", "Kỷ yếu hội nghị"),
            ("dc.contributor.author.none", "Hội Cơ học"),
            ("dc.subject.vi", "Cơ học"),
            ("dc.subject.ddc.none", "531"),
            ("dc.date.issued.none", "2015-06-15"),
            ("dc.identifier.uri.none", "https://kho.example.org/handle/123456789/77"),
            others=others,
        )
    )
    assert (found.title, found.year, found.subjects) == ("Kỷ yếu hội nghị", 2015, ("Cơ học",))
    assert [number.number for number in found.classes] == ["531"]
    services = [service for holding in found.holdings for service in holding.availability or ()]
    assert [(service.available, service.expected) for service in services] == told
    assert "mat.pdf" not in str(found)


def test_xoai_is_told_from_the_wrapper_that_has_its_name() -> None:
    wrapped = f'<record xmlns="x"><header/><metadata>{xoai(("dc.title.none", "Nhan đề"))}</metadata></record>'
    assert record(wrapped).title == "Nhan đề"
    assert dialect_of(etree.fromstring(xoai(("dc.title.none", "Nhan đề")))) == "xoai"


def test_uketd_gives_away_no_files() -> None:
    found = record(
        '<uketd_dc:uketddc xmlns:uketd_dc="u" xmlns:dc="d" xmlns:dcterms="t"><dc:title>Luận án</dc:title>'
        "<dcterms:issued>2015-06-15</dcterms:issued>"
        "<dcterms:isReferencedBy>https://kho.example.org/handle/1/2</dcterms:isReferencedBy>"
        "<dc:identifier>https://kho.example.org/bitstream/1/2/1/mat.pdf</dc:identifier>"
        "<dcterms:hasFormat>https://kho.example.org/bitstream/1/2/3/mat.pdf.txt</dcterms:hasFormat></uketd_dc:uketddc>"
    )
    assert (found.title, found.year, found.url, found.links) == (
        "Luận án",
        2015,
        "https://kho.example.org/handle/1/2",
        (),
    )


def test_etdms_tells_the_degree_and_the_roles_of_contributors() -> None:
    found = record(
        '<thesis xmlns="http://www.ndltd.org/standards/metadata/etdms/1.0/"><title>Vật liệu mới</title>'
        '<creator>Đỗ Văn Ba</creator><contributor role="advisor">Phan Thị Tư</contributor><date>2024-02-01</date>'
        "<date>2018-03-04</date><degree><name>Tiến sĩ</name><level>Doctoral</level><discipline>Vật lý</discipline>"
        "</degree></thesis>"
    )
    assert (found.year, found.material, found.degree) == (2018, Material.THESIS, Degree.DOCTOR)
    assert [(person.name, person.role) for person in found.people] == [
        ("Đỗ Văn Ba", Role.AUTHOR),
        ("Phan Thị Tư", Role.ADVISOR),
    ]


@pytest.mark.needs("corpus")
def test_one_item_of_a_real_repository_is_the_same_in_all_its_formats(corpus: Path) -> None:
    titles = set()
    for name in ("307-oai-get-dim", "308-oai-get-xoai", "311-oai-get-qdc", "316-oai-get-etdms"):
        body = (corpus / "opac" / "dspace_7_9" / f"{name}.http").read_bytes().partition(b"\r\n\r\n")[2]
        (row,) = read(body).rows
        assert row.metadata is not None
        found = record_from_xml(row.metadata, member="kho")
        titles.add((found.title, found.year, found.material, found.url, tuple(person.name for person in found.people)))
    assert len(titles) == 1
