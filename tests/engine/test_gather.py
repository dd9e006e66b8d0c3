"""What a search shows: ages, rounds, merged fields, what is dropped."""

from __future__ import annotations

from typing import Any

import pytest

from engine.fields import TABLE
from engine.gather import Gathering
from engine.model import (
    And,
    Availability,
    Clause,
    Degree,
    Field,
    Filters,
    Holding,
    Identifier,
    Link,
    LinkKind,
    Material,
    Not,
    Or,
    Person,
    Placed,
    Query,
    Record,
    Role,
    Scheme,
    Service,
)

NOW = 1_790_000_000.0


def gathering(query: Query | None = None, **preferences: int) -> Gathering:
    return Gathering(query or Query(Clause("truyện kiều")), preferences=preferences, now=NOW)


def kieu(member: str, number: str = "1", title: str = "Truyện Kiều", **fields: Any) -> Record:
    return Record(member, number, title, **{"people": (Person("Nguyễn Du"),), "year": 2015, **fields})


def placed(*records: Record) -> list[Placed]:
    return [Placed(place, record) for place, record in enumerate(records, 1)]


def test_nothing_found_is_an_empty_page() -> None:
    found = gathering()
    found.add("a", [])
    assert (found.titles(1, 20), found.title_count, found.record_count, found.facets()) == ((), 0, 0, ())


def test_one_book_of_two_members_is_one_title_with_the_holdings_of_both() -> None:
    found = gathering()
    found.add("a", placed(kieu("a", holdings=(Holding(call_number="A1"),))))
    found.add("b", placed(kieu("b", holdings=(Holding(call_number="B1"),))))
    (title,) = found.titles(1, 20)
    assert title.members == ("a", "b")
    (edition,) = title.editions
    assert [record.member for record in edition.records] == ["a", "b"]
    assert {holding.call_number for holding in edition.merged.holdings} == {"A1", "B1"}
    assert (found.title_count, found.record_count) == (1, 2)


def test_a_titles_id_is_its_smallest_record_percent_encoded() -> None:
    found = gathering()
    found.add("b", placed(kieu("b", "oai:b:1/2")))
    assert found.titles(1, 20)[0].id == "b~oai%3Ab%3A1%2F2"
    found.add("a", placed(kieu("a", "9")))
    assert found.titles(1, 20)[0].id == "a~9"


def test_pages_follow_one_another_without_gap_or_repetition() -> None:
    found = gathering()
    found.add("a", placed(*(kieu("a", str(number), f"Sách {number}", year=None) for number in range(45))))
    pages = [found.titles(page, 20) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [20, 20, 5, 0]
    assert len({title.id for page in pages for title in page}) == 45


# Rounds and ages --------------------------------------------------------------------------


def test_what_the_index_knew_shows_its_age_until_the_member_answers() -> None:
    found = gathering()
    found.add("a", placed(kieu("a")), round=0, asked_at=NOW - 60)
    found.add("b", placed(kieu("b")), round=0, asked_at=NOW - 3600)
    assert [title.age_s for title in found.titles(1, 20)] == [3600.0]
    found.add("b", placed(kieu("b")))
    assert [title.age_s for title in found.titles(1, 20)] == [60.0]
    found.add("a", [])
    (title,) = found.titles(1, 20)
    assert (title.age_s, title.members) == (None, ("b",))


def test_a_fresh_answer_takes_the_place_of_a_stale_one() -> None:
    found = gathering()
    found.add("a", placed(kieu("a", "1"), kieu("a", "2", "Kim Vân Kiều")), asked_at=NOW - 60)
    found.add("a", placed(kieu("a", "2", "Kim Vân Kiều")))
    assert [title.id for title in found.titles(1, 20)] == ["a~2"]
    assert found.facets()[0].values[0].count == 1


def test_deeper_records_add_to_shown_titles_but_move_nothing() -> None:
    found = gathering()
    found.add("a", placed(kieu("a", "1", "Văn học trung đại", year=2001), kieu("a", "2", "Thơ", year=2002)))
    before = [title.id for title in found.titles(1, 20)]
    deeper = placed(kieu("b", "3", "Truyện Kiều"), kieu("b", "4", "Thơ", year=2002))
    found.add("b", [Placed(20 + one.place, one.record) for one in deeper], round=2)
    after = found.titles(1, 20)
    assert [title.id for title in after] == before
    assert [title.id for title in found.titles(2, 20)] == ["b~3"]
    assert (found.page_count(20), found.page_count(1)) == (2, 3)
    assert [[title.id for title in found.titles(page, 1)] for page in (1, 2, 3, 4)] == [
        *([one] for one in before),
        ["b~3"],
        [],
    ]
    assert next(title for title in after if title.id == "a~2").members == ("a", "b")


def test_a_deeper_record_never_ties_two_shown_titles_together() -> None:
    book = {"year": 2010, "people": ()}
    isbns = [Identifier(Scheme.ISBN, "9786040000008"), Identifier(Scheme.ISBN, "9786041000005")]
    found = gathering()
    found.add("a", placed(kieu("a", "1", "Thơ Nôm", identifiers=(isbns[0],), **book)))
    found.add("b", placed(kieu("b", "1", "Thơ Nôm", identifiers=(isbns[1],), **book)))
    assert [title.id for title in found.titles(1, 20)] == ["a~1", "b~1"]
    found.add("c", placed(kieu("c", "1", "Thơ Nôm", identifiers=tuple(isbns), publisher="Văn học", **book)), round=2)
    assert [title.members for title in found.titles(1, 20)] == [("a", "c"), ("b",)]


# What is dropped --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "dropped"),
    [
        (Filters(year_from=2010), {"year": 2009}),
        (Filters(year_to=2010), {"year": 2011}),
        (Filters(languages=("vie",)), {"languages": ("eng",)}),
        (Filters(not_languages=("eng",)), {"languages": ("eng",)}),
        (Filters(materials=(Material.THESIS,)), {"material": Material.BOOK}),
        (Filters(not_materials=(Material.BOOK,)), {"material": Material.BOOK}),
        (Filters(degrees=(Degree.DOCTOR,)), {"material": Material.THESIS, "degree": Degree.MASTER}),
        (
            Filters(available_only=True),
            {"holdings": (Holding(availability=(Availability(Service.LOAN, available=False),)),)},
        ),
        (Filters(online_only=True), {"is_online": False}),
    ],
)
def test_what_certainly_contradicts_a_filter_is_dropped_and_the_unknown_stays(
    filters: Filters,
    dropped: dict[str, Any],
) -> None:
    found = gathering(Query(None, filters))
    found.add("a", placed(Record("a", "out", "Một", **dropped), Record("a", "unknown", "Hai")))
    assert [title.id for title in found.titles(1, 20)] == ["a~unknown"]


