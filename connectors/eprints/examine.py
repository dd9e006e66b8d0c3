"""Finds out what an EPrints gives away: for `lienthu member check`, not for searches. Costs two requests."""

from __future__ import annotations

import msgspec

from connectors.eprints.connector import EprintsConnector
from connectors.eprints.settings import EprintsSettings
from connectors.finding_out import has_notice, sample
from engine.model import Reason
from engine.ports import Door, Finding, Member


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return whether full records are exported, and just as many as are asked for."""
    assert isinstance(settings, EprintsSettings)
    connector = EprintsConnector(member, settings, door)
    answer = await sample(connector)
    if has_notice(answer, "notice.full-records-unreadable"):
        return (Finding("format", is_well=False, reason=Reason("finding.eprints.no-export")),)
    if has_notice(answer, "notice.brief-records"):
        return (Finding("format", is_well=False, reason=Reason("finding.eprints.brief")),)
    return (Finding("format", is_well=True, reason=Reason("finding.eprints.export")),)
