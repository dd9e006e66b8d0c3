"""Says a query in Lucene's syntax, for indexes of Solr and what stands before them. Pure.

A word with a letter that the syntax reads as more than a letter stands in quotes, and the words AND, OR and NOT are
written small, so that nothing of a reader's ends a term, names a field or opens a local parameter.
Source: Apache Solr Reference Guide, Standard Query Parser and eDisMax.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from connectors.lists.by_place import shortened
from engine.errors import UnsupportedError
from engine.model import And, Clause, Expression, Field, Not, Or, Reason

_SPECIAL = re.compile(r'([+\-&|!(){}\[\]^"~*?:\\/])')
_OPERATORS = frozenset({"AND", "OR", "NOT", "TO"})

Names = Callable[[Field], tuple[str, ...]]
"""The index fields in which a clause is looked for; none: the handler's own default."""


class Lucene(msgspec.Struct, frozen=True):
    """A text in Lucene's syntax and what was given up to say it."""

    text: str
    notices: tuple[Reason, ...] = ()


def escaped(word: str) -> str:
    r"""Return a word that Lucene takes for letters.

    >>> escaped("C++"), escaped("AND"), escaped("tế")
    ('C\\+\\+', 'and', 'tế')
    """
    return word.lower() if word in _OPERATORS else _SPECIAL.sub(r"\\\1", word)


def quoted(text: str) -> str:
    """Return a phrase in quotes that its own quotes do not end."""
    inner = re.sub(r'(["\\])', r"\\\1", text)
    return f'"{inner}"'


def plain(clause: Clause) -> Lucene:
    r"""Return one clause as plain words, or a phrase, that name no field; its text is empty where it holds no word.

    >>> plain(Clause("TCP/IP kinh tế", is_truncated=True)).text, plain(Clause("kinh tế", is_phrase=True)).text
    ('"TCP/IP" kinh tế*', '"kinh tế"')
    """
    text, is_cut = shortened(clause.text)
    notices = (Reason("notice.dropped-clause"),) if is_cut else ()
    return Lucene(" ".join(_terms(text, clause)), notices)


def lucene(expression: Expression, names: Names) -> Lucene:
    """Return an expression with booleans and fields said outright.

    Raises UnsupportedError where nothing is left to be asked.

    >>> lucene(And((Clause("kinh tế", field=Field.TITLE), Not(Clause("vi mô")))), lambda field: ("ti",)).text
    '((ti:kinh AND ti:tế) AND NOT (ti:vi AND ti:mô))'
    """
    notices: list[Reason] = []
    text = _said(expression, names, notices)
    if not text:
        raise UnsupportedError("a query without a word to look for")
    return Lucene(text, tuple(notices))


def _said(expression: Expression, names: Names, notices: list[Reason]) -> str:
    match expression:
        case Clause():
            text, is_cut = shortened(expression.text)
            if is_cut:
                notices.append(Reason("notice.dropped-clause"))
            return _joined("AND", [_in_fields(term, names(expression.field)) for term in _terms(text, expression)])
        case Or():
            return _joined("OR", [said for part in expression.parts if (said := _said(part, names, notices))])
        case And():
            wanted = [
                said for part in expression.parts if not isinstance(part, Not) and (said := _said(part, names, notices))
            ]
            unwanted = [
                said
                for part in expression.parts
                if isinstance(part, Not) and (said := _said(part.part, names, notices))
            ]
            if not wanted:
                return ""
            return _joined("AND", [*wanted, *(f"NOT {said}" for said in unwanted)])
        case Not():
            raise UnsupportedError("a query that only excludes")


def _terms(text: str, clause: Clause) -> list[str]:
    if not any(letter.isalnum() for letter in text):
        return []
    if clause.is_phrase and " " in text:
        return [quoted(text)]
    words = [word for word in text.split(" ") if any(letter.isalnum() for letter in word)]
    terms = [quoted(word) if _SPECIAL.search(word) else escaped(word) for word in words]
    if clause.is_truncated:
        terms[-1] = escaped(words[-1]) + "*"
    return terms


def _in_fields(term: str, fields: tuple[str, ...]) -> str:
    return _joined("OR", [f"{field}:{term}" for field in fields]) if fields else term


def _joined(boolean: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({f' {boolean} '.join(parts)})" if parts else ""
