"""Says a query as the JSON body of `_search`. Pure.

Words stand in values of JSON only, in `multi_match`, which reads no syntax: nothing of a reader's is an operator.
Source: Elasticsearch Reference, Query DSL; the same in OpenSearch.
"""

from __future__ import annotations

import msgspec

from connectors.elastic_catalogue.settings import ElasticSettings
from connectors.lists.by_place import shortened
from connectors.questions.field_map import FieldMap
from connectors.questions.notices import once
from engine.errors import UnsupportedError
from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Query, Reason

Dsl = dict[str, object]


class ElasticQuery(msgspec.Struct, frozen=True):
    """A query of the DSL, what was given up, and the filters that it does not hold."""

    query: Dsl
    notices: tuple[Reason, ...] = ()
    unasked: Filters = Filters()


def elastic_query(query: Query, settings: ElasticSettings) -> ElasticQuery:
    """Return a query of the DSL. Raises UnsupportedError where nothing is left that the index can be asked.

    >>> settings = ElasticSettings(search={Field.TITLE: ("title^3",)})
    >>> elastic_query(Query(Clause("kinh tế", field=Field.TITLE)), settings).query["multi_match"]["fields"]
    ['title^3']
    """
    notices: list[Reason] = []
    filters, unasked = _filters(query.filters, settings)
    if query.expression is None:
        if filters == _fixed(settings):
            raise UnsupportedError("neither words nor a filter that the index could be asked for")
        return ElasticQuery({"bool": {"filter": filters}}, (), unasked)
    said = _said(query.expression, settings, notices)
    if said is None:
        raise UnsupportedError("a query without a word to look for")
    kept = once(notices)
    if filters:
        said = {"bool": {"must": [said], "filter": filters}}
    return ElasticQuery(said, kept, unasked)


def _said(expression: Expression, settings: ElasticSettings, notices: list[Reason]) -> Dsl | None:
    match expression:
        case Clause():
            return _clause(expression, settings, notices)
        case Or():
            parts = [said for part in expression.parts if (said := _said(part, settings, notices))]
            return {"bool": {"should": parts, "minimum_should_match": 1}} if parts else None
        case And():
            wanted = [part for part in expression.parts if not isinstance(part, Not)]
            unwanted = [part.part for part in expression.parts if isinstance(part, Not)]
            must = [said for part in wanted if (said := _said(part, settings, notices))]
            must_not = [said for part in unwanted if (said := _said(part, settings, notices))]
            if not must:
                return None
            return {"bool": {"must": must, "must_not": must_not}} if must_not else {"bool": {"must": must}}
        case Not():
            raise UnsupportedError("a query that only excludes")


def _clause(clause: Clause, settings: ElasticSettings, notices: list[Reason]) -> Dsl | None:
    text, is_cut = shortened(clause.text)
    if not any(letter.isalnum() for letter in text):
        return None
    if is_cut:
        notices.append(Reason("notice.dropped-clause"))
    found: Dsl = {"query": text, "lenient": True}
    if clause.is_phrase and clause.is_truncated:
        found["type"] = "phrase_prefix"
    elif clause.is_phrase:
        found["type"] = "phrase"
    elif clause.is_truncated:
        found |= {"type": "bool_prefix", "operator": "and"}
    else:
        # Each word may stand in another field; all must stand somewhere.
        found |= {"type": "cross_fields", "operator": "and"}
    fields = settings.search.get(clause.field)
    if fields is None and clause.field is not Field.ANY:
        notices.append(Reason("notice.any-field", {"field": clause.field.value}))
        fields = settings.search.get(Field.ANY)
    if fields:
        found["fields"] = [fields] if isinstance(fields, str) else list(fields)
    return {"multi_match": found}


def _fixed(settings: ElasticSettings) -> list[Dsl]:
    return [{"term": {name: value}} for name, value in settings.filters.items()]


def _filters(filters: Filters, settings: ElasticSettings) -> tuple[list[Dsl], Filters]:
    """Return the filters of the DSL, and what is left to filter here."""
    found = _fixed(settings)
    first, last = filters.year_from, filters.year_to
    if settings.year_filter and (first is not None or last is not None):
        ends = {name: str(year) for name, year in (("gte", first), ("lte", last)) if year is not None}
        found.append({"range": {settings.year_filter: ends}})
        filters = msgspec.structs.replace(filters, year_from=None, year_to=None)
    if settings.language_filter and filters.languages and set(filters.languages) <= settings.languages.keys():
        values = [settings.languages[code] for code in filters.languages]
        found.append({"terms": {settings.language_filter: values}})
        filters = msgspec.structs.replace(filters, languages=())
    return found, filters


def body(said: ElasticQuery, by: FieldMap, *, start: int, count: int) -> bytes:
    """Return the body of one request. Places count from 1. Only the fields that are read are asked for."""
    asked: Dsl = {"query": said.query, "from": start - 1, "size": count, "track_total_hits": True}
    return msgspec.json.encode({**asked, "_source": list(by.names)})
