"""How a reader's question becomes the rows and limits of Koha's search."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.koha.asking import MOST_QUERY_LETTERS, asked, search_url
from connectors.koha.settings import KohaSettings
from engine.errors import UnsupportedError
from engine.model import And, Clause, Expression, Field, Filters, Material, Not, Or, Query, Reason

PLAIN = KohaSettings(sort="")


def rows(expression: Expression, settings: KohaSettings = PLAIN) -> tuple[list[str], tuple[Reason, ...]]:
    said = asked(Query(expression), settings)
    return [f"{name}={value}" for name, value in said.parameters], said.notices


def A(*parts: Expression) -> And:  # noqa: N802 - short, as the tests read
    return And(parts)


a, b, c = (Clause(word) for word in ("alpha", "beta", "gamma"))


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (Clause("kinh tế (vi mô): C++"), ["idx=kw", "q=kinh tế vi mô C"]),
        (Clause("kinh tế", Field.TITLE, is_phrase=True), ["idx=ti,phr", "q=kinh tế"]),
        (Clause("kinh tế", is_phrase=True), ["idx=kw", 'q="kinh tế"']),
        (Clause("comput", is_truncated=True), ["idx=kw", "q=comput*"]),
        (Clause("0866-8051", Field.ISSN), ["idx=ns", "q=0866-8051"]),
        (Clause("9781555535292", Field.ISBN), ["idx=nb", "q=9781555535292", "op=or", "idx=nb", "q=1555535291"]),
        (Clause("9791032305690", Field.ISBN), ["idx=nb", "q=9791032305690"]),
        (Clause("QA76 B2", Field.CALL_NUMBER), ["idx=callnum", "q=QA76 B2"]),
        (Clause("338.5/K-2. (a).", Field.CALL_NUMBER), ["idx=callnum", "q=338.5 K 2 a"]),
        (A(a, Clause("x", Field.PERSON)), ["idx=kw", "q=alpha", "op=and", "idx=au", "q=x"]),
        (A(a, Not(b)), ["idx=kw", "q=alpha", "op=not", "idx=kw", "q=beta"]),
        (A(c, Or((a, b))), ["idx=kw", "q=alpha", "op=or", "idx=kw", "q=beta", "op=and", "idx=kw", "q=gamma"]),
        (Or((a, And((b, c)))), ["idx=kw", "q=beta", "op=and", "idx=kw", "q=gamma", "op=or", "idx=kw", "q=alpha"]),
        (A(a, Not(Or((b, c)))), ["idx=kw", "q=alpha", "op=not", "idx=kw", "q=beta", "op=not", "idx=kw", "q=gamma"]),
    ],
)  # fmt: skip
def test_a_question_is_said_as_rows_that_are_joined_from_the_left(expression: Expression, said: list[str]) -> None:
    assert rows(expression) == (said, ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("to be or not", ["idx=kw", "q=to be", "op=and", "idx=kw", 'q="or"', "op=and", "idx=kw", 'q="not"']),
        ("research and computer", ["idx=kw", "q=research computer"]),
        ("Not", ["idx=kw", 'q="Not"']),
        ("set theory", ["idx=kw", "q=theory", "op=and", "idx=kw", 'q="set"']),
    ],
)
def test_words_that_are_operators_of_ccl_are_quoted(text: str, said: list[str]) -> None:
    assert rows(Clause(text)) == (said, ())


def test_behind_or_such_words_stay_in_one_row() -> None:
    assert rows(Or((a, Clause("or else"))))[0] == ["idx=kw", "q=alpha", "op=or", "idx=kw", 'q="or else"']


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        (A(Or((a, b)), Or((b, c))), "notice.dropped-alternatives"),
        (A(a, Not(And((b, c)))), "notice.dropped-exclusion"),
        (Clause("10.1234/x", Field.IDENTIFIER), "notice.any-field"),
        (Clause("kinh tế", is_phrase=True, is_truncated=True), "notice.no-truncation"),
        (Or((And((a, b)), And((b, c)))), "notice.dropped-alternatives"),
        (A(a, Clause("(((")), "notice.dropped-clause"),
    ],
)
def test_what_cannot_be_said_is_given_up_and_told(expression: Expression, code: str) -> None:
    assert [notice.code for notice in rows(expression)[1]] == [code]


def test_elasticsearch_does_not_join_from_the_left_so_alternatives_beside_others_are_given_up() -> None:
    settings = KohaSettings(sort="", engine="elasticsearch")
    assert rows(A(c, Or((a, b))), settings)[0] == ["idx=kw", "q=gamma", "op=and", "idx=kw", "q=alpha"]
    assert rows(A(c, Or((a, b))), settings)[1] == (Reason("notice.dropped-alternatives"),)
    assert rows(Or((a, b)), settings) == (["idx=kw", "q=alpha", "op=or", "idx=kw", "q=beta"], ())


@pytest.mark.parametrize(
    ("filters", "said", "unasked"),
    [
        (Filters(year_from=2010, year_to=2020), ["limit-yr=2010-2020"], Filters()),
        (Filters(year_from=2010), ["limit-yr=2010-"], Filters()),
        (Filters(year_to=1986), ["limit-yr=-1986"], Filters()),
        (Filters(year_from=12), [], Filters(year_from=12)),
        (Filters(languages=("vie",)), ["limit=ln,rtrn:vie"], Filters()),
        (Filters(languages=("vie", "eng")), [], Filters(languages=("vie", "eng"))),
        (Filters(available_only=True), ["limit=available"], Filters()),
        (Filters(materials=(Material.BOOK,)), [], Filters(materials=(Material.BOOK,))),
    ],
)
def test_filters_are_limits_or_are_left_to_be_applied_here(filters: Filters, said: list[str], unasked: Filters) -> None:
    found = asked(Query(a, filters), PLAIN)
    assert [f"{name}={value}" for name, value in found.parameters[2:]] == said
    assert found.unasked == unasked


def test_filters_alone_are_a_search_and_nothing_is_none() -> None:
    assert asked(Query(None, Filters(year_from=2024)), PLAIN).parameters == (("limit-yr", "2024-"),)
    for query in (Query(None), Query(Clause("!?*")), Query(None, Filters(materials=(Material.MAP,)))):
        with pytest.raises(UnsupportedError):
            asked(query, PLAIN)


def test_a_member_file_can_name_other_indexes_and_take_one_away() -> None:
    settings = KohaSettings(sort="", indexes={Field.SUBJECT: "su-to", Field.SERIES: ""})
    assert rows(Clause("x", Field.SUBJECT), settings)[0] == ["idx=su-to", "q=x"]
    assert Field.SERIES not in settings.index_of


_clauses = st.builds(
    Clause,
    st.text(min_size=1, max_size=400),
    st.sampled_from(Field),
    is_phrase=st.booleans(),
    is_truncated=st.booleans(),
)


@given(st.lists(_clauses, min_size=1, max_size=60), st.sampled_from(["and", "or", "not"]))
def test_any_words_stay_inside_their_row(clauses: list[Clause], how: str) -> None:
    expression: Expression = clauses[0]
    if len(clauses) > 1 and how != "not":
        expression = And(tuple(clauses)) if how == "and" else Or(tuple(clauses))
    elif len(clauses) > 1:
        expression = And((clauses[0], *(Not(clause) for clause in clauses[1:])))
    try:
        said = asked(Query(expression), PLAIN)
    except UnsupportedError:
        return
    url = search_url("http://k", said, offset=0, count=20)
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    assert tuple(pairs[:-1]) == said.parameters
    assert all(value for _, value in pairs)
    assert len(url) < MOST_QUERY_LETTERS + 3_000
    for name, value in pairs:
        if name == "q":
            assert value.count('"') in {0, 2}
            assert re.fullmatch(r'"?[^"*()\[\]<>=?:,;/\\&%#+!]+"?\*?', value), value
