"""A member with a DSpace, of any version."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

import httpx

from connectors.dspace import rest
from connectors.dspace.access import holdings
from connectors.dspace.asking import Asking
from connectors.dspace.interface import CONFIG, is_interface, root_of, server_in
from connectors.dspace.metadata import page_of
from connectors.dspace.question import FIELDS
from connectors.dspace.settings import DspaceSettings, Way
from connectors.dspace.ways import Server, by_home_page, by_interface, guessed, item_details, ladder
from connectors.http.course import ACCEPT_STATUS
from connectors.reading.html import parse_html
from connectors.reading.json import json_of
from engine.errors import FaultError, LienThuError, RefusedError, SettingsError, UnreadableError
from engine.model import Answer, Holding, Query, Record, Window
from engine.ports import Door, Member

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MOST_ITEM_PAGES: Final = 10
"""Most pages asked for the availability of several items, where each has to be asked for on its own."""

_ANY_ABSENCE: Final = frozenset({400, 401, 403, 404, 410})
_OTHER_WAY: Final = (UnreadableError, RefusedError, FaultError)
"""Failures after which another way may do."""


class DspaceConnector:
    """One DSpace that can be asked. It remembers which way worked, and what it learned of the server."""

    def __init__(self, member: Member, settings: DspaceSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._ladder = ladder(member.url, settings, member.id)
        self._learned: Server | None = None
        self.fields = FIELDS

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the answer; see `engine.ports.Connector`."""
        asked_at = self._door.clock()
        asking = await self._asked(query, window)
        return Answer(
            member=self._member.id,
            placed=asking.placed,
            total=asking.total,
            asked_at=asked_at,
            took_s=max(0.0, self._door.clock() - asked_at),
            has_more=asking.has_more,
            notices=asking.notices,
        )

    async def probe(self) -> None:
        """Ask for one hit, and whether the collection that is searched exists: a wrong one is ignored in silence."""
        await self._asked(Query(None), Window(1, 1), complete=0)
        if self._settings.scope:
            await self.check_scope(await self.server())

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return who may read the files of records: from version 7 on in one request, before that a page each."""
        server = await self.server()
        if not records:
            return {}
        if server.way is Way.REST7:
            if len(records) == 1 and _UUID.fullmatch(records[0].id):
                return await self._files_of(server, records[0])
            return await self._access_of_several(server, records)
        return {} if server.is_version_7 else await self._access_by_pages(server, records)

    # Ways ---------------------------------------------------------------------------------

    async def _asked(self, query: Query, window: Window, *, complete: int | None = None) -> Asking:
        """Return a search done by the way that works; the first time, the ways are tried from the cheapest."""
        if self._learned is not None:
            try:
                return await self._ask(self._learned, query, window, complete)
            except UnreadableError:
                self._learned = None  # it may have moved, or been turned off: the next search looks anew
                raise
        problems: list[LienThuError] = []
        tried = list(self._ladder)
        has_looked = self._settings.way is not Way.AUTO
        while tried:
            server = tried.pop(0)
            try:
                asking = await self._ask(server, query, window, complete)
            except _OTHER_WAY as error:
                problems.append(error)
                is_at_border = server.way is Way.REST7 and bool(tried) and not tried[0].is_version_7
                further = [] if tried else guessed(self._member.url, self._settings, self._member.id)
                if not has_looked and (is_at_border or further):
                    has_looked = True
                    tried = await self._pointed_to() or tried or further
                continue
            if tried and self._settings.scope and server.ignores_scope:
                continue  # the pages do look in one collection only
            self._learned = server
            return asking
        # That a way is not there says less than that one is, and fails or is shut.
        raise next((one for one in problems if not isinstance(one, UnreadableError)), problems[0])

    async def _ask(self, server: Server, query: Query, window: Window, complete: int | None) -> Asking:
        most = self._settings.complete if complete is None else complete
        asking = Asking(server, self._settings, self._door, self._member, most_completed=most)
        await asking.run(query, window)
        return asking

    async def _pointed_to(self) -> list[Server]:
        """Return the ways that the home page points to, [] if it cannot be read."""
        try:
            reply = await self._door.client.get(self._member.url)
            page = parse_html(reply.content, charset=reply.charset_encoding)
            if is_interface(reply.content):
                return await self._named_by_interface(reply)
        except _OTHER_WAY:
            return []
        return by_home_page(page, str(reply.url), self._settings, self._member.id)

    async def _named_by_interface(self, home: httpx.Response) -> list[Server]:
        """Return the ways to the server that the interface of version 7 names, in its page or in its settings."""
        root = root_of(home.content, str(home.url))
        server = server_in(home.content) or server_in((await self._door.client.get(root + CONFIG)).content)
        return by_interface(server, root, self._settings, self._member.id) if server else []

    async def server(self) -> Server:
        """Return the way that works; where it is not known, a search for one hit finds it out."""
        if self._learned is None:
            await self._asked(Query(None), Window(1, 1), complete=0)
        assert self._learned is not None
        return self._learned

    async def check_scope(self, server: Server) -> None:
        """Raise SettingsError for a scope that the server does not have."""
        scope = self._settings.scope
        if server.is_version_7:
            url = f"{server.base}/api/dso/find?{urlencode({'uuid': scope})}"
        else:
            url = page_of(scope, server.base)
        reply = await self._door.client.get(url, extensions={ACCEPT_STATUS: _ANY_ABSENCE})
        if reply.status_code in _ANY_ABSENCE:
            raise SettingsError(f"{self._member.id}.toml", None, f"dspace.scope: the server has no {scope!r}")

    # Availability ---------------------------------------------------------------------------

    async def _files_of(self, server: Server, record: Record) -> dict[str, tuple[Holding, ...]]:
        """Return what one item holds, with its open files."""
        reply = await self._door.client.get(
            rest.item_url(server.base, record.id), extensions={ACCEPT_STATUS: _ANY_ABSENCE}
        )
        if reply.status_code in _ANY_ABSENCE:
            return {}
        item = json_of(reply)
        if item.get("withdrawn") is True:
            return {}
        found = rest.file_holdings(item, server=server.base, url=record.url)
        return {} if found is None else {record.id: found}

    async def _access_of_several(self, server: Server, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return what several items hold, asked for at once; nothing of a server that fails over it."""
        found: dict[str, tuple[Holding, ...]] = {}
        if not server.embeds_access:
            return found
        for start in range(0, len(records), rest.MOST_ITEMS_AT_ONCE):
            some = records[start : start + rest.MOST_ITEMS_AT_ONCE]
            uuids = [one.id for one in some if _UUID.fullmatch(one.id)]
            handles = [one.id for one in some if not _UUID.fullmatch(one.id)]
            reply = await self._door.client.get(rest.several_url(server.base, uuids, handles))
            page = rest.listing(json_of(reply), member=self._member.id, pages=server.pages)
            by_id = {one.id: one for one in some}
            for row in page.rows:
                record = row.record and (by_id.get(row.record.id) or by_id.get(row.handle))
                held = holdings(row.access, record.url) if record and row.access else None
                if record and held is not None:
                    found[record.id] = held
        return found

    async def _access_by_pages(self, server: Server, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return what items hold as each of their pages says it; those beyond the most are left out."""
        chosen = records[:_MOST_ITEM_PAGES]
        pages = await asyncio.gather(*(self._access_on_page(server, one) for one in chosen), return_exceptions=True)
        failures = [page for page in pages if isinstance(page, BaseException)]
        for failure in failures:
            if not isinstance(failure, LienThuError) or len(failures) == len(chosen):
                raise failure
        told = zip(chosen, pages, strict=True)
        return {one.id: page for one, page in told if page is not None and not isinstance(page, BaseException)}

    async def _access_on_page(self, server: Server, record: Record) -> tuple[Holding, ...] | None:
        details = await item_details(self._door.client, server, record.id)
        return None if details is None or details.access is None else holdings(details.access, record.url)
