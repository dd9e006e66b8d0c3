"""What each format says of real kinds of works, value by value."""

from __future__ import annotations

import json

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import SeparateCoAuthors, SplitNameParts
from lxml import etree
from pymarc import MARCReader

from connectors.formats import record_from_xml, records_from_iso2709
from connectors.formats.coins import record_from_coins
from engine.export.bibtex import bibtex
from engine.export.coins import coins
from engine.export.csl import csl_json
from engine.export.formats import FORMATS
from engine.export.jsonld import in_script
from engine.export.marc import iso2709, marcxml
from engine.export.metas import metas
from engine.export.names import Name, credits_of, name_of
from engine.export.ris import ris
from engine.model import Material, Person, Record
from tests.engine.export.works import ARTICLE, BOOK, CHAPTER, JOURNAL, REPORT, SHELF, THESIS, edition


def test_a_book_as_ris_keeps_vietnamese_names_whole() -> None:
    assert ris([BOOK]).decode().split("\r\n") == [
        "TY  - BOOK",
        "TI  - Giáo trình kinh tế vi mô: Lý thuyết & thực hành",
        "AU  - Nguyễn Văn Ngọc,",
        "AU  - Mankiw, N. Gregory",
        "A4  - Lê Dịch,",
        "PY  - 2012",
        "PB  - Đại học Kinh tế Quốc dân",
        "CY  - Hà Nội",
        "ET  - 3",
        "VL  - 2",
        "SP  - 320",
        "T2  - Tủ sách kinh tế",
        "M1  - 7",
        "SN  - 9786049271236",
        "LA  - vi",
        "CN  - 338.5 NG-N",
        "KW  - Kinh tế vi mô",
        "KW  - Giáo trình",
        "ID  - neu~1/2",
        "ER  - ",
        "",
    ]


def test_ris_tells_every_kind_apart() -> None:
    read = rispy.loads(ris(SHELF).decode())
    assert [one["type_of_reference"] for one in read] == ["BOOK", "THES", "JOUR", "CHAP", "RPRT", "JFULL"]
    thesis, article, chapter, report = read[1:5]
    assert (thesis["type_of_work"], thesis["publisher"]) == ("Luận án tiến sĩ", "Trường Đại học Bách khoa Hà Nội")
    assert thesis["urls"] == ["https://lib.hust.example/9.pdf"]
    assert (article["secondary_title"], article["volume"], article["number"]) == ("Journal of Rice", "3", "2")
    assert (article["start_page"], article["end_page"], article["doi"]) == ("12", "30", "10.1000/rice_1")
    assert article["authors"] == ["Samuelson, Paul A.", "Doe, Jane"]
    assert chapter["secondary_title"] == "Kinh tế học"
    assert report["authors"] == ["Bộ Y tế. Cục Quản lý Dược,"]


def test_bibtex_is_read_with_names_that_nothing_parts() -> None:
    text = bibtex(SHELF).decode()
    read = bibtexparser.parse_string(text, append_middleware=[SeparateCoAuthors(), SplitNameParts()])
    assert [(one.entry_type, one.key) for one in read.entries] == [
        ("book", "nguyenvanngoc2012giao"),
        ("phdthesis", "dothianh2015nghien"),
        ("article", "samuelson1999demand"),
        ("incollection", "levanbinh2001chuong"),
        ("techreport", "boytecucquanlyduoc2020dien"),
        ("misc", "tap"),
    ]
    book, thesis, article = (one.fields_dict for one in read.entries[:3])
    assert book["title"].value == r"{Giáo trình kinh tế vi mô: Lý thuyết \& thực hành}"
    whole, parted = book["author"].value
    assert (whole.last, whole.first) == (["{Nguyễn Văn Ngọc}"], [])
    assert (parted.last, parted.first) == (["Mankiw"], ["N.", "Gregory"])
    assert thesis["school"].value == "Trường Đại học Bách khoa Hà Nội"
    assert thesis["type"].value == "Luận án tiến sĩ"
    assert (article["journal"].value, article["pages"].value) == ("{Journal of Rice}", "12--30")
    assert article["doi"].value == r"10.1000/rice\_1"


