"""Several real processes on one index file; processes that are killed; a disk that is full."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from engine.model import Clause, Query
from index.embedded import index as open_embedded
from tests.index import busy_process
from tests.index.busy_process import kept

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are ended by signals, which Windows has not")


async def start(path: Path, name: str, rounds: int, records: int, *more: int) -> Process:
    script = busy_process.__file__
    arguments = [str(path), name, str(rounds), str(records), *map(str, more)]
    return await asyncio.create_subprocess_exec(sys.executable, script, *arguments, stdout=PIPE)


async def said(process: Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


def assert_sound(path: Path) -> None:
    """Check the file, and that the words that are searched are those of the records."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.execute("INSERT INTO found (found, rank) VALUES ('integrity-check', 1)")
        for table in ("bodies", "words", "titles"):
            lone = f"SELECT count(*) FROM records LEFT JOIN {table} USING (id) WHERE {table}.id IS NULL"
            assert connection.execute(lone).fetchone() == (0,)
            assert connection.execute(
                f"SELECT count(*) FROM {table} WHERE id NOT IN (SELECT id FROM records)"
            ).fetchone() == (0,)
        assert connection.execute(
            "SELECT count(*) FROM placed WHERE record NOT IN (SELECT id FROM records)"
            " OR answer NOT IN (SELECT id FROM answers)"
        ).fetchone() == (0,)
    finally:
        connection.close()


async def test_several_processes_write_and_read_together_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "titles.sqlite"
    processes = [await start(path, name, 12, 10) for name in ("mot", "hai", "ba")]
    index = await open_embedded({"path": str(path), "keep_s": 1e12}, time.time)  # opened while they make the file
    first, _ = kept("mot", 1, 10)
    assert await said(processes[0]) == "1"
    assert await index.answers([first]) == dict([kept("mot", 1, 10)])
    for _ in range(5):
        index.count("together")
    outputs = await asyncio.gather(*(process.communicate() for process in processes))
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert all(output.split()[-1] == b"12" for output, _ in outputs)
    await index.flush()
    wanted = dict(kept(name, number, 10) for name in ("mot", "hai", "ba") for number in range(1, 13))
    assert await index.answers(list(wanted)) == wanted
    assert await index.demand("together") == pytest.approx(41, rel=1e-3)
    assert len(await index.search(Query(expression=Clause("sach ba 11")), 20)) == 10
    assert (await index.state()).problem is None
    await index.close()
    assert_sound(path)


def kill_while_it_writes(process: Process, path: Path, after: int) -> None:
    """Kill a process when the file or its log is seen to change for the `after`th time: in the midst of a write."""
    files = (path, path.with_name(f"{path.name}-wal"))
    seen = [(stat.st_size, stat.st_mtime_ns) for stat in map(os.stat, files)]
    until = time.monotonic() + 10
    while after and time.monotonic() < until:
        now = [(stat.st_size, stat.st_mtime_ns) for stat in map(os.stat, files)]
        after -= now != seen
        seen = now
    os.kill(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_nothing_promised_is_lost_or_corrupt_when_a_writer_is_killed(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "titles.sqlite"
    chance = random.Random(seed)
    promised: dict[str, int] = {}
    for life in ("a", "b", "c"):
        process = await start(path, life, 0, 40)
        for _ in range(chance.randint(1, 6)):
            promised[life] = int(await said(process))
        await asyncio.to_thread(kill_while_it_writes, process, path, after=chance.randint(1, 4))
        rest, _ = await process.communicate()
        assert process.returncode == -signal.SIGKILL
        promised[life] = max([promised[life], *map(int, rest.split()[:-1])])
    assert_sound(path)
    index = await open_embedded({"path": str(path), "keep_s": 1e12}, time.time)
    wanted = dict(kept(life, number, 40) for life, last in promised.items() for number in range(1, last + 1))
    assert await index.answers(list(wanted)) == wanted
    for life in promised:
        assert len(await index.search(Query(expression=Clause(f"{life} 1 so")), 100)) >= 40
    assert await index.demand("together") >= sum(promised.values()) - 0.01
    assert (await index.state()).problem is None
    await index.close()


async def test_a_full_disk_is_told_and_what_was_written_stays(tmp_path: Path) -> None:
    path = tmp_path / "titles.sqlite"
    process = await start(path, "day", 10, 100, 800_000)
    output, _ = await process.communicate()
    lines = output.decode().split()
    assert lines[0] == "1"
    assert lines[-1] in {"index.full", "index.unwritable"}
    assert len(lines) == 10  # it went on
    written = lines.index(lines[-1])
    index = await open_embedded({"path": str(path), "keep_s": 1e12}, time.time)
    wanted = dict(kept("day", number, 100) for number in range(1, written + 1))
    assert await index.answers(list(wanted)) == wanted
    asked, answer = kept("sau", 1, 20)
    index.keep(asked, answer)  # there is room again
    await index.flush()
    assert (await index.state()).problem is None
    await index.close()
    assert_sound(path)
