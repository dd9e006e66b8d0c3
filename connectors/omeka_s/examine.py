"""Finds out what an Omeka S gives away: for `lienthu member check`, not for searches. Costs up to three requests."""

from __future__ import annotations

import msgspec

from connectors.finding_out import sample
from connectors.omeka_s.connector import OmekaConnector
from connectors.omeka_s.settings import OmekaSettings
from engine.model import Reason
from engine.ports import Door, Finding, Member


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return whether the API counts, and whether readers can be sent to a public page."""
    assert isinstance(settings, OmekaSettings)
    answer = await sample(OmekaConnector(member, settings, door))
    counts = answer.total is not None
    found = [Finding("paging", is_well=counts, reason=Reason(f"finding.omeka-s.{'counts' if counts else 'no-count'}"))]
    if answer.placed:
        is_public = "/s/" in (answer.placed[0].record.url or "")
        code = "finding.omeka-s.site" if is_public else "finding.omeka-s.no-site"
        found.append(Finding("links", is_well=is_public, reason=Reason(code)))
    return tuple(found)
