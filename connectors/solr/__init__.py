"""The connector for a library's own Solr, asked by its search handler and by nothing else."""

from __future__ import annotations

from connectors.solr.connector import SolrConnector
from connectors.solr.examine import examine
from connectors.solr.settings import SolrSettings
from connectors.solr.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "SolrConnector", "SolrSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, SolrSettings)
    return SolrConnector(member, settings, door)


SYSTEM = System(name="solr", settings=SolrSettings, connector=_connector, signs=SIGNS, examine=examine)
