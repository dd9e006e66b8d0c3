"""What can be had now: the copies of titles that a reader has on the screen, asked of the members that can tell.

Asked lazily and in batches, a member once for all the titles of a screen; what it says is kept for two minutes and has
its age. A member that cannot tell now costs a sentence, and its copies stay as its description had them.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from engine.errors import BugError, LienThuError, TimedOutError, UnsupportedError
from engine.model import Edition, Holding, Noun, Reason, Record, Title
from engine.planner import Asked, is_open_to
from engine.ports import AvailabilityConnector, Clock
from engine.rest import Rests

KEPT_S = 120.0
KEPT_RECORDS = 4_000
MOST_RECORDS = 50
"""Records of one member in one batch. More titles than that are on nobody's screen."""

log = logging.getLogger("lienthu.availability")

RecordKey = tuple[str, str]


class Told(Noun, frozen=True):
    """How a member's word on the copies of a record came about.

    `age_s` is how long ago it said so, None for what its description said at an unknown time; `problem` says why it
    could not be asked now.
    """

    age_s: float | None = None
    problem: Reason | None = None


class Refreshed(Noun, frozen=True):
    """A title whose records have the holdings of now, and by (member, record id) how each came about."""

    title: Title
    told: dict[RecordKey, Told]


class _Kept(Noun, frozen=True):
    """What a member said of a record; `holdings` is None where it said nothing."""

    holdings: tuple[Holding, ...] | None
    asked_at: float


class Availabilities:
    """Asks members what can be had now. One for a process."""

    def __init__(self, asked: Iterable[Asked], rests: Rests, clock: Clock) -> None:
        self._asked = {one.member.id: one for one in asked if isinstance(one.connector, AvailabilityConnector)}
        self._rests = rests
        self._clock = clock
        self._kept: OrderedDict[RecordKey, _Kept] = OrderedDict()
        self._asking: dict[RecordKey, asyncio.Task[LienThuError | None]] = {}

    async def refreshed(self, titles: Sequence[tuple[Title, float]], *, reader: str | None) -> tuple[Refreshed, ...]:
        """Return titles with the holdings of now. With each title comes when it was put together (epoch seconds).

        Never raises for a failure of a member. Members that are closed to this reader are not asked.
        """
        wanted: dict[str, dict[str, Record]] = {}
        for title, made_at in titles:
            for record in _records(title):
                if self._needs_asking(record, made_at - (title.age_s or 0.0)):
                    wanted.setdefault(record.member, {})[record.id] = record
        problems: dict[str, Reason] = {}
        asking: dict[str, set[asyncio.Task[LienThuError | None]]] = {}
        for member, records in wanted.items():
            asked = self._asked[member]
            resting = self._rests.resting(member)
            if not is_open_to(asked.member, reader):
                problems[member] = Reason("plan.network")
            elif resting is not None:
                problems[member] = resting.reason
            else:
                asking[member] = self._ask(asked, tuple(records.values())[:MOST_RECORDS])
        tasks = set[asyncio.Task[LienThuError | None]]().union(*asking.values())
        if tasks:
            await asyncio.wait(tasks)  # a reader who leaves does not take them along: others may wait for them
        for member, ours in asking.items():
            failed = [error for task in ours if (error := task.result()) is not None]
            if failed:
                problems[member] = failed[0].reason
        return tuple(self._made(title, made_at, problems) for title, made_at in titles)

    def _needs_asking(self, record: Record, described_at: float) -> bool:
        """Whether the member can tell more than is known: nothing is, or what is known has grown old."""
        if record.member not in self._asked:
            return False
        kept = self._kept.get((record.member, record.id))
        now = self._clock()
        if kept is not None:
            return now - kept.asked_at > KEPT_S
        is_told = any(one.availability or one.copies_available is not None for one in record.holdings)
        return not is_told or now - described_at > KEPT_S

    def _ask(self, asked: Asked, records: tuple[Record, ...]) -> set[asyncio.Task[LienThuError | None]]:
        """Return the tasks that find out about these records: those that already do, and one for the others."""
        tasks = set()
        others = []
        for record in records:
            task = self._asking.get((record.member, record.id))
            if task is None:
                others.append(record)
            else:
                tasks.add(task)
        if others:
            task = asyncio.create_task(self._answered(asked, tuple(others)), name=f"availability {asked.member.id}")
            keys = [(record.member, record.id) for record in others]
            self._asking.update(dict.fromkeys(keys, task))
            task.add_done_callback(lambda _: [self._asking.pop(key, None) for key in keys])
            tasks.add(task)
        return tasks

    async def _answered(self, asked: Asked, records: tuple[Record, ...]) -> LienThuError | None:
        """Ask a member in one batch and keep what it says; return its failure, if it fails."""
        member, connector = asked.member, asked.connector
        assert isinstance(connector, AvailabilityConnector)
        asked_at = self._clock()
        found: dict[str, tuple[Holding, ...]] = {}
        try:
            async with asyncio.timeout(member.manners.timeout_s):
                found = await connector.availability(records)
        except UnsupportedError:
            pass  # its system could tell, but this library does not
        except TimeoutError:
            return self._failed(member.id, TimedOutError(timeout_s=member.manners.timeout_s))
        except LienThuError as error:
            return self._failed(member.id, error)
        except Exception as error:  # our own bug must cost one member and not the page
            log.exception("bug in connector", extra={"member": member.id, "system": member.system})
            return self._failed(member.id, BugError(type(error).__name__))
        for record in records:
            key = (record.member, record.id)
            self._kept[key] = _Kept(found.get(record.id), asked_at)
            self._kept.move_to_end(key)
        while len(self._kept) > KEPT_RECORDS:
            self._kept.popitem(last=False)
        return None

    def _failed(self, member: str, error: LienThuError) -> LienThuError:
        self._rests.failed(member, error)
        return error

    def _made(self, title: Title, made_at: float, problems: Mapping[str, Reason]) -> Refreshed:
        now = self._clock()
        told: dict[RecordKey, Told] = {}
        for record in _records(title):
            key = (record.member, record.id)
            kept = self._kept.get(key)
            if kept is not None and kept.holdings is not None:
                told[key] = Told(max(0.0, now - kept.asked_at), problems.get(record.member))
            else:
                age_s = max(0.0, now - made_at + (title.age_s or 0.0))
                told[key] = Told(age_s, problems.get(record.member))
        return Refreshed(msgspec.structs.replace(title, editions=tuple(map(self._with_copies, title.editions))), told)

    def _with_copies(self, edition: Edition) -> Edition:
        records = tuple(map(self._with_copies_of_now, edition.records))
        if records == edition.records:
            return edition
        holdings = tuple(holding for record in records for holding in record.holdings)
        merged = msgspec.structs.replace(edition.merged, holdings=holdings)
        return msgspec.structs.replace(edition, merged=merged, records=records)

    def _with_copies_of_now(self, record: Record) -> Record:
        kept = self._kept.get((record.member, record.id))
        if kept is None or kept.holdings is None or kept.holdings == record.holdings:
            return record
        return msgspec.structs.replace(record, holdings=kept.holdings)


def _records(title: Title) -> Iterable[Record]:
    return (record for edition in title.editions for record in edition.records)
