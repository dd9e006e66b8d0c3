"""How a catalogue like Koha's takes a search: rows of index, words and operator, limits, all joined from the left.

Source: Koha 19.06 as tried. Words go through a reader of CCL; what it stumbles over finds nothing, without a word why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from demo.cql import Boolean, Diagnostic, Term, Tree
from demo.entries import Entry, State
from demo.shelf import Shelf

_INDEXES: Final = {
    "kw": "", "ti": "dc.title", "au": "dc.author", "su": "dc.subject", "pb": "dc.publisher", "nb": "bath.isbn",
    "ns": "bath.issn", "sn": "rec.id", "se": "opac.series", "callnum": "opac.callnum",
}  # fmt: skip
INDEXES: Final = {"opac.series": ("series",), "opac.callnum": ("class",)}
"""Names of indexes that the public catalogue has and its SRU server has not, with the fields behind each."""

_PREFIX: Final = re.compile(r"\s*(kw|ti|au|su|pb|nb|ns|sn|se|callnum)[:=]\s*")
_OPERATORS: Final = frozenset({"and", "or", "not"})
_STUMBLES: Final = re.compile(r"[()\[\]<>=?]")
_YEARS: Final = re.compile(r"(\d{4})?-(\d{4})?|(\d{4})")


class UnreadableQueryError(ValueError):
    """Words that the reader of CCL stumbles over."""


def asked_pairs(text: str) -> list[tuple[str, str]]:
    """Return the parameters of a query string in their order: rows repeat them."""
    return parse_qsl(text, keep_blank_values=True)


def has_words(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether anything is searched for at all; else the search form is shown."""
    return any(name in {"q", "limit", "limit-yr"} and value.strip() for name, value in pairs)


def found(shelf: Shelf, pairs: Sequence[tuple[str, str]]) -> list[int]:
    """Return the places of the entries that a search finds."""
    try:
        tree = _tree(pairs)
        places = shelf.found(tree) if tree is not None else list(range(len(shelf.entries)))
    except (Diagnostic, UnreadableQueryError):
        return []
    for name, value in pairs:
        if name in {"limit", "limit-yr"} and value:
            places = [place for place in places if _passes(shelf.entries[place], name, value)]
    return places


def is_available(entry: Entry) -> bool:
    """Whether a copy is in."""
    return any(copy.state is State.IN for copy in entry.copies)


def _tree(pairs: Sequence[tuple[str, str]]) -> Tree | None:
    words = [value for name, value in pairs if name == "q"]
    indexes = [value for name, value in pairs if name == "idx"]
    operators = [value for name, value in pairs if name == "op"]
    tree: Tree | None = None
    for at, text in enumerate(words):
        if not text.strip():
            continue
        index = indexes[at] if at < len(indexes) and indexes[at] else "kw"
        part = _operand(text, index)
        operator = operators[at - 1] if 0 < at <= len(operators) and operators[at - 1] in _OPERATORS else "and"
        tree = part if tree is None else Boolean(operator, tree, part)
    return tree


def _operand(text: str, index: str) -> Tree:
    """Return what one row finds: its words, joined by the operators among them from the left."""
    if prefix := _PREFIX.match(text):
        index, text = prefix[1], text[prefix.end() :]
    name, _, structure = index.partition(",")
    if name not in _INDEXES or _STUMBLES.search(text):
        raise UnreadableQueryError(text)
    if "phr" in structure:
        return _term(name, text.replace('"', " "), "=")
    tree: Tree | None = None
    operator = "and"
    is_open = True
    for quoted, word in re.findall(r'"([^"]*)"|([^\s"]+)', text):
        if word.lower() in _OPERATORS:
            if is_open:
                raise UnreadableQueryError(text)
            operator, is_open = word.lower(), True
            continue
        part = _term(name, quoted or word, "=" if quoted else "all")
        tree = part if tree is None else Boolean(operator, tree, part)
        operator, is_open = "and", False
    if tree is None or is_open:
        raise UnreadableQueryError(text)
    return tree


def _term(name: str, text: str, relation: str) -> Tree:
    return Term(_INDEXES[name], relation, text.strip())


def _passes(entry: Entry, name: str, value: str) -> bool:
    """Whether an entry is within a limit; one that is not known finds nothing."""
    if name == "limit-yr":
        years = _YEARS.fullmatch(value)
        if years is None:
            return True
        low, high = int(years[1] or years[3] or 0), int(years[2] or years[3] or 9999)
        return low <= (entry.edition.year or 0) <= high
    if value == "available":
        return is_available(entry)
    field, _, wanted = value.partition(":")
    if field.partition(",")[0] == "ln":
        return wanted in {entry.language, entry.edition.language}
    if field in {"branch", "homebranch", "holdingbranch"}:
        return any(copy.branch == wanted for copy in entry.copies)
    return False
