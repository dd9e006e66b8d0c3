"""Reads an answer of Solr's search handler. Pure. Source: Apache Solr Reference Guide, Response Writers (JSON)."""

from __future__ import annotations

from connectors.lists.by_place import Listed
from connectors.questions.field_map import FieldMap, record_from_fields
from connectors.reading.json import Table, count_of, first_text, table_of, tables_of
from engine.errors import FaultError, RefusedError, UnreadableError, UnsupportedError
from engine.model import Reason


def listed(answer: Table, by: FieldMap, member: str) -> Listed:
    """Return the records of one answer; raise what its error means, UnreadableError where it has neither."""
    refuse_errors(answer)
    response = table_of(answer.get("response"))
    total = count_of(response.get("numFound"))
    documents = response.get("docs")
    if total is None or not isinstance(documents, list):
        raise UnreadableError("JSON without response.numFound and docs: not Solr's answer to a search")
    rows = tuple(record_from_fields(table_of(one), by, member) for one in documents)
    is_partial = table_of(answer.get("responseHeader")).get("partialResults") is True
    return Listed(rows, total, (Reason("notice.partial"),) if is_partial else ())


def refuse_errors(answer: Table) -> None:
    """Raise what Solr's word for an error means: an unknown field is our member file's, a fault its own."""
    error = table_of(answer.get("error"))
    if not error:
        return
    code, message = count_of(error.get("code")) or 500, first_text(error.get("msg"))[:160]
    if code in {401, 403}:
        raise RefusedError(f"Solr says: {message}")
    if 400 <= code < 500:
        raise UnsupportedError(f"Solr says: {message}")
    raise FaultError(f"Solr says: {message}")


def field_names(answer: Table) -> frozenset[str]:
    """Return the fields that the records of an answer have."""
    documents = tables_of(table_of(answer.get("response")).get("docs"))
    return frozenset(name for one in documents for name in one)
