"""Says a query as a find request of the X-server, in Aleph's command language where several clauses meet. Pure.

Source: Aleph X-services, find and present; CCL of Aleph: `WTI=(a b) and (WAU=(c) or WSU=(d)) not WRD=(e)`, `?` for what
may go on, `->` for ranges.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import msgspec

from connectors.aleph.settings import CODES, AlephSettings
from connectors.lists.by_place import shortened
from connectors.questions.notices import once
from engine.errors import UnsupportedError
from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Query, Reason

Pairs = tuple[tuple[str, str], ...]

_NOT_OF_WORDS = re.compile(r"[^\w.'-]+")
_RESERVED = frozenset({"and", "or", "not"})


class AlephQuery(msgspec.Struct, frozen=True):
    """The parameters of a find request, what was given up, and the filters that they do not hold."""

    pairs: Pairs
    notices: tuple[Reason, ...] = ()
    unasked: Filters = Filters()
    codes: frozenset[str] = frozenset()


def aleph_query(query: Query, settings: AlephSettings, *, unknown: Collection[str] = ()) -> AlephQuery:
    """Return the parameters of a query; codes that turned out to be `unknown` are not used.

    Raises UnsupportedError where nothing is left that Aleph can be asked.

    >>> aleph_query(Query(Clause("kinh tế")), AlephSettings(base="ABC01")).pairs
    (('code', 'WRD'), ('request', 'kinh tế'))
    """
    saying = _Saying(settings, frozenset(unknown))
    filters, unasked = saying.filters(query.filters)
    expression = query.expression
    if isinstance(expression, Clause) and not filters:
        words = saying.words(expression)
        if not words:
            raise UnsupportedError("a query without a word to look for")
        pairs: Pairs = (("code", saying.code(expression.field)), ("request", words))
        if expression.is_phrase:
            pairs = (*pairs, ("adjacent", "Y"))
        return AlephQuery(pairs, saying.told(), unasked, frozenset(saying.codes))
    said = saying.expression(expression) if expression is not None else ""
    text = " and ".join(part for part in (said, *filters) if part)
    if not text:
        raise UnsupportedError("a query without a word to look for")
    return AlephQuery((("request", text),), saying.told(), unasked, frozenset(saying.codes))


class _Saying:
    """One query being said."""

    def __init__(self, settings: AlephSettings, unknown: frozenset[str]) -> None:
        self._settings = settings
        self._table = {field: code for field, code in (CODES | settings.codes).items() if code and code not in unknown}
        self._notices: list[Reason] = []
        self.codes: set[str] = set()

    def told(self) -> tuple[Reason, ...]:
        return once(self._notices)

    def code(self, field: Field) -> str:
        code = self._table.get(field)
        if code is None:
            if field is not Field.ANY:
                self._notices.append(Reason("notice.any-field", {"field": field.value}))
            code = self._table.get(Field.ANY, CODES[Field.ANY])
        self.codes.add(code)
        return code

    def words(self, clause: Clause) -> str:
        """Return the words of a clause without anything that Aleph would read as an operator."""
        text, is_cut = shortened(clause.text)
        if is_cut:
            self._notices.append(Reason("notice.dropped-clause"))
        words = [word.strip(".'-") for word in _NOT_OF_WORDS.sub(" ", text).split()]
        words = [word for word in words if word and word.lower() not in _RESERVED]
        return " ".join(words) + ("?" if clause.is_truncated and words else "")

    def expression(self, expression: Expression) -> str:
        match expression:
            case Clause():
                words = self.words(expression)
                if expression.is_phrase and " " in words:
                    self._notices.append(Reason("notice.no-phrases"))  # adjacency is asked for the whole request only
                return f"{self.code(expression.field)}=({words})" if words else ""
            case Or():
                parts = [said for part in expression.parts if (said := self.expression(part))]
                return f"({' or '.join(parts)})" if len(parts) > 1 else "".join(parts)
            case And():
                wanted = [part for part in expression.parts if not isinstance(part, Not)]
                unwanted = [part.part for part in expression.parts if isinstance(part, Not)]
                text = " and ".join(said for part in wanted if (said := self.expression(part)))
                if not text:
                    return ""
                without = "".join(f" not {said}" for part in unwanted if (said := self.expression(part)))
                return f"({text}{without})"
            case Not():
                raise UnsupportedError("a query that only excludes")

    def filters(self, filters: Filters) -> tuple[list[str], Filters]:
        found: list[str] = []
        first, last = filters.year_from, filters.year_to
        if self._settings.year_code and (first is not None or last is not None):
            found.append(f"{self._settings.year_code}=({first or 1000}->{last or 9999})")
            filters = msgspec.structs.replace(filters, year_from=None, year_to=None)
        if self._settings.language_code and filters.languages:
            codes = " or ".join(f"{self._settings.language_code}=({code})" for code in filters.languages)
            found.append(f"({codes})")
            filters = msgspec.structs.replace(filters, languages=())
        return found, filters


def entries(start: int, count: int) -> str:
    """Return a range of entries as present wants it.

    >>> entries(1, 10)
    '000000001-000000010'
    """
    return f"{start:09}-{start + count - 1:09}"
