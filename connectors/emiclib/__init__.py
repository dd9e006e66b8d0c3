"""The connector for eMicLib: its JSON where it is open, else its pages."""

from __future__ import annotations

from connectors.emiclib.connector import EmiclibConnector
from connectors.emiclib.settings import EmiclibSettings
from connectors.emiclib.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "EmiclibConnector", "EmiclibSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, EmiclibSettings)
    return EmiclibConnector(member, settings, door)


SYSTEM = System(name="emiclib", settings=EmiclibSettings, connector=_connector, signs=SIGNS)
