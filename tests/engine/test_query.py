from __future__ import annotations

import unicodedata

import pytest

from engine.errors import QueryError
from engine.model import And, Clause, Degree, Expression, Field, Filters, Material, Not, Or, Query
from engine.query import parse, show, terms, words
from engine.sentences import LANGUAGES, say


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("kinh tế vi mô", Clause("kinh tế vi mô")),
        ('"kinh tế vi mô"', Clause("kinh tế vi mô", is_phrase=True)),
        ("“kinh tế vi mô”", Clause("kinh tế vi mô", is_phrase=True)),
        ("«kinh tế» vi", And((Clause("kinh tế", is_phrase=True), Clause("vi")))),
        ("kinh tế* vi mô", And((Clause("kinh tế", is_truncated=True), Clause("vi mô")))),
        ('"kinh tế"*', Clause("kinh tế", is_phrase=True, is_truncated=True)),
        ("tác giả:mankiw", Clause("mankiw", Field.PERSON)),
        ("tac gia:mankiw", Clause("mankiw", Field.PERSON)),
        ("tacgia:mankiw", Clause("mankiw", Field.PERSON)),
        ("TÁC GIẢ: mankiw", Clause("mankiw", Field.PERSON)),
        ("author:mankiw", Clause("mankiw", Field.PERSON)),
        ("tác giả: nguyễn nhật ánh", Clause("nguyễn nhật ánh", Field.PERSON)),
        ("nhan đề:kiều", Clause("kiều", Field.TITLE)),
        ("chu de:kinh te", Clause("kinh te", Field.SUBJECT)),
        ("nhà xuất bản:trẻ", Clause("trẻ", Field.PUBLISHER)),
        ("nxb: giáo dục", Clause("giáo dục", Field.PUBLISHER)),
        ("tùng thư:tủ sách vàng", Clause("tủ sách vàng", Field.SERIES)),
        (
            "kinh tế tác giả:mankiw nxb:trẻ",
            And((Clause("kinh tế"), Clause("mankiw", Field.PERSON), Clause("trẻ", Field.PUBLISHER))),
        ),
        ('tác giả:"nhật ánh" mắt biếc', And((Clause("nhật ánh", Field.PERSON, is_phrase=True), Clause("mắt biếc")))),
        (
            "tác giả:(mankiw OR samuelson)",
            Or((Clause("mankiw", Field.PERSON), Clause("samuelson", Field.PERSON))),
        ),
        ("a AND b OR c", Or((And((Clause("a"), Clause("b"))), Clause("c")))),
        ("a HOẶC b KHÔNG c", Or((Clause("a"), And((Clause("b"), Not(Clause("c"))))))),
        ("a VÀ (b VÀ c)", And((Clause("a"), Clause("b"), Clause("c")))),
        ("a OR b tác giả:c", And((Or((Clause("a"), Clause("b"))), Clause("c", Field.PERSON)))),
        ("kinh tế -vi mô", And((Clause("kinh tế"), Not(Clause("vi")), Clause("mô")))),
        ("kinh tế NOT vi mô", And((Clause("kinh tế"), Not(Clause("vi mô"))))),
        ("kinh tế -(vi mô)", And((Clause("kinh tế"), Not(Clause("vi mô"))))),
        ("a NOT NOT b", And((Clause("a"), Clause("b")))),
        ("a -tác giả:b", And((Clause("a"), Not(Clause("b", Field.PERSON))))),
        ("978-0-306-40615-7", Clause("9780306406157", Field.ISBN)),
        ("0-306-40615-2", Clause("9780306406157", Field.ISBN)),
        ("ISBN 978 0 306 40615 7 mới", And((Clause("9780306406157", Field.ISBN), Clause("mới")))),
        ("isbn:0306406152", Clause("9780306406157", Field.ISBN)),
        ("1859-3100", Clause("1859-3100", Field.ISSN)),
        ("10.1000/ABC(12)", Clause("10.1000/abc(12)", Field.IDENTIFIER)),
        ("https://doi.org/10.1000/abc", Clause("10.1000/abc", Field.IDENTIFIER)),
        ("http://hdl.handle.net/HUST/123", Clause("HUST/123", Field.IDENTIFIER)),
        ("123456789/4567", Clause("123456789/4567", Field.IDENTIFIER)),
    ],
)
def test_a_question_is_read_as_a_person_means_it(typed: str, expected: Expression) -> None:
    assert parse(typed) == Query(expected)
    assert parse(unicodedata.normalize("NFD", typed)) == Query(expected)


