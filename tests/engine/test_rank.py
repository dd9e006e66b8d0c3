"""The order of titles, and that it can say why."""

from __future__ import annotations

from typing import Any

import pytest

from engine.gather import Gathering
from engine.model import Identifier, Person, Placed, Record, Scheme, Title
from engine.query import parse
from engine.rank import POINTS
from engine.sentences import LANGUAGES, say, sentences

NOW = 1_790_000_000.0


def ranked(typed: str, *records: Record, **preferences: int) -> list[Title]:
    """The titles for what a reader types; each record stands first in the answer of a member of its own."""
    gathering = Gathering(parse(typed), preferences=preferences, now=NOW)
    for number, record in enumerate(records):
        gathering.add(f"{record.member}{number}", [Placed(1, record)])
    return list(gathering.titles(1, 50))


def order(typed: str, *titles: str | tuple[str, str]) -> list[str]:
    """The order of titles (or titles and their authors), given from the last to the first."""
    records = []
    for number, title in enumerate(reversed(titles)):
        name, by = (title, f"Lê Văn Lan{chr(97 + number)}") if isinstance(title, str) else title
        records.append(Record("m", str(number), name, people=(Person(by),), year=2010))
    return [title.editions[0].merged.title for title in ranked(typed, *records)]


def codes(title: Title) -> list[str]:
    return [reason.code.removeprefix("rank.") for reason in title.reasons]


@pytest.mark.parametrize(
    ("typed", "best_first"),
    [
        (
            "kinh te vi mo",
            [
                "Kinh tế vi mô",
                "Kinh tế vi mô nâng cao",
                "Giáo trình kinh tế vi mô",
                "Kinh tế học: phần vi mô",
                "Kinh tế quốc tế",
                "Vi sinh vật",
                "Nuôi ong",
            ],
        ),
        ("bán hàng", ["Bán hàng", "Ban hang", "Nghệ thuật bán hàng", "Bạn hàng"]),
        ("đường", ["Đường", "Duong", "Con đường", "Đương"]),
        ("giáo trình kinh tế vĩ mô", ["Giáo trình kinh tế vĩ mô", "Giáo trình kinh tế vi mô"]),
        ("toan cao cap*", ["Toán cao cấp", "Bài tập toán cao cấp", "Toán rời rạc"]),
        ("C++", ["Lập trình C++", "Lập trình C"]),
        ("economics", ["Economics", "Economics of education", "Principles of economics", "Physics"]),
    ],
)
def test_the_nearer_a_title_is_to_the_question_the_higher_it_stands(typed: str, best_first: list[str]) -> None:
    assert order(typed, *best_first) == best_first


@pytest.mark.parametrize(
    ("typed", "best_first"),
    [
        (
            "nguyễn nhật ánh",
            [("Mắt biếc", "Nguyễn Nhật Ánh"), ("Nguyễn Trãi", "Lê Văn Lan"), ("Mắt biếc", "Lê Văn Lan")],
        ),
        (
            "kinh te hoc mankiw",
            [
                ("Kinh tế học", "Mankiw, N. Gregory"),
                ("Nguyên lý kinh tế học", "N. Gregory Mankiw"),
                ("Kinh tế học", "Samuelson, Paul"),
                ("Nuôi ong", "Mankiw, N. Gregory"),
            ],
        ),
        (
            "tác giả:mankiw kinh tế",
            [("Kinh tế vĩ mô", "Mankiw, N. Gregory"), ("Kinh tế", "Samuelson, Paul"), ("Nuôi ong", "Lê Văn Lan")],
        ),
    ],
)
def test_names_in_the_question_are_found_among_people(typed: str, best_first: list[tuple[str, str]]) -> None:
    assert order(typed, *best_first) == [title for title, _ in best_first]


def test_a_typed_isbn_stands_first_whatever_else_is_near() -> None:
    isbn = (Identifier(Scheme.ISBN, "9786040000002"),)
    found = ranked(
        "978-604-0-00000-2",
        Record("a", "1", "Sách", year=2020),
        Record("b", "2", "Vở", identifiers=isbn, year=1990),
    )
    assert found[0].id == "b~2"
    assert say(found[0].reasons[0], "vi") == "Đúng số đã hỏi: 9786040000002."


