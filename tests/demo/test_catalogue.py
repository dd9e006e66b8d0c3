"""The shipped facts: how many, where from, and that what is typed into them holds."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
from stdnum import isbn, issn

from demo.catalogue import editions
from demo.isbn import with_check
from demo.vietnamese import unmarked


def test_there_are_1500_editions_and_600_of_them_vietnamese() -> None:
    assert len(editions()) >= 1500
    assert sum(edition.language == "vie" for edition in editions()) >= 600


def test_every_row_says_where_it_is_from_and_at_most_400_are_from_the_unlicensed_list() -> None:
    origins = Counter(edition.origin for edition in editions())
    assert set(origins) == {
        "general-knowledge", "cc0-marc2bibframe2", "cc-by-boston-university", "university-shelf-list", "invented",
    }  # fmt: skip
    assert origins["university-shelf-list"] == 150


def test_of_the_unlicensed_list_only_title_people_year_and_class_are_taken() -> None:
    for edition in editions():
        if edition.origin == "university-shelf-list":
            assert (edition.publisher, edition.place, edition.isbn, edition.pages, edition.subjects) == (
                "",
                "",
                "",
                0,
                (),
            )


def test_every_thesis_is_marked_as_made_up() -> None:
    theses = [edition for edition in editions() if edition.material == "thesis"]
    assert len(theses) == 84
    assert {edition.made_up for edition in theses} == {("all",)}


def test_isbns_have_right_check_digits_and_made_up_ones_can_be_told() -> None:
    for edition in editions():
        if edition.isbn:
            assert isbn.is_valid(edition.isbn), edition
            made_up = edition.isbn.startswith(("97860499", "97899999"))
            assert made_up == ("isbn" in edition.made_up), edition
    typed = [edition.isbn for edition in editions() if edition.isbn]
    assert len(set(typed)) == len(typed)


def test_issns_have_right_check_digits() -> None:
    assert all(issn.is_valid(edition.issn) for edition in editions() if edition.issn)


def test_vietnamese_titles_are_composed_and_marked() -> None:
    vietnamese = [edition for edition in editions() if edition.language == "vie"]
    assert all(unicodedata.is_normalized("NFC", edition.title) for edition in vietnamese)
    marked = [edition for edition in vietnamese if unmarked(edition.title) != edition.title]
    assert len(marked) / len(vietnamese) > 0.98


@pytest.mark.parametrize(
    ("title", "at_least"),
    [
        ("giao trinh kinh te vi mo", 8), ("kinh te hoc vi mo", 4), ("principles of economics", 6),
        ("nguyen ly kinh te hoc", 3), ("kinh te vi mo", 5), ("toan cao cap", 8),
        ("xac suat thong ke", 6), ("cau truc du lieu va giai thuat", 6), ("giao trinh co so du lieu", 2),
        ("giao trinh triet hoc mac lenin", 5), ("giao trinh lich su dang cong san viet nam", 4),
        ("giao trinh phap luat dai cuong", 6), ("truyen kieu", 7), ("so do", 5), ("de men phieu luu ky", 6),
        ("chi pheo", 7), ("nhat ky trong tu", 5), ("calculus", 14), ("organic chemistry", 9),
        ("artificial intelligence", 9),
    ],
)  # fmt: skip
def test_what_students_ask_for_is_there_in_several_editions(title: str, at_least: int) -> None:
    titles = [" ".join(unmarked(edition.title).lower().replace("-", " ").split()) for edition in editions()]
    assert titles.count(title) >= at_least


def test_a_check_digit_is_computed() -> None:
    assert with_check("978030640615") == "9780306406157"
