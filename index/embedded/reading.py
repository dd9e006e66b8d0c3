"""One thread of a process that reads from the embedded index, and what it looks up."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import msgspec

from engine.model import Answer, Placed
from engine.ports import Aged, Question, Wanted
from index.demand import demand
from index.embedded.opening import inode, open_to_read
from index.embedded.rows import decoded_head, decoded_record, key
from index.embedded.schema import SCHEMA, read_scale
from index.embedded.trouble import is_interrupted

Found = TypeVar("Found")

DECODED_PER_BYTE = 4
"""About how many bytes a decoded record takes for each of its MessagePack."""


EXPORTED_AT_ONCE = 100

LONGEST_READ_S = 0.5
"""After so long a look-up or search is given up: the members' own answers are nearer than its end."""


class Decoded:
    """The answers that were decoded last, within a bound of memory: a hot answer is decoded once.

    An answer is told by its key and its age, so a newer one never hides behind an older.
    """

    def __init__(self, bound_bytes: int) -> None:
        self._bound_bytes = bound_bytes
        self._bytes = 0
        self._answers: OrderedDict[tuple[bytes, float], tuple[Answer, int]] = OrderedDict()

    def answer(self, answer_key: bytes, asked_at: float) -> Answer | None:
        """Return an answer if it is still here."""
        found = self._answers.get((answer_key, asked_at))
        if found is None:
            return None
        self._answers.move_to_end((answer_key, asked_at))
        return found[0]

    def put(self, answer_key: bytes, answer: Answer, encoded_bytes: int) -> None:
        """Take an answer in; others leave for it, the longest unused first."""
        size = DECODED_PER_BYTE * encoded_bytes + 500
        if size > self._bound_bytes:
            return
        former = self._answers.pop((answer_key, answer.asked_at), None)
        self._bytes += size - (former[1] if former else 0)
        self._answers[answer_key, answer.asked_at] = (answer, size)
        while self._bytes > self._bound_bytes:
            self._bytes -= self._answers.popitem(last=False)[1][1]


class Reader:
    """Owns one reading thread with a connection of its own to a file of a schema; gives up after `longest_s`."""

    def __init__(self, path: Path, name: str, *, schema: int = SCHEMA, longest_s: float = LONGEST_READ_S) -> None:
        self._path = path
        self._schema = schema
        self._longest_s = longest_s
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"lienthu-index-{name}")
        self._connection: sqlite3.Connection | None = None
        self._ends_at = 0.0
        self.inode: int | None = None

    async def read(self, look: Callable[[sqlite3.Connection], Found]) -> Found:
        """Return what `look` finds. Raises sqlite3.Error."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._read, look)

    def _read(self, look: Callable[[sqlite3.Connection], Found]) -> Found:
        if self._connection is not None and inode(self._path) != self.inode:
            self._let_go()  # a damaged file was replaced
        if self._connection is None:
            self._connection = open_to_read(self._path, self._schema)
            self.inode = inode(self._path)
            self._connection.set_progress_handler(self._is_late, 20_000)
        self._ends_at = time.monotonic() + self._longest_s
        try:
            return look(self._connection)
        except sqlite3.DatabaseError as error:
            if not is_interrupted(error):
                self._let_go()
            raise

    def _is_late(self) -> bool:
        return time.monotonic() > self._ends_at

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    async def close(self) -> None:
        """Let go of the file and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._let_go)
        self._thread.shutdown()


def answers(connection: sqlite3.Connection, questions: Sequence[Question], decoded: Decoded) -> dict[Question, Answer]:
    """Return the kept answers of questions. One query tells which there are; a second reads those not decoded yet."""
    keys = {key(question): question for question in questions}
    marks = ",".join("?" * len(keys))
    rows = connection.execute(f"SELECT key, asked_at, id FROM answers WHERE key IN ({marks})", list(keys)).fetchall()  # noqa: S608 - only question marks and constants go in
    found: dict[Question, Answer] = {}
    unread: dict[int, bytes] = {}
    for answer_key, asked_at, number in rows:
        answer = decoded.answer(answer_key, asked_at)
        if answer is None:
            unread[number] = answer_key
        else:
            found[keys[answer_key]] = answer
    if unread:
        for answer_key, answer, size in _read_answers(connection, unread):
            decoded.put(answer_key, answer, size)
            found[keys[answer_key]] = answer
    return found


