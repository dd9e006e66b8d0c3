"""Finds out which fields one index has, and whether those that its member file names are among them."""

from __future__ import annotations

import msgspec

from connectors.elastic_catalogue.connector import ElasticConnector
from connectors.elastic_catalogue.response import field_names
from connectors.elastic_catalogue.settings import ElasticSettings
from engine.model import Reason
from engine.ports import Door, Finding, Member

_MOST_NAMED = 40


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return what twenty records show of the schema. Costs one request to `_search`."""
    assert isinstance(settings, ElasticSettings)
    connector = ElasticConnector(member, settings, door)
    answer = await connector.ask(msgspec.json.encode({"query": {"match_all": {}}, "size": 20}))
    there = field_names(answer)
    named = {name for names in settings.fields.values() for name in ((names,) if isinstance(names, str) else names)}
    missing = sorted({*named, *([settings.marc] if settings.marc else [])} - there)
    listed = ", ".join(sorted(there)[:_MOST_NAMED])
    told = Reason("finding.elasticsearch.fields", {"fields": listed or "-"})
    found = [Finding("fields", is_well=bool(there), reason=told)]
    if missing:
        told = Reason("finding.elasticsearch.missing", {"fields": ", ".join(missing)})
        found.append(Finding("fields.missing", is_well=False, reason=told))
    return tuple(found)
