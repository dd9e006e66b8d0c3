"""The shared index of what is asked for often."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

from engine.model import Answer, Noun, Query, Reason, Record
from engine.ports.harvesting import HarvestIndex


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


class Wanted(Noun, frozen=True):
    """How often a question was asked in all, and how often as it counted at a time (seconds since the epoch)."""

    terms: str
    asks: int
    demand: float
    at: float


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


class IndexChores(Protocol):
    """What an operator does with the index (`lienthu index`). Raises StoreError: somebody waits for the outcome."""

    def exported(self) -> AsyncIterator[tuple[Question, Answer]]:
        """Yield every kept answer and its question, as they stood at the beginning."""

    def exported_demand(self) -> AsyncIterator[Wanted]:
        """Yield how often questions were asked that three asked or more: of others nothing is ever told."""

    async def take_demand(self, asked: Sequence[Wanted]) -> None:
        """Take what was asked elsewhere. What counts more stays, so that to take it twice changes nothing."""

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
