"""What the engine needs from outside: a way to ask a member, and a shared index. Two small protocols.

A connector speaks one *system* and is made once per member:

    def connector(member: Member, settings: SruSettings, door: Door) -> Connector

and is registered with its settings in the entry-point group `lienthu.connectors`, as a `System`. The rules:

- `search` returns the records of one window of the member's answer, or raises one of `engine.errors`. No hits
  is an Answer without records; a page that can no longer be read is an UnreadableError. Never `[]` for the second.
- What cannot be asked of this member is not silently dropped: give it up and say so in `Answer.notices`, or raise
  UnsupportedError.
- `request` and `parse` are pure functions of the module; I/O goes through the door's client only. No clock, no
  store, no retry, no sleeping: those are the door's.
- Whatever is cancelled stops at once.
- Data that a member gives away by mistake (borrowers, closed files) is dropped while parsing.

An index is made once per process from the entry-point group `lienthu.indexes`:

    async def index(settings: dict[str, object], clock: Clock) -> TitleIndex
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol, runtime_checkable

import httpx
import msgspec

from engine.model import Answer, Field, Holding, Noun, Query, Reason, Record, Window

Clock = Callable[[], float]
"""Seconds since the epoch."""


# Members --------------------------------------------------------------------------------


class Names(Noun, frozen=True):
    """A name in the languages of the interface."""

    vi: str
    en: str


class Place(Noun, frozen=True):
    """Where a library stands. Degrees, WGS 84."""

    city: str
    latitude: float | None = None
    longitude: float | None = None


class Manners(Noun, frozen=True):
    """How a member's server is to be treated: the limits of a guest.

    `parallel`: most requests at once. `spacing_ms`: least time between the starts of two requests.
    `daily`: most requests a day, None for no limit. `quiet_hours`: `HH:MM-HH:MM` of the member's time in
    which it is not asked. `timeout_s`: deadline of one search. `body_bytes`: most bytes of one answer
    after decompression. `hosts`: further hosts that redirects and links of this member may lead to.
    `private_network`: its address may be private or loopback. `ca_file`: PEM file with a missing
    intermediate certificate. `utc_offset_h` tells the quiet hours and the day (Việt Nam: 7).
    """

    parallel: int = 2
    spacing_ms: int = 200
    daily: int | None = None
    quiet_hours: str | None = None
    timeout_s: float = 8.0
    body_bytes: int = 8_000_000
    hosts: tuple[str, ...] = ()
    private_network: bool = False
    ca_file: str | None = None
    utc_offset_h: float = 7.0


class Member(Noun, frozen=True):
    """One library's catalogue that can be asked, as `config/members/<id>.toml` describes it.

    `networks` are CIDR ranges of the readers who may ask it; empty: all. `fresh_s` is how long its answers count as
    fresh, `stale_s` how long they are worth showing. `preference` orders members where all else is equal, and
    decides whose description of an edition is taken first (higher first).
    """

    id: str
    system: str
    url: str
    name: Names
    enabled: bool = True
    short_name: str | None = None
    place: Place | None = None
    homepage: str | None = None
    evidence: str | None = None
    networks: tuple[str, ...] = ()
    preference: int = 0
    window: int = 20
    fresh_s: float = 3600.0
    stale_s: float = 30 * 86400.0
    manners: Manners = Manners()


# Asking a member ------------------------------------------------------------------------


class Connector(Protocol):
    """One member that can be asked. Made once, used by many searches at once."""

    fields: frozenset[Field]
    """The fields this member can search. The planner skips it for a query that needs others."""

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask the member and return its answer, or raise one of `engine.errors`.

        The caller bounds the time. `Answer.asked_at` and `took_s` are set by the door's clock.
        """

    async def probe(self) -> None:
        """Find out, at the least cost to the member, whether it answers; raise as `search` does if not."""

    async def close(self) -> None:
        """Let go of connections."""


class Line(Protocol):
    """An open connection to a member that carries bytes, for what is no HTTP. Its failures are `engine.errors`."""

    @property
    def is_open(self) -> bool:
        """Whether neither side has hung up, as far as is known without waiting."""

    async def send(self, content: bytes) -> None:
        """Send one request. Counts against the member's daily budget; what is sent on a lost line is lost."""

    async def receive(self) -> bytes:
        """Return what comes next, as soon as anything does; nothing where the line is lost."""

    def close(self, farewell: bytes = b"") -> None:
        """Say farewell, if there is one, and hang up; without one at once."""