def answers_after(connection: sqlite3.Connection, *, after: int) -> tuple[int, list[tuple[Question, Answer]]]:
    """Return the kept answers behind a number, and the number behind which there are more, 0 for none."""
    rows = connection.execute(
        "SELECT answers.id, answers.key, member, terms.terms, start, count FROM answers"
        " JOIN terms ON terms.id = answers.terms WHERE answers.id > ? ORDER BY answers.id LIMIT ?",
        (after, EXPORTED_AT_ONCE),
    ).fetchall()
    questions = {row[1]: Question(*row[2:]) for row in rows}
    found = _read_answers(connection, {row[0]: row[1] for row in rows}) if rows else []
    more = rows[-1][0] if len(rows) == EXPORTED_AT_ONCE else 0
    return more, [(questions[answer_key], answer) for answer_key, answer, _ in found]


def demand_after(connection: sqlite3.Connection, now: float, *, after: int) -> tuple[int, list[Wanted]]:
    """Return what several asked behind a number, and the number behind which there is more, 0 for none."""
    scale = read_scale(connection)
    rows = connection.execute(
        "SELECT id, terms, asks, weight FROM terms WHERE asks >= 3 AND id > ? ORDER BY id LIMIT ?",
        (after, EXPORTED_AT_ONCE),
    ).fetchall()
    more = rows[-1][0] if len(rows) == EXPORTED_AT_ONCE else 0
    return more, [Wanted(terms, asks, demand(scale, weight, now), now) for _, terms, asks, weight in rows]


def _read_answers(connection: sqlite3.Connection, unread: dict[int, bytes]) -> list[tuple[bytes, Answer, int]]:
    marks = ",".join("?" * len(unread))
    rows = connection.execute(
        "SELECT answers.id, answers.head, placed.place, bodies.body FROM answers"  # noqa: S608 - only question marks and constants go in
        " LEFT JOIN placed ON placed.answer = answers.id LEFT JOIN bodies ON bodies.id = placed.record"
        f" WHERE answers.id IN ({marks}) ORDER BY answers.id, placed.ordinal",
        list(unread),
    )
    heads: dict[int, bytes] = {}
    parts: dict[int, list[tuple[int, bytes]]] = {}
    for number, head, place, body in rows:
        heads[number] = head
        if body is not None:
            parts.setdefault(number, []).append((place, body))
    found = []
    for number, head in heads.items():
        bodies = parts.get(number, [])
        try:
            placed = tuple(Placed(place, decoded_record(body)) for place, body in bodies)
            answer = msgspec.structs.replace(decoded_head(head), placed=placed)
        except msgspec.MsgspecError:
            continue  # written by a Liên Thư whose nouns are not ours: it is asked again
        found.append((unread[number], answer, len(head) + sum(len(body) for _, body in bodies)))
    return found


def record(connection: sqlite3.Connection, member: str, record_id: str) -> Aged | None:
    """Return one record."""
    row = connection.execute(
        "SELECT bodies.body, records.asked_at FROM records JOIN bodies ON bodies.id = records.id"
        " WHERE member = ? AND record_id = ?",
        (member, record_id),
    ).fetchone()
    return aged(*row) if row else None


def aged(body: bytes, asked_at: float) -> Aged | None:
    """Return a record with its age; None if it was written by a Liên Thư whose nouns are not ours."""
    try:
        return Aged(decoded_record(body), asked_at)
    except msgspec.MsgspecError:
        return None