@pytest.mark.parametrize(
    "typed",
    [
        "Kinh tế vi mô: lý thuyết và bài tập",
        "Việt Nam: 1945-1975",
        "Language: its structure and use",
        "Language: an introduction",
        "Ngôn ngữ: từ lý thuyết đến thực tiễn",
        "Learning online: a guide",
        "Library: An Unquiet History",
        "Các loại: thép và gang",
        "C++",
        "AT&T và R&D",
        "lịch 3/4",
        "https://example.org/a?b=c:d&e=(f)",
        "ai@example.vn",
        "f(x)=y",
        "năm 2010-2020",
        "2010-2020",
        "Loài: nguồn gốc",
        "A - B",
        "TO BE OR NOT TO BE",
        "CHIẾN TRANH KHÔNG CÓ GƯƠNG MẶT PHỤ NỮ",
        "12:30",
        "giá $5 / 100%",
    ],
)
def test_what_looks_like_signs_but_is_a_title_stays_text(typed: str) -> None:
    assert parse(typed) == Query(Clause(typed))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("x năm:2015", Filters(year_from=2015, year_to=2015)),
        ("x nam:2015", Filters(year_from=2015, year_to=2015)),
        ("x year:2010-2020", Filters(year_from=2010, year_to=2020)),
        ("x year:2020-2010", Filters(year_from=2010, year_to=2020)),
        ("x năm:2010..2020", Filters(year_from=2010, year_to=2020)),
        ("x năm:2010-", Filters(year_from=2010)),
        ("x năm:-2020", Filters(year_to=2020)),
        ("x năm:>2010", Filters(year_from=2011)),
        ("x năm:<=2010", Filters(year_to=2010)),
        ("x năm: từ 2010", Filters(year_from=2010)),
        ("x năm: từ 2010 đến 2020", Filters(year_from=2010, year_to=2020)),
        ("x nam:tu 2010 den nam 2020", Filters(year_from=2010, year_to=2020)),
        ("x năm:trước 2010", Filters(year_to=2009)),
        ("năm:2010- năm:-2020 x", Filters(year_from=2010, year_to=2020)),
        ("ngôn ngữ:tiếng việt x", Filters(languages=("vie",))),
        ("ngon ngu:vi,en x", Filters(languages=("vie", "eng"))),
        ("language:(vi OR english) x", Filters(languages=("vie", "eng"))),
        ("-ngôn ngữ:anh x", Filters(not_languages=("eng",))),
        ("loại:luận văn thạc sĩ x", Filters(materials=(Material.THESIS,), degrees=(Degree.MASTER,))),
        ("loai:luan an tien si x", Filters(materials=(Material.THESIS,), degrees=(Degree.DOCTOR,))),
        ("type:book x", Filters(materials=(Material.BOOK,))),
        ("type:e-resource x", Filters(materials=(Material.E_RESOURCE,))),
        ("type:book,tạp chí x", Filters(materials=(Material.BOOK, Material.JOURNAL))),
        ("x NOT loại:luận văn", Filters(not_materials=(Material.THESIS,))),
        ("x bậc:thạc sĩ", Filters(degrees=(Degree.MASTER,))),
        ("x thư viện:hust,vnu", Filters(members=("hust", "vnu"))),
        ("x thư viện:đại học bách khoa hà nội", Filters(members=("đại học bách khoa hà nội",))),
        ("-library:hust x", Filters(not_members=("hust",))),
        ("x có sẵn:có", Filters(available_only=True)),
        ("có sẵn:true x", Filters(available_only=True)),
        ("x có sẵn:", Filters(available_only=True)),
        ("x trực tuyến:có available:yes", Filters(available_only=True, online_only=True)),
        ("(x năm:2010)", Filters(year_from=2010, year_to=2010)),
    ],
)
def test_filters_narrow_the_whole_question(typed: str, expected: Filters) -> None:
    assert parse(typed) == Query(Clause("x"), expected)


