"""One search being answered by a server: what is asked, what comes, what is given up on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import httpx
import msgspec

from connectors.formats import record_from_xml
from connectors.lists.narrow import narrows, passes
from connectors.questions.cql import Cql, cql
from connectors.questions.expressions import is_marked
from connectors.questions.notices import once
from connectors.reading.diagnostics import HARMLESS, Means
from connectors.sru import ladder
from connectors.sru.diagnostics import Diagnostic
from connectors.sru.response import Response, Row, response_beside, surrogate, unpacked
from connectors.sru.settings import Dialect
from engine.errors import LienThuError, UnreadableError
from engine.model import Placed, Query, Reason, Record, Window
from engine.ports import Clock

FIELDS_A_SLICE = 250
"""How many fields of records are read before others may run: about 5 ms."""

MOST_REQUESTS = 10
"""Most requests of one search: to fill a window from a server whose own pages are small."""

Fetch = Callable[[str, Dialect, int, int], Awaitable[httpx.Response]]
"""Sends CQL in a dialect for a count of records from a place, and returns what came."""


class Asking:
    """One search of one server.

    `wished` is how the member file wants the server to be spoken to, `speaking` the rung of the ladder that worked
    last. After `run`, `learned` is the rung to begin with next time, and `read_at` tells when the last byte was read.
    """

    def __init__(self, member: str, wished: Dialect, speaking: Dialect, fetch: Fetch, clock: Clock) -> None:
        self.member, self.wished, self.fetch, self.clock = member, wished, fetch, clock
        self.read_at = clock()
        self.speaking = self.learned = speaking
        self.placed: list[Placed] = []
        self.total: int | None = None
        self.has_more = False
        self._requests = 0
        self._said = Cql("")
        self._given_up: list[Reason] = []
        self._unreadable = 0
        self._withheld = 0
        self._ids: set[str] = set()

    async def run(self, query: Query, window: Window) -> None:
        """Ask until the window is full, the list ends or the requests are used up."""
        start, end = window.start, window.start + window.count
        if self.speaking.max_start:
            end = min(end, self.speaking.max_start + 1)
        if start >= end:
            self._given_up.append(Reason("notice.list-capped", {"count": self.speaking.max_start}))
            return
        answer = await self._first(query, start, min(end - start, self.speaking.max_records))
        start += await self._take(answer, start, end)
        while start < end and self.has_more and self._requests < MOST_REQUESTS:
            try:
                answer = await self._ask(start, min(end - start, self.speaking.max_records))
                start += await self._take(answer, start, end)
            except LienThuError:
                # What came is worth more than what did not.
                self._given_up.append(Reason("notice.partial"))
                break
        if self.has_more and self.speaking.max_start and start > self.speaking.max_start:
            self.has_more = False
            self._given_up.append(Reason("notice.list-capped", {"count": self.speaking.max_start}))

    def notices(self) -> tuple[Reason, ...]:
        """Everything that was given up to get this answer, each once."""
        found = [*self._said.notices, *self._given_up]
        if self.speaking.version is not self.wished.version:
            found.append(Reason("notice.lower-version", {"version": self.speaking.version.value}))
        if self.speaking.schemas[:1] != self.wished.schemas[:1]:
            schema = self.speaking.schemas[0] if self.speaking.schemas else "-"
            found.append(Reason("notice.other-schema", {"schema": schema}))
        if self.total is None and self.placed:
            found.append(Reason("notice.total-unknown"))
        if self._unreadable:
            found.append(Reason("notice.records-unreadable", {"count": self._unreadable}))
        if self._withheld:
            found.append(Reason("notice.records-withheld", {"count": self._withheld}))
        return once(found)

    async def _ask(self, start: int, count: int) -> Response:
        self._requests += 1
        reply = await self.fetch(self._said.text, self.speaking, start, count)
        self.read_at = self.clock()
        return await response_beside(reply, lenient=self.speaking.lenient)

    async def _first(self, query: Query, start: int, count: int) -> Response:
        """Return the first answer that is not a plea to be asked otherwise."""
        typed = query.expression
        while True:
            self._said = cql(query, self.speaking)
            answer = await self._ask(start, min(count, self.speaking.max_records))
            said = answer.diagnostics or _only_surrogates(answer)
            step = None if _records(answer) else ladder.after_diagnostics(self.speaking, query, said)
            # Beyond the first page, YAZ adds that the place is out of range.
            if step is None and answer.total == 0 and all(one.meaning.means in HARMLESS for one in said):
                step = ladder.after_nothing(self.speaking, query)
            if step is None or self._requests >= self.speaking.max_requests:
                break
            self.speaking, query = step.speaking, step.query
            self._given_up.extend(step.notices)
            if step.is_lasting:
                self.learned = self.speaking
        if answer.total == 0:
            # What was given up to find something is not worth telling where nothing was found.
            self._given_up.clear()
            if not self.speaking.folds_marks and typed is not None and not is_marked(typed):
                self._given_up.append(Reason("notice.marks-needed"))
        return answer

    async def _take(self, answer: Response, start: int, end: int) -> int:
        """Take the records of one answer that stand before `end`; return how many places they fill."""
        self._fail_on(answer, start)
        self.total = answer.total if answer.total is not None else self.total
        asked = min(end - start, self.speaking.max_records)
        rows = answer.rows[: end - start]  # some send more than was asked for
        is_new = await self._read(rows, start)
        # Some send the same page whatever place is asked for: what is all known already is the end.
        came = len(rows) if is_new else 0
        self.has_more = came > 0 and (start + came <= self.total if self.total is not None else came >= asked)
        return came

    def _fail_on(self, answer: Response, start: int) -> None:
        """Raise what the diagnostics of an answer mean, unless they leave something to show."""
        for diagnostic in answer.diagnostics:
            means = diagnostic.meaning.means
            if means is Means.PARTIAL:
                self._given_up.append(Reason("notice.partial"))
            if means is Means.EMPTY:
                self._given_up.append(Reason("notice.stop-words"))
            if answer.rows or means in HARMLESS:
                continue
            raise diagnostic.failure(self.member)
        if start == 1 and not answer.rows and not answer.diagnostics and answer.total != 0:
            told = "no count" if answer.total is None else f"{answer.total} hits"
            raise UnreadableError(f"{told} and neither a record nor a diagnostic")

    async def _read(self, rows: tuple[Row, ...], start: int) -> bool:
        """Read the records of one answer, letting others run in between; return whether any of them is new."""
        unreadable = withheld = 0
        page: list[Placed] = []
        first: Diagnostic | None = None
        unasked = self._said.unasked
        is_narrowed = narrows(unasked)
        fields = FIELDS_A_SLICE // 2  # parsing took the other half
        for at, row in enumerate(rows):
            fields += _weight(row)
            if fields > FIELDS_A_SLICE:
                await asyncio.sleep(0)
                fields = 0
            try:
                found = self._record(row)
            except UnreadableError:
                unreadable += 1
                continue
            if isinstance(found, Diagnostic):
                withheld += 1
                first = first or found
            else:
                page.append(Placed(start + at, found))
        if rows and withheld == len(rows) and first is not None:
            raise first.failure(self.member)
        if unreadable and unreadable + withheld == len(rows):
            raise UnreadableError(f"none of {len(rows)} records can be read")
        if is_narrowed:
            self._given_up.append(Reason("notice.filtered-here"))
        self._unreadable += unreadable
        self._withheld += withheld
        ids = {placed.record.id for placed in page}
        if ids and ids <= self._ids:
            return False
        self._ids |= ids
        self.placed += [placed for placed in page if passes(placed.record, unasked)] if is_narrowed else page
        return True

    def _record(self, row: Row) -> Record | Diagnostic:
        """Return the record of a row, or the diagnostic that stands in its place."""
        if row.diagnostic is not None:
            return row.diagnostic
        element = row.element
        if element is None:
            if row.text is None:
                raise UnreadableError("a record without data")
            element = unpacked(row.text)
            instead = surrogate(element)
            if instead is not None:
                return instead
        record = record_from_xml(element, member=self.member, dialect=self.speaking.record_dialect)
        own = row.identifier or record.id
        url = record.url
        if self.speaking.record_url:
            url = self.speaking.record_url.replace("{id}", quote(own, safe="/:"))
        if own == record.id and url == record.url:
            return record
        return msgspec.structs.replace(record, id=own, url=url)


def _weight(row: Row) -> int:
    """Return about how many fields a record has: what reading it costs."""
    if row.element is not None:
        return 5 + len(row.element)
    return 5 + len(row.text or "") // 150


def _records(answer: Response) -> int:
    return sum(row.diagnostic is None for row in answer.rows)


def _only_surrogates(answer: Response) -> tuple[Diagnostic, ...]:
    """Return the diagnostics in the places of records, where no place holds a record."""
    found = tuple(row.diagnostic for row in answer.rows if row.diagnostic is not None)
    return found if found and len(found) == len(answer.rows) else ()
