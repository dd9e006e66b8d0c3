"""Says a query in parameters of Solr's search handler. Pure.

One clause goes to the eDisMax parser with its fields beside it (`qf`), so that Solr's own weights rank; several go to
the standard parser with fields and booleans said outright. A reader's words are never a parameter, a field or a local
parameter: see `connectors.questions.lucene`. Source: Apache Solr Reference Guide, Query Parsers.
"""

from __future__ import annotations

import msgspec

from connectors.questions.field_map import FieldMap
from connectors.questions.lucene import lucene, plain, quoted
from connectors.questions.notices import once
from connectors.solr.settings import SolrSettings
from engine.errors import UnsupportedError
from engine.model import Clause, Field, Filters, Query, Reason

Pairs = tuple[tuple[str, str], ...]


class SolrQuery(msgspec.Struct, frozen=True):
    """A query in Solr's parameters, what was given up, and the filters that they do not hold."""

    pairs: Pairs
    notices: tuple[Reason, ...] = ()
    unasked: Filters = Filters()


def solr_query(query: Query, settings: SolrSettings) -> SolrQuery:
    """Return the parameters of a query. Raises UnsupportedError where nothing is left that Solr can be asked.

    >>> asked = solr_query(Query(Clause("kinh tế")), SolrSettings(search={Field.ANY: ("title_t^5", "text")}))
    >>> dict(asked.pairs)["q"], dict(asked.pairs)["qf"]
    ('kinh tế', 'title_t^5 text')
    """
    notices: list[Reason] = []
    filters, unasked = _filters(query.filters, settings)
    expression = query.expression
    if expression is None:
        if len(filters) == len(settings.filters):
            raise UnsupportedError("neither words nor a filter that Solr could be asked for")
        return SolrQuery((("q", "*:*"), *filters), (), unasked)
    if isinstance(expression, Clause) and settings.parser == "edismax":
        pairs = _by_edismax(expression, settings, notices)
    else:
        said = lucene(expression, lambda field: _bare(_fields(field, settings, notices)))
        notices += said.notices
        pairs = (("defType", "lucene"), ("q", said.text))
    kept = once(notices)
    return SolrQuery((*pairs, *filters), kept, unasked)


def _by_edismax(clause: Clause, settings: SolrSettings, notices: list[Reason]) -> Pairs:
    said = plain(clause)
    notices += said.notices
    if not said.text:
        raise UnsupportedError("a query without a word to look for")
    fields = _fields(clause.field, settings, notices)
    pairs = (("defType", "edismax"), ("q", said.text), ("q.op", "AND"), ("mm", "100%"), ("uf", "-*"))
    return (*pairs, ("qf", " ".join(fields))) if fields else pairs


def _fields(field: Field, settings: SolrSettings, notices: list[Reason]) -> tuple[str, ...]:
    """Return the index fields in which a field is looked for; none: those that the handler itself is set to."""
    found = settings.search.get(field)
    if found is None and field is not Field.ANY:
        notices.append(Reason("notice.any-field", {"field": field.value}))
        found = settings.search.get(Field.ANY)
    return (found,) if isinstance(found, str) else found or ()


def _bare(fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.partition("^")[0] for name in fields)


def _filters(filters: Filters, settings: SolrSettings) -> tuple[Pairs, Filters]:
    """Return the filter queries, and what is left to filter here."""
    pairs = [("fq", text) for text in settings.filters]
    first, last = filters.year_from, filters.year_to
    if settings.year_filter and (first is not None or last is not None):
        span = f"[{'*' if first is None else first} TO {'*' if last is None else last}]"
        pairs.append(("fq", f"{settings.year_filter}:{span}"))
        filters = msgspec.structs.replace(filters, year_from=None, year_to=None)
    if settings.language_filter and filters.languages and set(filters.languages) <= settings.languages.keys():
        values = " OR ".join(quoted(settings.languages[code]) for code in filters.languages)
        pairs.append(("fq", f"{settings.language_filter}:({values})"))
        filters = msgspec.structs.replace(filters, languages=())
    return tuple(pairs), filters


def window_pairs(settings: SolrSettings, by: FieldMap, *, start: int, count: int) -> Pairs:
    """Return the parameters that say which records are wanted, and which fields of them. Places count from 1."""
    pairs = [("wt", "json"), ("start", str(start - 1)), ("rows", str(count)), ("fl", ",".join(by.names))]
    if settings.sort:
        pairs.append(("sort", settings.sort))
    return (*pairs, *settings.parameters.items())
