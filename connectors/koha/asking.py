"""Says a query as Koha's advanced search does: rows of index, words and operator, and limits. Pure.

Words go through a reader of CCL, which answers what it cannot read like what has no hits. So nothing is sent but
letters, digits, spaces, the hyphen and the point of a number, and the quotes and the asterisk that are set here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from connectors.koha.settings import KohaSettings
from connectors.lists.by_place import shortened
from engine.errors import UnsupportedError
from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Query, Reason

MOST_QUERY_LETTERS: Final = 5_000
"""Of all rows together, percent-encoded. Servers refuse addresses of more than about 8,000."""

_OPERATORS: Final = frozenset({"and", "or", "not", "set"})
"""Words that CCL takes for operators, wherever they stand and however they are written."""

_KEPT: Final = {
    Field.ISBN: re.compile("-"),
    Field.ISSN: re.compile("-"),
    # An index of ICU, and Elasticsearch, have "338.5" as one word; the index `chr` splits what it is asked too.
    Field.CALL_NUMBER: re.compile(r"(?<=[0-9])\.(?=[0-9])"),
}
_YEARS: Final = range(1000, 10_000)


class Asked(NamedTuple):
    """A query in Koha's terms: the parameters of its search, what was given up, the filters left to apply here."""

    parameters: tuple[tuple[str, str], ...]
    notices: tuple[Reason, ...] = ()
    unasked: Filters = Filters()


class _Row(NamedTuple):
    operator: str
    field: str
    words: str


def asked(query: Query, settings: KohaSettings, *, with_limits: bool = True) -> Asked:
    """Return how a query is asked; raise UnsupportedError where nothing of it can be.

    Without limits, years and languages are left to be filtered here.

    >>> found = asked(Query(Clause("kinh tế (vi mô)", Field.TITLE)), KohaSettings(sort=""))
    >>> found.parameters
    (('idx', 'ti'), ('q', 'kinh tế vi mô'))
    """
    saying = _Saying(settings)
    if query.expression is not None:
        saying.take(query.expression)
    limits, unasked = _limits(query.filters, with_limits=with_limits)
    if not saying.rows and not limits:
        raise UnsupportedError("nothing of this query can be asked: it has no word that this catalogue can search")
    parameters: list[tuple[str, str]] = []
    for at, row in enumerate(saying.rows):
        parameters += [("op", row.operator)] if at else []
        parameters += [("idx", row.field), ("q", row.words)]
    parameters += limits
    if settings.sort:
        parameters.append(("sort_by", settings.sort))
    notices = tuple(one for at, one in enumerate(saying.notices) if one not in saying.notices[:at])
    return Asked(tuple(parameters), notices, unasked)


def search_url(base: str, said: Asked, *, offset: int, count: int, feed: str = "") -> str:
    """Return the address of one page of results, `offset` counted from 0. An empty parameter is never sent."""
    parameters = [*said.parameters, ("count", str(count))]
    if offset:
        parameters.append(("offset", str(offset)))
    if feed:
        parameters.append(("format", feed))
    return f"{base}/cgi-bin/koha/opac-search.pl?{urlencode(parameters, quote_via=quote, safe='')}"


