from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.errors import QueryError
from engine.model import And, Clause, Degree, Expression, Field, Filters, Material, Not, Or, Query
from engine.query import parse, show, terms
from engine.query_scan import has_letters
from engine.text import clean

PIECES = [
    *("kinh tế", "Tác giả:", "năm:", "nam:", "loại:", "thư viện: ", "ngôn ngữ:", "title:", "isbn:", "id:", "any:"),
    *("online:", "(", ")", '"', "“", "”", "«", "»", "-", "*", "\\", ":", "：", " ", "  ", "\n", "AND", "OR", "NOT"),
    *("VÀ", "HOẶC", "KHÔNG", "2010-2020", ">", "9780306406157", "1859-3100", "10.1000/a(b", "vi", "sách", "a", "B"),
    *(
        "\x00",
        "\x08",
        "\u200b",
        "e\u0301",
        "+",
        "&",
        ",",
        "có",
        "không",
        "X",
        "ISBN",
        "\u0303",
        "đ",
        "İ",
        "ﬁ",
        "😀",
        "١",
    ),
]
ANY_TEXT = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=14).map("".join))


@given(ANY_TEXT)
@settings(max_examples=500, deadline=None)
@example('a OR -b) năm:x "')
@example("\\AND \\")
@example("\x08THƯVIỆN: :")
@example("THƯVIỆN: 0 0 9780000000000")
@example("năm:2010 năm:2012 OR")
def test_any_text_is_a_query_or_an_error_with_a_proposal_that_is_one(typed: str) -> None:
    try:
        query = parse(typed)
    except QueryError as error:
        found = error
    else:
        assert_valid(query)
        return
    assert found.position is not None
    assert 0 <= found.position <= found.position + found.length <= len(typed)
    assert found.length or not typed or found.problem == "too-long"
    assert_valid(parse(found.proposal))


def assert_valid(query: Query) -> None:
    assert query.expression is not None or query.filters != Filters()
    assert query.expression is None or is_valid(query.expression)
    assert parse(show(query)) == query
    assert show(parse(show(query))) == show(query)
    assert terms(parse(terms(query))) == terms(query)


def is_valid(expression: Expression) -> bool:
    """Whether an expression keeps the promises of the nouns."""
    match expression:
        case Clause(text):
            return text == clean(text) and has_letters(text)
        case Or(parts):
            return len(parts) > 1 and all(not isinstance(part, Or | Not) and is_valid(part) for part in parts)
        case And(parts):
            return (
                len(parts) > 1
                and not all(isinstance(part, Not) for part in parts)
                and all(
                    not isinstance(part, And) and is_valid(part.part if isinstance(part, Not) else part)
                    for part in parts
                )
            )
        case _:
            return False


TEXT = (
    st.one_of(st.text(max_size=25), st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join))
    .map(lambda text: clean(clean(text)))
    .filter(has_letters)
)
ISBNS = st.sampled_from(["9780306406157", "9786041234567", "0306406150"])
ISSNS = st.sampled_from(["1859-3100", "0866-7120"])
IDENTIFIERS = st.sampled_from(
    ["10.1000/abc(12)", "123456789/12", "HUST/123", "10.1002/(sici)1097-4571(19980101)49:1<3::aid>3.0"]
)
CLAUSES = st.one_of(
    st.builds(
        Clause,
        TEXT,
        st.sampled_from([Field.ANY, Field.ANY, *(set(Field) - {Field.ISBN, Field.ISSN, Field.IDENTIFIER})]),
        st.booleans(),
        st.booleans(),
    ),
    st.builds(Clause, ISBNS, st.just(Field.ISBN)),
    st.builds(Clause, ISSNS, st.just(Field.ISSN)),
    st.builds(Clause, IDENTIFIERS, st.just(Field.IDENTIFIER)),
)


def _and(parts: list[Expression]) -> Expression:
    flat = [part for one in parts for part in (one.parts if isinstance(one, And) else (one,))]
    return And(tuple(flat)) if len(flat) > 1 and not all(isinstance(part, Not) for part in flat) else flat[0]


def _or(parts: list[Expression]) -> Expression:
    flat = [part for one in parts for part in (one.parts if isinstance(one, Or) else (one,))]
    return Or(tuple(flat)) if len(flat) > 1 else flat[0]


def _combined(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    excluded = parts.map(lambda part: Not(part) if not isinstance(part, Not) else part)
    return st.one_of(
        st.tuples(parts, st.lists(st.one_of(parts, excluded), min_size=1, max_size=3)).map(
            lambda two: _and([two[0], *two[1]])
        ),
        st.lists(parts, min_size=2, max_size=3).map(_or),
    )


EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(CLAUSES, _combined, max_leaves=6)
YEARS = st.one_of(st.none(), st.integers(0, 9999))
NAMES = st.one_of(st.sampled_from(["hust", "vnu-1", "Đại học Bách khoa"]), TEXT)


def _tuples(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, max_size=2, unique=True).map(tuple)


FILTERS = st.builds(
    Filters,
    year_from=YEARS,
    year_to=YEARS,
    languages=_tuples(st.sampled_from(["vie", "eng", "fre", "chi"])),
    not_languages=_tuples(st.sampled_from(["rus", "ger"])),
    materials=_tuples(st.sampled_from(Material)),
    not_materials=_tuples(st.sampled_from(Material)),
    degrees=_tuples(st.sampled_from(Degree)),
    members=_tuples(NAMES),
    not_members=_tuples(NAMES),
    available_only=st.booleans(),
    online_only=st.booleans(),
).filter(lambda filters: filters.year_from is None or filters.year_to is None or filters.year_from <= filters.year_to)


@given(st.one_of(st.none(), EXPRESSIONS), st.one_of(st.just(Filters()), FILTERS))
@example(Clause(clean("Ð Ø")), Filters())
@settings(max_examples=500, deadline=None)
def test_a_printed_query_is_read_as_the_same_query(expression: Expression | None, filters: Filters) -> None:
    query = Query(expression, filters)
    if expression is None and filters == Filters():
        return
    printed = show(query)
    if len(printed) <= 1000:
        assert parse(printed) == query
