"""The connector for DSpace: 7 and later by REST; 6 and earlier by OpenSearch, XMLUI and JSPUI."""

from __future__ import annotations

from connectors.dspace.connector import DspaceConnector
from connectors.dspace.examine import examine
from connectors.dspace.settings import DspaceSettings, Way
from connectors.dspace.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "DspaceConnector", "DspaceSettings", "Way"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, DspaceSettings)
    return DspaceConnector(member, settings, door)


SYSTEM = System(name="dspace", settings=DspaceSettings, connector=_connector, signs=SIGNS, examine=examine)
