"""The connector for SLiMS (Senayan Library Management System), versions 7 to 9."""

from __future__ import annotations

from connectors.slims.connector import SlimsConnector
from connectors.slims.examine import examine
from connectors.slims.settings import SlimsSettings
from connectors.slims.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "SlimsConnector", "SlimsSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, SlimsSettings)
    return SlimsConnector(member, settings, door)


SYSTEM = System(name="slims", settings=SlimsSettings, connector=_connector, signs=SIGNS, examine=examine)
