"""The connector for Evergreen, by its OpenSearch with holdings and its unAPI."""

from __future__ import annotations

from connectors.evergreen.connector import EvergreenConnector
from connectors.evergreen.examine import examine
from connectors.evergreen.settings import EvergreenSettings
from connectors.evergreen.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "EvergreenConnector", "EvergreenSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, EvergreenSettings)
    return EvergreenConnector(member, settings, door)


SYSTEM = System(name="evergreen", settings=EvergreenSettings, connector=_connector, signs=SIGNS, examine=examine)
