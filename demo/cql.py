"""CQL as the demo's servers read it. Their own reader: it must not share mistakes with the one that writes the queries.

Grammar: CQL 1.1/1.2 (Library of Congress). Booleans have one precedence and bind to the left.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

_TOKEN: Final = re.compile(
    r'\s*(?:("(?:[^"\\]|\\.)*")|(==|<>|<=|>=|[()=<>/])|("(?:[^"\\]|\\.)*$)|([^\s()=<>/"]+))', re.DOTALL
)
_BOOLEANS: Final = frozenset({"and", "or", "not", "prox"})
_SIGNS: Final = frozenset({"=", "==", "<>", "<", "<=", ">", ">="})
_WORDS: Final = frozenset({"all", "any", "adj", "exact", "within", "encloses", "scr"})


class Diagnostic(Exception):  # noqa: N818 - SRU's own word
    """What a server answers instead of records. `number` is of `info:srw/diagnostic/1/`."""

    def __init__(self, number: int, details: str = "") -> None:
        super().__init__(f"{number} {details}")
        self.number = number
        self.details = details


class Term(msgspec.Struct, frozen=True):
    """A search clause. `index` and `relation` are "" where the server chooses; `term` keeps its backslashes."""

    index: str
    relation: str
    term: str
    modifiers: tuple[str, ...] = ()


class Boolean(msgspec.Struct, frozen=True):
    """Two parts joined by and, or, not or prox."""

    operator: str
    left: Tree
    right: Tree


class Sort(msgspec.Struct, frozen=True):
    """What to sort by, and whether downwards."""

    index: str
    descends: bool = False


Tree = Term | Boolean


class _Reader:
    def __init__(self, text: str, *, closes_quotes: bool) -> None:
        self.tokens: list[str] = []
        place = 0
        text = text.rstrip()
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None or (match.group(3) and not closes_quotes):
                raise Diagnostic(10)
            self.tokens.append(match.group(3) + '"' if match.group(3) else match.group().strip())
            place = match.end()
        self.place = 0

    @property
    def next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        token = self.next
        if not token:
            raise Diagnostic(10)
        self.place += 1
        return token

    def query(self) -> Tree:
        while self.next == ">":  # a prefix binding: > dc = "info:..."
            self.take()
            self.take()
            if self.next == "=":
                self.take()
                self.take()
        tree = self.part()
        while self.next.lower() in _BOOLEANS:
            operator = self.take().lower()
            self.modifiers()
            tree = Boolean(operator, tree, self.part())
        return tree

    def modifiers(self) -> tuple[str, ...]:
        found = []
        while self.next == "/":
            self.take()
            name = self.take()
            if self.next in _SIGNS:
                name += self.take() + self.take()
            found.append(name)
        return tuple(found)

    def part(self) -> Tree:
        if self.next == "(":
            self.take()
            tree = self.query()
            if self.take() != ")":
                raise Diagnostic(10)
            return tree
        word = self.take()
        if word in _SIGNS or word in {")", "/"}:
            raise Diagnostic(10)
        if self.next in _SIGNS or (self.next.lower() in _WORDS and not word.startswith('"') and self.has_term_after()):
            relation = self.take().lower()
            modifiers = self.modifiers()
            term = self.take()
            if term in _SIGNS or term in {"(", ")", "/"}:
                raise Diagnostic(10)
            return Term(unquoted(word), relation, unquoted(term), modifiers)
        words = [unquoted(word)]
        # Not in the grammar, but what servers accept: bare words beside one another are one term.
        while (
            self.next and self.next.lower() not in _BOOLEANS | {"sortby"} and self.next not in _SIGNS | {"(", ")", "/"}
        ):
            words.append(unquoted(self.take()))
        return Term("", "", " ".join(words))

    def has_term_after(self) -> bool:
        return self.place + 1 < len(self.tokens) and self.tokens[self.place + 1] not in {")", "("}

    def sorts(self) -> tuple[Sort, ...]:
        found = []
        while self.next and self.next != ")":
            index = self.take()
            modifiers = self.modifiers()
            found.append(Sort(index, any("descending" in modifier for modifier in modifiers)))
        return tuple(found)


def unquoted(token: str) -> str:
    """Return a term without its quotes; a backslash before a quote goes, others stay for the masks."""
    if len(token) >= 2 and token[0] == token[-1] == '"':
        return token[1:-1].replace('\\"', '"')
    return token


def parse(text: str, *, closes_quotes: bool = False) -> tuple[Tree, tuple[Sort, ...]]:
    """Return the tree of a query and its sort keys; raise Diagnostic 10 where it can't be read.

    `closes_quotes`: an open quote at the end is taken as closed, as Zebra does.

    >>> parse('dc.title = "vi mo" and dc.date > 2010')[0].operator
    'and'
    """
    reader = _Reader(text, closes_quotes=closes_quotes)
    if not reader.next:
        raise Diagnostic(27)
    tree = reader.query()
    sorts: tuple[Sort, ...] = ()
    if reader.next.lower() == "sortby":
        reader.take()
        sorts = reader.sorts()
    if reader.next:
        raise Diagnostic(10)
    return tree, sorts
