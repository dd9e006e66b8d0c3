"""The connector for SRU servers, versions 1.1, 1.2 and 2.0."""

from __future__ import annotations

from connectors.sru.connector import SruConnector
from connectors.sru.findings import findings
from connectors.sru.settings import SruSettings
from connectors.sru.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "SruConnector", "SruSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, SruSettings)
    return SruConnector(member, settings, door)


SYSTEM = System(name="sru", settings=SruSettings, connector=_connector, signs=SIGNS, examine=findings)