class _Saying:
    """The rows of one query as they are written, first to last. CCL joins them from the left."""

    def __init__(self, settings: KohaSettings) -> None:
        self._indexes = settings.index_of
        self._joins_from_left = settings.engine == "zebra"
        self.rows: list[_Row] = []
        self.notices: list[Reason] = []
        self._letters = 0

    def take(self, expression: Expression) -> None:
        """Write an expression: alternatives first, then what must be there too, then what must not be."""
        parts: Sequence[Expression] = expression.parts if isinstance(expression, And) else (expression,)
        nots = [part.part for part in parts if isinstance(part, Not)]
        alternatives = [self._forms(part) for part in parts if isinstance(part, Or | Clause)]
        several = [group for group in alternatives if len(group) > 1]
        if len(parts) > 1 and not self._joins_from_left:
            several = []
        for group in several[:1]:
            self._take_alternatives(group)
        is_first = True
        for group in alternatives:
            if group in several[:1] and is_first:
                is_first = False
                continue
            self._take_first_of(group)
        for part in nots:
            self._take_not(part)

    def _forms(self, part: Or | Clause) -> tuple[Expression, ...]:
        """Return the alternatives of a part; an ISBN has two forms, of which a catalogue may know one only."""
        if isinstance(part, Or):
            return part.parts
        ten = isbn10(part.text) if part.field is Field.ISBN else None
        return (part, msgspec.structs.replace(part, text=ten)) if ten else (part,)

    def _take_alternatives(self, group: Sequence[Expression]) -> None:
        joined = [part for part in group if isinstance(part, And)]
        first = joined[0] if joined else group[0]
        if isinstance(first, And):
            for clause in first.parts:
                self._take_inner(clause)
        else:
            self._take_inner(first)
        for part in group:
            if part is first:
                continue
            if isinstance(part, Clause):
                for form in self._forms(part):
                    self._add("or", form)
            else:
                self.notices.append(Reason("notice.dropped-alternatives"))

    def _take_inner(self, part: Expression) -> None:
        if isinstance(part, Clause):
            self._add("and", part)
        elif isinstance(part, Not):
            self._take_not(part.part)
        else:
            self.notices.append(Reason("notice.dropped-clause"))

    def _take_first_of(self, group: Sequence[Expression]) -> None:
        first = group[0]
        if len(group) > 1 and not (isinstance(first, Clause) and first.field is Field.ISBN):
            self.notices.append(Reason("notice.dropped-alternatives"))
        for part in first.parts if isinstance(first, And) else (first,):
            self._take_inner(part)

    def _take_not(self, part: Expression) -> None:
        parts = part.parts if isinstance(part, Or) else (part,)
        for clause in parts:
            if isinstance(clause, Clause) and self.rows:
                self._add("not", clause)
            else:
                self.notices.append(Reason("notice.dropped-exclusion"))

    def _add(self, operator: str, clause: Expression) -> None:
        """Write one clause as a row, or as several where a word of it would be taken for an operator."""
        if not isinstance(clause, Clause):
            self.notices.append(Reason("notice.dropped-clause"))
            return
        index = self._indexes.get(clause.field, "")
        if not index:
            index = self._indexes.get(Field.ANY, "kw")
            self.notices.append(Reason("notice.any-field"))
        text, is_cut = shortened(clause.text)
        words = _words(text, _KEPT.get(clause.field))
        rows = _rows_of(operator, index, words, clause, is_first=not self.rows)
        letters = sum(len(quote(row.words)) + 20 for row in rows)
        if not rows or self._letters + letters > MOST_QUERY_LETTERS:
            self.notices.append(Reason("notice.dropped-exclusion" if operator == "not" else "notice.dropped-clause"))
            return
        if is_cut:
            self.notices.append(Reason("notice.dropped-clause"))
        if clause.is_truncated and clause.is_phrase:
            self.notices.append(Reason("notice.no-truncation"))
        self._letters += letters
        self.rows += rows


def _rows_of(operator: str, index: str, words: list[str], clause: Clause, *, is_first: bool) -> list[_Row]:
    if not words:
        return []
    operators = [word for word in words if word.lower() in _OPERATORS]
    text = " ".join(words)
    if clause.is_phrase and len(words) > 1:
        is_plain = index == "kw" or "," in index or operators
        return [_Row(operator, index, f'"{text}"')] if is_plain else [_Row(operator, f"{index},phr", text)]
    if not operators:
        return [_Row(operator, index, text + ("*" if clause.is_truncated else ""))]
    if operator != "and" and not is_first:  # several rows would be joined to what stands before them one by one
        return [_Row(operator, index, f'"{text}"')]
    plain = " ".join(word for word in words if word.lower() not in _OPERATORS)
    if plain and clause.is_truncated and words[-1].lower() not in _OPERATORS:
        plain += "*"
    quoted = [f'"{word}"' for word in dict.fromkeys(operators) if not plain or word.lower() != "and"]
    return [_Row(operator, index, part) for part in ([plain] if plain else []) + quoted]


def _words(text: str, kept: re.Pattern[str] | None) -> list[str]:
    """Return the words of a text: runs of letters, marks and digits, and of what is kept between them."""
    plain = unicodedata.normalize("NFC", text)
    places = {found.start() for found in kept.finditer(plain)} if kept else frozenset[int]()
    letters = (
        letter if unicodedata.category(letter)[0] in "LMN" or at in places else " " for at, letter in enumerate(plain)
    )
    return "".join(letters).split()


def isbn10(text: str) -> str | None:
    """Return the ten digits of an ISBN of thirteen that begins with 978: what older records have.

    >>> isbn10("9781555535292"), isbn10("9791032305690")
    ('1555535291', None)
    """
    if len(text) != 13 or not text.isascii() or not text.isdigit() or not text.startswith("978"):
        return None
    nine = text[3:12]
    check = sum((10 - at) * int(digit) for at, digit in enumerate(nine))
    return nine + "0123456789X"[-check % 11]


def _limits(filters: Filters, *, with_limits: bool) -> tuple[list[tuple[str, str]], Filters]:
    """Return the filters that Koha takes as limits, and those that it does not."""
    limits: list[tuple[str, str]] = []
    unasked = filters
    first, last = filters.year_from, filters.year_to
    if with_limits and (first or last) and all(year is None or year in _YEARS for year in (first, last)):
        limits.append(("limit-yr", f"{first or ''}-{last or ''}"))
        unasked = msgspec.structs.replace(unasked, year_from=None, year_to=None)
    if with_limits and len(filters.languages) == 1:  # several limits would all have to hold
        limits.append(("limit", f"ln,rtrn:{filters.languages[0]}"))
        unasked = msgspec.structs.replace(unasked, languages=())
    if filters.available_only:
        limits.append(("limit", "available"))
        unasked = msgspec.structs.replace(unasked, available_only=False)
    return limits, unasked
