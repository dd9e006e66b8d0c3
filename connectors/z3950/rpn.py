"""Says a query as a type-1 (RPN) query, by the bib-1 map of one server. Pure: knows no connection and no member.

What the server cannot be asked is never silently dropped: `Rpn.notices` tells what was put elsewhere or left
out, and `Rpn.unasked` names the filters that the caller must apply to the records itself. Operands stand in balanced
trees, so that many of them are no deep recursion for a server. Source: Z39.50-1995, 3.7 (type-1 query).
"""

from __future__ import annotations

import unicodedata
from typing import Final

import msgspec

from connectors.questions.cql import isbn_forms
from connectors.questions.cql_map import MOST_YEARS_LISTED, LanguageCodes, MissingField, YearForm
from connectors.questions.notices import once
from connectors.questions.saying import Saying
from connectors.z3950.bib1 import (
    GREATER_OR_EQUAL,
    LESS_OR_EQUAL,
    RELATION,
    STRUCTURE,
    TRUNCATION,
    USE,
    Bib1Map,
    TermCharset,
    Use,
    Words,
)
from connectors.z3950.operands import Joined, Operand, Term, joined
from engine.errors import UnsupportedError
from engine.model import Clause, Expression, Field, Filters, Query, Reason
from engine.text import unmarked

MOST_LETTERS: Final = 500
"""Longer terms are cut."""

MOST_OPERANDS: Final = 120
"""Most operands of one query; servers take no more than a few hundred."""


class Rpn(msgspec.Struct, frozen=True):
    """A query as a tree of operands, what was given up to say it, and the filters that it does not hold."""

    root: Operand
    notices: tuple[Reason, ...] = ()
    unasked: Filters = Filters()


def rpn(query: Query, by: Bib1Map) -> Rpn:
    """Return the query as RPN by a map. Raises UnsupportedError where nothing is left that can be asked.

    >>> from connectors.z3950.operands import pqf
    >>> by = Bib1Map(uses={Field.TITLE: 4})
    >>> pqf(rpn(Query(Clause("kinh tế", field=Field.TITLE, is_truncated=True)), by).root)
    '@and @attr 1=4 @attr 4=2 "kinh" @attr 1=4 @attr 4=2 @attr 5=1 "tế"'
    """
    saying = _Saying(by)
    root, unasked = saying.query(query)
    assert root is not None
    if saying.operands > MOST_OPERANDS:
        raise UnsupportedError(f"{saying.operands} operands, {MOST_OPERANDS} are asked at most")
    return Rpn(root, once(saying.notices), unasked)


