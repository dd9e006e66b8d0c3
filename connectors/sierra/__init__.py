"""The connector for Innovative's WebPAC: Millennium and Sierra."""

from __future__ import annotations

from connectors.sierra.connector import SierraConnector
from connectors.sierra.examine import examine
from connectors.sierra.settings import SierraSettings
from connectors.sierra.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "SierraConnector", "SierraSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, SierraSettings)
    return SierraConnector(member, settings, door)


SYSTEM = System(name="sierra", settings=SierraSettings, connector=_connector, signs=SIGNS, examine=examine)