def test_filters_alone_are_a_question() -> None:
    assert parse("loại:bản đồ năm:1900-1945") == Query(
        None, Filters(year_from=1900, year_to=1945, materials=(Material.MAP,))
    )


@pytest.mark.parametrize(
    ("typed", "problem", "wrong", "proposal"),
    [
        ("", "empty", "", "kinh tế vi mô"),
        ("  ()  ", "empty", "  ()  ", "kinh tế vi mô"),
        ("?!", "empty", "?!", "kinh tế vi mô"),
        ('kinh "tế', "unclosed-quote", '"', 'kinh "tế"'),
        ("(kinh tế", "unclosed-parenthesis", "(", "(kinh tế)"),
        ("x language:(vi OR en", "unclosed-parenthesis", "(", "x language:(vi OR en)"),
        ("kinh tế)", "unopened-parenthesis", ")", "kinh tế"),
        ("kinh AND", "dangling-operator", "AND", "kinh"),
        ("HOẶC kinh", "dangling-operator", "HOẶC", "kinh"),
        ("-kinh", "only-excluded", "-kinh", "kinh"),
        ("a OR NOT b", "not-in-or", "NOT", "a NOT b"),
        ("a OR năm:2010", "filter-in-or", "năm:2010", "a năm:2010"),
        ("x -năm:2010", "cannot-exclude", "năm:2010", "x"),
        ("x có sẵn:không", "cannot-exclude", "có sẵn:không", "x"),
        ("x năm:20100", "unknown-year", "20100", "x năm 20100"),
        ("kinh tế năm:20x0 vi mô", "unknown-year", "20x0", "kinh tế năm 20x0 vi mô"),
        ('x năm:"cũ rồi"', "unknown-year", '"cũ rồi"', 'x năm "cũ rồi"'),
        ("x năm:", "empty-filter", "năm:", "x"),
        ("x ngôn ngữ:klingonn", "unknown-language", "klingonn", "x ngôn ngữ klingonn"),
        ("x ngôn ngữ:(vi OR sao hoả)", "unknown-language", "sao hoả", "x ngôn ngữ (vi OR sao hoả)"),
        ("x ngôn ngữ:(vi AND en)", "filter-group", "AND", "x en"),
        ("x năm:(2010 OR 2012)", "filter-group", "(2010 OR 2012)", "x"),
        ("x loại:gì đó", "unknown-type", "gì", "x loại gì đó"),
        ("x năm:2010 năm:2012", "no-year-left", "năm:2012", "x year:2010-2012"),
        ("title: author:x", "empty-field", "title:", "author:x"),
        ("isbn:12", "not-isbn", "12", "isbn 12"),
        ("   x \u0303 isbn:12", "not-isbn", "12", "x \u0303 isbn 12"),
        ("a OR library:b", "filter-in-or", "library:b", "a library:b"),
    ],
)
def test_an_error_says_where_and_proposes_what_can_be_read(typed: str, problem: str, wrong: str, proposal: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(typed)
    start = caught.value.position
    assert start is not None
    found = typed[start : start + caught.value.length]
    assert (caught.value.problem, found, caught.value.proposal) == (problem, wrong, proposal)
    assert (start > 0) == (not typed.startswith(wrong))
    parse(proposal)
    for language in LANGUAGES:
        sentence = say(caught.value.reason, language)
        assert sentence != caught.value.reason.code
        assert "{" not in sentence


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("x " * 501, "too-long"),
        ("x" * 1001, "too-long"),
        ("x* " * 31, "too-many-clauses"),
        ("(" * 400 + "x" + ")" * 400, "too-deep"),
        ("(a OR (b AND (c OR (d AND " * 5 + "e" + ")))) " * 5, "too-deep"),
        ("\\(" * 499, "empty"),
        ("( ) -" * 190 + "x", "only-excluded"),
    ],
)
def test_bounds_end_in_an_error_that_can_be_mended(typed: str, problem: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(typed)
    assert caught.value.problem == problem
    parse(caught.value.proposal)


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("tac gia:mankiw năm:2010-", "author:mankiw year:2010-"),
        ("a HOẶC b", "a OR b"),
        ("A OR B", "(A OR B)"),
        ("(a VÀ b) HOẶC c", "(a AND b) OR c"),
        ("a -b", "a NOT b"),
        ("nhan đề:C++: một", "title:C++: một"),
        ("thư viện:đại học y", 'library:"đại học y"'),
        ("any:9780306406157", "any:9780306406157"),
        ("doi:10.1000/x", "id:10.1000/x"),
    ],
)
def test_the_canonical_text_has_english_prefixes(typed: str, canonical: str) -> None:
    assert show(parse(typed)) == canonical
    assert parse(canonical) == parse(typed)


