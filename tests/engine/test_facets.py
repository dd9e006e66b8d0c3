"""Facets count titles, all of them, whatever page is shown."""

from __future__ import annotations

from typing import Any

from engine.gather import Gathering
from engine.model import (
    Availability,
    Clause,
    Holding,
    Link,
    LinkKind,
    Material,
    Person,
    PersonKind,
    Placed,
    Query,
    Record,
    Role,
    Service,
)


def facets(*records: Record) -> dict[str, dict[str, int]]:
    gathering = Gathering(Query(Clause("x")), now=1_790_000_000.0)
    for number, record in enumerate(records):
        gathering.add(f"{record.member}{number}", [Placed(1, record)])
    return {facet.name: {value.value: value.count for value in facet.values} for facet in gathering.facets()}


def record(member: str, number: int, **fields: Any) -> Record:
    return Record(member, str(number), f"Sách {number}", **fields)


def test_a_title_that_two_members_hold_counts_once_for_each() -> None:
    twin = {"people": (Person("Lê Lan"),), "year": 2010}
    one, other = Record("a", "1", "Sách", **twin), Record("b", "1", "Sách", **twin)
    found = facets(one, other, record("a", 2, year=2010))
    assert found["member"] == {"a": 2, "b": 1}
    assert found["year"] == found["decade"] == {"2010": 2}


def test_a_title_of_two_years_of_one_decade_counts_once_for_it() -> None:
    book = {"people": (Person("Lê Lan"),)}
    found = facets(Record("a", "1", "Sách", year=2003, **book), Record("a", "2", "Sách", year=2007, **book))
    assert found["year"] == {"2003": 1, "2007": 1}
    assert found["decade"] == {"2000": 1}


def test_a_person_is_one_value_in_whatever_order_the_name_is_written() -> None:
    found = facets(
        record("a", 1, people=(Person("Nguyễn, Thị Nga"),)),
        record("a", 2, people=(Person("Nguyen Thi Nga"),)),
        record("a", 3, people=(Person("Nguyễn Thị Nga"), Person("NXB Trẻ", Role.PUBLISHER, PersonKind.CORPORATE))),
    )
    assert found["person"] == {"Nguyễn Thị Nga": 3}


def test_a_subject_is_one_value_in_capitals_or_not_but_marks_tell_words_apart() -> None:
    found = facets(
        record("a", 1, subjects=("Bán hàng",)),
        record("a", 2, subjects=("bán hàng.",)),
        record("a", 3, subjects=("Bán hàng", "Bạn hàng")),
    )
    assert found["subject"] == {"Bán hàng": 3, "Bạn hàng": 1}


def test_availability_counts_what_is_to_be_had_now_and_what_is_online() -> None:
    there = (Holding(availability=(Availability(Service.LOAN, available=True),)),)
    lent = (Holding(availability=(Availability(Service.LOAN, available=False),)),)
    found = facets(
        record("a", 1, holdings=there),
        record("a", 2, holdings=lent),
        record("a", 3, holdings=(Holding(copies=2),)),
        record("a", 4, holdings=(Holding(copies=2, copies_available=1),)),
        record("a", 5, links=(Link("https://a.example/5.pdf", LinkKind.FULL_TEXT),)),
        record("a", 6, is_online=True),
    )
    assert found["availability"] == {"available": 4, "online": 2}


def test_values_come_with_the_most_frequent_first_and_equal_ones_in_order() -> None:
    gathering = Gathering(Query(Clause("x")), now=1_790_000_000.0)
    languages = ("vie", "eng", "vie", "fre", "und")
    found = [record("a", number, languages=(language,)) for number, language in enumerate(languages)]
    gathering.add("a", [Placed(place, one) for place, one in enumerate(found, 1)])
    facet = next(facet for facet in gathering.facets() if facet.name == "language")
    assert [(value.value, value.count) for value in facet.values] == [("vie", 2), ("eng", 1), ("fre", 1)]


def test_a_facet_is_cut_to_its_most_frequent_values_but_years_never_are() -> None:
    records = [record("a", n, year=1900 + n, subjects=(f"Chủ đề {n}", "Chung")) for n in range(80)]
    found = facets(*records)
    assert len(found["year"]) == 80
    assert len(found["subject"]) == 50
    assert next(iter(found["subject"].items())) == ("Chung", 80)


def test_the_order_of_facets_is_that_of_the_field_table() -> None:
    one = record("a", 1, year=2000, languages=("vie",), material=Material.BOOK, subjects=("Toán",), is_online=True)
    assert list(facets(one)) == ["member", "year", "decade", "language", "material", "availability", "subject"]
