"""Holdings inside MARC records and OPAC records, and what can be done with a copy."""

from __future__ import annotations

import pytest
from lxml import etree

from connectors.formats import dialect_of, record_from_xml
from engine.model import Availability, Holding, Service
from tests.connectors.formats.building import described, marcxml


def test_852_tells_branch_shelf_call_number_and_barcode() -> None:
    record = described("852 0# $a TVA $b Kho mở $c Tầng 2 $h 895.9 $i N45L $p 00123 $z Bìa rách")
    assert record.holdings == (
        Holding(branch="Kho mở", location="Tầng 2", call_number="895.9 N45L", item="00123", note="Bìa rách"),
    )


def test_a_summary_of_volumes_is_the_note_of_the_only_holding() -> None:
    assert described("852 ## $b TV", "866 #0 $a 1-12 (1990-2001)").holdings == (
        Holding(branch="TV", note="1-12 (1990-2001)"),
    )


HERE = (Availability(Service.LOAN, available=True), Availability(Service.PRESENTATION, available=True))


@pytest.mark.parametrize(
    ("states", "availability"),
    [
        ("$0 0 $1 0 $4 0 $7 0", HERE),
        (
            "$0 0 $1 0 $4 0 $7 0 $q 2027-01-05",
            (
                Availability(Service.LOAN, available=False, expected="2027-01-05"),
                Availability(Service.PRESENTATION, available=False, expected="2027-01-05"),
            ),
        ),
        (
            "$7 1",
            (
                Availability(Service.LOAN, available=False, limitation="not for loan"),
                Availability(Service.PRESENTATION, available=True),
            ),
        ),
        (
            "$1 2 $7 0",
            (
                Availability(Service.LOAN, available=False, limitation="lost"),
                Availability(Service.PRESENTATION, available=False),
            ),
        ),
        (
            "$7 -1",
            (
                Availability(Service.LOAN, available=False, limitation="on order"),
                Availability(Service.PRESENTATION, available=False),
            ),
        ),
        ("", None),
    ],
)
def test_a_koha_item_tells_what_can_be_done_with_it(states: str, availability: tuple[Availability, ...] | None) -> None:
    record = described(f"952 ## $a CS1 $b CS2 $c GEN $o 005.1 T $p 0042 $y BK {states}")
    assert record.holdings == (
        Holding(branch="CS2", location="GEN", call_number="005.1 T", item="0042", availability=availability),
    )


def test_items_are_told_rather_than_the_852_that_came_with_an_imported_record() -> None:
    record = described("852 0# $b MUG $h HQ1197", "952 ## $b CS1 $p 1 $o X")
    assert [holding.branch for holding in record.holdings] == ["CS1"]


def test_a_952_that_is_a_cataloguers_remark_is_no_item() -> None:
    assert described("952 ## $a Form AACR2").holdings == ()


def test_no_rule_reads_what_could_name_a_borrower() -> None:
    record = described("952 ## $b CS1 $p 1 $n 4711 $x Nguyễn Văn Mượn $q 2027-01-05 $l 3")
    assert "Mượn" not in str(record)


def test_alma_tells_physical_electronic_and_digital_holdings() -> None:
    record = described(
        "852 ## $b MAIN",
        "AVA ## $0 99 $8 22 $b HSG $c Tầng trệt $d QM 330 $e available $f 3 $g 1 $q Thư viện chính",
        "AVA ## $b HSG $e check_holdings",
        "AVE ## $c 61 $e Available $m Bộ sưu tập $t Nền tảng $u https://example.org/e $s Từ 2001",
        "AVD ## $d Kho số $e Bản quét",
    )
    assert record.holdings == (
        Holding(
            branch="Thư viện chính",
            location="Tầng trệt",
            call_number="QM 330",
            copies=3,
            copies_available=2,
            availability=(Availability(Service.LOAN, available=True),),
        ),
        Holding(branch="HSG"),
        Holding(
            location="Bộ sưu tập",
            availability=(Availability(Service.REMOTE, available=True),),
            note="Từ 2001",
            url="https://example.org/e",
        ),
        Holding(location="Bản quét"),
    )


def _opac(holdings: str) -> etree._Element:
    root = etree.fromstring(f"<opacRecord><bibliographicRecord/><holdings>{holdings}</holdings></opacRecord>")
    root[0].append(marcxml("001 7", "245 00 $a Sóng", "852 ## $b CŨ"))
    return root


def test_an_opac_record_gives_each_copy_its_state() -> None:
    root = _opac(
        "<holding><localLocation>Cơ sở 1</localLocation><shelvingLocation>Kho A</shelvingLocation>"
        "<callNumber>895.9</callNumber><circulations>"
        '<circulation><availableNow value="1"/><itemId>1</itemId><onHold value="0"/></circulation>'
        '<circulation><availableNow value="0"/><availabilityDate>2027-01-05</availabilityDate>'
        "<itemId>2</itemId></circulation></circulations></holding>"
        "<holding><localLocation>Cơ sở 2</localLocation><enumAndChron>T.1</enumAndChron></holding>"
    )
    assert dialect_of(root) == "opac"
    assert record_from_xml(root, member="thu").holdings == (
        Holding("Cơ sở 1", "Kho A", "895.9", "1", availability=(Availability(Service.LOAN, available=True),)),
        Holding(
            "Cơ sở 1",
            "Kho A",
            "895.9",
            "2",
            availability=(Availability(Service.LOAN, available=False, expected="2027-01-05"),),
        ),
        Holding("Cơ sở 2", note="T.1"),
    )


def test_an_opac_record_without_holdings_keeps_those_of_its_marc_record() -> None:
    assert record_from_xml(_opac(""), member="thu").holdings == (Holding(branch="CŨ"),)
