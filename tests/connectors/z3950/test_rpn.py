"""Any query can be said in RPN, and what servers are sent stays inside its term."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.z3950.apdu import decode, encode
from connectors.z3950.bib1 import Bib1Map, Use, Words
from connectors.z3950.operands import Joined, Operand, Term, from_tree, pqf, tree
from connectors.z3950.rpn import MOST_LETTERS, rpn
from connectors.z3950.settings import Profile, Z3950Settings, dialect
from engine.errors import UnsupportedError
from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Query

USES = {Field.ANY: 1016, Field.TITLE: 4, Field.PERSON: (1003, 1004), Field.ISBN: 7}
MAP = Bib1Map(uses=USES)


def said(expression: Expression, by: Bib1Map = MAP, filters: Filters | None = None) -> str:
    return pqf(rpn(Query(expression, filters=filters or Filters()), by).root)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Clause("kinh tế"), '@attr 1=1016 @attr 4=6 "kinh tế"'),
        (Clause("kinh tế", is_phrase=True), '@attr 1=1016 @attr 4=1 "kinh tế"'),
        (Clause("kinh", is_truncated=True), '@attr 1=1016 @attr 4=2 @attr 5=1 "kinh"'),
        (Clause("du", field=Field.PERSON), '@or @attr 1=1003 @attr 4=2 "du" @attr 1=1004 @attr 4=2 "du"'),
        (
            And((Clause("a"), Clause("b"), Not(Or((Clause("c"), Clause("d")))))),
            (
                '@not @and @attr 1=1016 @attr 4=2 "a" @attr 1=1016 @attr 4=2 "b" '
                '@or @attr 1=1016 @attr 4=2 "c" @attr 1=1016 @attr 4=2 "d"'
            ),
        ),
        (Clause("9780132350884", field=Field.ISBN), '@or @attr 1=7 "9780132350884" @attr 1=7 "0132350882"'),
        (Clause("kinh - tế"), '@attr 1=1016 @attr 4=6 "kinh tế"'),
    ],
    ids=str,
)
def test_a_query_is_said_in_rpn(expression: Expression, expected: str) -> None:
    assert said(expression) == expected


def test_the_map_decides_about_words_and_attributes() -> None:
    by = Bib1Map(
        uses={Field.ANY: Use((1016,), words=Words.AND, attributes={"3": 3}), Field.TITLE: Use((4,), structure=1)},
        attributes={"2": 3, "6": 1},
    )
    assert said(Clause("a b"), by) == ('@and @attr 1=1016 @attr 3=3 @attr 4=2 "a" @attr 1=1016 @attr 3=3 @attr 4=2 "b"')
    assert said(Clause("a b", field=Field.TITLE), by) == '@attr 1=4 @attr 2=3 @attr 4=1 @attr 6=1 "a b"'


def test_years_and_languages_are_said_where_the_server_has_them() -> None:
    by = dialect(Z3950Settings(profile=Profile.LOC))
    filters = Filters(year_from=2010, year_to=2012, languages=("vie",))
    found = rpn(Query(None, filters=filters), by)
    assert pqf(found.root) == '@and @attr 1=31 @attr 2=4 @attr 4=4 "2010" @attr 1=31 @attr 2=2 @attr 4=4 "2012"'
    assert found.unasked == Filters(languages=("vie",))


def test_a_term_of_a_server_that_takes_no_marks_is_sent_without_them() -> None:
    by = dialect(Z3950Settings(term_charset="latin-1"))  # type: ignore[arg-type]  # as TOML has it
    french, vietnamese = rpn(Query(Clause("été")), by), rpn(Query(Clause("kinh tế đường")), by)
    assert isinstance(french.root, Term)
    assert isinstance(vietnamese.root, Term)
    assert (french.root.octets, french.notices) == (b"\xe9t\xe9", ())
    assert vietnamese.root.octets == b"kinh te duong"
    assert [notice.code for notice in vietnamese.notices] == ["notice.marks-unsent"]


def test_nothing_to_ask_is_unsupported() -> None:
    with pytest.raises(UnsupportedError):
        rpn(Query(None), MAP)
    with pytest.raises(UnsupportedError):
        rpn(Query(Clause("\u0000")), MAP)


def test_long_terms_are_cut_with_a_notice() -> None:
    for text in ("ă" * 10_000, "kinh tế " * 2_000):
        found = rpn(Query(Clause(text.strip())), MAP)
        assert isinstance(found.root, Term)
        assert len(found.root.octets.decode()) <= MOST_LETTERS
        assert [notice.code for notice in found.notices] == ["notice.dropped-clause"]


# Any tree -----------------------------------------------------------------------------

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
CLAUSES = st.builds(
    Clause, text=TEXTS, field=st.sampled_from(Field), is_phrase=st.booleans(), is_truncated=st.booleans()
)


def _deeper(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    parts = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Or, parts),
        st.builds(And, parts),
        st.builds(lambda wanted, unwanted: And((wanted, Not(unwanted))), inner, inner),
    )


EXPRESSIONS = st.recursive(CLAUSES, _deeper, max_leaves=20)


def terms(operand: Operand) -> list[Term]:
    return [operand] if isinstance(operand, Term) else [*terms(operand.left), *terms(operand.right)]


@given(EXPRESSIONS, st.sampled_from(Profile), st.sampled_from(Words))
def test_any_query_is_encoded_and_reads_back_as_it_was_said(
    expression: Expression, profile: Profile, words: Words
) -> None:
    by = dialect(Z3950Settings(profile=profile, words=words))
    try:
        root = rpn(Query(expression), by).root
    except UnsupportedError:
        return
    value = {
        "smallSetUpperBound": 0, "largeSetLowerBound": 1, "mediumSetPresentNumber": 0, "replaceIndicator": True,
        "resultSetName": b"default", "databaseNames": [b"x"], "query": ("type-1", tree(root)),
    }  # fmt: skip
    name, read = decode(encode("searchRequest", value))
    assert name == "searchRequest"
    assert from_tree(read["query"][1]["rpn"]) == root  # type: ignore[index]  # as asn1tools gives it


def truth(expression: Expression, holds: frozenset[str]) -> bool:
    match expression:
        case Clause():
            return expression.text in holds
        case Not():
            return not truth(expression.part, holds)
        case And():
            return all(truth(part, holds) for part in expression.parts)
        case Or():
            return any(truth(part, holds) for part in expression.parts)


def said_truth(operand: Operand, holds: frozenset[str]) -> bool:
    if isinstance(operand, Term):
        return operand.octets.decode() in holds
    assert isinstance(operand, Joined)
    left, right = said_truth(operand.left, holds), said_truth(operand.right, holds)
    return {"and": left and right, "or": left or right, "and-not": left and not right}[operand.by]


LETTERS = st.recursive(st.sampled_from("abcdef").map(Clause), _deeper, max_leaves=12)


@given(LETTERS, st.frozensets(st.sampled_from("abcdef")))
def test_any_query_means_in_rpn_what_it_means_to_the_reader(expression: Expression, holds: frozenset[str]) -> None:
    root = rpn(Query(expression), MAP).root
    assert said_truth(root, holds) == truth(expression, holds)
    assert all(term.attributes[0] == (1, 1016) for term in terms(root))
