"""The connector for the public catalogue of Koha, from 3.12 on: pages of results or feeds, and full records by cart.

A member whose Koha opens SRU is better asked by the connector `sru` with the profile `koha`: one request, not two.
"""

from __future__ import annotations

from connectors.koha.connector import KohaConnector
from connectors.koha.examine import examine
from connectors.koha.settings import KohaSettings
from connectors.koha.signs import SIGNS
from engine.ports import Connector, Door, Finding, Member, System

__all__ = ["SYSTEM", "KohaConnector", "KohaSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, KohaSettings)
    return KohaConnector(member, settings, door)


async def _examine(member: Member, settings: object, door: Door) -> tuple[Finding, ...]:
    assert isinstance(settings, KohaSettings)
    return await examine(member, settings, door)


SYSTEM = System(name="koha", settings=KohaSettings, connector=_connector, signs=SIGNS, examine=_examine)
