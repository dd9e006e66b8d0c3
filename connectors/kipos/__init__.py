"""The connector for KIPOS, whose pages of results are at `/opac/keywordsearch.aspx`."""

from __future__ import annotations

from connectors.kipos.connector import KiposConnector
from connectors.kipos.settings import KiposSettings
from connectors.kipos.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "KiposConnector", "KiposSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, KiposSettings)
    return KiposConnector(member, settings, door)


SYSTEM = System(name="kipos", settings=KiposSettings, connector=_connector, signs=SIGNS)
