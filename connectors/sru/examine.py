"""Finds out by asking what a server really does: its version, its schemas, the fields that find something.

Costs about a dozen requests, one after the other, within the member's manners: for `lienthu member check`, not
for searches.
"""

from __future__ import annotations

import msgspec

from connectors.finding_out import sample_of
from connectors.formats import record_from_xml
from connectors.questions.cql import cql
from connectors.sru import ladder
from connectors.sru.explain import Explained, explained
from connectors.sru.request import explain_url, search_url
from connectors.sru.response import Response, response_beside, unpacked
from connectors.sru.settings import Dialect, SruSettings, dialect
from engine.errors import LienThuError, UnreadableError, UnsupportedError
from engine.model import Clause, Field, Query, Record
from engine.ports import Door, Member


class Examined(msgspec.Struct, frozen=True):
    """What a server does when asked.

    `version` is the one that it answered in, None if none worked. `schemas` are those of the member file that gave a
    readable record. `found` are fields whose index found something, `empty` those that found nothing,
    `refused` those whose index it does not understand. `told` is its explain record, if it has one.
    """

    version: str | None
    total: int | None
    schemas: tuple[str, ...] = ()
    found: tuple[Field, ...] = ()
    empty: tuple[Field, ...] = ()
    refused: tuple[Field, ...] = ()
    told: Explained | None = None


async def examine(member: Member, settings: SruSettings, door: Door, *, word: str = "history") -> Examined:
    """Return what a member's server does; `word` should stand in many of its records.

    Raises one of `engine.errors` where it does not answer searches at all.
    """
    examination = _Examination(member, dialect(settings), door)
    told = await examination.explain()
    answer = await examination.settle(Query(Clause(word)))
    schemas, record = await examination.schemas(Query(Clause(word)))
    found, empty, refused = await examination.fields(record, word)
    return Examined(
        version=answer.version or examination.speaking.version.value,
        total=answer.total,
        schemas=schemas,
        found=found,
        empty=empty,
        refused=refused,
        told=told,
    )


class _Examination:
    """The requests of one examination, in the version that was found to work."""

    def __init__(self, member: Member, wished: Dialect, door: Door) -> None:
        self.member, self.speaking, self.door = member, wished, door

    async def explain(self) -> Explained | None:
        """Return what the server says about itself, None where it says nothing that can be read."""
        try:
            reply = await self.door.client.get(explain_url(self.member.url, self.speaking.version))
            return explained(reply.content)
        except LienThuError:
            return None

    async def ask(self, query: Query, speaking: Dialect) -> Response:
        url = search_url(self.member.url, speaking, cql(query, speaking).text, start=1, count=1)
        return await response_beside(await self.door.client.get(url), lenient=speaking.lenient)

    async def settle(self, query: Query) -> Response:
        """Return the answer on the first rung of the ladder that works."""
        answer = await self.ask(query, self.speaking)
        for _ in range(self.speaking.max_requests):
            step = ladder.after_diagnostics(self.speaking, query, answer.diagnostics)
            if step is None:
                break
            self.speaking = step.speaking
            answer = await self.ask(query, self.speaking)
        if answer.diagnostics and not answer.rows:
            raise answer.diagnostics[0].failure(self.member.id)
        return answer

    async def schemas(self, query: Query) -> tuple[tuple[str, ...], Record | None]:
        """Return the schemas that give a readable record, and the first such record."""
        works: list[str] = []
        first: Record | None = None
        for schema in self.speaking.schemas:
            speaking = msgspec.structs.replace(self.speaking, schemas=(schema,))
            record = self.record(await self.ask(query, speaking))
            if record is not None:
                works.append(schema)
                first = first or record
        return tuple(works), first

    def record(self, answer: Response) -> Record | None:
        row = answer.rows[0] if answer.rows else None
        if row is None or row.diagnostic is not None:
            return None
        try:
            element = row.element if row.element is not None else unpacked(row.text or "")
            return record_from_xml(element, member=self.member.id, dialect=self.speaking.record_dialect)
        except UnreadableError:
            return None

    async def fields(self, record: Record | None, word: str) -> tuple[tuple[Field, ...], ...]:
        """Return the mapped fields that found something, that found nothing, that were not understood."""
        found: list[Field] = []
        empty: list[Field] = []
        refused: list[Field] = []
        for field in self.speaking.indexes:
            own = sample_of(record, field) if field is not Field.ANY else None
            try:
                answer = await self.ask(Query(Clause(own or word, field=field)), self.speaking)
            except UnsupportedError:  # the member file says that it has no index for it
                continue
            if answer.diagnostics and not answer.rows:
                refused.append(field)
            elif answer.total == 0 or not answer.rows:
                empty.append(field)
            else:
                found.append(field)
        return tuple(found), tuple(empty), tuple(refused)
