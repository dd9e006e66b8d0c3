"""The one thread of a process that writes to the embedded index, and what waits for it.

Takers of words (`keep`, `count`) return at once. What they gave is written in batches, one transaction each, so
that many processes share the file without waiting for each other long. What cannot be written stays
in memory while there is room, and goes in when the store is back.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

import msgspec

from engine.model import Answer, Reason
from engine.ports import Clock, Question
from index.admission import Sketch
from index.embedded.rows import Kept, kept
from index.embedded.schema import UnusableError, inode, is_corrupt, move_aside, open_to_write, trouble
from index.embedded.settings import MEGABYTE, EmbeddedSettings
from index.embedded.transaction import Batch, Transaction

log = logging.getLogger(__name__)

SWEEP_S = 600.0
"""How often the store is kept clean when nothing is written."""

REOPEN_S = 5.0
"""How long a store that cannot be opened is left alone."""

BATCH_BYTES = 2_000_000
"""A batch that has grown to this does not wait for more."""

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
        self._connection: sqlite3.Connection | None = None
        self._inode: int | None = None
        self._opened_at = 0.0
        self._has_failed = False
        self._transaction = Transaction(settings)
        self.dropped = 0
        self.generation = 0
        self.problem: Reason | None = None
        self._thread = threading.Thread(target=self._run, name="lienthu-index-writer", daemon=True)

    def start(self) -> Future[None]:
        """Begin; the result is there when the store is open or known not to open."""
        self._thread.start()
        return self.flush()

    # What the event loop calls --------------------------------------------------------

    def keep(self, question: Question, answer: Answer) -> None:
        """Take an answer to be written."""
        waiting = Waiting(answer, kept(question, answer))
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
        with self._changed:
            if self._is_closing:
                return
            self._asked.note(terms)
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

    # What the thread does -------------------------------------------------------------

    def _run(self) -> None:
        while True:
            batch, jobs, flushes, is_last = self._take()
            try:
                self._write(batch)
            except Exception:  # a fault of ours costs a batch, not the thread
                log.exception("index_batch_lost")
            for job, done in jobs:
                self._do(job, done)
            self._writing = ({}, {})
            for flushed in flushes:
                flushed.set_result(None)
            if is_last:
                break
        if self._connection is not None:
            self._connection.close()
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

    def _write(self, batch: Batch) -> None:
        connection = self._open()
        self._has_failed = True
        if connection is None:
            self._take_back()
            return
        try:
            self._transaction.write(connection, batch, self._clock())
        except sqlite3.Error as error:
            self._fail(error)
            self._take_back()
        else:
            self.problem = None
            self._has_failed = False

    def _do(self, job: Job, done: Future[object]) -> None:
        connection = self._open()
        if connection is None:
            done.set_exception(sqlite3.OperationalError("the index is not open"))
            return
        try:
            done.set_result(job(connection))
        except Exception as error:  # noqa: BLE001 - whatever it is goes to the one who asked
            done.set_exception(error)

    def _open(self) -> sqlite3.Connection | None:
        """Return the connection, opened anew where the file was replaced; None where it can't be."""
        path = self._settings.file
        if self._connection is not None:
            if inode(path) == self._inode:
                return self._connection
            self._let_go()
        if self._opened_at and time.monotonic() - self._opened_at < REOPEN_S:
            return None
        try:
            self._connection = open_to_write(self._settings, self._clock())
        except UnusableError as error:
            self.problem = error.reason
            self._opened_at = time.monotonic()
        except sqlite3.Error as error:
            self._fail(error)
            if self._connection is None and is_corrupt(error):
                return self._open_again()
            self._opened_at = time.monotonic()
        except OSError as error:
            self.problem = trouble(error, path)
            self._opened_at = time.monotonic()
        else:
            self._inode = inode(path)
            self._opened_at = 0.0
            self.generation += 1
        return self._connection

    def _open_again(self) -> sqlite3.Connection | None:
        """Open the new file that stands where a damaged one was moved from."""
        try:
            self._connection = open_to_write(self._settings, self._clock())
        except (UnusableError, sqlite3.Error, OSError):
            self._opened_at = time.monotonic()
            return None
        self._inode = inode(self._settings.file)
        self.generation += 1
        return self._connection

    def damaged(self, error: sqlite3.Error) -> None:
        """Take note, from any thread, that reading found the file damaged: the writer replaces it."""
        self.ask(lambda _: self._fail(error))

    def _fail(self, error: sqlite3.Error) -> None:
        """Say what is wrong; move a damaged file aside."""
        path = self._settings.file
        self.problem = trouble(error, path)
        log.warning("index_trouble", extra={"path": str(path), "error": str(error)})
        if is_corrupt(error):
            damaged = self._inode if self._connection is not None else inode(path)
            self._let_go()
            try:
                move_aside(path, damaged)
            except OSError as failure:
                self.problem = trouble(failure, path)

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._inode = None, None
        self.generation += 1

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
