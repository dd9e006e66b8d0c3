"""The connector for Aleph, by its X-server."""

from __future__ import annotations

from connectors.aleph.connector import AlephConnector
from connectors.aleph.examine import examine
from connectors.aleph.settings import AlephSettings
from connectors.aleph.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "AlephConnector", "AlephSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, AlephSettings)
    return AlephConnector(member, settings, door)


SYSTEM = System(
    name="aleph", settings=AlephSettings, connector=_connector, signs=SIGNS, examine=examine, shut="finding.aleph.shut"
)
