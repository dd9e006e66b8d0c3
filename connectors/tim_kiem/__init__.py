"""The connector for "tim-kiem" OPACs: the web front end whose pages are `/tim-kiem` and `/chi-tiet-tai-lieu/…`."""

from __future__ import annotations

from connectors.tim_kiem.connector import TimKiemConnector
from connectors.tim_kiem.settings import TimKiemSettings
from connectors.tim_kiem.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "TimKiemConnector", "TimKiemSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, TimKiemSettings)
    return TimKiemConnector(member, settings, door)


SYSTEM = System(name="tim-kiem", settings=TimKiemSettings, connector=_connector, signs=SIGNS)
