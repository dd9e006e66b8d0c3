"""Finds out what this catalogue of Innovative gives away: for `lienthu member check`. Costs up to seven requests."""

from __future__ import annotations

import msgspec

from connectors.encore.connector import EncoreConnector
from connectors.encore.settings import EncoreSettings
from connectors.finding_out import copies_told, sample
from connectors.reading.innovative import views_told
from engine.ports import Door, Finding, Member


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return whether MARC views are open, and whether copies are told."""
    assert isinstance(settings, EncoreSettings)
    connector = EncoreConnector(member, settings, door)
    answer = await sample(connector)
    format_told = (views_told(answer),) if answer.placed and settings.record_pages else ()
    return (*format_told, await copies_told(connector, answer))
