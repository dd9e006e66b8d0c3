r"""Lucene's query syntax, as Solr's standard parser reads it: two words mean AND, operators are capitals.

Source: Apache Solr Reference Guide, Standard Query Parser; DSpace 6.4, 7.6.7 and 9.2 as tried. A field that does not
exist finds nothing and is no error; what cannot be parsed is.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec


class QuerySyntaxError(ValueError):
    """A query that the parser does not take."""


class Word(msgspec.Struct, frozen=True):
    """One word of a field ("" for the default); `*` and `?` in it are masks unless they were escaped."""

    field: str
    text: str
    is_masked: bool = False


class Phrase(msgspec.Struct, frozen=True):
    """Words side by side."""

    field: str
    text: str


class Span(msgspec.Struct, frozen=True):
    """Values from one to another; `*` is open."""

    field: str
    low: str
    high: str


class Every(msgspec.Struct, frozen=True):
    """Everything."""


class Both(msgspec.Struct, frozen=True):
    """All of these, and none of those."""

    wanted: tuple[Node, ...]
    unwanted: tuple[Node, ...] = ()


class Either(msgspec.Struct, frozen=True):
    """One of these at least."""

    parts: tuple[Node, ...]


Node = Word | Phrase | Span | Every | Both | Either

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<phrase>"(?:\\.|[^"\\])*")(?:~\d*)?
      | (?P<span>[\[{][^\]}]*[\]}])
      | (?P<mark>[()!]|&&|\|\||[+-](?=\S))
      | (?P<word>(?:\\.|[^\s()\[\]{}"!^~:\\])+)(?P<field>:)?(?:[\^~][\d.]*)?
    )""",
    re.VERBOSE,
)


def parse(text: str) -> Node:
    """Return the tree of a query; raise QuerySyntaxError for one that Solr does not take.

    >>> parse('dc.title:"vi mô"')
    Phrase(field='dc.title', text='vi mô')
    """
    if text.strip() in {"", "*", "*:*"}:
        return Every()
    parser = _Parser(_tokens(text))
    node = parser.either("")
    if parser.rest:
        raise QuerySyntaxError(f"unexpected {parser.rest[0]}")
    return node


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    text = text.rstrip()
    while place < len(text):
        if re.match(r"\s*\*:\*", text[place:]):
            found.append(("every", "*:*"))
            place = text.index("*:*", place) + 3
            continue
        match = _TOKEN.match(text, place)
        if match is None:
            raise QuerySyntaxError(f"at {place}")
        kind = match.lastgroup or ""
        if match["word"] is not None:
            kind = "field" if match["field"] else "word"
            if kind == "word" and match["word"] in {"AND", "OR", "NOT"}:
                kind = "operator"
            if kind == "word" and match["word"].startswith("/"):
                raise QuerySyntaxError("a regular expression without an end")
        found.append((kind, match[{"field": "word", "operator": "word"}.get(kind, kind)]))
        place = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.rest = tokens

    def either(self, field: str) -> Node:
        parts = [self._both(field)]
        while self.rest and self.rest[0] in {("operator", "OR"), ("mark", "||")}:
            self.rest.pop(0)
            parts.append(self._both(field))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self, field: str) -> Node:
        wanted: list[Node] = []
        unwanted: list[Node] = []
        while self.rest and self.rest[0] not in {("operator", "OR"), ("mark", "||"), ("mark", ")")}:
            kind, text = self.rest.pop(0)
            is_not = (kind, text) in {("operator", "NOT"), ("mark", "-"), ("mark", "!")}
            if (kind, text) in {("operator", "AND"), ("mark", "&&")}:
                if not wanted and not unwanted:
                    raise QuerySyntaxError("an operator first")
                kind, text = self._next()
                is_not = (kind, text) == ("operator", "NOT")
            if is_not or (kind, text) == ("mark", "+"):
                kind, text = self._next()
            (unwanted if is_not else wanted).append(self._one(kind, text, field))
        if not wanted and not unwanted:
            raise QuerySyntaxError("nothing where something should be")
        return wanted[0] if len(wanted) == 1 and not unwanted else Both(tuple(wanted), tuple(unwanted))

    def _next(self) -> tuple[str, str]:
        if not self.rest:
            raise QuerySyntaxError("an operator last")
        return self.rest.pop(0)

    def _one(self, kind: str, text: str, field: str) -> Node:
        match kind:
            case "every":
                return Every()
            case "phrase":
                return Phrase(field, re.sub(r"\\(.)", r"\1", text[1:-1]))
            case "word":
                bare = re.sub(r"\\(.)", r"\1", text)
                return Word(field, bare, is_masked=re.search(r"(?<!\\)[*?]", text) is not None)
            case "span":
                low, _, high = text[1:-1].partition(" TO ")
                if not high:
                    raise QuerySyntaxError("a range without an end")
                return Span(field, low.strip(), high.strip())
            case "field":
                return self._one(*self._next(), re.sub(r"\\(.)", r"\1", text))
            case "mark" if text == "(":
                node = self.either(field)
                if self._next() != ("mark", ")"):
                    raise QuerySyntaxError("an open bracket")
                return node
        raise QuerySyntaxError(f"unexpected {text}")
