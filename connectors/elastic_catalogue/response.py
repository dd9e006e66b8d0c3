"""Reads an answer of `_search`. Pure. Source: Elasticsearch Reference, Search API, versions 6 to 9; OpenSearch."""

from __future__ import annotations

from connectors.lists.by_place import Listed
from connectors.questions.field_map import FieldMap, record_from_fields
from connectors.reading.json import Table, count_of, first_text, table_of, tables_of
from engine.errors import BusyError, FaultError, RefusedError, UnreadableError, UnsupportedError
from engine.model import Reason


def listed(answer: Table, by: FieldMap, member: str) -> Listed:
    """Return the records of one answer; raise what its error means, UnreadableError where it has neither."""
    refuse_errors(answer)
    hits = table_of(answer.get("hits"))
    told = hits.get("total")  # a number up to version 6, an object since 7
    total = count_of(table_of(told).get("value")) if isinstance(told, dict) else count_of(told)
    if total is None or not isinstance(hits.get("hits"), list):
        raise UnreadableError("JSON without hits.total and hits.hits: no answer of _search")
    if isinstance(told, dict) and told.get("relation") == "gte":
        total = None
    shards = table_of(answer.get("_shards"))
    failed, all_shards = count_of(shards.get("failed")) or 0, count_of(shards.get("total"))
    if failed and failed == all_shards:
        raise FaultError(f"all {failed} shards of the index failed")
    rows = tuple(
        record_from_fields(table_of(hit.get("_source")), by, member, own_id=first_text(hit.get("_id")))
        for hit in tables_of(hits["hits"])
    )
    is_partial = bool(failed) or answer.get("timed_out") is True
    return Listed(rows, total, (Reason("notice.partial"),) if is_partial else ())


def refuse_errors(answer: Table) -> None:
    """Raise what the index's word for an error means."""
    error = answer.get("error")
    if not error:
        return
    status = count_of(answer.get("status")) or 500
    causes = tables_of(table_of(error).get("root_cause")) or tables_of(error)
    message = first_text(causes[0].get("reason"))[:160] if causes else first_text(error)[:160]
    if status in {401, 403}:
        raise RefusedError(f"the index says: {message}")
    if status == 429:
        raise BusyError(f"the index says: {message}")
    if 400 <= status < 500:
        raise UnsupportedError(f"the index says: {message}")
    raise FaultError(f"the index says: {message}")


def field_names(answer: Table) -> frozenset[str]:
    """Return the fields that the records of an answer have, those of objects behind a dot."""
    found: set[str] = set()
    for hit in tables_of(table_of(answer.get("hits")).get("hits")):
        _gather(table_of(hit.get("_source")), "", found, 0)
    return frozenset(found)


def _gather(value: Table, prefix: str, found: set[str], depth: int) -> None:
    for name, inner in value.items():
        inner_tables = tables_of(inner)
        if inner_tables and depth < 3:
            _gather(inner_tables[0], f"{prefix}{name}.", found, depth + 1)
        else:
            found.add(f"{prefix}{name}")
