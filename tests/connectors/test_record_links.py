"""Rows of pages told by their links, labelled and unlabelled lines, MARC tables, pages of another size."""

from __future__ import annotations

import pytest

from connectors.formats.labelled import record_from_texts
from connectors.formats.labels import labelled_texts
from connectors.formats.marc21 import record_from_marc21
from connectors.formats.marc_table import marc_of_table
from connectors.lists.numbered import Numbered, Sheet
from connectors.questions.one_box import Boxed, FirstThatFinds, boxed
from connectors.reading.html import is_whole, parse_html
from connectors.reading.record_links import Look, read_list, rows_of
from engine.errors import FaultError, RefusedError, UnreadableError
from engine.model import And, Clause, Field, Reason, Record, Role

LOOK = Look(links=("a[href*='/r/']",), ids=(r"/r/(\w+)",))


def read(body: str) -> Sheet:
    return read_list(parse_html(f"<html><body>{body}</body></html>".encode()), LOOK, "https://o.example.org/s", "m")


@pytest.mark.parametrize(
    "theme",
    [
        "<table>{}</table>|<tr><td><a href='/r/{i}'><img></a><td><a href='/r/{i}'>{t}</a><p>H. : Trẻ, 2010</p></tr>",
        "<div>{}</div>|<section><h3><a href='/r/{i}'>{t}</a></h3><div><b>Xuất bản:</b> H. : Trẻ, 2010</div></section>",
        "<ol>{}</ol>|<li><a href='/r/{i}' title='{t}'>Sá...</a> H.: Trẻ, 2010. - 200tr.</li>",
        "<div>{}</div>|<dl><dt><a href='/r/{i}'>{t}</a></dt><dd><span>H. : Trẻ, 2010</span></dd></dl>",
    ],
)
def test_rows_are_told_by_their_links_whatever_is_around_them(theme: str) -> None:
    around, row = theme.split("|")
    sheet = read(around.format("".join(row.format(i=i, t=f"Sách {i}") for i in (7, 8, 9))))
    records = [record for record in sheet.rows if record is not None]
    assert [(record.id, record.title, record.publisher, record.year) for record in records] == [
        (str(i), f"Sách {i}", "Trẻ", 2010) for i in (7, 8, 9)
    ]
    assert records[0].url == "https://o.example.org/r/7"


def test_one_row_alone_does_not_swallow_the_page() -> None:
    listed = "<div id=all><ul><li><a href='/r/1'>A</a> H.: Trẻ, 2010</li></ul><p>Năm: 2024</p></div>"
    loose = "<div id=all><h1>Tra cứu</h1><div id=row><a href='/r/1'>A</a><p>Trẻ, 2010</p></div><p>Năm: 2024</p></div>"
    for body, name in ((listed, "li"), (loose, "div")):
        page = parse_html(f"<html><body>{body}</body></html>".encode())
        (row,) = rows_of(page, LOOK)
        assert (row.id, row.element.name, row.element.get("id")) in {("1", name, None), ("1", name, "row")}
        record = read(body).rows[0]
        assert record is not None
        assert (record.publisher, record.year) == ("Trẻ", 2010)


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        ("<p>Trang chủ</p>", UnreadableError),
        ("<p>Tìm thấy 12 tài liệu</p>", UnreadableError),
        ("<input type=password>", RefusedError),
        ("<title>Runtime Error</title>", FaultError),
    ],
)
def test_a_page_without_rows_is_a_failure_unless_it_says_none(body: str, failure: type[Exception]) -> None:
    with pytest.raises(failure):
        read(body)
    assert read("<p>Không tìm thấy kết quả nào</p>").total == 0
    assert read("<p>Results: 0 records</p>").total == 0


def test_hidden_words_say_nothing() -> None:
    with pytest.raises(UnreadableError):
        read("<div style='display: none'>Không tìm thấy kết quả</div><script>var s = '0 results'</script>")


def test_labels_stand_in_lines_lists_and_tables() -> None:
    page = parse_html(
        "<div><p><b>Tác giả:</b> A B; C D</p><table><tr><td>Từ khóa</td><td><a>x</a> <a>y</a></td></tr></table>"
        "<dl><dt>ISBN</dt><dd>978-604-1-00001-8</dd><dt>Lạ</dt><dd>391tr. ; 28cm</dd></dl>"
        "<p>Năm xuất bản: 2010</p><p>Một câu: không có nhãn</p><p>Lượt xem: 12</p></div>".encode()
    )
    assert labelled_texts(page.div or page) == [
        ("people", "A B; C D"), ("subjects", "x; y"), ("isbn", "978-604-1-00001-8"), ("extent", "391tr. ; 28cm"),
        ("year", "2010"),
    ]  # fmt: skip


def test_texts_become_a_record_and_old_encodings_are_put_right() -> None:
    record = record_from_texts(
        [("title", "Gi¸o tr×nh kinh tÕ / TrÇn V¨n A (chñ biªn)"), ("people", "TrÇn V¨n A"), ("year", "c2001")], "m"
    )
    assert record.title == "Giáo trình kinh tế"
    assert [(person.name, person.role) for person in record.people] == [("Trần Văn A", Role.EDITOR)]
    assert record.year == 2001
    assert record.raw


