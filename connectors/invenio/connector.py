"""A member with InvenioRDM."""

from __future__ import annotations

from typing import Final

from connectors.http.course import ACCEPT_STATUS
from connectors.invenio.reading import Results, results_of
from connectors.invenio.request import CAN, MOST_PLACES, probe_text, said, search_url, unasked
from connectors.invenio.settings import InvenioSettings
from connectors.lists.by_page import Batch, Fetch, answer_by_pages
from connectors.reading.json import parse_json
from engine.model import Answer, Expression, Field, Query, Reason, Window
from engine.ports import Door, Member

_ACCEPT: Final = {"Accept": "application/vnd.inveniordm.v1+json, application/json;q=0.5"}
"""Zenodo answers with an older JSON of its own to whoever asks for plain JSON."""


class InvenioConnector:
    """One InvenioRDM that can be asked."""

    def __init__(self, member: Member, settings: InvenioSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self.fields: frozenset[Field] = CAN.fields

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the results; see `engine.ports.Connector`."""

        def ask(expression: Expression | None) -> Fetch:
            asked = said(expression, query.filters)
            size = self._settings.page_size

            async def fetch(place: int, _count: int) -> Batch:
                page = (place - 1) // size + 1
                if page * size > MOST_PLACES:
                    return Batch(place, (), notices=(Reason("notice.list-capped", {"count": MOST_PLACES}),))
                results = await self._results(asked.text, page=page, size=size)
                return Batch((page - 1) * size + 1, results.rows, results.total, notices=asked.notices)

            return fetch

        return await answer_by_pages(
            self._member.id,
            query,
            window,
            clock=self._door.clock,
            can=CAN,
            ask=ask,
            unasked=unasked(query.filters),
            folds_marks=self._settings.folds_marks,
        )

    async def _results(self, text: str, *, page: int, size: int) -> Results:
        url = search_url(self._member.url, text, page=page, size=size, community=self._settings.community)
        reply = await self._door.client.get(url, headers=_ACCEPT, extensions={ACCEPT_STATUS: frozenset({400})})
        return results_of(parse_json(reply.content), member=self._member.id, url=self._member.url)

    async def probe(self) -> None:
        """Ask for one plain word: the least that proves that searches are answered."""
        await self._results(probe_text(), page=1, size=1)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()
