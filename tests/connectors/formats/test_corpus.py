"""Every file of real MARC records is read, and real answers give what a reader of them would say.

The exact numbers hold what was counted when the files were first read whole; the floors, what no change may lose.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec
import pytest
from lxml import etree

from connectors.formats import dialect_of, record_from_xml, records_from_iso2709
from connectors.formats.fields import local_name
from engine.errors import UnreadableError
from engine.model import Availability, Holding, Identifier, Material, Person, Record, Role, Scheme, Service
from tests.connectors.formats.table import BEGIN, COLUMNS, DOCS, END, records_of, rows_of, sets_of, written

pytestmark = pytest.mark.needs("corpus")

COUNTS = {
    "catmandu_marc": (125, 1),
    "marc2bibframe2": (755, 95),
    "marc4j": (98, 9),
    "solrmarc": (2418, 0),
    "traject": (84, 2),
    "trln": (391, 9),
    "vietnamese_university_catalogue": (22414, 0),
}
# Percent of the records of a set that give a field, at least.
FLOORS = {
    "catmandu_marc": {"people": 97, "publisher": 95, "year": 97, "language": 97, "identifier": 97, "subject": 93},
    "marc2bibframe2": {"people": 80, "publisher": 74, "year": 89, "language": 84, "material": 95, "identifier": 74},
    "marc4j": {"people": 97, "publisher": 98, "year": 99, "language": 98, "identifier": 90},
    "solrmarc": {"people": 97, "publisher": 94, "year": 99, "language": 97, "identifier": 98, "extent": 98},
    "traject": {"people": 94, "publisher": 87, "year": 97, "language": 98, "identifier": 92},
    "trln": {"people": 91, "publisher": 80, "year": 95, "language": 93, "holding": 31},
    "vietnamese_university_catalogue": {"people": 94, "year": 93, "volume": 12, "class": 99, "holding": 99},
}


@pytest.fixture(scope="module")
def sets(corpus: Path) -> dict[str, list[Record | UnreadableError]]:
    return sets_of(corpus)


def test_every_file_of_every_set_is_read(sets: dict[str, list[Record | UnreadableError]]) -> None:
    counts = {
        name: (sum(isinstance(one, Record) for one in found), sum(isinstance(one, UnreadableError) for one in found))
        for name, found in sets.items()
    }
    assert counts == COUNTS


def test_every_record_has_a_title_an_id_and_the_shape_of_its_type(
    sets: dict[str, list[Record | UnreadableError]],
) -> None:
    for found in sets.values():
        records = [one for one in found if isinstance(one, Record)]
        assert all(record.title.strip() and record.id for record in records)
        assert msgspec.json.decode(msgspec.json.encode(records), type=list[Record]) == records


def test_no_set_gives_less_than_it_did_and_the_docs_say_how_much(
    sets: dict[str, list[Record | UnreadableError]],
) -> None:
    table = rows_of(sets)
    low = {
        f"{name}: {column}": table[name][column]
        for name, floors in FLOORS.items()
        for column, floor in floors.items()
        if column not in COLUMNS or int(table[name][column].replace("–", "0")) < floor
    }
    assert low == {}
    in_docs = DOCS.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].strip()
    assert in_docs == written(table), "run python -m tests.connectors.formats.table"


def test_the_text_of_the_vietnamese_catalogue_is_composed_and_its_vni_put_right(
    sets: dict[str, list[Record | UnreadableError]],
) -> None:
    records = [one for one in sets["vietnamese_university_catalogue"] if isinstance(one, Record)]
    assert not any(0x0300 <= ord(letter) < 0x0370 for record in records for letter in record.title)
    mended = [record for record in records if record.raw]
    assert {raw.encoding for record in mended for raw in record.raw} == {"vni"}
    assert len(mended) >= 17
    [hieu] = {one.name for record in mended for one in record.people if "Hi" in one.name}
    assert hieu == "Nguyễn Văn Hiệu"


def test_the_volumes_of_one_work_are_told_apart(sets: dict[str, list[Record | UnreadableError]]) -> None:
    records = [one for one in sets["vietnamese_university_catalogue"] if isinstance(one, Record)]
    volumes = {one.volume for one in records if one.title.endswith("Book of ASTM Standards")}
    assert {"1", "2", "3", "4"} <= volumes


# Answers of real servers ----------------------------------------------------------------


def _answers(corpus: Path, path: str) -> list[etree._Element]:
    """Return the contents of every recordData of an answer."""
    body = (corpus / path).read_bytes()
    body = gzip.decompress(body) if path.endswith(".gz") else body
    root = etree.fromstring(body[body.index(b"<?xml") :])
    return [child[0] for child in root.iter() if local_name(child) == "recordData" and len(child)]


def _read(corpus: Path, path: str) -> dict[str, Record]:
    records = [record_from_xml(element, member="corpus") for element in _answers(corpus, path)]
    return {record.id: record for record in records}


def test_every_recorded_answer_gives_records_or_says_why_not(corpus: Path) -> None:
    read = unread = 0
    for file in sorted((corpus / "sru").rglob("*.xml*")):
        try:
            elements = _answers(corpus, str(file.relative_to(corpus)))
        except (etree.XMLSyntaxError, ValueError):
            continue
        for element in elements:
            try:
                record_from_xml(element, member="corpus")
                read += 1
            except UnreadableError:
                unread += 1
                # Archival descriptions, holdings without a record, explain documents; one PICA authority record.
                assert dialect_of(element) in {"", "pica"}
    assert (read, unread) == (316, 240)


def test_a_chapter_of_bibsys(corpus: Path) -> None:
    record = _read(corpus, "sru/alma_bibsys/SRU_response_with_subtitle.xml")["991004248644702201"]
    assert (record.title, record.material) == ("Emotions and legal judgements", Material.CHAPTER)
    assert record.subtitle == "normative issues and empirical findings"
    assert record.people == (Person("Gabriel, Ute"),)
    assert record.host is not None
    assert (record.host.title, record.host.isbn) == ("Social psychology of punishment of crime", "9780470515990")


def test_a_parallel_title_and_a_second_author_of_bibsys(corpus: Path) -> None:
    record = _read(corpus, "sru/alma_bibsys/SRU_response_with_subtitle.xml")["990827004004702201"]
    assert record.other_titles == ("Attitudes towards and demands for punishment",)
    assert record.people[1] == Person("Greve, Werner", Role.AUTHOR, dates="1959-")


def test_a_licence_of_alma(corpus: Path) -> None:
    record = _read(corpus, "sru/alma_hsg/records-101-to-122-of-122.xml")["9911248181905506"]
    assert (record.title, record.year, record.is_online) == ("The Secret of Heroism", 2019, True)
    assert record.holdings == (
        Holding(
            location="Project Gutenberg Online Catalog",
            availability=(Availability(Service.REMOTE, available=True),),
        ),
    )


def test_the_copies_of_alma(corpus: Path) -> None:
    records = _read(corpus, "sru/alma_hsg/records-101-to-122-of-122.xml")
    held = [holding for record in records.values() for holding in record.holdings if holding.call_number]
    assert (
        Holding(
            branch="HSG",
            location="Ground Floor",
            call_number="QM 330 G244",
            copies=1,
            copies_available=1,
            availability=(Availability(Service.LOAN, available=True),),
        )
        in held
    )


def test_an_article_of_the_german_national_library(corpus: Path) -> None:
    record = _read(corpus, "sru/rero/dnb/dnb_samuelson.xml")["123480770X"]
    assert (record.material, record.is_online, record.year) == (Material.ARTICLE, True, 2021)
    assert record.host is not None
    assert (record.host.issn, record.host.pages) == ("1573-7039", "1-8")
    assert Identifier(Scheme.DOI, "10.1007/s10911-021-09484-5") in record.identifiers
    assert record.subjects[0] == "Cancer research"


def test_an_edited_book_of_ghent_is_no_article(corpus: Path) -> None:
    record = _read(corpus, "sru/rero/ugent/ugent_samuelson.xml")["978-1-62703-293-3"]
    assert (record.material, record.host, record.year) == (Material.BOOK, None, 2013)
    assert record.people[0] == Person("Samuelson, James C.", Role.EDITOR)
    assert (record.publisher, record.edition_number) == ("Humana Press", 1)
    assert [(one.title, one.number) for one in record.series] == [("Methods in Molecular Biology", "978")]


def test_a_journal_of_the_german_national_library(corpus: Path) -> None:
    record = _read(corpus, "sru/catmandu/1.xml")["105225165X"]
    assert (record.title, record.material, record.year) == ("Botanica Pacifica", Material.JOURNAL, 2012)
    assert record.identifiers == (Identifier(Scheme.ISSN, "2226-4701"),)


def test_mods_of_an_archive(corpus: Path) -> None:
    record = _read(corpus, "sru/catmandu/mods.xml")["DE-611-BF-18449"]
    assert record.title == "Teilnachlass Hubertus Prinz zu Löwenstein (Titel)"
    assert record.people[0].name == "Löwenstein, Hubertus zu"
    assert record.holdings == (Holding(call_number="EB 86/2"),)


def test_the_item_states_of_a_real_koha(corpus: Path) -> None:
    record = _read(corpus, "opac/koha_19/6122-sru-recid.http")["302"]
    assert record.title == "Imagining Black womanhood"
    out, lost, here = record.holdings
    assert (out.branch, out.call_number, out.item) == ("CPL", "HQ1197 .S43 2010", "30000388")
    assert out.availability is not None
    assert (out.availability[0].available, out.availability[0].expected) == (False, "2026-12-24")
    assert lost.availability is not None
    assert lost.availability[0].limitation == "lost"
    assert here.availability is not None
    assert [one.available for one in here.availability] == [True, True]


def test_a_download_of_a_real_koha_is_iso_2709_in_utf_8(corpus: Path) -> None:
    exchange = (corpus / "opac/koha_19/35h-basket-marc.http").read_bytes()
    records = list(records_from_iso2709(exchange.partition(b"\r\n\r\n")[2], member="corpus"))
    assert [record.id for record in records if isinstance(record, Record)] == ["302", "303", "304"]


# ISO 2709 as it should not be -----------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "titles"),
    [
        ("traject/bad_subfield_code.marc", ["Les corps étrangers, roman"]),
        ("marc4j/unordered-directory-entries.mrc", ["About parrots"]),
        ("marc4j/cyrillic_capital_e.mrc", ["Vor, shpion i ubiĭt︠s︡a", "Sindrom Petrushki"]),
        ("marc4j/incomplete_esc_seq.mrc", ["Qie ting feng yun"]),
        (
            "marc4j/bad_oversize_field_bad_directory.mrc",
            [
                "Beim Haus der inklusiven Schule",
                "Muslimfeindlichkeit in Europa",
                "Der Fan als Finanzierungsinstrument in der Krise",
                "Rattenrennen im Individualsport ? Eine Untersuchung in der Sportart Triathlon",
            ],
        ),
    ],
)
def test_broken_files_give_their_records(corpus: Path, file: str, titles: list[str]) -> None:
    found = [record.title if isinstance(record, Record) else "?" for record in records_of(corpus / "marc" / file)]
    assert found[: len(titles)] == titles
    assert "?" not in found


def test_a_title_in_cyrillic_stands_beside_its_transliteration(corpus: Path) -> None:
    [record, _] = list(records_of(corpus / "marc/marc4j/cyrillic_capital_e.mrc"))
    assert isinstance(record, Record)
    assert record.other_titles == ("Вор, шпион и убийца",)
