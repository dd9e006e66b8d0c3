"""Finds out what is special to one DSpace, for the report of `lienthu member check`. At most eight requests."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import msgspec

from connectors.dspace.connector import DspaceConnector
from connectors.dspace.rest import item_pages
from connectors.dspace.settings import DspaceSettings, Way
from connectors.dspace.ways import Server
from connectors.reading.json import first_text, json_of
from engine.errors import LienThuError, SettingsError
from engine.model import Answer, Clause, Query, Reason, Window
from engine.ports import Door, Finding, Member

_MARKED: Final = "nghiên cứu"
_UNMARKED: Final = "nghien cuu"


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return what a DSpace does when asked; raises where it answers no search at all."""
    assert isinstance(settings, DspaceSettings)
    connector = DspaceConnector(member, msgspec.structs.replace(settings, complete=1), door)
    marked = await connector.search(Query(Clause(_MARKED)), Window(1, 20))
    server = await connector.server()
    findings = [_way(server, settings)]
    findings += [await _root(server, door)] if server.way is Way.REST7 else []
    unmarked = await connector.search(Query(Clause(_UNMARKED)), Window(1, 1))
    findings += [_marks(marked, unmarked), _access(marked), *_told_by_mistake(marked)]
    if settings.scope:
        findings.append(await _scope(connector, settings, server))
    return tuple(findings)


def _way(server: Server, settings: DspaceSettings) -> Finding:
    values: dict[str, str | int | float] = {"way": server.way.value, "url": server.base}
    if server.way in {Way.JSPUI, Way.XMLUI} and settings.way is Way.AUTO:
        return Finding("way", is_well=False, reason=Reason("finding.dspace-pages", values))
    if server.is_version_7 and server.way is Way.OPENSEARCH:
        return Finding("way", is_well=False, reason=Reason("finding.dspace-no-rest", values))
    return Finding("way", is_well=True, reason=Reason("finding.dspace-way", values))


async def _root(server: Server, door: Door) -> Finding:
    """Return the version, or that the server names pages for people that are not where it is asked."""
    try:
        root = json_of(await door.client.get(f"{server.base}/api"))
    except LienThuError:
        return Finding("version", is_well=True, reason=Reason("finding.dspace-version-unknown"))
    pages = item_pages(root, server.base)
    if pages and urlsplit(pages).hostname != urlsplit(server.pages).hostname:
        return Finding("pages", is_well=False, reason=Reason("finding.dspace-other-pages", {"url": pages}))
    version = first_text(root.get("dspaceVersion")) or "DSpace"
    return Finding("version", is_well=True, reason=Reason("finding.dspace-version", {"version": version}))


def _marks(marked: Answer, unmarked: Answer) -> Finding:
    if marked.total == unmarked.total:
        return Finding("marks", is_well=True, reason=Reason("finding.dspace-folds"))
    values: dict[str, str | int | float] = {"marked": marked.total or 0, "unmarked": unmarked.total or 0}
    return Finding("marks", is_well=False, reason=Reason("finding.dspace-does-not-fold", values))


def _access(answer: Answer) -> Finding:
    """Return whether hits tell who may read their files."""
    is_told = any(placed.record.holdings or placed.record.is_online is not None for placed in answer.placed)
    code = "finding.dspace-access" if is_told else "finding.dspace-no-access"
    return Finding("availability", is_well=is_told, reason=Reason(code))


def _told_by_mistake(answer: Answer) -> list[Finding]:
    """Return what the server gives away that it should not."""
    return [
        Finding("closed-files", is_well=False, reason=Reason("finding.dspace-closed-full-text", notice.values))
        for notice in answer.notices
        if notice.code == "notice.closed-full-text"
    ]


async def _scope(connector: DspaceConnector, settings: DspaceSettings, server: Server) -> Finding:
    values: dict[str, str | int | float] = {"scope": settings.scope}
    if server.ignores_scope:
        return Finding("scope", is_well=False, reason=Reason("finding.dspace-scope-ignored", values))
    try:
        await connector.check_scope(server)
    except SettingsError:
        return Finding("scope", is_well=False, reason=Reason("finding.dspace-no-scope", values))
    return Finding("scope", is_well=True, reason=Reason("finding.dspace-scope", values))
