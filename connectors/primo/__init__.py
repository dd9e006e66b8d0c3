"""The connector for Primo VE, for classic Primo by its interface for browsers, and for the oldest by its pages."""

from __future__ import annotations

from connectors.primo.connector import PrimoConnector
from connectors.primo.examine import examine
from connectors.primo.settings import PrimoSettings
from connectors.primo.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "PrimoConnector", "PrimoSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, PrimoSettings)
    return PrimoConnector(member, settings, door)


SYSTEM = System(name="primo", settings=PrimoSettings, connector=_connector, signs=SIGNS, examine=examine)
