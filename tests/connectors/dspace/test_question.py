"""What is asked of a DSpace stays what a reader asked, whatever letters are in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.dspace.question import MOST_QUERY_BYTES, Escaping, encoded_bytes, narrowed, question
from demo import lucene
from engine.errors import UnsupportedError
from engine.model import And, Clause, Field, Filters, Material, Not, Or


def said(clause: Clause | And | Or, escaping: Escaping = Escaping.BACKSLASH) -> str:
    return question(clause, escaping).text


def test_version_7_gets_every_special_letter_escaped() -> None:
    assert said(Clause("C++ (tập 1): [a TO b]")) == r"C\+\+ \(tập 1\)\: \[a to b\]"
    assert said(Clause("hóa AND nước OR NOT")) == "hóa and nước or not"


def test_pages_of_version_6_get_a_colon_before_a_blank_as_typed_and_no_other_sign() -> None:
    assert said(Clause("Tự động hoá: Báo cáo"), Escaping.TYPED) == "Tự động hoá: Báo cáo"
    assert said(Clause('ma trận:báo "cáo" (1) C++ /x'), Escaping.TYPED) == "ma trận báo cáo 1 C x"
    assert said(Clause("hóa học:"), Escaping.TYPED) == "hóa học"


def test_a_server_not_yet_known_gets_no_sign_at_all() -> None:
    assert said(Clause("Hóa học: giáo trình"), Escaping.BLANK) == "Hóa học giáo trình"


def test_a_hyphen_within_a_word_is_no_exclusion() -> None:
    assert said(Clause("CD-ROM -x"), Escaping.TYPED) == "CD-ROM x"


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        (Clause("kinh tế", is_phrase=True), '"kinh tế"'),
        (Clause("kinh t", is_truncated=True), "kinh t*"),
        (Clause("kinh tế", Field.PUBLISHER), "dc.publisher:(kinh tế)"),
        (Clause("10.1234/ab", Field.IDENTIFIER), 'handle:"10.1234/ab" OR "10.1234/ab"'),
        (Or((Clause("kinh tế"), Clause("hóa"))), "(kinh tế) OR hóa"),
        (And((Clause("kinh tế"), Not(Clause("vĩ mô")))), "(kinh tế) NOT (vĩ mô)"),
    ],
)
def test_what_the_syntax_has_is_used(clause: Clause | And | Or, text: str) -> None:
    assert said(clause) == text


def test_an_isbn_is_looked_for_in_both_lengths() -> None:
    assert "(9780132350884 OR 0132350882)" in said(Clause("9780132350884", Field.ISBN))


def test_people_are_authors_and_advisors() -> None:
    text = said(Clause("nguyễn văn an", Field.PERSON))
    assert "dc.contributor.author:(nguyễn văn an)" in text
    assert "dc.contributor.advisor:(nguyễn văn an)" in text


def test_a_question_without_a_word_cannot_be_asked() -> None:
    with pytest.raises(UnsupportedError):
        said(Clause("?! ()"))


def test_languages_and_kinds_let_through_what_says_nothing() -> None:
    text = narrowed("hóa", Filters(languages=("vie",), materials=(Material.THESIS,)), items_only=False, years=False)
    assert text.startswith('(hóa) AND (dc.type:("luan van" OR "luan an"')
    assert "(*:* NOT dc.type:[* TO *])" in text
    assert "dc.language.iso:(vie OR vi OR vietnamese OR " in text


def test_filters_alone_are_a_query_too() -> None:
    assert narrowed("", Filters(year_from=2015), items_only=True, years=True) == (
        "dateIssued.year:[2015 TO *] AND search.resourcetype:2"
    )
    assert narrowed("", Filters(), items_only=False, years=False) == ""


_CLAUSES = st.builds(
    Clause, st.text(min_size=1, max_size=60), st.sampled_from([Field.ANY, Field.TITLE, Field.PERSON]),
    is_phrase=st.booleans(), is_truncated=st.booleans(),
)  # fmt: skip


@given(_CLAUSES, st.sampled_from(Escaping))
def test_any_text_is_a_query_that_the_syntax_takes(clause: Clause, escaping: Escaping) -> None:
    try:
        text = question(clause, escaping).text
    except UnsupportedError:
        return
    if escaping is Escaping.TYPED:  # what these pages do to a query themselves
        text = text.replace(": ", "\\: ")
    assert _fields(lucene.parse(text)) <= {
        "", "dc.title", "dc.title.alternative", "dc.contributor.author", "dc.contributor.advisor",
        "dc.contributor.editor", "dc.contributor.other", "dc.contributor", "dc.creator",
    }  # fmt: skip


@given(st.text(min_size=1, max_size=3000), st.sampled_from([Field.ANY, Field.PERSON]))
def test_any_question_fits_into_an_address(text: str, field: Field) -> None:
    try:
        found = question(Clause(text, field), Escaping.BACKSLASH)
    except UnsupportedError:
        return
    assert encoded_bytes(found.text) <= MOST_QUERY_BYTES


def test_what_is_cut_is_told() -> None:
    found = question(Clause("kinh tế " * 400), Escaping.BACKSLASH)
    assert [notice.code for notice in found.notices] == ["notice.dropped-clause"]


def _fields(node: lucene.Node) -> set[str]:
    match node:
        case lucene.Both(wanted=wanted, unwanted=unwanted):
            return set().union(*map(_fields, (*wanted, *unwanted)))
        case lucene.Either(parts=parts):
            return set().union(*map(_fields, parts))
        case lucene.Every():
            return set()
        case _:
            return {node.field}
