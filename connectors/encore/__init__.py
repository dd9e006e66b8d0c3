"""The connector for Innovative's Encore."""

from __future__ import annotations

from connectors.encore.connector import EncoreConnector
from connectors.encore.examine import examine
from connectors.encore.settings import EncoreSettings
from connectors.encore.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "EncoreConnector", "EncoreSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, EncoreSettings)
    return EncoreConnector(member, settings, door)


SYSTEM = System(name="encore", settings=EncoreSettings, connector=_connector, signs=SIGNS, examine=examine)
