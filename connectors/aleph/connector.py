"""A member with an Aleph whose X-server may be asked."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode, urlsplit

from connectors.aleph.items import circ_status, published
from connectors.aleph.request import AlephQuery, Pairs, aleph_query, entries
from connectors.aleph.response import Found, LostSetError, UnknownCodeError, found, presented
from connectors.aleph.settings import CODES, AlephSettings
from connectors.lists.by_place import Listed, Lister, answer_by_place
from engine.errors import LienThuError, RefusedError, UnreadableError
from engine.model import Answer, Field, Holding, Query, Reason, Record, Window
from engine.ports import Door, Member

KEPT_SETS = 20
SET_LASTS_S = 120.0
"""How long a set of hits is presented from again: Aleph forgets it with its session."""

_MOST_AT_ONCE = 10
"""publish_avail takes no more numbers."""


class AlephConnector:
    """One Aleph that can be asked.

    It remembers sets of hits for a while, so that a next page costs no second find; codes that the library does not
    have; and which of Aleph's two services tells of copies.
    """

    def __init__(self, member: Member, settings: AlephSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        base = member.url.partition("?")[0].rstrip("/")
        path = settings.x_path.strip("/")
        self._x = base if urlsplit(base).path.endswith(f"/{path}") else f"{base}/{path}"
        root = self._x.removesuffix(f"/{path}")
        self._record_url = settings.record_url or f"{root}/F?func=direct&local_base={settings.base}&doc_number={{id}}"
        # The words of an identifier are torn apart at its slash: without a code of its own it is not asked for.
        has_identifiers = bool(settings.codes.get(Field.IDENTIFIER))
        self.fields: frozenset[Field] = frozenset(Field) - (frozenset() if has_identifiers else {Field.IDENTIFIER})
        self._sets: dict[Pairs, tuple[Found, float]] = {}
        self._unknown: set[str] = set()
        self._items = settings.items

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask for one window of the list; see `engine.ports.Connector`."""
        lister = Lister(self._member.id, self._door.clock, self._settings.folds_marks)
        begun = frozenset(self._unknown)
        try:
            return await answer_by_place(lister, query, window, self._say, self._ask)
        except UnknownCodeError:
            if frozenset(self._unknown) == begun:
                raise
            return await answer_by_place(lister, query, window, self._say, self._ask)

    def _say(self, query: Query) -> AlephQuery:
        return aleph_query(query, self._settings, unknown=self._unknown)

    async def _ask(self, said: AlephQuery, window: Window) -> Listed:
        kept = self._kept(said.pairs)
        if kept is not None:
            try:
                return await self._present(kept, window)
            except LostSetError:
                self._sets.pop(said.pairs, None)
        hits = await self._find(said)
        return await self._present(hits, window) if hits.number else Listed((), 0)

    def _kept(self, pairs: Pairs) -> Found | None:
        hits, at = self._sets.get(pairs, (None, 0.0))
        return hits if self._door.clock() - at < SET_LASTS_S else None

    async def _find(self, said: AlephQuery) -> Found:
        pairs = (("op", "find"), ("base", self._settings.base), *said.pairs)
        try:
            hits = found(await self._get(pairs))
        except UnknownCodeError:
            # Which of several codes it was the X-server does not say: all but that for any word are given up.
            self._unknown |= said.codes - {self._settings.codes.get(Field.ANY, CODES[Field.ANY])}
            raise
        if hits.number:
            if len(self._sets) >= KEPT_SETS:
                self._sets.pop(next(iter(self._sets)))
            self._sets[said.pairs] = (hits, self._door.clock())
        return hits

    async def _present(self, hits: Found, window: Window) -> Listed:
        end = min(window.start + window.count - 1, hits.entries)
        is_capped = hits.entries < hits.records and window.start + window.count - 1 >= hits.entries
        notices = (Reason("notice.list-capped", {"count": hits.entries}),) if is_capped else ()
        rows: list[Record | None] = []
        place = window.start
        while place <= end:
            count = min(end - place + 1, self._settings.max_records)
            pairs = (("op", "present"), ("set_number", hits.number), ("set_entry", entries(place, count)))
            session = (("session-id", hits.session),) if hits.session else ()
            try:
                body = await self._get((*pairs, ("format", "marc"), *session))
                came = presented(body, self._member.id, self._record_url)
            except LienThuError:
                if not rows:
                    raise
                return Listed(tuple(rows), hits.records, (*notices, Reason("notice.partial")))
            rows += came[:count]
            place += count
            if not came:
                break
        if not rows and place <= hits.entries and window.start <= hits.entries:
            raise UnreadableError(f"{hits.records} hits are told, and none is presented")
        total = hits.records
        return Listed(
            tuple(rows),
            total if rows else None,
            notices,
            has_more=bool(rows) and window.start + len(rows) <= hits.entries,
        )

    async def _get(self, pairs: Pairs) -> bytes:
        user = (("user_name", self._settings.user_name), ("user_password", self._settings.user_password))
        said = (*pairs, *user) if self._settings.user_name else pairs
        response = await self._door.client.get(f"{self._x}?{urlencode(said, quote_via=quote)}")
        return response.content

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Ask for the copies of these records: ten at once where Aleph publishes its availability, else one by one."""
        ids = [record.id for record in records if record.id.isdigit()]
        library = self._settings.library or self._settings.base
        if self._items == "none" or not ids:
            return {}
        if self._items in {"auto", "publish_avail"}:
            try:
                return await self._published(ids, library)
            except (RefusedError, UnreadableError, UnknownCodeError):
                if self._items == "publish_avail":
                    raise
                self._items = "circ_status"
        told: dict[str, tuple[Holding, ...]] = {}
        for own_id in ids[: self._settings.most_items]:
            told[own_id] = circ_status(
                await self._get((("op", "circ_status"), ("library", library), ("sys_no", own_id)))
            )
        return told

    async def _published(self, ids: list[str], library: str) -> dict[str, tuple[Holding, ...]]:
        told: dict[str, tuple[Holding, ...]] = {}
        for start in range(0, len(ids), _MOST_AT_ONCE):
            batch = ids[start : start + _MOST_AT_ONCE]
            came = published(
                await self._get((("op", "publish_avail"), ("library", library), ("doc_num", ",".join(batch))))
            )
            told |= {own_id: came[own_id.lstrip("0")] for own_id in batch if own_id.lstrip("0") in came}
        if not told:
            raise UnreadableError("publish_avail tells nothing of any record")
        return told

    async def probe(self) -> None:
        """Look for one plain word: the least that proves that searches are answered."""
        code = self._settings.codes.get(Field.ANY) or CODES[Field.ANY]
        found(await self._get((("op", "find"), ("base", self._settings.base), ("code", code), ("request", "history"))))

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()