def test_csl_json_has_literal_names_and_a_date() -> None:
    book, thesis, article, chapter, report, journal = json.loads(csl_json(SHELF))
    assert book["author"] == [{"literal": "Nguyễn Văn Ngọc"}, {"family": "Mankiw", "given": "N. Gregory"}]
    assert book["issued"] == {"date-parts": [[2012]]}
    assert [one["type"] for one in (thesis, article, chapter, report, journal)] == [
        "thesis",
        "article-journal",
        "chapter",
        "report",
        "periodical",
    ]
    assert (thesis["genre"], thesis["language"]) == ("Luận án tiến sĩ", "vi")
    assert (article["container-title"], article["page"], article["DOI"]) == (
        "Journal of Rice",
        "12-30",
        "10.1000/rice_1",
    )
    assert chapter["ISBN"] == "9786049271236"
    assert journal["ISSN"] == "0866-7128"


# The 1.0.2 schema of CSL data allows these types and variables of those that we could know.
CSL_TYPES = frozenset(
    {
        *("article-journal", "book", "chapter", "collection", "document", "graphic", "manuscript", "map", "software"),
        *("motion_picture", "musical_score", "paper-conference", "periodical", "report", "song", "thesis"),
    }
)
CSL_TEXTS = frozenset(
    {
        *("id", "type", "title", "publisher", "publisher-place", "edition", "genre", "container-title", "volume"),
        *("issue", "page", "number-of-pages", "collection-title", "collection-number", "ISBN", "ISSN", "DOI", "URL"),
        *("language", "call-number", "abstract"),
    }
)
CSL_NAMES = {"author", "editor", "translator"}


@pytest.mark.parametrize("material", [None, *Material])
def test_csl_json_says_only_what_its_schema_allows(material: Material | None) -> None:
    for known in SHELF:
        record = Record(**{name: getattr(known, name) for name in known.__struct_fields__} | {"material": material})
        (item,) = json.loads(csl_json([record]))
        assert item["type"] in CSL_TYPES
        for name, value in item.items():
            if name in CSL_NAMES:
                assert all(set(one) in ({"literal"}, {"family", "given"}) for one in value)
            elif name == "issued":
                assert set(value) == {"date-parts"}
            else:
                assert name in CSL_TEXTS
                assert isinstance(value, str)


ROUND = (
    *("title", "subtitle", "volume", "people", "publisher", "place", "year", "edition", "edition_number", "languages"),
    *("material", "degree", "extent", "series", "subjects", "identifiers"),
)


@pytest.mark.parametrize("record", SHELF, ids=lambda record: record.id)
def test_marc_comes_back_through_our_own_readers(record: Record) -> None:
    (element,) = etree.fromstring(marcxml([record]))
    (streamed,) = records_from_iso2709(iso2709([record]), member="back")
    for back in (record_from_xml(element, member="back"), streamed):
        # A thesis may have no publisher, but its note names its school.
        told = {name: getattr(back, name) for name in ROUND}
        assert told == {name: getattr(record, name) for name in ROUND}
        assert [one.call_number for one in back.holdings] == [one.call_number for one in record.holdings]
        assert (back.host.title if back.host else None) == (record.host.title if record.host else None)


def test_marc_has_the_places_that_a_cataloguer_looks_at() -> None:
    book, thesis = MARCReader(iso2709([BOOK, THESIS]), to_unicode=True, force_utf8=True)
    assert str(book.leader)[5:10] == "nam a"
    assert book["008"].data[7:11] == "2012"
    assert book["008"].data[35:38] == "vie"
    assert len(book["008"].data) == 40
    assert (book["100"].indicator1, book["100"]["a"], book["100"]["4"]) == ("0", "Nguyễn Văn Ngọc", "aut")
    assert [(one.indicator1, one["a"], one["4"]) for one in book.get_fields("700")] == [
        ("1", "Mankiw, N. Gregory", "aut"),
        ("0", "Lê Dịch", "trl"),
    ]
    assert thesis["502"].format_field() == "Luận án tiến sĩ Trường Đại học Bách khoa Hà Nội 2015"
    assert thesis["008"].data[24] == "m"