class _Saying(Saying[Operand | None]):
    """One query being said as RPN; its operands are counted."""

    language = "RPN"

    def __init__(self, by: Bib1Map) -> None:
        super().__init__(by.booleans, marks_apart=by.marks_apart)
        self.by = by
        self.operands = 0

    def joined(self, boolean: str, parts: list[Operand | None]) -> Operand | None:
        return joined("or" if boolean == "or" else "and", [part for part in parts if part is not None])

    def without(self, whole: Operand | None, unwanted: list[Expression]) -> Operand | None:
        assert whole is not None
        without = joined("or", [found for part in unwanted if (found := self.expression(part)) is not None])
        if without is None:
            return whole
        if "or" in self.by.booleans or len(unwanted) == 1:
            return Joined("and-not", whole, without)
        for part in unwanted:
            found = self.expression(part)
            whole = Joined("and-not", whole, found) if found is not None else whole
        return whole

    def clause(self, clause: Clause) -> Operand | None:
        """Return one clause, or None where it holds no word that a server could look for."""
        use = self.use(clause.field)
        if clause.field is Field.ISBN:
            structure = _or(use.structure, self.by.number_structure)
            texts = isbn_forms(clause.text, self.by.isbn_forms)
            return joined("or", [self.term(use, structure, text) for text in texts])
        text = self.clean(clause.text)
        if not text:
            return None
        if clause.field in _WHOLE:
            return self.term(use, _or(use.structure, self.by.number_structure), text, goes_on=clause.is_truncated)
        if " " not in text:
            return self.term(use, _or(use.structure, self.by.word_structure), text, goes_on=clause.is_truncated)
        if clause.is_phrase:
            return self.term(use, self.by.phrase_structure, text, goes_on=clause.is_truncated)
        return self.words(use, text, goes_on=clause.is_truncated)

    def words(self, use: Use, text: str, *, goes_on: bool) -> Operand | None:
        """Return several words, of which each must occur."""
        manner = use.words or self.by.words
        words = text.split(" ")
        # A word of punctuation only is no word to most servers, and would find nothing.
        words = [word for word in words if any(letter.isalnum() for letter in word)] or words
        if manner is Words.PHRASE or "and" not in self.by.booleans:
            return self.term(use, _or(use.structure, self.by.phrase_structure), text, goes_on=goes_on)
        if manner is Words.LIST and not (goes_on and self.by.truncation):
            return self.term(use, _or(use.structure, self.by.list_structure), " ".join(words), goes_on=goes_on)
        # Truncation with a word list would let every word go on.
        structure = _or(use.structure, self.by.word_structure)
        *whole, last = words
        parts = [self.term(use, structure, word) for word in whole]
        return joined("and", [*parts, self.term(use, structure, last, goes_on=goes_on)])

    def use(self, field: Field) -> Use:
        """Return where a field is looked for: by its Use, else by that for anything, with a notice."""
        found = _use(self.by.uses.get(field))
        if not found.use and field is not Field.ANY:
            if self.by.missing_field is MissingField.REFUSE:
                raise UnsupportedError(f"this server has no Use attribute for {field}")
            self.notices.append(Reason("notice.any-field", {"field": field.value}))
            found = _use(self.by.uses.get(Field.ANY))
        return found

    def term(self, use: Use, structure: int, text: str, *, goes_on: bool = False) -> Operand:
        """Return a term in each of the Use attributes of a field, any of which may hold it."""
        further = self.by.attributes if use.attributes is None else use.attributes
        attributes = {int(kind): value for kind, value in further.items()}
        if structure:
            attributes[STRUCTURE] = structure
        if goes_on and self.by.truncation:
            attributes[TRUNCATION] = self.by.truncation
        elif goes_on:
            self.notices.append(Reason("notice.no-truncation"))
        found = joined("or", [self.operand({USE: one} | attributes, text) for one in use.use[: self._most_uses()]])
        return found if found is not None else self.operand(attributes, text)

    def _most_uses(self) -> int:
        return 8 if "or" in self.by.booleans else 1

    def operand(self, attributes: dict[int, int], text: str) -> Term:
        self.operands += 1
        return Term(tuple(sorted(attributes.items())), self.octets(text))

    def octets(self, text: str) -> bytes:
        """Return a term as the server takes it; without marks where its charset has none of them."""
        if text.isascii() or self.by.term_charset is TermCharset.UTF_8:
            return text.encode("utf-8", "replace")
        if self.by.term_charset is TermCharset.LATIN_1:
            try:
                return text.encode("latin-1")
            except UnicodeEncodeError:
                pass
        self.notices.append(Reason("notice.marks-unsent"))
        return unmarked(text).encode("ascii", "replace")

    def clean(self, text: str) -> str:
        """Return a text without control characters, no longer than servers take."""
        kept = (" " if letter in self.by.strip or unicodedata.category(letter)[0] == "C" else letter for letter in text)
        cleaned = " ".join("".join(kept).split())
        if len(cleaned) <= MOST_LETTERS:
            return cleaned
        self.notices.append(Reason("notice.dropped-clause"))
        cut = cleaned[:MOST_LETTERS]
        return cut.rpartition(" ")[0] or cut

    def years(self, filters: Filters) -> Operand | None:
        first, last = filters.year_from, filters.year_to
        if (first is None and last is None) or not self.by.year_use:
            return None
        usual = {USE: self.by.year_use} | ({STRUCTURE: self.by.year_structure} if self.by.year_structure else {})
        match self.by.year_form:
            case YearForm.RANGE:
                if first == last:
                    return self.operand(usual, str(first))
                ends = ((GREATER_OR_EQUAL, first), (LESS_OR_EQUAL, last))
                return joined(
                    "and", [self.operand(usual | {RELATION: by}, str(year)) for by, year in ends if year is not None]
                )
            case YearForm.LIST if first is not None and last is not None and 0 <= last - first < MOST_YEARS_LISTED:
                return joined("or", [self.operand(usual, str(year)) for year in range(first, last + 1)])
            case _:
                return None

    def languages(self, filters: Filters) -> Operand | None:
        if not filters.languages or not self.by.language_use or self.by.language_codes is LanguageCodes.NONE:
            return None
        return joined("or", [self.operand({USE: self.by.language_use}, code) for code in filters.languages])


def _use(found: int | tuple[int, ...] | Use | None) -> Use:
    match found:
        case Use():
            return found
        case int():
            return Use((found,) if found else ())
        case None:
            return Use(())
        case _:
            return Use(found)


def _or(wished: int | None, usual: int) -> int:
    return usual if wished is None else wished


_WHOLE: Final = frozenset({Field.ISSN, Field.IDENTIFIER})
"""Fields whose text is one number."""
