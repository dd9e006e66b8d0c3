"""The connector for Invenio."""

from __future__ import annotations

from connectors.invenio.connector import InvenioConnector
from connectors.invenio.settings import InvenioSettings
from connectors.invenio.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "InvenioConnector", "InvenioSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, InvenioSettings)
    return InvenioConnector(member, settings, door)


SYSTEM = System(name="invenio", settings=InvenioSettings, connector=_connector, signs=SIGNS)
