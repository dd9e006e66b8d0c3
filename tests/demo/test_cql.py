"""The demo's own reader of CQL."""

from __future__ import annotations

import pytest

from demo.cql import Boolean, Diagnostic, Sort, Term, parse


def test_booleans_bind_to_the_left_with_one_precedence() -> None:
    tree, _ = parse("a or b and c")
    assert tree == Boolean("and", Boolean("or", Term("", "", "a"), Term("", "", "b")), Term("", "", "c"))


def test_parentheses_bind_first() -> None:
    tree, _ = parse("a or (b and c)")
    assert tree == Boolean("or", Term("", "", "a"), Boolean("and", Term("", "", "b"), Term("", "", "c")))


def test_a_relation_keeps_its_modifiers() -> None:
    tree, _ = parse('dc.title =/cql.stem/x=y "kinh tế"')
    assert tree == Term("dc.title", "=", "kinh tế", ("cql.stem", "x=y"))


def test_words_may_be_relations() -> None:
    assert parse('alma.title all "vi mo"')[0] == Term("alma.title", "all", "vi mo")


def test_sort_keys_are_read() -> None:
    assert parse("x sortBy dc.date/sort.descending dc.title")[1] == (Sort("dc.date", descends=True), Sort("dc.title"))


def test_a_prefix_binding_is_passed_over() -> None:
    assert parse('> dc = "info:srw/context-sets/1/dc-v1.1" dc.title=x')[0] == Term("dc.title", "=", "x")


def test_an_escaped_quote_is_part_of_the_term() -> None:
    assert parse(r'"say \"C\" \*"')[0] == Term("", "", r'say "C" \*')


@pytest.mark.parametrize("text", ["(a", "a)", "a and", "and = =", 'dc.title="open', "dc.title =", "()", "="])
def test_what_cannot_be_read_is_a_syntax_error(text: str) -> None:
    with pytest.raises(Diagnostic) as raised:
        parse(text)
    assert raised.value.number == 10


def test_an_open_quote_is_closed_where_the_server_does_so() -> None:
    assert parse('dc.title="open', closes_quotes=True)[0] == Term("dc.title", "=", "open")