def test_a_text_of_a_name_that_nobody_knows_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        record_from_texts([("title", "a"), ("colour", "b")], "m")


MARC = """<table><tr><th>Nhãn</th><th>CT1</th><th>CT2</th><th>Mã</th><th>Giá trị</th></tr>
<tr><td>LDR</td><td></td><td></td><td></td><td>00000nam a2200000 a 4500</td></tr>
<tr><td>001</td><td></td><td></td><td></td><td>X1</td></tr>
<tr><td>245</td><td>1</td><td>0</td><td>a</td><td>Luật dân sự.</td></tr>
<tr><td></td><td></td><td></td><td>n</td><td>Tập 2 /</td></tr>
<tr><td></td><td>#</td><td>#</td><td>c</td><td>Lê A ch.b.</td></tr>
<tr><td>700</td><td>0</td><td>#</td><td>a</td><td>Lê A</td></tr></table>
"""
THREE = """<table><tr><td>001</td><td></td><td>X1</td></tr>
<tr><td>245</td><td>10</td><td>$aLuật dân sự. $nTập 2 / $cLê A ch.b.</td></tr>
<tr><td>700</td><td>0_</td><td>$a Lê A</td></tr></table>
"""


@pytest.mark.parametrize("html", [MARC, THREE])
def test_marc_shown_as_a_table_is_read_in_five_columns_and_in_three(html: str) -> None:
    table = parse_html(html.encode()).table
    assert table is not None
    marc = marc_of_table(table)
    assert marc.fields[0].ind1 == "1"
    record = record_from_marc21(marc, "m")
    assert (record.id, record.title, record.volume) == ("X1", "Luật dân sự", "2")
    assert [(person.name, person.role) for person in record.people] == [("Lê A", Role.EDITOR)]


def test_another_table_is_no_marc() -> None:
    table = parse_html(b"<table><tr><td>Kho</td><td>1</td></tr></table>").table
    assert table is not None
    with pytest.raises(UnreadableError):
        marc_of_table(table)


async def test_pages_of_another_size_are_noticed_and_asked_again_where_that_is_needed() -> None:
    asked: list[int] = []

    async def read_page(number: int) -> Sheet:
        asked.append(number)
        places = range((number - 1) * 10 + 1, min(number * 10, 35) + 1)
        return Sheet(tuple(Record("m", str(place), f"T{place}") for place in places), 35)

    numbered = Numbered(20, read_page)
    batch = await numbered(21, 20)
    assert (batch.first_place, [row.id for row in batch.rows if row][:2]) == (21, ["21", "22"])
    assert asked == [2, 3]
    assert numbered.size == 10
    assert (await numbered(31, 10)).first_place == 31
    assert asked == [2, 3, 4]


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        (b"<!DOCTYPE html><html><p>a</p></HTML >\n<!-- x -->", True), (b"<!DOCTYPE html><html><p>a</p>", False),
        (b"<div>a</div>\n", True), (b"<div>a</div", False), (b"<div>abc", False),
    ],
)  # fmt: skip
def test_a_page_that_was_cut_off_is_known(body: bytes, whole: bool) -> None:
    assert is_whole(body) is whole


@pytest.mark.parametrize("found_by", [0, 1, None])
async def test_the_first_way_that_finds_anything_counts_and_is_kept(found_by: int | None) -> None:
    ways = [Boxed(Field.ANY, "kinh tế mankiw", (Reason("notice.any-field"),)), Boxed(Field.TITLE, "kinh tế")]
    asked: list[tuple[str, int]] = []

    async def look(way: Boxed, number: int) -> Sheet:
        asked.append((way.text, number))
        is_found = found_by is not None and way is ways[found_by]
        return Sheet((Record("m", str(number), "T"),), 2) if is_found else Sheet((), 0)

    first = FirstThatFinds(ways, look)
    sheets = [await first(1), await first(2)]
    texts = [way.text for way in ways]
    if found_by == 0:
        assert asked == [(texts[0], 1), (texts[0], 2)]
        assert [notice.code for notice in sheets[0].notices] == ["notice.any-field"]
    else:
        assert asked == [(texts[0], 1), (texts[1], 1), (texts[1], 2)]
        assert sheets[0].total == (0 if found_by is None else 2)


def test_a_question_about_several_fields_is_joined_or_its_most_telling_part_asked() -> None:
    question = And((Clause("kinh tế", Field.TITLE), Clause("Mankiw", Field.PERSON)))
    joined, alone = boxed(question, joins=True), boxed(question, joins=False)
    assert (joined.field, joined.text, joined.notices[0].code) == (Field.ANY, "kinh tế Mankiw", "notice.any-field")
    assert (alone.field, alone.text, alone.notices[0].code) == (Field.TITLE, "kinh tế", "notice.dropped-clause")
    long = boxed(Clause("dài " * 300), joins=True)
    assert len(long.text) <= 400
    assert [notice.code for notice in long.notices] == ["notice.dropped-clause"]
