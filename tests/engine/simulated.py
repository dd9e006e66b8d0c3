"""Simulated libraries: connectors that answer from a list of records, when and how a test says."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from engine.errors import LienThuError
from engine.model import Answer, Availability, Field, Holding, Person, Placed, Query, Record, Service, Window
from engine.planner import Asked
from engine.ports import Manners, Member, Names


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Library:
    """A library with records. It answers when its gate is open, or fails as it is told."""

    fields = frozenset(Field)

    def __init__(self, clock: Clock, member: Member, records: Sequence[Record], *, opened: bool = True) -> None:
        self.clock = clock
        self.member = member
        self.records = list(records)
        self.gate = asyncio.Event()
        self.was_asked = asyncio.Event()
        self.failure: LienThuError | Exception | None = None
        self.asked: list[tuple[Query, Window]] = []
        self.probed = 0
        self.cancelled = 0
        self.total: int | None = None
        """How many it says there are; None: as many as there are."""
        if opened:
            self.gate.set()

    async def search(self, query: Query, window: Window) -> Answer:
        self.asked.append((query, window))
        self.was_asked.set()
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.failure is not None:
            raise self.failure
        part = self.records[window.start - 1 : window.start - 1 + window.count]
        return Answer(
            self.member.id,
            tuple(Placed(place, record) for place, record in enumerate(part, window.start)),
            total=len(self.records) if self.total is None else self.total,
            asked_at=self.clock(),
            took_s=0.01,
            has_more=window.start - 1 + len(part) < len(self.records),
        )

    async def probe(self) -> None:
        self.probed += 1
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure

    async def close(self) -> None:
        pass


class LendingLibrary(Library):
    """A library that also tells what can be had now: one copy of each record, those of the ids in `lent` lent."""

    def __init__(self, clock: Clock, member: Member, records: Sequence[Record], *, opened: bool = True) -> None:
        super().__init__(clock, member, records, opened=opened)
        self.lent: set[str] = set()
        self.unknown: set[str] = set()
        self.batches: list[list[str]] = []
        self.desk = asyncio.Event()
        self.desk_was_asked = asyncio.Event()
        self.desk.set()
        self.desk_failure: LienThuError | Exception | None = None

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        self.batches.append([record.id for record in records])
        self.desk_was_asked.set()
        await self.desk.wait()
        if self.desk_failure is not None:
            raise self.desk_failure
        return {
            record.id: (Holding("Kho mượn", availability=(Availability(Service.LOAN, record.id not in self.lent),)),)
            for record in records
            if record.id not in self.unknown
        }


def lending(plain: Library) -> LendingLibrary:
    """Return the same library, one that can tell what can be had now."""
    return LendingLibrary(plain.clock, plain.member, plain.records, opened=plain.gate.is_set())


def member(member_id: str, *, window: int = 20, timeout_s: float = 30.0) -> Member:
    return Member(
        member_id,
        "simulated",
        "http://127.0.0.1/",
        Names(f"Thư viện {member_id}", f"Library {member_id}"),
        window=window,
        manners=Manners(timeout_s=timeout_s),
    )


def library(clock: Clock, member_id: str, titles: Sequence[str], *, opened: bool = True, **keys: float) -> Library:
    """Return a library whose records have these titles; "title / person / year" where given."""
    found = member(member_id, **keys)  # type: ignore[arg-type]
    records = []
    for number, line in enumerate(titles, 1):
        title, person, year = (*line.split(" / "), "", "")[:3]
        people = (Person(person),) if person else ()
        records.append(
            Record(member_id, str(number), title, people=people, year=int(year) if year else None, languages=("vie",))
        )
    return Library(clock, found, records, opened=opened)


def asked(*libraries: Library) -> list[Asked]:
    return [Asked(one.member, one) for one in libraries]
