"""Finds out what is special to one Aleph: which of its codes find something, and how it tells of copies."""

from __future__ import annotations

import msgspec

from connectors.aleph.connector import AlephConnector
from connectors.aleph.response import UnknownCodeError
from connectors.aleph.settings import CODES, AlephSettings
from engine.errors import LienThuError
from engine.model import Clause, Field, Query, Reason, Window
from engine.ports import Door, Finding, Member

_TRIED = (Field.TITLE, Field.PERSON, Field.SUBJECT)


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return what an Aleph does when asked. Costs at most eight requests; raises where it answers no search at all."""
    assert isinstance(settings, AlephSettings)
    connector = AlephConnector(member, settings, door)
    answer = await connector.search(Query(Clause("history")), Window(1, 3))
    findings = [Finding("x-server", is_well=True, reason=Reason("finding.aleph.answers", {"total": answer.total or 0}))]
    for field in _TRIED:
        code = settings.codes.get(field, CODES[field])
        try:
            found = await connector.search(Query(Clause("history", field=field)), Window(1, 1))
            is_well = not any(notice.code == "notice.any-field" for notice in found.notices)
        except UnknownCodeError:
            is_well = False
        told = "finding.aleph.code" if is_well else "finding.aleph.no-code"
        findings.append(Finding(f"field.{field.value}", is_well=is_well, reason=Reason(told, {"code": code})))
    records = [placed.record for placed in answer.placed]
    try:
        copies = await connector.availability(records)
    except LienThuError as error:
        copies = {}
        findings.append(
            Finding("copies", is_well=False, reason=Reason("finding.aleph.no-copies", {"detail": error.detail}))
        )
    if copies:
        findings.append(Finding("copies", is_well=True, reason=Reason("finding.aleph.copies", {"told": len(copies)})))
    return tuple(findings)
