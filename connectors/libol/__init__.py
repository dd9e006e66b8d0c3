"""The connector for Libol 5.5, 6 and 8: WebForms whose pages are called `W….aspx`."""

from __future__ import annotations

from connectors.libol.connector import LibolConnector
from connectors.libol.settings import LibolSettings
from connectors.libol.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "LibolConnector", "LibolSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, LibolSettings)
    return LibolConnector(member, settings, door)


SYSTEM = System(name="libol", settings=LibolSettings, connector=_connector, signs=SIGNS)
