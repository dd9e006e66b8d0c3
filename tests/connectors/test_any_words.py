"""Whatever a reader types stays words, in every language that a connector says it in."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from connectors.aleph.request import aleph_query
from connectors.aleph.settings import AlephSettings
from connectors.lists.by_place import MOST_LETTERS, shortened
from connectors.primo.request import primo_query
from connectors.primo.settings import PrimoSettings
from connectors.questions.lucene import lucene, plain
from engine.errors import UnsupportedError
from engine.model import And, Clause, Expression, Field, Not, Or, Query

TYPED = st.text(
    alphabet=st.one_of(st.sampled_from('+-&|!(){}[]^"~*?:\\/,;=$#%<> ANDORTaế0\n\x00'), st.characters()), max_size=40
)
CLAUSES = st.builds(
    Clause, TYPED, field=st.sampled_from(list(Field)), is_phrase=st.booleans(), is_truncated=st.booleans()
)
EXPRESSIONS = st.recursive(
    CLAUSES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(Or),
        st.tuples(inner, inner).map(And),
        st.tuples(inner, inner).map(lambda two: And((two[0], Not(two[1])))),
    ),
    max_leaves=4,
)
QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
SPECIAL = re.compile(r'[+\-&|!(){}\[\]^"~*?:\\/]')


@given(CLAUSES)
def test_a_lucene_clause_is_words_and_whole_quotes(clause: Clause) -> None:
    text = QUOTED.sub("", plain(clause).text)
    rest = re.sub(r"\\.", "", text.removesuffix("*"))
    assert not SPECIAL.search(rest)
    assert not {"AND", "OR", "NOT"} & set(rest.split())


@given(EXPRESSIONS)
def test_a_lucene_expression_names_no_field_but_ours_and_closes_what_it_opens(expression: Expression) -> None:
    try:
        text = lucene(expression, lambda _: ("truong",)).text
    except UnsupportedError:
        return
    bare = re.sub(r"\\.", "", QUOTED.sub("", text))
    assert bare.count("(") == bare.count(")")
    assert set(re.findall(r"([^\s()]*):", bare)) <= {"truong"}


@given(EXPRESSIONS)
def test_a_value_of_primo_holds_no_separator(expression: Expression) -> None:
    try:
        q = primo_query(Query(expression), PrimoSettings(vid="A:B")).q
    except UnsupportedError:
        return
    for part in q.split(";"):
        pieces = part.split(",")
        assert len(pieces) == 4
        assert pieces[1] in {"contains", "exact"}
        assert pieces[3] in {"AND", "OR", "NOT"}


@given(EXPRESSIONS)
def test_what_aleph_is_asked_is_made_of_words_and_our_own_codes(expression: Expression) -> None:
    try:
        said = dict(aleph_query(Query(expression), AlephSettings(base="ABC01")).pairs)
    except UnsupportedError:
        return
    request = said["request"]
    assert request.count("(") == request.count(")")
    assert set(re.findall(r"(\w+)=", request)) <= {"WRD", "WTI", "WAU", "WSU", "WPU", "020", "022"}
    assert not re.search(r'[<>"%!|&]', request)


@given(st.text(max_size=3000))
def test_no_clause_is_longer_than_may_be_asked(text: str) -> None:
    kept, is_cut = shortened(text)
    assert len(kept) <= MOST_LETTERS
    assert not any(unicodedata.category(letter) == "Cc" for letter in kept)
    if text.isascii() and text.isprintable() and not is_cut:
        assert kept == " ".join(text.split())
