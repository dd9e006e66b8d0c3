"""The connector for a library's own Elasticsearch or OpenSearch index, asked by `_search` and by nothing else.

It has nothing to do with the shared index of Liên Thư: that is `index.elastic`.
"""

from __future__ import annotations

from connectors.elastic_catalogue.connector import ElasticConnector
from connectors.elastic_catalogue.examine import examine
from connectors.elastic_catalogue.settings import ElasticSettings
from connectors.elastic_catalogue.signs import SIGNS
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "ElasticConnector", "ElasticSettings"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, ElasticSettings)
    return ElasticConnector(member, settings, door)


SYSTEM = System(name="elasticsearch", settings=ElasticSettings, connector=_connector, signs=SIGNS, examine=examine)
