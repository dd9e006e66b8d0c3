"""CQL is said safely and by the map of the server."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.questions.cql import cql, isbn_forms
from connectors.questions.cql_map import (
    CqlMap,
    Index,
    IsbnForm,
    LanguageCodes,
    MissingField,
    Quoting,
    Words,
    YearForm,
)
from connectors.questions.expressions import rewritten
from engine.errors import UnsupportedError
from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Query
from engine.text import unmarked

LOC = CqlMap(
    indexes={Field.ANY: "cql.anywhere", Field.TITLE: "dc.title", Field.PERSON: "dc.author", Field.ISBN: "bath.isbn"},
    truncation="*",
)


def said(expression: Expression | None, by: CqlMap = LOC, filters: Filters | None = None) -> str:
    return cql(Query(expression, filters=filters or Filters()), by).text


def codes(expression: Expression, by: CqlMap = LOC) -> list[str]:
    return [notice.code for notice in cql(Query(expression), by).notices]


# A small reader of CQL, written from its grammar and not from our writer ---------------------


def tokens(text: str) -> list[str]:
    """Words, quoted strings with their quotes, relations and parentheses; fails on anything else."""
    found, at = [], 0
    pattern = re.compile(r'\s*("(?:\\.|[^"\\])*"|[()]|<=|>=|==|<>|[=<>]|[^\s()=<>"/]+)', re.DOTALL)
    while text[at:].strip():
        match = pattern.match(text, at)
        assert match, f"no CQL from {text[at:]!r}"
        found.append(match[1])
        at = match.end()
    return found


def unquoted(token: str) -> str:
    assert token[0] == token[-1] == '"'
    return re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)


def read(text: str) -> list[str]:
    """Read a whole query by the grammar and return its terms; fails where it is no CQL."""
    left = tokens(text)
    terms: list[str] = []

    def clause() -> None:
        first = left.pop(0)
        if first == "(":
            query()
            assert left.pop(0) == ")"
        elif left and left[0] in {"=", "==", "<", ">", "<=", ">=", "<>", "all", "any", "adj", "within"}:
            assert first[0] != '"'
            left.pop(0)
            terms.append(unquoted(left.pop(0)))
        else:
            terms.append(unquoted(first))

    def query() -> None:
        clause()
        while left and left[0] in {"and", "or", "not"}:
            left.pop(0)
            clause()

    query()
    assert not left, f"{left} stands after the end"
    return terms


def printable(text: str) -> str:
    """What is left of a text that no server could take amiss: no control characters, single spaces."""
    return " ".join("".join(" " if unicodedata.category(one)[0] == "C" else one for one in text).split())


# What is said --------------------------------------------------------------------------------


def test_words_are_sent_one_by_one_and_joined() -> None:
    assert said(Clause("kinh tế vi mô", field=Field.TITLE)) == (
        '(dc.title="kinh" and dc.title="tế" and dc.title="vi" and dc.title="mô")'
    )


def test_a_phrase_is_one_term() -> None:
    assert said(Clause("kinh tế", field=Field.TITLE, is_phrase=True)) == 'dc.title="kinh tế"'


def test_a_phrase_has_its_own_relation_where_the_server_wants_one() -> None:
    by = CqlMap(indexes={Field.TITLE: "bib.title"}, phrase_relation="adj")
    assert said(Clause("les misérables", field=Field.TITLE, is_phrase=True), by) == 'bib.title adj "les misérables"'


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (Words.AND, '(t="a" and t="b")'),
        (Words.PHRASE, 't="a b"'),
        (Words.ALL, 't all "a b"'),
        (Words.ADJ, 't adj "a b"'),
    ],
)
def test_a_member_file_decides_how_words_are_sent(words: Words, expected: str) -> None:
    assert said(Clause("a b", field=Field.TITLE), CqlMap(indexes={Field.TITLE: "t"}, words=words)) == expected
    own = CqlMap(indexes={Field.TITLE: Index(("t",), words=words)}, words=Words.PHRASE)
    assert said(Clause("a b", field=Field.TITLE), own) == expected


def test_each_word_may_stand_in_any_of_several_indexes() -> None:
    by = CqlMap(indexes={Field.PERSON: ("dc.creator", "dc.contributor")})
    assert said(Clause("Nguyễn Du", field=Field.PERSON), by) == (
        '((dc.creator="Nguyễn" or dc.contributor="Nguyễn") and (dc.creator="Du" or dc.contributor="Du"))'
    )


def test_booleans_are_parenthesised_and_not_stands_between_two() -> None:
    tree = And((Or((Clause("a"), Clause("b"))), Clause("c"), Not(Clause("d")), Not(Clause("e f", is_phrase=True))))
    any_ = CqlMap(indexes={Field.ANY: ""})
    assert said(tree, any_) == '(((("a" or "b") and "c") not "d") not "e f")'


def test_a_query_that_only_excludes_is_unsupported() -> None:
    with pytest.raises(UnsupportedError):
        said(Not(Clause("a")))


def test_truncation_is_sent_only_where_the_server_knows_it() -> None:
    clause = Clause("kinh te", field=Field.TITLE, is_truncated=True)
    assert said(clause) == '(dc.title="kinh" and dc.title="te*")'
    without = CqlMap(indexes={Field.TITLE: "dc.title"})
    assert said(clause, without) == '(dc.title="kinh" and dc.title="te")'
    assert codes(clause, without) == ["notice.no-truncation"]


def test_a_field_without_index_is_looked_for_anywhere_and_told() -> None:
    clause = Clause("Kim Đồng", field=Field.PUBLISHER)
    assert said(clause) == '(cql.anywhere="Kim" and cql.anywhere="Đồng")'
    assert codes(clause) == ["notice.any-field"]


def test_a_field_without_index_is_refused_where_the_member_file_says_so() -> None:
    strict = CqlMap(indexes={Field.ANY: "any"}, missing_field=MissingField.REFUSE)
    with pytest.raises(UnsupportedError):
        said(Clause("Kim Đồng", field=Field.PUBLISHER), strict)


def test_an_isbn_is_asked_for_in_the_forms_the_server_holds() -> None:
    clause = Clause("9780132350884", field=Field.ISBN)
    assert said(clause) == '(bath.isbn="9780132350884" or bath.isbn="0132350882")'
    hyphens = CqlMap(indexes={Field.ISBN: "isbn"}, isbn_forms=(IsbnForm.HYPHENATED,))
    assert said(clause, hyphens) == 'isbn="978-0-13-235088-4"'


def test_an_isbn_of_the_979_range_has_no_ten_digits() -> None:
    assert isbn_forms("9791032305690", [IsbnForm.TEN]) == ("9791032305690",)
    assert isbn_forms("9791032305690", [IsbnForm.THIRTEEN, IsbnForm.TEN]) == ("9791032305690",)


@pytest.mark.parametrize(
    ("form", "filters", "expected"),
    [
        (YearForm.RANGE, Filters(year_from=2010, year_to=2020), '(d>="2010" and d<="2020")'),
        (YearForm.RANGE, Filters(year_from=2010), 'd>="2010"'),
        (YearForm.RANGE, Filters(year_from=2010, year_to=2010), 'd="2010"'),
        (YearForm.WITHIN, Filters(year_from=2010, year_to=2020), 'd within "2010 2020"'),
        (YearForm.LIST, Filters(year_from=2010, year_to=2012), '(d="2010" or d="2011" or d="2012")'),
    ],
)
def test_years_are_said_as_the_server_understands_them(form: YearForm, filters: Filters, expected: str) -> None:
    by = CqlMap(indexes={Field.ANY: ""}, year_index="d", year_form=form)
    found = cql(Query(Clause("a"), filters=filters), by)
    assert found.text == f'("a" and {expected})'
    assert found.unasked == Filters()


def test_years_that_cannot_be_said_are_left_to_the_caller() -> None:
    by = CqlMap(indexes={Field.ANY: ""}, year_index="d", year_form=YearForm.LIST)
    long_span = Filters(year_from=1900, year_to=2020)
    assert cql(Query(Clause("a"), filters=long_span), by).unasked == long_span
    assert cql(Query(Clause("a"), filters=Filters(year_from=2010)), by).unasked == Filters(year_from=2010)


def test_languages_are_said_in_the_codes_of_the_server() -> None:
    wanted = Filters(languages=("vie", "eng"))
    by = CqlMap(indexes={Field.ANY: ""}, language_index="l", language_codes=LanguageCodes.ISO_639_1)
    assert said(Clause("a"), by, wanted) == '("a" and (l="vi" or l="en"))'
    assert cql(Query(Clause("a"), filters=wanted), CqlMap(indexes={Field.ANY: ""})).unasked == wanted


def test_filters_alone_can_be_asked_where_the_server_has_an_index_for_them() -> None:
    by = CqlMap(year_index="d", year_form=YearForm.RANGE)
    assert said(None, by, Filters(year_from=2020)) == 'd>="2020"'
    with pytest.raises(UnsupportedError):
        said(None, LOC, Filters(year_from=2020))


def test_a_server_without_a_boolean_is_asked_for_less_and_it_is_told() -> None:
    plain = CqlMap(indexes={Field.ANY: ""}, booleans=frozenset())
    assert said(Clause("a b"), plain) == '"a b"'
    assert said(Or((Clause("a"), Clause("b"))), plain) == '"a"'
    assert codes(Or((Clause("a"), Clause("b"))), plain) == ["notice.dropped-alternatives"]
    assert said(And((Clause("a"), Not(Clause("b")))), plain) == '"a"'
    assert codes(And((Clause("a"), Not(Clause("b")))), plain) == ["notice.dropped-exclusion"]
    assert codes(And((Clause("a"), Clause("b"))), plain) == ["notice.dropped-clause"]


def test_context_sets_are_bound_where_their_prefix_is_used() -> None:
    by = CqlMap(indexes={Field.TITLE: "dc.title"}, context_sets={"dc": "info:x", "bath": "info:y"})
    assert said(Clause("a", field=Field.TITLE), by) == '> dc="info:x" dc.title="a"'


def test_letters_that_a_server_fails_on_are_taken_out() -> None:
    by = CqlMap(indexes={Field.ANY: "woe"}, strip="+?")
    assert said(Clause("C++ wie?"), by) == '(woe="C" and woe="wie")'


def test_a_word_of_punctuation_alone_is_not_asked_for_beside_others() -> None:
    any_ = CqlMap(indexes={Field.ANY: ""})
    assert said(Clause("lúa - gạo"), any_) == '("lúa" and "gạo")'
    assert said(Clause("&"), any_) == '"&"'


def test_a_query_of_nothing_that_can_be_sent_is_unsupported() -> None:
    with pytest.raises(UnsupportedError):
        said(Clause("+?"), CqlMap(indexes={Field.ANY: "woe"}, strip="+?"))


@pytest.mark.parametrize(
    "text", ['" or dc.title="x', 'a" not "b', "\\", 'x\\" or "', "a*b?c^", "and", "(", "a=b", "></"]
)
def test_what_looks_like_cql_stays_inside_its_quotes(text: str) -> None:
    assert read(said(Clause(text, field=Field.TITLE, is_phrase=True))) == [text]


# Rules that speak of any text ----------------------------------------------------------------

texts = st.text(min_size=1, max_size=40)
fields = st.sampled_from([Field.ANY, Field.TITLE, Field.PERSON])


@settings(deadline=None)
@given(texts, fields)
def test_any_text_is_read_back_as_the_term_it_was(text: str, field: Field) -> None:
    clean = printable(text)
    if not clean:
        return
    assert read(said(Clause(text, field=field, is_phrase=True))) == [clean]


@settings(deadline=None)
@given(texts)
def test_any_text_is_read_back_word_by_word(text: str) -> None:
    clean = printable(text)
    if not clean:
        return
    words = [word for word in clean.split(" ") if any(letter.isalnum() for letter in word)] or clean.split(" ")
    assert read(said(Clause(text))) == words


@settings(deadline=None)
@given(texts)
def test_a_server_without_escapes_gets_none_and_no_quote_inside(text: str) -> None:
    by = CqlMap(indexes={Field.ANY: "tou"}, quoting=Quoting.SPACE)
    try:
        found = said(Clause(text, is_phrase=True), by)
    except UnsupportedError:
        return
    assert "\\" not in found
    assert found.count('"') == 2
    assert not set(unquoted(found.partition("=")[2])) & set('"*?^')


clauses = st.builds(Clause, text=texts, field=fields, is_phrase=st.booleans(), is_truncated=st.booleans())
trees = st.recursive(
    clauses,
    lambda inner: st.one_of(
        st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(
            lambda parts, unwanted: And((*parts, *(Not(part) for part in unwanted))),
            st.lists(inner, min_size=1, max_size=3),
            st.lists(clauses, min_size=1, max_size=2),
        ),
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(trees)
def test_any_query_is_said_in_balanced_cql_or_refused(tree: Expression) -> None:
    try:
        text = said(tree)
    except UnsupportedError:
        return
    assert all(term for term in read(text))


@settings(deadline=None)
@given(trees)
def test_taking_off_marks_twice_changes_no_more_than_once(tree: Expression) -> None:
    once = rewritten(tree, unmarked)
    assert rewritten(once, unmarked) == once
