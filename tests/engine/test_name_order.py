"""Vietnamese names are shown in direct order, where it is sure which part is the family name; others as they are."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.gather import Gathering
from engine.model import Clause, Edition, Person, PersonKind, Placed, Query, Record, Role
from engine.normalise.names import direct_name, name_syllables, people
from engine.vietnamese.syllables import is_spelt


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Phí, Mạnh Hồng", "Phí Mạnh Hồng"),
        ("Hồng, Phí Mạnh", "Phí Mạnh Hồng"),
        ("Nguyễn, Thị Minh Hương", "Nguyễn Thị Minh Hương"),
        ("Nguyễn Thị, Nga", "Nguyễn Thị Nga"),
        ("Thị Nga, Nguyễn", "Nguyễn Thị Nga"),
        ("Xuân Quỳnh, Nguyễn Thị", "Nguyễn Thị Xuân Quỳnh"),
        ("Tô, Hoài", "Tô Hoài"),
        ("Lê, Nguyễn Minh Anh", "Lê Nguyễn Minh Anh"),  # both are family names; the first is no given name
        ("Lê, Nguyễn Thị", "Nguyễn Thị Lê"),  # no name ends in "Thị"
        ("Hà, Thái Thị Thu", "Thái Thị Thu Hà"),  # "Thị" stands behind the family name
        ("Hoàng, Lâm Anh", "Hoàng Lâm Anh"),  # both may be either: the rule of cataloguing
        ("Đỗ,Văn Tâm", "Đỗ Văn Tâm"),
    ],
)
def test_a_vietnamese_name_is_shown_in_direct_order(written: str, shown: str) -> None:
    assert direct_name(written) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Mankiw, N. Gregory",
        "García Márquez, Gabriel",
        "Lê, Jean-Pierre",
        "Nguyen, Viet Thanh",  # no mark: it may be of any language
        "Hà, Nguyễn Minh",  # either could be the family name
        "Nam, Cao",  # a pen name, or a given name and a family name
        "Xuân, Diệu",  # neither is a family name
        "Nguyễn, Văn A, Jr.",
        "Phí Mạnh Hồng",
        "Cao, Giang, Trần Thị Lan",
        "",
        ",",
    ],
)
def test_a_name_whose_order_is_not_sure_stays_as_it_is(name: str) -> None:
    assert direct_name(name) == name


def test_a_name_without_marks_is_turned_in_a_vietnamese_text_only() -> None:
    assert direct_name("Hong, Phi Manh", is_vietnamese_text=True) == "Phi Manh Hong"
    assert direct_name("Nguyen, Van Quyen", is_vietnamese_text=True) == "Nguyen Van Quyen"
    assert direct_name("Hong, Phi Manh") == "Hong, Phi Manh"
    assert direct_name("Mankiw, N. Gregory", is_vietnamese_text=True) == "Mankiw, N. Gregory"


@pytest.mark.needs("corpus")
def test_names_of_a_real_catalogue_come_out_as_they_were_after_being_inverted(corpus: Path) -> None:
    path = corpus / "marc/vietnamese_university_catalogue/shelf_list.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        statements = sorted({row["tac_gia"] for row in csv.DictReader(file)})
    whole = {tuple(one.name.split()) for statement in statements for one in people(statement) if is_plain(one)}
    assert len(whole) > 3_500
    by_family = Counter(outcome(f"{name[0]}, {' '.join(name[1:])}", name) for name in whole)
    assert by_family["right"] > 0.97 * len(whole)
    assert by_family["wrong"] < 0.002 * len(whole)
    by_given = Counter(outcome(f"{name[-1]}, {' '.join(name[:-1])}", name) for name in whole)
    assert by_given["right"] > 0.9 * len(whole)
    assert by_given["wrong"] < 0.025 * len(whole)


def is_plain(person: Person) -> bool:
    """Whether it is a person of three to five capitalised syllables, all Vietnamese, with a mark."""
    name = person.name
    words = name.split()
    return (
        person.kind is PersonKind.PERSON
        and 3 <= len(words) <= 5
        and not name.isascii()
        and all(word[0].isupper() and is_spelt(word.lower()) for word in words)
    )


def outcome(inverted: str, name: tuple[str, ...]) -> str:
    shown = direct_name(inverted)
    return "right" if shown == " ".join(name) else "kept" if shown == inverted else "wrong"


@given(st.text(alphabet="NguyễnPhíLêHà ,.-aiê", max_size=30), st.booleans())
def test_any_name_keeps_its_syllables(name: str, is_vietnamese_text: bool) -> None:
    assert name_syllables(direct_name(name, is_vietnamese_text=is_vietnamese_text)) == name_syllables(name)


# On a page ------------------------------------------------------------------------------------


def book(member: str, *people: Person, languages: tuple[str, ...] = ("vie",)) -> Record:
    return Record(member, "1", "Giáo trình kinh tế vi mô", people=people, year=2013, languages=languages)


def found(*records: Record) -> tuple[Edition, dict[str, int]]:
    gathering = Gathering(Query(Clause("kinh tế")), now=1_790_000_000.0)
    for record in records:
        gathering.add(record.member, [Placed(1, record)])
    ((edition,),) = (title.editions for title in gathering.titles(1, 20))
    facet = next(facet for facet in gathering.facets() if facet.name == "person")
    return edition, {value.value: value.count for value in facet.values}


@pytest.mark.parametrize("written", ["Phí, Mạnh Hồng", "Hồng, Phí Mạnh"])
def test_an_edition_and_its_facet_show_the_direct_name_and_the_record_keeps_what_was_said(written: str) -> None:
    edition, facet = found(book("a", Person(written)))
    assert edition.merged.people == (Person("Phí Mạnh Hồng"),)
    assert edition.records[0].people == (Person(written),)
    assert facet == {"Phí Mạnh Hồng": 1}


def test_a_direct_form_in_another_record_decides_the_order() -> None:
    edition, _ = found(book("a", Person("Hà, Nguyễn Minh")), book("b", Person("Nguyen Minh Ha")))
    assert edition.merged.people == (Person("Nguyễn Minh Hà"),)
    edition, _ = found(book("a", Person("Hà, Nguyễn Minh")), book("b", Person("Ha Nguyen Minh")))
    assert edition.merged.people == (Person("Hà Nguyễn Minh"),)


def test_a_western_name_and_a_body_stay_as_they_are() -> None:
    makers = (Person("Mankiw, N. Gregory"), Person("Bùi, Thị Nga", kind=PersonKind.CORPORATE))
    edition, facet = found(book("a", *makers), book("b", *makers))
    assert edition.merged.people == makers
    assert facet == {"Mankiw, N. Gregory": 1, "Bùi, Thị Nga": 1}


def test_one_whose_part_a_member_does_not_tell_stands_once() -> None:
    ministry = Person("Bộ Giáo dục và Đào tạo", kind=PersonKind.CORPORATE)
    untold = Person("Bộ Giáo dục và Đào tạo", Role.OTHER, PersonKind.CORPORATE)
    edition, _ = found(book("a", untold), book("b", ministry))
    assert edition.merged.people == (ministry,)
