"""The connector for EPrints, versions 3.2 to 3.4."""

from __future__ import annotations

from connectors.eprints.connector import EprintsConnector
from connectors.eprints.examine import examine
from connectors.eprints.settings import EprintsSettings
from connectors.eprints.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "EprintsConnector", "EprintsSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, EprintsSettings)
    return EprintsConnector(member, settings, door)


SYSTEM = System(name="eprints", settings=EprintsSettings, connector=_connector, signs=SIGNS, examine=examine)
