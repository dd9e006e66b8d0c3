"""The connector for Z39.50 servers, versions 2 and 3."""

from __future__ import annotations

from connectors.z3950.connector import Z3950Connector, Z3950OpacConnector
from connectors.z3950.examine import examine
from connectors.z3950.recognise import PortFound, recognise_member, recognise_port
from connectors.z3950.recording import RecordingDial, ReplayDial
from connectors.z3950.settings import SCHEMES, Z3950Settings, dialect
from engine.ports import Connector, Door, Member, System

__all__ = ["SYSTEM", "PortFound", "Z3950Connector", "Z3950OpacConnector", "Z3950Settings", "recognise_port"]


def _connector(member: Member, settings: object, door: Door) -> Connector:
    assert isinstance(settings, Z3950Settings)
    kind = Z3950OpacConnector if dialect(settings).opac else Z3950Connector
    return kind(member, settings, door)


SYSTEM = System(
    name="z3950",
    settings=Z3950Settings,
    connector=_connector,
    examine=examine,
    schemes=SCHEMES,
    recognise_port=recognise_member,
    record_dial=RecordingDial,
    replay_dial=ReplayDial,
)
