"""Finds out what an Evergreen gives away: for `lienthu member check`, not for searches. Costs up to six requests."""

from __future__ import annotations

import msgspec

from connectors.evergreen.connector import EvergreenConnector
from connectors.evergreen.settings import EvergreenSettings
from connectors.finding_out import copies_told, sample
from engine.model import Reason
from engine.ports import Door, Finding, Member


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return whether copies are told, and whether those of several records come at once."""
    assert isinstance(settings, EvergreenSettings)
    connector = EvergreenConnector(member, settings, door)
    answer = await sample(connector)
    found = [await copies_told(connector, answer)]
    if len(answer.placed) > 1:
        at_once = connector.gives_copies_at_once
        code = "finding.evergreen.at-once" if at_once else "finding.evergreen.one-by-one"
        found.append(Finding("availability.requests", is_well=at_once, reason=Reason(code)))
    return tuple(found)
