"""Declared sources: for what has no connector, a member file says what is asked and where things stand."""

from __future__ import annotations

from connectors.declared.connector import DeclaredConnector
from connectors.declared.settings import DeclaredSettings
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "DeclaredConnector", "DeclaredSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, DeclaredSettings)
    return DeclaredConnector(member, settings, door)


SYSTEM = System(name="declared", settings=DeclaredSettings, connector=_connector)