def test_coins_is_read_by_our_own_reader() -> None:
    found = record_from_coins(coins(BOOK), member="back", own_id="1")
    assert found is not None
    assert (found.title, found.year, found.place) == (
        "Giáo trình kinh tế vi mô",
        2012,
        "Hà Nội",
    )
    assert [person.name for person in found.people] == ["Nguyễn Văn Ngọc", "Mankiw, N. Gregory"]
    thesis, article = coins(THESIS), coins(ARTICLE)
    assert "rft_val_fmt=info%3Aofi%2Ffmt%3Akev%3Amtx%3Adissertation" in thesis
    assert "rft.inst=" in thesis
    assert "rft.jtitle=Journal+of+Rice" in article
    assert "rft_id=info%3Adoi%2F10.1000%2Frice_1" in article
    assert "rft.aucorp=B%E1%BB%99" in coins(REPORT)


def test_json_ld_names_the_libraries_that_hold_it() -> None:
    told = json.loads(in_script(edition(BOOK), libraries={"neu": "Thư viện NEU"}, url="https://x/titles/1"))
    assert (told["@type"], told["@id"], told["url"]) == ("Book", "urn:isbn:9786049271236", "https://x/titles/1")
    assert told["author"][1] == {
        "@type": "Person",
        "name": "N. Gregory Mankiw",
        "familyName": "Mankiw",
        "givenName": "N. Gregory",
    }
    (offer,) = told["offers"]
    assert offer["offeredBy"] == {"@type": "Library", "name": "Thư viện NEU"}
    assert (offer["sku"], offer["availability"]) == ("338.5 NG-N", "https://schema.org/InStock")
    article = json.loads(in_script(edition(ARTICLE), libraries={}, url=""))
    assert article["isPartOf"]["@type"] == "Periodical"
    assert "url" not in article


def test_meta_names_say_what_scholars_are_looked_up_by() -> None:
    assert dict(metas(THESIS)) == {
        "citation_title": "Nghiên cứu lưới điện Việt Nam",
        "citation_author": "Đỗ Thị Ánh,",
        "citation_publication_date": "2015",
        "citation_dissertation_institution": "Trường Đại học Bách khoa Hà Nội",
        "citation_language": "vi",
    }
    assert ("citation_journal_title", "Journal of Rice") in metas(ARTICLE)
    assert ("citation_inbook_title", "Kinh tế học") in metas(CHAPTER)
    assert ("citation_issn", "0866-7128") in metas(JOURNAL)


@pytest.mark.parametrize(
    ("name", "languages", "expected"),
    [
        ("Nguyễn Văn An", (), Name("Nguyễn Văn An")),
        ("Nguyễn, Văn An", (), Name("Nguyễn Văn An")),
        ("An, Nguyễn Văn", (), Name("Nguyễn Văn An")),
        ("Nguyen, Van An", ("vie",), Name("Nguyen Van An")),
        ("Nguyen, Van An", ("eng",), Name("Nguyen", "Van An")),
        ("Nguyen Van An", ("eng",), Name("Nguyen Van An")),
        ("Viet Thanh Nguyen", ("eng",), Name("Nguyen", "Viet Thanh")),
        ("Trần V. B.", (), Name("Trần V. B.")),
        ("Nam Cao", ("vie",), Name("Nam Cao")),
        ("Thích Nhất Hạnh", (), Name("Thích Nhất Hạnh")),
        ("Mankiw, N. Gregory", ("vie",), Name("Mankiw", "N. Gregory")),
        ("Vincent van Gogh", (), Name("van Gogh", "Vincent")),
        ("Le Corbusier", (), Name("Le Corbusier")),
        ("Martin Luther King Jr.", (), Name("King Jr.", "Martin Luther")),
        ("Mao Zedong", ("chi",), Name("Mao Zedong")),
        ("Лев Толстой", ("rus",), Name("Лев Толстой")),
        ("Plato", (), Name("Plato")),
    ],
)
def test_a_name_is_parted_only_where_that_is_sure(name: str, languages: tuple[str, ...], expected: Name) -> None:
    assert name_of(Person(name), languages) == expected


def test_whoever_stands_twice_in_a_role_is_cited_once() -> None:
    twice = Record("m", "1", "X", people=(Person("Lê An"), Person("Lê An")))
    assert credits_of(twice).authors == (Name("Lê An"),)


def test_every_format_has_a_media_type_and_a_suffix_of_its_own() -> None:
    assert len({one.media_type for one in FORMATS.values()}) == len(FORMATS)
    assert len({one.suffix for one in FORMATS.values()}) == len(FORMATS)
