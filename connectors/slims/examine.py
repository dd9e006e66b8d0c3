"""Finds out what a SLiMS gives away: for `lienthu member check`, not for searches. Costs up to five requests."""

from __future__ import annotations

import msgspec

from connectors.finding_out import copies_told, sample
from connectors.slims.connector import SlimsConnector
from connectors.slims.settings import SlimsSettings
from engine.model import Reason
from engine.ports import Door, Finding, Member


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return whether lists come as XML, and whether copies are told."""
    assert isinstance(settings, SlimsSettings)
    connector = SlimsConnector(member, settings, door)
    answer = await sample(connector)
    code = "finding.slims.xml" if connector.gives_xml else "finding.slims.no-xml"
    return (
        Finding("format", is_well=connector.gives_xml, reason=Reason(code)),
        await copies_told(connector, answer),
    )
