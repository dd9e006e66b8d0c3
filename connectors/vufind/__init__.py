"""The connector for VuFind: by its REST interface where that is on, else by its result pages."""

from __future__ import annotations

from connectors.vufind.connector import VufindConnector
from connectors.vufind.examine import examine
from connectors.vufind.settings import VufindSettings
from connectors.vufind.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "VufindConnector", "VufindSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, VufindSettings)
    return VufindConnector(member, settings, door)


SYSTEM = System(name="vufind", settings=VufindSettings, connector=_connector, signs=SIGNS, examine=examine)
