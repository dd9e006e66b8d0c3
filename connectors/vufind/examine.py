"""Finds out what is special to one VuFind: whether its REST interface is on, and whether it tells of items."""

from __future__ import annotations

import msgspec

from connectors.vufind.connector import VufindConnector
from connectors.vufind.settings import VufindSettings
from engine.errors import LienThuError
from engine.model import Clause, Query, Reason, Window
from engine.ports import Door, Finding, Member


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return what a VuFind does when asked. Costs at most three requests; raises where it answers no search at all."""
    assert isinstance(settings, VufindSettings)
    by_api = msgspec.structs.replace(settings, way="api")
    findings: list[Finding] = []
    connector = VufindConnector(member, by_api, door)
    try:
        answer = await connector.search(Query(Clause("history")), Window(1, 5))
        findings.append(Finding(what="way", is_well=True, reason=Reason("finding.vufind.api")))
    except LienThuError as error:
        findings.append(
            Finding(what="way", is_well=False, reason=Reason("finding.vufind.no-api", {"detail": error.detail}))
        )
        connector = VufindConnector(member, msgspec.structs.replace(settings, way="pages"), door)
        answer = await connector.search(Query(Clause("history")), Window(1, 5))
    records = [placed.record for placed in answer.placed]
    if records and settings.item_statuses:
        try:
            told = await connector.availability(records)
        except LienThuError as error:
            findings.append(
                Finding(
                    what="availability",
                    is_well=False,
                    reason=Reason("finding.vufind.no-items", {"detail": error.detail}),
                )
            )
        else:
            findings.append(
                Finding(
                    what="availability",
                    is_well=bool(told),
                    reason=Reason("finding.vufind.items", {"told": len(told), "of": len(records)}),
                )
            )
    return tuple(findings)
