"""How a whole catalogue is read from its repository, and where it is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from engine.model import Noun, Query, Reason, Record, Window


class Listing(Noun, frozen=True):
    """Which list of a repository is read: a format, a set ("" for all), and what changed `since` (None: everything)."""

    prefix: str
    set: str = ""
    since: str | None = None


class RepositoryFacts(Noun, frozen=True):
    """What a repository says of itself before it is harvested.

    `prefix` is the format that will be asked for, `sets` those that will be read, ("",) for the whole. `now` is its own
    time, seconds since the epoch (None: it does not say). `days_only`: it tells the days of changes, not the seconds.
    `overlap_s`: how far behind its own changes its list may be. `warnings` are sentences for the operator.
    """

    name: str
    prefix: str
    sets: tuple[str, ...] = ("",)
    now: float | None = None
    days_only: bool = False
    overlap_s: float = 0.0
    warnings: tuple[Reason, ...] = ()


class Batch(Noun, frozen=True):
    """One page of a repository's list.

    `deleted` are ids of records that are gone. `unread` are ids of records that are there and cannot be read: what is
    known of them stays. `token` leads to the next page, None: this was the last. `total` is the length of the list as
    the repository tells it. `latest` is the newest time of change on the page, seconds since the epoch.
    """

    records: tuple[Record, ...] = ()
    deleted: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    token: str | None = None
    total: int | None = None
    latest: float | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of everything on the page."""
        return (*(record.id for record in self.records), *self.deleted, *self.unread)


class Repository(Protocol):
    """A member that gives away its whole list, page by page. Made for one harvest."""

    @property
    def asked(self) -> int:
        """How many requests were made so far."""

    async def facts(self) -> RepositoryFacts:
        """Find out how the repository is to be read."""

    async def batch(self, listing: Listing, token: str | None) -> Batch:
        """Return the page that a token leads to, or the first one. A list of nothing is a Batch without records.

        Raises TokenLostError where the repository no longer knows the place, and the other `engine.errors`.
        """

    async def singly(self, listing: Listing, token: str | None) -> Batch:
        """Return the same page, its records asked for one by one: for a page that cannot be read whole."""

    async def close(self) -> None:
        """Let go of connections."""


class HarvestedList(Noun, frozen=True):
    """How far one list of a repository was read: all that is needed to go on after a power cut.

    `since` is the date it was begun from, None for everything. `token` leads to the next page, None to the first.
    `restarts`: how often it had to be begun anew in this harvest.
    """

    set: str = ""
    since: str | None = None
    token: str | None = None
    pages: int = 0
    records: int = 0
    total: int | None = None
    restarts: int = 0
    is_done: bool = False


class HarvestState(Noun, frozen=True):
    """What is known of the harvests of one member: of the one under way, or else of the last.

    `run` counts harvests. `begun_at` is our time, `begun_there` the repository's own. `latest` is the newest change
    seen so far. `confirmed_at` is when the last harvest that ended had begun: of that time the records are; None: none
    has ended yet; `full_at` likewise, of the whole list. `next_since` is where the next one begins. `deleted` and
    `unread` count this run. `day` and `asked` keep the daily budget over several processes.
    """

    run: int
    is_full: bool
    prefix: str
    url: str
    begun_at: float
    begun_there: float | None = None
    lists: tuple[HarvestedList, ...] = ()
    latest: float | None = None
    is_done: bool = False
    deleted: int = 0
    unread: int = 0
    confirmed_at: float | None = None
    full_at: float | None = None
    next_since: float | None = None
    day: str = ""
    asked: int = 0


class HarvestPart(Noun, frozen=True):
    """What one page of a harvest changes, and the state after it: written together or not at all.

    `seen` are ids of records that are still there though nothing new is known of them. `clears`: records of the member
    that this run has not seen go, since the repository's whole list was read.
    """

    state: HarvestState
    records: tuple[Record, ...] = ()
    deleted: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    clears: bool = False


class Written(Noun, frozen=True):
    """What a part of a harvest changed in the store: how many records were new, other than before, and gone."""

    new: int = 0
    changed: int = 0
    gone: int = 0


class HarvestBook(Protocol):
    """A member's harvested records, open for the one who holds its lock. Raises StoreError for trouble of the store."""

    async def state(self) -> HarvestState | None:
        """Return how far it was harvested; None: never."""

    async def write(self, part: HarvestPart) -> Written:
        """Write a part. When this returns it stays written, even if the process is killed."""


class Harvested(Noun, frozen=True):
    """What a member's harvested records hold for a query: those of one window, best first.

    `total` is exact below `bound`; at the bound there may be more. Of a longer list the first `shown` can be had.
    `state` tells their age.
    """

    placed: tuple[Record, ...]
    total: int
    bound: int
    shown: int
    state: HarvestState


class HarvestIndex(Protocol):
    """The part of the shared index that holds whole catalogues: what was harvested.

    It is not a memory of what was asked: nothing leaves it for want of room or demand, and its trouble is raised as
    StoreError, since silence would be told as "no hits" or lose what was harvested.
    """

    async def harvested(self, member: str, query: Query, window: Window) -> Harvested | None:
        """Return what a member's harvested records hold for a query; None: it was never harvested."""

    async def harvest_state(self, member: str) -> HarvestState | None:
        """Return how far a member was harvested; None: never."""

    async def harvest_count(self, member: str) -> int:
        """Return how many harvested records of a member there are."""

    def exported_harvest(self, member: str) -> AsyncIterator[Record]:
        """Yield every harvested record of a member."""

    def harvesting(self, member: str, holder: str) -> AbstractAsyncContextManager[HarvestBook]:
        """Hold the lock of a member's harvest; it ends with the process that holds it at the latest.

        `holder` tells others who we are. Raises HarvestHeldError, with who has it, if it is held.
        """

    async def forget_harvest(self, member: str) -> int:
        """Delete all that was harvested of a member; return how many records. Raises HarvestHeldError."""