def test_a_filter_keeps_what_meets_it() -> None:
    found = gathering(Query(None, Filters(2010, 2012, ("vie",), materials=(Material.BOOK,), online_only=True)))
    link = Link("https://example.org/1", LinkKind.FULL_TEXT)
    fits = Record(
        "a", "in", "Một", year=2012, languages=("fre", "vie"), material=Material.BOOK, is_online=False, links=(link,)
    )
    found.add("a", placed(fits))
    assert found.title_count == 1


@pytest.mark.parametrize(
    ("excluded", "left"),
    [
        (Clause("bài tập"), ["1", "4"]),
        (Clause("bài tập", is_phrase=True), ["1", "3", "4"]),
        (Clause("bai tap"), ["1"]),
        (Clause("mankiw", Field.PERSON), ["1", "2", "3"]),
        (Clause("mankiw", Field.TITLE), ["1", "2", "3", "4"]),
        (Clause("tậ", is_truncated=True), ["1", "4"]),
        (Or((Clause("bài tập"), Clause("mankiw"))), ["1"]),
        (And((Clause("bài tập"), Clause("mankiw"))), ["1", "2", "3", "4"]),
    ],
)
def test_records_that_hold_an_excluded_word_are_dropped(excluded: Clause | And | Or, left: list[str]) -> None:
    found = gathering(Query(And((Clause("kinh tế"), Not(excluded)))))
    found.add(
        "a",
        placed(
            Record("a", "1", "Kinh tế học"),
            Record("a", "2", "Bài tập kinh tế"),
            Record("a", "3", "Tập bài giảng kinh tế"),
            Record("a", "4", "Bai tap kinh te", people=(Person("Mankiw, N. Gregory"),)),
        ),
    )
    assert sorted(title.id[2:] for title in found.titles(1, 20)) == left


# Merging ----------------------------------------------------------------------------------


def test_every_field_of_a_record_stands_in_the_field_table_once() -> None:
    assert [rule.field for rule in TABLE] == list(Record.__struct_fields__)


def test_an_edition_is_described_by_the_best_of_each() -> None:
    found = gathering(a=0, b=5)
    found.add(
        "a",
        placed(
            kieu(
                "a",
                subjects=("Văn học Việt Nam", "Thơ"),
                extent="249 tr.",
                people=(Person("Nguyễn Du"), Person("Đào Duy Anh", Role.EDITOR)),
                summary="Mười lăm năm lưu lạc",
                identifiers=(Identifier(Scheme.ISBN, "9786040000008"),),
            ),
        ),
    )
    found.add(
        "b",
        placed(
            kieu(
                "b",
                title="Truyen Kieu",
                subjects=("Van hoc Viet Nam",),
                people=(Person("Nguyen, Du", dates="1765-1820"),),
                publisher="Văn học",
                url="https://b.example/1",
                identifiers=(Identifier(Scheme.ISBN, "9786040000008"),),
            ),
        ),
    )
    merged = found.titles(1, 20)[0].editions[0].merged
    assert (merged.member, merged.id, merged.url) == ("b", "1", "https://b.example/1")
    assert merged.title == "Truyện Kiều"
    assert merged.subjects == ("Văn học Việt Nam", "Thơ")
    assert merged.people == (Person("Nguyễn Du", dates="1765-1820"), Person("Đào Duy Anh", Role.EDITOR))
    assert (merged.publisher, merged.extent, merged.summary) == ("Văn học", "249 tr.", "Mười lăm năm lưu lạc")


def test_the_newest_edition_is_shown_first_and_volumes_in_order() -> None:
    found = gathering()
    found.add(
        "a",
        placed(
            kieu("a", "1", year=1998),
            kieu("a", "2", year=2015, volume="2"),
            kieu("a", "3", year=2015, volume="1"),
            kieu("a", "4", year=2015, volume="10"),
        ),
    )
    editions = found.titles(1, 20)[0].editions
    assert [(edition.merged.year, edition.merged.volume) for edition in editions] == [
        (2015, "1"),
        (2015, "2"),
        (2015, "10"),
        (1998, None),
    ]


def test_one_called_author_here_and_chief_editor_there_stands_once() -> None:
    found = gathering()
    isbn = (Identifier(Scheme.ISBN, "9786040000008"),)
    found.add("a", placed(kieu("a", people=(Person("Nguyễn Văn Công", Role.EDITOR),), identifiers=isbn)))
    found.add("b", placed(kieu("b", people=(Person("Công, Nguyễn Văn"),), identifiers=isbn)))
    assert found.titles(1, 20)[0].editions[0].merged.people == (Person("Nguyễn Văn Công", Role.EDITOR),)
