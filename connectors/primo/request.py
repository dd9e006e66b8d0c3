"""Says a query in Primo's parameters. Pure.

`q` is a list of `field,precision,value,operator` divided by semicolons, the operator before the next part. A value may
hold AND, OR and NOT in capitals and parentheses. Commas and semicolons in words would end a value: they become spaces.
Source: Primo's own pages and Ex Libris' REST API, Brief Search.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from connectors.lists.by_place import shortened
from connectors.primo.settings import INDEXES, PrimoSettings
from connectors.questions.expressions import clauses
from connectors.questions.notices import once
from engine.errors import UnsupportedError
from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Query, Reason

Pairs = tuple[tuple[str, str], ...]
_SYNTAX = re.compile(r'[,;()"*?\\$|#]+')
_OPERATORS = frozenset({"AND", "OR", "NOT"})


class PrimoQuery(msgspec.Struct, frozen=True):
    """A query in Primo's `q`, its filters, what was given up, and the filters that they do not hold."""

    q: str
    filters: Pairs = ()
    notices: tuple[Reason, ...] = ()
    unasked: Filters = Filters()


class _Part(NamedTuple):
    field: str
    precision: str
    value: str
    before: str = "AND"
    """The operator between the part before and this one."""


def primo_query(query: Query, settings: PrimoSettings, *, by_page: bool = False) -> PrimoQuery:
    """Return a query as Primo reads it; `by_page` as its older pages do: parts of one field each, which all must hold.

    Raises UnsupportedError where nothing is left that it can be asked.

    >>> primo_query(Query(Clause("kinh tế, vi mô", field=Field.TITLE)), PrimoSettings(vid="X:Y")).q
    'title,contains,kinh tế vi mô,AND'
    """
    if query.expression is None:
        raise UnsupportedError("Primo is not asked without a word to look for")
    indexes = {field: name for field, name in (INDEXES | settings.indexes).items() if name}
    saying = _Saying(indexes)
    parts = saying.parts(query.expression)
    if not parts:
        raise UnsupportedError("a query without a word to look for")
    if by_page:
        parts = saying.all_together(parts)
    after = [part.before for part in parts[1:]] + ["AND"]
    said = [
        f"{part.field},{part.precision},{part.value},{operator}" for part, operator in zip(parts, after, strict=True)
    ]
    filters, unasked = _filters(query.filters, settings) if not by_page else ((), query.filters)
    notices = once(saying.notices)
    return PrimoQuery(";".join(said), filters, notices, unasked)


class _Saying:
    """One query being said."""

    def __init__(self, indexes: dict[Field, str]) -> None:
        self._indexes = indexes
        self.notices: list[Reason] = []

    def parts(self, expression: Expression) -> list[_Part]:
        """Return the parts of `q`: one for what looks in one field, several where fields differ."""
        if isinstance(expression, Clause):
            only = self.clause(expression)
            return [only] if only is not None else []
        if isinstance(expression, Not):
            raise UnsupportedError("a query that only excludes")
        if len({clause.field for clause in clauses(expression)}) == 1:
            value = self.value(expression)
            return [_Part(self.index(clauses(expression)[0].field), "contains", value)] if value else []
        if isinstance(expression, Or):
            return self.either(expression)
        found: list[_Part] = []
        for part in expression.parts:
            if not isinstance(part, Not):
                found += self.parts(part)
        for part in expression.parts:
            if isinstance(part, Not):
                found += self.excluded(part)
        return found

    def either(self, expression: Or) -> list[_Part]:
        """Return alternatives in several fields; those that are no single part each are given up but for the first."""
        each = [self.parts(part) for part in expression.parts]
        each = [parts for parts in each if parts]
        if any(len(parts) > 1 for parts in each):
            self.notices.append(Reason("notice.dropped-alternatives"))
            return each[0]
        return [parts[0]._replace(before="OR") for parts in each]

    def all_together(self, parts: list[_Part]) -> list[_Part]:
        """Return the parts that must all hold: pages have no other operator between fields."""
        if any(part.before == "NOT" for part in parts):
            self.notices.append(Reason("notice.dropped-exclusion"))
        if any(part.before == "OR" for part in parts[1:]):
            self.notices.append(Reason("notice.dropped-alternatives"))
        return [part for at, part in enumerate(parts) if not at or part.before == "AND"]

    def excluded(self, expression: Not) -> list[_Part]:
        parts = self.parts(expression.part)
        if len(parts) > 1:
            self.notices.append(Reason("notice.dropped-exclusion"))
            return []
        return [part._replace(before="NOT") for part in parts]

    def clause(self, clause: Clause) -> _Part | None:
        words = self.words(clause)
        if not words:
            return None
        precision = "exact" if clause.is_phrase and " " in words else "contains"
        return _Part(self.index(clause.field), precision, words)

    def value(self, expression: Expression) -> str:
        """Return an expression that looks in one field as a value with booleans."""
        match expression:
            case Clause():
                words = self.words(expression)
                return f'"{words}"' if expression.is_phrase and " " in words else words
            case Or():
                return self.joined("OR", [self.value(part) for part in expression.parts])
            case And():
                wanted = [self.value(part) for part in expression.parts if not isinstance(part, Not)]
                unwanted = [self.value(part.part) for part in expression.parts if isinstance(part, Not)]
                text = self.joined("AND", wanted)
                return text + "".join(f" NOT {self.grouped(value)}" for value in unwanted if value) if text else ""
            case Not():
                raise UnsupportedError("a query that only excludes")

    def joined(self, operator: str, values: list[str]) -> str:
        values = [value for value in values if value]
        return f" {operator} ".join(self.grouped(value) for value in values) if len(values) > 1 else "".join(values)

    def grouped(self, value: str) -> str:
        return f"({value})" if " " in value and not value.startswith('"') else value

    def words(self, clause: Clause) -> str:
        """Return the words of a clause without anything that Primo would read as its syntax."""
        text, is_cut = shortened(_SYNTAX.sub(" ", clause.text))
        if is_cut:
            self.notices.append(Reason("notice.dropped-clause"))
        words = [word.lower() if word in _OPERATORS else word for word in text.split()]
        words = [word for word in words if any(letter.isalnum() for letter in word)]
        return " ".join(words) + ("*" if clause.is_truncated and words else "")

    def index(self, field: Field) -> str:
        if field not in self._indexes:
            self.notices.append(Reason("notice.any-field", {"field": field.value}))
        return self._indexes.get(field) or self._indexes.get(Field.ANY, "any")