class Dial(Protocol):
    """How a connector that speaks no HTTP reaches its member."""

    async def __call__(self, host: str, port: int) -> Line:
        """Open a line to an address that may be connected to. To be called within a `turn`."""

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Wait until a polite guest may ask, and bound all that is done within by the member's time.

        Raises BusyError where there is no turn, and TimedOutError where the time is used up.
        """


class Door(msgspec.Struct, frozen=True):
    """What a connector gets to do its work with.

    `client` is the guarded client of this member: every request through it keeps the member's manners and
    raises `engine.errors` for transport failures. `clock` tells `Answer.asked_at`. `dial` opens guarded lines for
    what is no HTTP; None where no such door was made.
    """

    client: httpx.AsyncClient
    clock: Clock
    dial: Dial | None = None


@runtime_checkable
class AvailabilityConnector(Connector, Protocol):
    """A member that can be asked what can be had now. Asked lazily, for what a reader has on the screen."""

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return the holdings of these records of this member as they are now, by record id.

        In one request where the system can, in as few as it allows else. A record of which the member does not say is
        absent; one that it says has no copies has (). Raises one of `engine.errors` where nothing can be told.
        """


# Harvesting a member --------------------------------------------------------------------


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


class Page(Noun, frozen=True):
    """One answer of an unknown server, looked at to tell what it is. `url` is where redirects ended."""

    url: str
    status: int
    content_type: str
    body: bytes


class Found(Noun, frozen=True):
    """What a page gave away: the address to ask, what the table of the system should hold, and why we think so.

    `evidence` is a sentence of `engine/phrases`. `name` is what the library calls itself there, if it does.
    `is_sure` is False for a likeness that another sign may outdo. `unsure` tells of dotted keys of `settings`, and of
    `url` and `name`, what a person should look at; it becomes a comment beside the key in the member file.
    """

    url: str
    evidence: Reason
    settings: dict[str, object] = msgspec.field(default_factory=dict)
    name: str | None = None
    is_sure: bool = True
    unsure: dict[str, str] = msgspec.field(default_factory=dict)


class Sign(msgspec.Struct, frozen=True):
    """Something by which a system is told from the bare address of a library.

    `path` is asked for at the server's root if it begins with a slash, else beside the address that was given; the
    empty path is the page at that address. `recognise` looks at what came, whatever its status. Signs are
    tried in the order of `step`, those whose `hint` (a regular expression) is found in the page at the
    address before all others.
    """

    path: str
    recognise: Callable[[Page], Found | None]
    step: int = 50
    hint: str = ""


class Finding(Noun, frozen=True):
    """One thing found out about how a member's server behaves, for the report of `lienthu member check`.

    `what` is a short key (`version`, `field.title`, `paging`); `reason` a sentence that a librarian can act on.
    """

    what: str
    is_well: bool
    reason: Reason


class System(msgspec.Struct, frozen=True):
    """A connector as an entry point offers it: its name, the shape of its table in a member file, its maker.

    `settings` is the Struct that the table `[<system>]` of a member file is checked against. `signs` are how it is
    told from an address. `examine` finds out what is special to this system for `lienthu member check`.

    A system that is not asked over HTTP names the `schemes` of its addresses (`z3950`); `recognise_port` finds out by
    its own protocol whether it is spoken at the host and port of a member's `url`. It returns None where something
    else is, and raises one of `engine.errors` where nothing can be reached. `record_dial` goes around
    a dial and writes what passes into a folder, without secrets; `replay_dial` answers from such a folder.

    A system whose members are harvested instead of asked has a `harvest`: what reads a member's whole list. Their
    readers' questions are answered by the shared index, and their `connector` is only asked whether the server lives.
    """

    name: str
    settings: type[msgspec.Struct]
    connector: Callable[[Member, msgspec.Struct, Door], Connector]
    signs: tuple[Sign, ...] = ()
    examine: Callable[[Member, msgspec.Struct, Door], Awaitable[tuple[Finding, ...]]] | None = None
    schemes: tuple[str, ...] = ()
    recognise_port: Callable[[Member, Door], Awaitable[Found | None]] | None = None
    record_dial: Callable[[Dial, Path], Dial] | None = None
    replay_dial: Callable[[Path], Dial] | None = None
    harvest: Callable[[Member, msgspec.Struct, Door], Repository] | None = None


