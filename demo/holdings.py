"""What the further faces of a library search in: its entries under plain names of fields, folded as a system folds.

A face turns a question in its own language into a tree of these names; the shelf of the SRU face finds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from demo import isbn, lucene
from demo.cql import Boolean, Term, Tree
from demo.entries import Copy, Entry, State
from demo.shelf import FIELDS, Fold, Matching, Shelf, fold_all

NAMES: Final = {
    "any": (*FIELDS, "isbn", "issn"), "text": FIELDS,
    "title": ("title",), "author": ("person",), "subject": ("subject",), "publisher": ("publisher",),
    "series": ("series",), "call": ("class",), "isbn": ("isbn",), "issn": ("issn",), "year": ("year",),
    "language": ("language",), "material": ("material",), "id": ("id",),
}  # fmt: skip
"""The names a face may use, and the fields of the shelf behind each."""


class Holdings:
    """The entries of one library. Shelves are made when a face first asks."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.by_id = {entry.id: entry for entry in entries}
        self._shelves: dict[Fold, Shelf] = {}

    def found(self, tree: Tree | None, fold: Fold = fold_all) -> list[Entry]:
        """Return the entries that a tree finds, those with the words in the title first; every one for None."""
        if tree is None:
            return list(self.entries)
        shelf = self._shelf(fold)
        wanted = {word for term in _terms(tree) for word in fold(term.term)}
        places = shelf.found(tree)
        titles = [wanted.intersection(fold(self.entries[place].title)) for place in places]
        ranked = sorted(range(len(places)), key=lambda at: -len(titles[at]))
        return [self.entries[places[at]] for at in ranked]

    def found_by_lucene(self, node: lucene.Node, name_of: Callable[[str], str], fold: Fold = fold_all) -> list[Entry]:
        """Return the entries that a query of Lucene's syntax finds; `name_of` tells what a field is here, "" for none.

        A field that is none finds nothing.
        """
        shelf = self._shelf(fold)
        everything = frozenset(range(len(self.entries)))

        def places(node: lucene.Node) -> frozenset[int]:
            match node:
                case lucene.Both(wanted=wanted, unwanted=unwanted):
                    kept = everything.intersection(*map(places, wanted))
                    return kept.difference(*map(places, unwanted))
                case lucene.Either(parts=parts):
                    return frozenset().union(*map(places, parts))
                case lucene.Every():
                    return everything
                case lucene.Span(field=field, low=low, high=high):
                    spanned = f"{low if low.isdecimal() else 1} {high if high.isdecimal() else 9999}"
                    terms: list[Tree] = [Term("year", "within", spanned)] if name_of(field) == "year" else []
                case lucene.Phrase(field=field, text=text):
                    terms = [term for term in [worded(name_of(field), text, relation="adj")] if term]
                case lucene.Word(field=field, text=text, is_masked=is_masked):
                    shown = text if is_masked else re.sub(r"([*?\\])", " ", text)
                    terms = [term for term in [worded(name_of(field), shown)] if term]
            return frozenset(place for term in terms for place in shelf.found(term))

        found = sorted(places(node))
        wanted = {word for text in _texts(node) for word in fold(text)}
        found.sort(key=lambda place: -len(wanted.intersection(fold(self.entries[place].title))))
        return [self.entries[place] for place in found]

    def _shelf(self, fold: Fold) -> Shelf:
        if fold not in self._shelves:
            self._shelves[fold] = Shelf(self.entries, Matching(indexes=NAMES, default=NAMES["any"], fold=fold))
        return self._shelves[fold]


def worded(name: str, text: str, *, relation: str = "all") -> Tree | None:
    """Return the tree of words in one field of `NAMES`; None where there are no words. ISBNs are looked for both ways.

    >>> worded("isbn", "0-306-40615-2").right.term
    '9780306406157'
    """
    if name not in NAMES or not fold_all(text.replace("*", "x").replace("?", "x")):
        return None
    if name == "isbn":
        number = re.sub(r"[^0-9Xx*]", "", text).upper()
        if len(number) == 10:
            return Boolean("or", Term(name, "=", number), Term(name, "=", isbn.with_check("978" + number[:9])))
        if len(number) == 13:
            return Boolean("or", Term(name, "=", number), Term(name, "=", isbn.ten(number)))
        return Term(name, "=", number) if number else None
    return Term(name, relation, text)


def joined(operator: str, trees: Iterable[Tree | None]) -> Tree | None:
    """Return the trees joined from the left; those that are None are left out."""
    found: Tree | None = None
    for tree in trees:
        if tree is not None:
            found = tree if found is None else Boolean(operator, found, tree)
    return found


def is_in(entry: Entry) -> bool:
    """Whether a copy stands on the shelf."""
    return any(copy.state is State.IN for copy in entry.copies)


def places_of(entry: Entry) -> dict[tuple[str, str], list[Copy]]:
    """Return the copies by branch and shelf."""
    found: dict[tuple[str, str], list[Copy]] = {}
    for copy in entry.copies:
        found.setdefault((copy.branch_name, copy.shelf), []).append(copy)
    return found


def _terms(tree: Tree) -> list[Term]:
    return [*_terms(tree.left), *_terms(tree.right)] if isinstance(tree, Boolean) else [tree]


def _texts(node: lucene.Node) -> list[str]:
    match node:
        case lucene.Both(wanted=parts) | lucene.Either(parts=parts):
            return [text for part in parts for text in _texts(part)]
        case lucene.Word(text=text) | lucene.Phrase(text=text):
            return [text]
    return []
