"""The one thread of a process that writes to the embedded index, and what waits for it.

Takers of words (`keep`, `count`) return at once. What they gave is written in batches, one transaction each, so
that many processes share the file without waiting for each other long. What cannot be written stays
in memory while there is room, and goes in when the store is back.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future

import msgspec

from engine.model import Answer, Reason
from engine.ports import Clock, Question
from index.admission import Sketch
from index.embedded.opening import REOPEN_S, WrittenFile
from index.embedded.rows import Kept, kept
from index.embedded.settings import MEGABYTE, EmbeddedSettings
from index.embedded.transaction import Batch, Transaction
from index.embedded.trouble import is_corrupt, is_passing

log = logging.getLogger(__name__)

SWEEP_S = 600.0
"""How often the store is kept clean when nothing is written."""

BATCH_BYTES = 2_000_000
"""A batch that has grown to this does not wait for more."""

TRIED = 5
"""With so many answers it is tried whether a store in trouble is back."""

MOST_COUNTS = 50_000
"""So many questions are counted in memory while the store is away."""

Job = Callable[[sqlite3.Connection], object]


class Waiting(msgspec.Struct, frozen=True):
    """An answer that waits to be written, and as which it is already given out."""

    answer: Answer
    kept: Kept


class Writer:
    """Owns the writing thread. All public methods may be called from the event loop and return at once."""

    def __init__(self, settings: EmbeddedSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._changed = threading.Condition()
        self._keeps: dict[Question, Waiting] = {}
        self._counts: dict[str, int] = {}
        self._bytes = 0
        self._writing: tuple[dict[Question, Waiting], dict[str, int]] = ({}, {})
        self._jobs: list[tuple[Job, Future[object]]] = []
        self._flushes: list[Future[None]] = []
        self._is_closing = False
        self._asked = Sketch()
        self._file = WrittenFile(settings, clock)
        self._has_failed = False
        self._transaction = Transaction(settings)
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="lienthu-index-writer", daemon=True)

    def start(self) -> Future[None]:
        """Begin; the result is there when the store is open or known not to open."""
        self._thread.start()
        return self.flush()

    # What the event loop calls --------------------------------------------------------

    def keep(self, question: Question, answer: Answer) -> None:
        """Take an answer to be written."""
        try:
            waiting = Waiting(answer, kept(question, answer))
        except (UnicodeError, OverflowError, msgspec.MsgspecError):
            self.dropped += 1
            log.warning("index_unkept", extra={"member": answer.member}, exc_info=True)
            return
        with self._changed:
            if self._is_closing:
                return
            former = self._keeps.pop(question, None)
            if former is not None:
                if former.answer.asked_at > answer.asked_at:
                    waiting = former
                self._bytes -= former.kept.size_bytes
            self._keeps[question] = waiting
            self._bytes += waiting.kept.size_bytes
            self._make_room()
            self._changed.notify()

    def count(self, terms: str) -> None:
        """Take note that this was asked."""
        if not _is_text(terms):
            return
        with self._changed:
            if self._is_closing:
                return
            self._asked.note(terms)
            if len(self._counts) >= MOST_COUNTS and terms not in self._counts:
                return
            self._counts[terms] = self._counts.get(terms, 0) + 1
            if len(self._counts) == 1:
                self._changed.notify()

    def waiting(self, question: Question) -> Answer | None:
        """Return an answer that was taken and is not written yet."""
        found = self._keeps.get(question) or self._writing[0].get(question)
        return found.answer if found is not None else None

    def waiting_count(self, terms: str) -> int:
        """Return how many asks were taken and are not written yet."""
        return self._counts.get(terms, 0) + self._writing[1].get(terms, 0)

    def flush(self) -> Future[None]:
        """Return what is done when everything taken so far is written or given up."""
        done: Future[None] = Future()
        with self._changed:
            if not self._thread.is_alive():
                done.set_result(None)
                return done
            self._flushes.append(done)
            self._changed.notify()
        return done

    def ask(self, job: Job) -> Future[object]:
        """Run something on the writing connection, outside of any transaction; its errors are the result's."""
        done: Future[object] = Future()
        with self._changed:
            if not self._thread.is_alive():
                done.set_exception(sqlite3.OperationalError("the index is closed"))
                return done
            self._jobs.append((job, done))
            self._changed.notify()
        return done

    def close(self) -> None:
        """Write what was taken and end. Waits for the thread."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _make_room(self) -> None:
        """Drop the least asked of what waits, if it is more than may wait."""
        bound = self._settings.queue_mb * MEGABYTE
        while self._bytes > bound and self._keeps:
            question = min(self._keeps, key=lambda one: self._asked.estimate(one.terms))
            self._bytes -= self._keeps.pop(question).kept.size_bytes
            self.dropped += 1

    @property
    def problem(self) -> Reason | None:
        """What is wrong with the store now."""
        return self._file.problem

    @property
    def replaced(self) -> tuple[float, Reason] | None:
        """When and why a damaged file was moved aside."""
        return self._file.replaced

    # What the thread does -------------------------------------------------------------

    def _run(self) -> None:
        while True:
            batch, jobs, flushes, is_last = self._take()
            # A file found damaged was moved aside: what it did not take goes into the new one.
            is_damaged = self._write(batch, is_urgent=bool(flushes) or is_last)
            if is_damaged:
                self._write(batch, is_urgent=True)
            if self._has_failed:
                self._take_back()
            self._writing = ({}, {})
            for job, done in jobs:
                self._do(job, done)
            for flushed in flushes:
                flushed.set_result(None)
            if is_last:
                break
        self._file.close()
        with self._changed:
            for flushed in self._flushes:
                flushed.set_result(None)
            self._flushes.clear()

    def _take(self) -> tuple[Batch, list[tuple[Job, Future[object]]], list[Future[None]], bool]:
        """Wait for something to do and return it."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_closing or self._flushes or self._jobs or self._keeps or self._counts,
                timeout=SWEEP_S,
            )
            is_full = BATCH_BYTES if not self._has_failed else float("inf")
            self._changed.wait_for(
                lambda: self._is_closing or self._flushes or self._jobs or self._bytes >= is_full,
                timeout=self._settings.batch_s if not self._has_failed else REOPEN_S,
            )
            self._writing = (self._keeps, self._counts)
            self._keeps, self._counts, self._bytes = {}, {}, 0
            jobs, self._jobs = self._jobs, []
            flushes, self._flushes = self._flushes, []
            batch = Batch(tuple(one.kept for one in self._writing[0].values()), self._writing[1])
            return batch, jobs, flushes, self._is_closing

    def _write(self, batch: Batch, *, is_urgent: bool) -> bool:
        """Write a batch; whether the file was found damaged meanwhile."""
        connection = self._file.opened(is_urgent=is_urgent)
        was_failing, self._has_failed = self._has_failed, connection is None
        if connection is None:
            return False
        try:
            if was_failing:  # a little first: making the words of all that waits is dear, and often in vain then
                self._transaction.write(connection, Batch(batch.keeps[:TRIED], {}), self._clock())
            self._transaction.write(connection, batch, self._clock())
        except sqlite3.Error as error:
            if not is_passing(error):
                self._write_singly(connection, batch)
                return False
            self._has_failed = True
            self._file.fail(error)
            return is_corrupt(error)
        except Exception:  # noqa: BLE001 - a fault of ours costs what it is about, not the index
            self._write_singly(connection, batch)
        else:
            self._file.problem = None
        return False

    def _write_singly(self, connection: sqlite3.Connection, batch: Batch) -> None:
        """Write one answer at a time, so that one that cannot be written costs no other."""
        for part in (Batch((), batch.counts), *(Batch((one,), {}) for one in batch.keeps)):
            try:
                self._transaction.write(connection, part, self._clock())
            except Exception:
                self.dropped += len(part.keeps)
                log.exception("index_unwritten")

    def _do(self, job: Job, done: Future[object]) -> None:
        connection = self._file.opened()
        if connection is None:
            done.set_exception(sqlite3.OperationalError("the index is not open"))
            return
        try:
            done.set_result(job(connection))
        except Exception as error:  # noqa: BLE001 - whatever it is goes to the one who asked
            done.set_exception(error)

    def report_damage(self, error: sqlite3.Error, damaged: int | None) -> None:
        """Take note, from any thread, that reading found a file damaged, told by its inode: it is replaced."""
        self.ask(lambda _: self._file.fail(error, damaged))

    def _take_back(self) -> None:
        """Put what could not be written back among what waits, behind what came since."""
        keeps, counts = self._writing
        with self._changed:
            for question, waiting in keeps.items():
                if question not in self._keeps:
                    self._keeps[question] = waiting
                    self._bytes += waiting.kept.size_bytes
            for terms, asks in counts.items():
                self._counts[terms] = self._counts.get(terms, 0) + asks
            self._make_room()


def _is_text(text: str) -> bool:
    """Whether a text can be written at all: half of a surrogate pair can't."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