# The shared index -----------------------------------------------------------------------


class Question(Noun, frozen=True):
    """What an answer is kept under: a member, a query in its canonical print, and a window.

    `terms` is the canonical print of expression and member-side filters, without page.
    """

    member: str
    terms: str
    start: int
    count: int


class Aged(Noun, frozen=True):
    """A record from the index and when its member gave it (seconds since the epoch)."""

    record: Record
    asked_at: float


class IndexState(Noun, frozen=True):
    """How the index is: for `/healthz` and metrics.

    `bytes_used` and `bytes_bound` are of the store. `dropped` answers were given up by this process because too much
    waited to be written. `harvested` records stand beside all that, without a bound, and take `harvested_bytes`.
    """

    backend: str
    is_ready: bool
    answers: int = 0
    records: int = 0
    bytes_used: int = 0
    bytes_bound: int = 0
    dropped: int = 0
    harvested: int = 0
    harvested_bytes: int = 0
    problem: Reason | None = None


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

    def harvesting(self, member: str, holder: str) -> AbstractAsyncContextManager[HarvestBook]:
        """Hold the lock of a member's harvest; it ends with the process that holds it at the latest.

        `holder` tells others who we are. Raises HarvestHeldError, with who has it, if it is held.
        """

    async def forget_harvest(self, member: str) -> int:
        """Delete all that was harvested of a member; return how many records. Raises HarvestHeldError."""


class IndexChores(Protocol):
    """What an operator does with the index (`lienthu index`). Raises StoreError: somebody waits for the outcome."""

    def exported(self) -> AsyncIterator[tuple[Question, Answer]]:
        """Yield every kept answer and its question, as they stood at the beginning."""

    async def purge(self, member: str | None = None) -> int:
        """Delete the kept answers and records of a member, or of all with all demand; return how many answers."""

    async def migrate(self, tell: Callable[[str, int, int], None]) -> tuple[str, ...]:
        """Move what another version of Liên Thư has kept to the shape of this one, while it is used.

        `tell` is told what is being filled, how much is there and how much there will be. Return what was moved.
        """


class TitleIndex(HarvestIndex, IndexChores, Protocol):
    """The shared index of what is asked for often: answers, records, demand; and of what was harvested.

    No method but those of HarvestIndex and IndexChores raises for trouble of the store: what cannot be read is not
    there, what cannot be written is lost, and `state` says so. None of them holds a reader up: writes return at once.

    `search`, `record` and `suggest` look into what was harvested too.
    """

    async def answers(self, questions: Sequence[Question]) -> dict[Question, Answer]:
        """Return the kept answers of these questions, whatever their age (`Answer.asked_at` tells it)."""

    def keep(self, question: Question, answer: Answer) -> None:
        """Take an answer, to be written soon, if it is worth keeping: its records too. Failures are never given."""

    def count(self, terms: str) -> None:
        """Note that somebody asked this. No more than that is noted."""

    async def demand(self, terms: str) -> float:
        """How often it was asked, decayed to now."""

    async def search(self, query: Query, limit: int) -> tuple[Aged, ...]:
        """Kept records that hold the query's words, marked and folded, best first."""

    async def record(self, member: str, record_id: str) -> Aged | None:
        """One kept record."""

    async def suggest(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return what was often asked or is a kept title, beginning with these letters, with or without marks."""

    async def claim(self, question: Question, for_s: float) -> bool:
        """Take a question to ask its member; False: another process is asking it, and `brought` waits for what comes.

        The claim ends when an answer is kept, when it is let go of, and after `for_s` at the latest. Trouble of the
        store gives the question to everybody who wants to ask it.
        """

    async def brought(self, question: Question) -> Answer | None:
        """Return the answer that another process brings; None as soon as none will come. The caller bounds the time."""

    def let_go(self, question: Question) -> None:
        """Give a question back that was claimed and got no answer."""

    async def refresh_due(self, limit: int) -> tuple[Question, ...]:
        """Questions whose answers are in demand and soon grow old, most wanted first."""

    async def state(self) -> IndexState:
        """How the index is."""

    async def flush(self) -> None:
        """Return when everything taken so far is written or given up."""

    async def close(self) -> None:
        """Write what was taken, and let go of the store."""
