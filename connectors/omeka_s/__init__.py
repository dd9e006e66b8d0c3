"""The connector for Omeka S, versions 2 to 4, by its REST API."""

from __future__ import annotations

from connectors.omeka_s.connector import OmekaConnector
from connectors.omeka_s.examine import examine
from connectors.omeka_s.settings import OmekaSettings
from connectors.omeka_s.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "OmekaConnector", "OmekaSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, OmekaSettings)
    return OmekaConnector(member, settings, door)


SYSTEM = System(name="omeka-s", settings=OmekaSettings, connector=_connector, signs=SIGNS, examine=examine)
