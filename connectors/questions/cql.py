"""Says a query in CQL, by the index map of one server. Pure: knows no request and no member.

What the server cannot be asked is never silently dropped: `Cql.notices` tells what was put elsewhere or left
out, and `Cql.unasked` names the filters that the caller must apply to the records itself.

Booleans are always parenthesised, since CQL reads them from left to right with equal precedence, and `not` stands
between two clauses only. Every term is quoted. Source: CQL 1.2, Library of Congress; OASIS searchRetrieve part 5.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import msgspec
from stdnum import isbn as isbn_numbers

from connectors.questions.cql_map import (
    MOST_YEARS_LISTED,
    CqlMap,
    Index,
    IsbnForm,
    LanguageCodes,
    MissingField,
    Quoting,
    Words,
    YearForm,
)
from connectors.questions.notices import once
from connectors.questions.saying import Saying
from engine.errors import UnsupportedError
from engine.model import Clause, Expression, Field, Filters, Query, Reason


class Cql(msgspec.Struct, frozen=True):
    """A query in CQL, what was given up to say it, and the filters that it does not hold."""

    text: str
    notices: tuple[Reason, ...] = ()
    unasked: Filters = Filters()


def quoted(term: str, quoting: Quoting = Quoting.BACKSLASH, *, mask: str = "") -> str:
    r"""Return a term in double quotes that no server can read beyond, with an optional mask at its end.

    >>> print(quoted('say "C*"'), quoted('say "C*"', Quoting.SPACE), quoted("lap", mask="*"))
    "say \"C\*\"" "say C" "lap*"
    """
    if quoting is Quoting.SPACE:
        inner = " ".join(re.sub(r'["\\*?^]', " ", term).split())
    else:
        inner = re.sub(r'(["\\*?^])', r"\\\1", term)
    return f'"{inner}{mask}"'


def cql(query: Query, by: CqlMap) -> Cql:
    """Return the query as CQL by a map.

    Raises UnsupportedError where nothing is left that this server can be asked.

    >>> by = CqlMap(indexes={Field.TITLE: "dc.title", Field.ANY: "cql.serverChoice"}, truncation="*")
    >>> print(cql(Query(Clause("kinh tế", field=Field.TITLE, is_truncated=True)), by).text)
    (dc.title="kinh" and dc.title="tế*")
    """
    saying = _Saying(by)
    text, unasked = saying.query(query)
    prefixes = "".join(
        f"> {prefix}={quoted(identifier)} " for prefix, identifier in by.context_sets.items() if f"{prefix}." in text
    )
    return Cql(prefixes + text, once(saying.notices), unasked)


class _Saying(Saying[str]):
    """One query being said in CQL."""

    language = "CQL"

    def __init__(self, by: CqlMap) -> None:
        super().__init__(by.booleans, marks_apart=by.marks_apart)
        self.by = by

    def joined(self, boolean: str, parts: list[str]) -> str:
        return _joined(boolean, parts)

    def without(self, whole: str, unwanted: list[Expression]) -> str:
        for part in unwanted:
            said = self.expression(part)
            whole = f"({whole} not {said})" if said else whole
        return whole

    def clause(self, clause: Clause) -> str:
        """Return one clause, or nothing where it holds no word that a server could look for."""
        index = self.index(clause.field)
        if clause.field is Field.ISBN:
            relation = index.relation or self.by.relation
            texts = isbn_forms(clause.text, self.by.isbn_forms)
            return _joined("or", [self.term(index, relation, text) for text in texts])
        text = self.clean(clause.text)
        if not text:
            return ""
        mask = self.by.truncation if clause.is_truncated else ""
        if clause.is_truncated and not mask:
            self.notices.append(Reason("notice.no-truncation"))
        relation = index.relation or self.by.relation
        if " " not in text:
            return self.term(index, relation, text, mask)
        if clause.is_phrase or clause.field in _WHOLE:
            return self.term(index, index.phrase_relation or self.by.phrase_relation, text, mask)
        return self.words(index, relation, text, mask)

    def words(self, index: Index, relation: str, text: str, mask: str) -> str:
        """Return several words, of which each must occur."""
        manner = index.words or self.by.words
        if manner in {Words.ALL, Words.ADJ}:
            return self.term(index, manner.value, text, mask)
        if manner is Words.PHRASE or "and" not in self.by.booleans:
            return self.term(index, relation, text, mask)
        words = text.split(" ")
        # A word of punctuation only is no word to most servers, and would find nothing.
        words = [word for word in words if any(letter.isalnum() for letter in word)] or words
        masks = [""] * (len(words) - 1) + [mask]
        return _joined("and", [self.term(index, relation, word, mask) for word, mask in zip(words, masks, strict=True)])

    def index(self, field: Field) -> Index:
        """Return where a field is looked for: in its index, else in that for anything, with a notice."""
        found = self.by.indexes.get(field) or None
        if found is None and field is not Field.ANY:
            if self.by.missing_field is MissingField.REFUSE:
                raise UnsupportedError(f"this server has no index for {field}")
            self.notices.append(Reason("notice.any-field", {"field": field.value}))
            found = self.by.indexes.get(Field.ANY)
        return _index(found)

    def term(self, index: Index, relation: str, text: str, mask: str = "") -> str:
        term = quoted(text, self.by.quoting, mask=mask)
        if not index.names:
            # A relation needs an index; the bare term is the server's own choice of both.
            return term
        between = relation if not relation[0].isalpha() else f" {relation} "
        return _joined("or", [f"{name}{between}{term}" for name in index.names])

    def clean(self, text: str) -> str:
        kept = (" " if letter in self.by.strip or unicodedata.category(letter)[0] == "C" else letter for letter in text)
        cleaned = " ".join("".join(kept).split())
        if self.by.quoting is Quoting.SPACE:
            cleaned = " ".join(re.sub(r'["\\*?^]', " ", cleaned).split())
        return cleaned

    def years(self, filters: Filters) -> str:
        first, last = filters.year_from, filters.year_to
        name = self.by.year_index
        if (first is None and last is None) or not name:
            return ""
        match self.by.year_form:
            case YearForm.RANGE:
                if first == last:
                    return f'{name}="{first}"'
                ends = ([f'{name}>="{first}"'] if first is not None else []) + (
                    [f'{name}<="{last}"'] if last is not None else []
                )
                return _joined("and", ends)
            case YearForm.WITHIN:
                return f'{name} within "{first or 0} {last or 9999}"'
            case YearForm.LIST if first is not None and last is not None and 0 <= last - first < MOST_YEARS_LISTED:
                return _joined("or", [f'{name}="{year}"' for year in range(first, last + 1)])
            case _:
                return ""

    def languages(self, filters: Filters) -> str:
        name = self.by.language_index
        if not filters.languages or not name:
            return ""
        match self.by.language_codes:
            case LanguageCodes.ISO_639_2B:
                codes: list[str] = list(filters.languages)
            case LanguageCodes.ISO_639_1:
                codes = [_TWO_LETTERS.get(code, code) for code in filters.languages]
            case LanguageCodes.NONE:
                return ""
        return _joined("or", [f"{name}={quoted(code, self.by.quoting)}" for code in codes])


def isbn_forms(isbn13: str, forms: Iterable[IsbnForm]) -> tuple[str, ...]:
    """Return the ways of writing an ISBN that a server is asked for; what is no ISBN comes back as it is.

    >>> isbn_forms("9780132350884", [IsbnForm.THIRTEEN, IsbnForm.TEN, IsbnForm.HYPHENATED])
    ('9780132350884', '0132350882', '978-0-13-235088-4')
    """
    if not isbn_numbers.is_valid(isbn13):
        return (isbn13,)
    found: list[str] = []
    for form in forms:
        match form:
            case IsbnForm.THIRTEEN:
                found.append(isbn13)
            case IsbnForm.TEN if isbn13.startswith("978"):
                found.append(isbn_numbers.to_isbn10(isbn13))
            case IsbnForm.HYPHENATED:
                found.append(isbn_numbers.format(isbn13))
            case _:
                pass
    return tuple(found) or (isbn13,)


def _index(found: str | tuple[str, ...] | Index | None) -> Index:
    match found:
        case Index():
            return found
        case str():
            return Index((found,) if found else ())
        case None:
            return Index(())
        case _:
            return Index(found)


def _joined(boolean: str, parts: list[str]) -> str:
    """Join clauses with a boolean, in parentheses where there are several.

    >>> _joined("or", ["a", "b", "c"])
    '(a or b or c)'
    """
    return parts[0] if len(parts) == 1 else f"({f' {boolean} '.join(parts)})" if parts else ""


_WHOLE = frozenset({Field.ISSN, Field.IDENTIFIER, Field.CALL_NUMBER})
_TWO_LETTERS = {
    "vie": "vi", "eng": "en", "fre": "fr", "ger": "de", "rus": "ru", "chi": "zh", "jpn": "ja", "kor": "ko",
    "spa": "es", "ita": "it", "por": "pt", "lao": "lo", "khm": "km", "tha": "th", "lat": "la", "dut": "nl",
}  # fmt: skip