def _filters(filters: Filters, settings: PrimoSettings) -> tuple[Pairs, Filters]:
    """Return the facets that narrow, and what is left to filter here."""
    included: list[str] = []
    first, last = filters.year_from, filters.year_to
    if settings.filters_years and (first is not None or last is not None):
        included.append(f"facet_searchcreationdate,exact,[{first or 1000} TO {last or 9999}]")
        filters = msgspec.structs.replace(filters, year_from=None, year_to=None)
    pairs: list[tuple[str, str]] = []
    if settings.filters_languages and filters.languages:
        if len(filters.languages) == 1:
            included.append(f"facet_lang,exact,{filters.languages[0]}")
        else:
            pairs.append(("multiFacets", "|,|".join(f"facet_lang,include,{code}" for code in filters.languages)))
        filters = msgspec.structs.replace(filters, languages=())
    if included:
        pairs.append(("qInclude", "|,|".join(included)))
    return tuple(pairs), filters


def view_pairs(settings: PrimoSettings) -> Pairs:
    """Return the parameters that name the view, which every request to it carries."""
    said = (("vid", settings.vid), ("inst", settings.institution), ("tab", settings.tab), ("scope", settings.scope))
    return (*((name, value) for name, value in said if value), ("lang", settings.lang))


def search_pairs(said: PrimoQuery, settings: PrimoSettings, *, start: int, count: int) -> Pairs:
    """Return the parameters of a search. Places count from 1; nothing of delivery is asked for."""
    return (
        ("q", said.q),
        *view_pairs(settings),
        ("limit", str(count)),
        ("offset", str(start - 1)),
        ("sort", "rank"),
        ("mode", "advanced"),
        ("pcAvailability", "false"),
        ("skipDelivery", "Y"),
        ("getMore", "0"),
        ("newspapersActive", "false"),
        ("newspapersSearch", "false"),
        ("refEntryActive", "false"),
        ("rtaLinks", "true"),
        *said.filters,
    )


def page_pairs(said: PrimoQuery, settings: PrimoSettings, *, start: int, count: int) -> Pairs:
    """Return the parameters of a deep link into the older pages: a `query` for each part, as many rows as are wanted.

    Source: Primo's deep links, `dlSearch.do`, as library sites send them.
    """
    queries = tuple(("query", part.rpartition(",")[0]) for part in said.q.split(";"))
    view = (("institution", settings.institution), ("vid", settings.vid), ("tab", settings.tab or "default_tab"))
    scope = (("search_scope", settings.scope),) if settings.scope else ()
    rest = (("onCampus", "false"), ("group", "GUEST"), ("indx", str(start)), ("bulkSize", str(count)))
    return (*view, *scope, *queries, *rest)


def form_pairs(said: PrimoQuery, settings: PrimoSettings, *, start: int) -> Pairs:
    """Return what the older pages' own form sends: the words of the first part, in any field."""
    return (
        ("fn", "search"), ("ct", "search"), ("initialSearch", "true"), ("mode", "Basic"),
        ("vl(freeText0)", said.q.split(",")[2]), ("vid", settings.vid), ("tab", settings.tab or "default_tab"),
        ("indx", str(start)), ("bulkSize", "10"),
    )  # fmt: skip


def ids_query(ids: list[str], index: str) -> str:
    """Return a `q` that finds records by their ids.

    >>> ids_query(["alma991", "alma992"], "any"), ids_query(["a1", "b2"], "rid")
    ('any,contains,991 OR 992,AND', 'rid,exact,a1,OR;rid,exact,b2,AND')
    """
    safe = [_SYNTAX.sub(" ", own_id) for own_id in ids]
    if index == "rid":
        operators = ["OR"] * (len(safe) - 1) + ["AND"]
        return ";".join(f"rid,exact,{own_id},{operator}" for own_id, operator in zip(safe, operators, strict=True))
    # Primo VE finds the number of Alma in any field, and not the id that it makes of it.
    return f"any,contains,{' OR '.join(re.sub('^alma(?=[0-9])', '', own_id) for own_id in safe)},AND"