def test_words_that_the_title_lacks_count_in_subjects_more_than_in_other_fields() -> None:
    found = ranked(
        "kinh doanh",
        Record("a", "1", "Sách một"),
        Record("b", "2", "Sách hai", publisher="Kinh doanh"),
        Record("c", "3", "Sách ba", subjects=("Quản trị kinh doanh",)),
    )
    assert [title.id for title in found] == ["c~3", "b~2", "a~1"]
    assert codes(found[0])[:2] == ["subject", "member-order"] or codes(found[0])[1] == "subject"


def test_what_more_members_hold_stands_higher_but_never_above_a_better_title() -> None:
    held = [Record(f"m{number}", "1", "Kinh tế học đại cương", people=(Person("Lê Lan"),)) for number in range(40)]
    rare = Record("x", "1", "Kinh tế học đại cương", people=(Person("Trần Bình"),))
    exact = Record("y", "1", "Kinh tế học", people=(Person("Trần Bình"),))
    found = ranked("kinh tế học", *held, rare, exact)
    assert [title.id for title in found] == ["y~1", "m0~1", "x~1"]
    assert "held-by" in codes(found[1])


def test_agreement_is_bounded_and_does_not_grow_with_the_square_of_the_members() -> None:
    def score(count: int) -> float:
        people = (Person("Lê Lan"),)
        return ranked("thơ", *(Record(f"m{n}", "1", "Thơ", people=people) for n in range(count)))[0].score

    few, some, many, most = score(1), score(4), score(32), score(200)
    assert few < some < many == most
    assert most - few <= POINTS["rank.held-by"] + POINTS["rank.member-order"]


def test_a_members_own_order_counts_where_words_do_not_tell() -> None:
    gathering = Gathering(parse("nuôi ong"), now=NOW)
    titles = ["Nuôi ong lấy mật", "Nuôi ong nội địa", "Nuôi ong ở rừng"]
    gathering.add("a", [Placed(place, Record("a", str(place), title)) for place, title in enumerate(titles, 1)])
    assert [title.editions[0].merged.title for title in gathering.titles(1, 9)] == titles


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"year": 2024}, {"year": 1990}),
        ({"is_online": True}, {}),
        ({"summary": "Kể về", "publisher": "Trẻ", "subjects": ("Ong",)}, {}),
    ],
)
def test_of_equals_the_newer_the_online_and_the_fuller_stand_first(
    better: dict[str, Any], worse: dict[str, Any]
) -> None:
    found = ranked("ong", Record("a", "1", "Ong", **worse), Record("b", "1", "Ong", **better))
    assert [title.id for title in found] == ["b~1", "a~1"]


def test_of_equals_the_title_of_a_preferred_member_stands_first() -> None:
    found = ranked("ong", Record("a", "1", "Ong"), Record("b", "1", "Ong"), b=3)
    assert [title.id for title in found] == ["b~1", "a~1"]
    assert ranked("ong", Record("a", "1", "Ong"), Record("b", "1", "Ong"))[0].id == "a~1"


def test_a_year_in_the_future_is_not_new() -> None:
    found = ranked("ong", Record("a", "1", "Ong", year=9999), Record("b", "1", "Ong", year=2020))
    assert [title.id for title in found] == ["b~1", "a~1"]


def test_every_reason_has_a_sentence_in_both_languages_with_the_same_holes() -> None:
    assert {code for code in sentences() if code.startswith("rank.")} == set(POINTS)
    isbn = (Identifier(Scheme.ISBN, "9786040000002"),)
    people = (Person("Nguyễn Nhật Ánh"),)
    records = [
        Record(
            member, "1", "Mắt biếc", people=people, year=2019, is_online=True, identifiers=isbn, subjects=("Truyện",)
        )
        for member in "ab"
    ]
    for typed in ("mắt biếc", "mat biec", "mặt biệc", "truyện", "9786040000002", "mắt biếc nguyễn nhật ánh"):
        for title in ranked(typed, *records):
            assert 1 <= len(title.reasons) <= 4
            for reason in title.reasons:
                for language in LANGUAGES:
                    sentence = say(reason, language)
                    assert sentence != reason.code
                    assert "{" not in sentence
