"""What waits to be written, and the task that writes it: in batches, in the background, bounded in bytes and time."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Iterable, Sequence

import msgspec
from elasticsearch import AsyncElasticsearch

from engine.model import Answer
from engine.ports import Clock, Question
from index.admission import Sketch, admits, value
from index.elastic import counting
from index.elastic.documents import Document, answer_document, question_id, record_document, record_id, version
from index.elastic.lines import Lines
from index.elastic.names import Names
from index.elastic.sending import Sender
from index.elastic.settings import MEGABYTE, ElasticSettings
from index.elastic.store import Store, TroubleError
from index.elastic.whole import whole
from index.questions import is_complete

log = logging.getLogger(__name__)

BATCH_BYTES = 4_000_000
"""A bulk request holds about so much; a node takes far more, but works on it at one go."""

MOST_COUNTS = 50_000
"""So many questions are counted in memory while the store is away."""

DECODED_PER_BYTE = 4
"""About how many bytes an answer takes in memory for each of its MessagePack."""

_encoder = msgspec.msgpack.Encoder()


class Waiting(msgspec.Struct, frozen=True):
    """An answer that waits to be written, and as which it is already given out."""

    question: Question
    answer: Answer
    size_bytes: int


class Counts(msgspec.Struct, frozen=True):
    """Asks that are written in one go. `run` is part of their ids: what is sent again counts nobody twice."""

    run: str
    at: float
    asks: dict[str, int]


class Writer:
    """Owns the writing task. `keep` and `count` return at once."""

    def __init__(self, store: Store, names: Names, sender: Sender, clock: Clock) -> None:
        self._store, self._names, self._sender, self._clock = store, names, sender, clock
        self._settings: ElasticSettings = store.settings
        self._keeps: dict[Question, Waiting] = {}
        self._counts: dict[str, int] = {}
        self._counting: Counts | None = None  # what is on its way
        self._bytes = 0
        self._sketch = Sketch()
        self._changed = asyncio.Event()
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False
        self.floor: float | None = None
        """What the answer that would leave next is worth; None while there is room."""

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="index writer")

    # Taking -------------------------------------------------------------------------------

    def keep(self, question: Question, answer: Answer) -> None:
        """Take an answer, if it is worth its place."""
        if self._is_closed:
            return
        try:
            size_bytes = 500 + DECODED_PER_BYTE * len(_encoder.encode((question, answer)))
        except (UnicodeError, OverflowError):  # a half letter, a number that nobody means: it holds nothing else up
            self._sender.dropped += 1
            return
        worth = value(self._sketch.estimate(question.terms), 0.0, self._settings.fresh_s)
        if not admits(worth, self.floor):
            return
        former = self._keeps.pop(question, None)
        if former is not None:
            self._bytes -= former.size_bytes
            if former.answer.asked_at > answer.asked_at:
                answer, size_bytes = former.answer, former.size_bytes
        self._keeps[question] = Waiting(question, answer, size_bytes)
        self._bytes += size_bytes
        while self._bytes > self._settings.queue_mb * MEGABYTE and len(self._keeps) > 1:
            self._drop_least_asked()
        self._changed.set()

    def _drop_least_asked(self) -> None:
        """Give up what was asked least of what waits; of equals the oldest."""
        least = min(self._keeps.values(), key=lambda one: self._sketch.estimate(one.question.terms))
        del self._keeps[least.question]
        self._bytes -= least.size_bytes
        self._sender.dropped += 1

    def count(self, terms: str) -> None:
        """Note that somebody asked this."""
        if self._is_closed or not _is_writable(terms):
            return
        self._sketch.note(terms)
        if terms in self._counts or len(self._counts) < MOST_COUNTS:
            self._counts[terms] = self._counts.get(terms, 0) + 1
        self._changed.set()

    def waiting(self, question: Question) -> Answer | None:
        """Return an answer that waits to be written."""
        found = self._keeps.get(question)
        return found.answer if found is not None else None

    def waiting_count(self, terms: str) -> int:
        """Return how many asks wait to be written."""
        on_its_way = self._counting.asks.get(terms, 0) if self._counting is not None else 0
        return self._counts.get(terms, 0) + on_its_way

    # Writing ------------------------------------------------------------------------------

    async def _run(self) -> None:
        while not self._is_closed:
            await self._changed.wait()
            await asyncio.sleep(self._settings.batch_s)
            self._changed.clear()
            if not self._store.is_ready:
                await asyncio.sleep(1.0)
                self._changed.set()
                continue
            try:
                await self.write()
            except TroubleError:
                self._changed.set()
                await asyncio.sleep(0.5)
            except Exception:
                log.exception("bug while writing the index")

    async def write(self) -> None:
        """Write everything that waits. Raises TroubleError, and what was not written still waits."""
        async with self._lock:
            while self._keeps or self._counts or self._counting is not None:
                batch = self._some()
                if self._counting is None:
                    self._counting, self._counts = Counts(uuid.uuid4().hex, self._clock(), self._counts), {}
                counts = self._counting
                await self._store.work(lambda client: self._write(client, batch, counts))  # noqa: B023 - awaited here
                self._counting = None
                for one in batch:
                    if self._keeps.get(one.question) is one:
                        del self._keeps[one.question]
                        self._bytes -= one.size_bytes

    def _some(self) -> tuple[Waiting, ...]:
        """Return what goes into one bulk."""
        taken: list[Waiting] = []
        size_bytes = 0
        for one in self._keeps.values():
            taken.append(one)
            size_bytes += one.size_bytes
            if size_bytes >= BATCH_BYTES:
                break
        return tuple(taken)

    async def _write(self, client: AsyncElasticsearch, batch: Sequence[Waiting], counts: Counts) -> None:
        gone = await self._gone(client, batch)
        operations: Lines = []
        for one in batch:
            answer = one.answer
            at = version(answer.asked_at)
            for placed in answer.placed:
                record = placed.record
                key = record_id(record.member, record.id)
                operations += self._put("records", key, record_document(record, answer.asked_at), at)
            operations += self._put("answers", question_id(one.question), answer_document(one.question, answer), at)
        for number, (terms, asks) in enumerate(counts.asks.items()):
            operations.append({"create": {"_index": self._names.alias("asks"), "_id": f"{counts.run}-{number}"}})
            operations.append(counting.ask_document(terms, asks, counts.at, self._settings.half_life_s))
        operations += [{"delete": self._where("records", key, at)} for key, at in gone.items()]
        await self._sender.bulk(client, operations)

    def _where(self, kind: str, key: str, at: int) -> Document:
        """Return which document is meant, unless a newer one stands there."""
        return {"_index": self._names.alias(kind), "_id": key, "version": at, "version_type": "external_gte"}

    def _put(self, kind: str, key: str, document: Document, at: int) -> Lines:
        """Return the lines that put a document, unless a newer one stands there."""
        return [{"index": self._where(kind, key, at)}, document]

    async def _gone(self, client: AsyncElasticsearch, batch: Iterable[Waiting]) -> dict[str, int]:
        """Return the records that stood in the former complete answer to a question and in no answer any more.

        With each comes the version of the answer that no longer holds it: a record that another instance has just been
        told of is newer, and stays.
        """
        complete = {question_id(one.question): one for one in batch if is_complete(one.question, one.answer)}
        if not complete:
            return {}
        former = await client.mget(
            index=self._names.alias("answers"),
            ids=list(complete),
            source_includes=["records", "is_complete", "asked_at"],
        )
        missing: dict[str, int] = {}
        for one in former["docs"]:
            if not one.get("found") or not one["_source"].get("is_complete"):
                continue
            new = complete[one["_id"]].answer
            if new.asked_at >= one["_source"]["asked_at"]:
                kept = {record_id(placed.record.member, placed.record.id) for placed in new.placed}
                missing |= dict.fromkeys(set(one["_source"]["records"]) - kept, version(new.asked_at))
        if not missing:
            return {}
        over = await unheld(client, self._names, missing, without=list(complete))
        return {key: missing[key] for key in over}

    async def close(self) -> None:
        """Write what was taken, as far as that is possible at once."""
        if self._is_closed:
            return
        try:
            await self.write()
        except TroubleError:
            self._sender.dropped += len(self._keeps)
        except Exception:
            log.exception("bug while writing the index")
        self._is_closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._keeps.clear()
        self._counts.clear()


def _is_writable(text: str) -> bool:
    """Whether a text can be written down: halves of letters cannot."""
    try:
        text.encode()
    except UnicodeError:
        return False
    return True


async def unheld(
    client: AsyncElasticsearch, names: Names, keys: Iterable[str], *, without: Sequence[str] = ()
) -> list[str]:
    """Return those of these records that stand in no answer but the ones left out."""
    await client.indices.refresh(index=names.alias("answers"))
    wanted = sorted(keys)
    held: set[str] = set()
    for first in range(0, len(wanted), 500):
        some = wanted[first : first + 500]
        found = await client.search(
            index=names.alias("answers"),
            query={
                "bool": {"filter": [{"terms": {"records": some}}], "must_not": [{"ids": {"values": list(without)}}]}
            },
            size=0,
            track_total_hits=False,
            aggs={"held": {"terms": {"field": "records", "include": some, "size": len(some)}}},
        )
        held |= {bucket["key"] for bucket in whole(found)["aggregations"]["held"]["buckets"]}
    return [key for key in wanted if key not in held]
