"""Finds out which fields one Solr has, and whether those that its member file names are among them."""

from __future__ import annotations

import msgspec

from connectors.solr.connector import SolrConnector
from connectors.solr.response import field_names, refuse_errors
from connectors.solr.settings import SolrSettings
from engine.model import Reason
from engine.ports import Door, Finding, Member

_MOST_NAMED = 40


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return what twenty records show of the schema. Costs one request to the search handler."""
    assert isinstance(settings, SolrSettings)
    connector = SolrConnector(member, settings, door)
    answer = await connector.select((("q", "*:*"), ("wt", "json"), ("rows", "20"), ("fl", "*")))
    refuse_errors(answer)
    return findings(field_names(answer), settings)


def findings(there: frozenset[str], settings: SolrSettings) -> tuple[Finding, ...]:
    """Return what is to be said of the fields that are there."""
    named = {name for names in settings.fields.values() for name in ((names,) if isinstance(names, str) else names)}
    missing = sorted({*named, *([settings.marc] if settings.marc else [])} - there)
    listed = ", ".join(sorted(there)[:_MOST_NAMED])
    found = [Finding("fields", is_well=bool(there), reason=Reason("finding.solr.fields", {"fields": listed or "-"}))]
    if missing:
        told = Reason("finding.solr.missing", {"fields": ", ".join(missing)})
        found.append(Finding("fields.missing", is_well=False, reason=told))
    return tuple(found)
