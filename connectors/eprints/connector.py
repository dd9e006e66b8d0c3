"""A member with EPrints."""

from __future__ import annotations

import asyncio

from connectors.eprints.export import number_of, record_of, records_of
from connectors.eprints.page import Hits, hits_of
from connectors.eprints.request import (
    CAN,
    Said,
    export_url,
    list_url,
    record_export_url,
    record_url,
    said,
)
from connectors.eprints.settings import EprintsSettings
from connectors.lists.by_page import Batch, Fetch, answer_by_pages
from connectors.questions.simpler import simpler
from connectors.reading.html import html_of
from engine.errors import LienThuError, UnreadableError, UnsupportedError
from engine.model import Answer, Clause, Expression, Field, Filters, Query, Reason, Record, Window
from engine.ports import Door, Member

_KEEPS_TO_NUMBER = (3, 3)
"""Since this version an export gives as many records as it is asked for, from the place that it is asked for."""

_BYTES_PARSED_AT_ONCE = 300_000


class EprintsConnector:
    """One EPrints that can be asked.

    A page of hits tells how many there are and which; an export of just these makes records of them. It remembers the
    repository's id, and whether the server keeps to the number of records that an export is asked for.
    """

    def __init__(self, member: Member, settings: EprintsSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._repository = settings.repository
        self._keeps_to_number: bool | None = None
        self._exports_lists = True
        self.fields: frozenset[Field] = CAN.fields

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the hits; see `engine.ports.Connector`."""

        def ask(expression: Expression | None) -> Fetch:
            return self._pages(said(expression, query.filters))

        return await answer_by_pages(
            self._member.id,
            query,
            window,
            clock=self._door.clock,
            can=CAN,
            ask=ask,
            unasked=said(simpler(query.expression, CAN).expression, query.filters).unasked,
            folds_marks=self._settings.folds_marks,
        )

    def _pages(self, asked: Said) -> Fetch:
        if not asked.fields:
            raise UnsupportedError("EPrints can be asked for words and years only")

        async def fetch(place: int, count: int) -> Batch:
            try:
                hits = await self._hits(asked, place - 1)
            except UnreadableError:
                if not self._repository:
                    raise
                return await self._exported_alone(asked, place, count)
            if hits.total >= place and not hits.rows and self._repository:
                return await self._exported_alone(asked, place, count)
            notices = asked.notices if hits.is_whole else (*asked.notices, Reason("notice.partial"))
            rows = hits.rows[:count]
            full, told = await self._full(asked, place, [number for number, _ in rows], hits.total)
            records = tuple(full.get(number, brief) for number, brief in rows)
            return Batch(place, records, hits.total, len(rows) < len(hits.rows), (*notices, *told))

        return fetch

    async def _hits(self, asked: Said, offset: int) -> Hits:
        reply = await self._door.client.get(list_url(self._member.url, asked, self._settings, offset=offset))
        hits = hits_of(await html_of(reply), member=self._member.id, base=self._member.url)
        self._repository = self._repository or hits.repository
        if self._keeps_to_number is None and hits.version is not None and hits.version >= _KEEPS_TO_NUMBER:
            self._keeps_to_number = True  # until an export shows that this one does not
        return hits

    async def _full(
        self, asked: Said, place: int, numbers: list[str], total: int
    ) -> tuple[dict[str, Record], tuple[Reason, ...]]:
        """Return the full records of a page by number, and what is said of those that stay brief."""
        if not numbers:
            return {}, ()
        found: dict[str, Record] = {}
        is_trouble = False
        may_export = self._keeps_to_number or total <= self._settings.most_exported
        try:
            if self._repository and self._exports_lists and may_export:
                found = await self._export(asked, place - 1, len(numbers), total)
            else:
                found = await self._one_by_one(numbers)
        except UnreadableError:
            self._exports_lists = False
            is_trouble = True
        except LienThuError:
            is_trouble = True
        missing = sum(number not in found for number in numbers)
        if not missing:
            return found, ()
        code = "notice.full-records-unreadable" if is_trouble else "notice.brief-records"
        return found, (Reason(code, {"count": missing}),)

    async def _export(self, asked: Said, offset: int, count: int, total: int) -> dict[str, Record]:
        """Return so many records from a place, by number; more where the server exports all hits whatever is asked."""
        url = export_url(self._member.url, asked, self._settings, self._repository, offset=offset, count=count)
        records = await self._records(url)
        if len(records) > count:
            self._keeps_to_number = False
        elif total > count:
            self._keeps_to_number = True
        return records

    async def _records(self, url: str) -> dict[str, Record]:
        body = (await self._door.client.get(url)).content
        if len(body) > _BYTES_PARSED_AT_ONCE:
            eprints = await asyncio.to_thread(records_of, body)
        else:
            eprints = records_of(body)
        found: dict[str, Record] = {}
        for eprint in eprints:
            number = number_of(eprint)
            record = record_of(eprint, member=self._member.id, url=record_url(self._member.url, number))
            if record is not None:
                found[number] = record
        return found

    async def _one_by_one(self, numbers: list[str]) -> dict[str, Record]:
        found: dict[str, Record] = {}
        if self._repository:
            for number in numbers[: self._settings.record_pages]:
                found |= await self._records(record_export_url(self._member.url, number, self._repository))
        return found

    async def _exported_alone(self, asked: Said, place: int, count: int) -> Batch:
        """Return hits from an export alone, where the page of hits cannot be read."""
        url = export_url(self._member.url, asked, self._settings, self._repository, offset=place - 1, count=count + 1)
        records = tuple((await self._records(url)).values())
        if len(records) > count + 1:  # it exports everything
            return Batch(1, records, len(records), None, asked.notices)
        total = 0 if place == 1 and not records else None
        return Batch(place, records[:count], total, len(records) > count, asked.notices)

    async def probe(self) -> None:
        """Ask for one plain word: the least that proves that searches are answered."""
        await self._hits(said(Clause("history"), Filters()), 0)

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()