def test_terms_are_equal_for_questions_that_want_the_same_answer() -> None:
    one = parse("Kinh Tế tác giả:Mankiw thư viện:b,a ngôn ngữ:vi,en")
    other = msgspec_page(parse("kinh tế AND author:mankiw language:en language:vi library:a library:b"), 3)
    assert terms(one) == terms(other) == "kinh tế AND author:mankiw language:eng language:vie library:a library:b"


def msgspec_page(query: Query, page: int) -> Query:
    return Query(query.expression, query.filters, page=page)


def test_words_are_what_is_looked_for() -> None:
    query = parse("kinh tế (tác giả:a OR title:b) -c năm:2010")
    assert words(query) == (Clause("kinh tế"), Clause("a", Field.PERSON), Clause("b", Field.TITLE))
    assert words(parse("năm:2010")) == ()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("thư viện:hust kinh tế", Query(Clause("kinh tế"), Filters(members=("hust",)))),
        ("thư viện: bách khoa kinh tế", Query(Clause("kinh tế"), Filters(members=("bách khoa",)))),
        ("library:hust, bách khoa x", Query(Clause("x"), Filters(members=("hust", "bách khoa")))),
        ("Digital library: principles", Query(Clause("Digital library: principles"))),
        ("-library:hust kinh tế", Query(Clause("kinh tế"), Filters(not_members=("hust",)))),
    ],
)
def test_a_library_is_told_from_the_words_behind_it_by_whoever_knows_them(typed: str, expected: Query) -> None:
    assert parse(typed, is_library=lambda name: name in {"hust", "bách khoa"}) == expected


@pytest.mark.parametrize(
    ("typed", "wrong", "proposal"),
    [
        ("library:xyz kinh tế", "xyz", "kinh tế"),
        ("kinh tế -library:xyz", "xyz", "kinh tế"),
        ('kinh tế library:"xa lắm"', '"xa lắm"', "kinh tế"),
        ("kinh tế library:hust,xyz", "hust,xyz", "kinh tế"),
        ("kinh tế library:(hust OR xyz)", "(hust OR xyz)", "kinh tế"),
    ],
)
def test_a_library_that_nobody_knows_is_pointed_at(typed: str, wrong: str, proposal: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(typed, is_library=lambda name: name == "hust")
    start = caught.value.position
    assert start is not None
    assert (caught.value.problem, caught.value.proposal) == ("no-such-library", proposal)
    assert typed[start : start + caught.value.length] == wrong
