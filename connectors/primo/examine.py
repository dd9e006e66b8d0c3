"""Finds out what is special to one Primo: which interface answers, with a token or not, and what it tells of copies."""

from __future__ import annotations

import msgspec

from connectors.primo.connector import PrimoConnector
from connectors.primo.settings import PrimoSettings, Way
from engine.errors import LienThuError
from engine.model import Clause, Query, Reason, Window
from engine.ports import Door, Finding, Member


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return what a Primo does when asked. Costs at most eight requests; raises where it answers no search at all."""
    assert isinstance(settings, PrimoSettings)
    connector = PrimoConnector(member, settings, door)
    answer = await connector.search(Query(Clause("history")), Window(1, 3))
    told: dict[str, str | int | float] = {"way": connector.way.value, "total": answer.total or 0}
    by_pages = connector.way is Way.PAGES
    code = "finding.primo.pages" if by_pages else "finding.primo.way"
    findings = [Finding("way", is_well=not by_pages, reason=Reason(code, told))]
    if connector.has_token:
        findings.append(Finding("token", is_well=True, reason=Reason("finding.primo.token")))
    records = [placed.record for placed in answer.placed]
    try:
        copies = await connector.availability(records)
    except LienThuError:
        copies = {}
    if by_pages:  # they stand in the rows
        copies = {record.id: record.holdings for record in records if record.holdings}
    counts: dict[str, str | int | float] = {"told": len(copies), "of": len(records)}
    findings.append(Finding("availability", is_well=bool(copies), reason=Reason("finding.primo.copies", counts)))
    return tuple(findings)
