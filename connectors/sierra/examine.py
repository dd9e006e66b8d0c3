"""Finds out what this catalogue of Innovative gives away: for `lienthu member check`. Costs up to seven requests."""

from __future__ import annotations

import msgspec

from connectors.finding_out import copies_told, has_notice, sample
from connectors.sierra.connector import SierraConnector
from connectors.sierra.settings import SierraSettings
from engine.model import Reason
from engine.ports import Door, Finding, Member


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return whether MARC views are open, and whether copies are told."""
    assert isinstance(settings, SierraSettings)
    connector = SierraConnector(member, settings, door)
    answer = await sample(connector)
    found = []
    if answer.placed and settings.record_pages:
        is_open = not has_notice(answer, "notice.full-records-unreadable")
        code = "finding.innovative.marc" if is_open else "finding.innovative.no-marc"
        found.append(Finding("format", is_well=is_open, reason=Reason(code)))
    found.append(await copies_told(connector, answer))
    return tuple(found)
