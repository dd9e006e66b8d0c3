"""The connector for OAI-PMH 2.0 repositories: whole catalogues, harvested page by page into the shared index."""

from __future__ import annotations

from connectors.oai_pmh.connector import OaiConnector
from connectors.oai_pmh.examine import examine
from connectors.oai_pmh.repository import OaiRepository
from connectors.oai_pmh.settings import OaiSettings
from connectors.oai_pmh.signs import SIGNS
from engine.ports import Connector, Door, Member, Repository, System

__all__ = ["SYSTEM", "OaiConnector", "OaiRepository", "OaiSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, OaiSettings)
    return OaiConnector(member, settings, door)


def _harvest(member: Member, settings: object, door: Door) -> Repository:
    assert isinstance(settings, OaiSettings)
    return OaiRepository(member, settings, door)


SYSTEM = System(
    name="oai-pmh", settings=OaiSettings, connector=_connector, harvest=_harvest, signs=SIGNS, examine=examine
)
