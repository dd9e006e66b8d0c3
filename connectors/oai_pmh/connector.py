"""A member behind OAI-PMH as a connector: it can be asked whether it lives, and for its list, never for words."""

from __future__ import annotations

from connectors.oai_pmh.repository import OaiRepository, identity_of
from connectors.oai_pmh.settings import OaiSettings
from engine.errors import UnharvestedError
from engine.model import Answer, Field, Query, Window
from engine.ports import Door, Member


class OaiConnector:
    """One repository. Readers' questions to it are answered from what was harvested, by the engine."""

    fields: frozenset[Field] = frozenset(Field)

    def __init__(self, member: Member, settings: OaiSettings, door: Door) -> None:
        self._member = member
        self._repository = OaiRepository(member, settings, door)

    async def search(self, query: Query, window: Window) -> Answer:  # noqa: ARG002 - the port's
        """Raise: the protocol has no search. Whoever asks has no index to ask instead."""
        raise UnharvestedError("OAI-PMH cannot be searched, and there is no index", member=self._member.id)

    async def probe(self) -> None:
        """Ask the repository who it is."""
        identity_of(await self._repository.answer("Identify"))

    async def close(self) -> None:
        """Let go of connections."""
        await self._repository.close()
