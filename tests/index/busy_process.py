"""A process of its own that writes to an index, for tests that start several or kill one.

    python busy_process.py PATH NAME ROUNDS RECORDS [SIZE_LIMIT]

Keeps one answer of RECORDS records a round under the terms "NAME ROUND", counts "together" once, flushes, and prints
the round: from then on it is promised. ROUNDS 0 goes on until it is killed. SIZE_LIMIT: no file may grow
beyond so many bytes, as on a full disk; then it prints the code of the problem that the index tells.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
import sys
import time

from engine.model import Answer, Placed, Record
from engine.ports import Question
from index.embedded import index as open_embedded


def kept(name: str, number: int, records: int) -> tuple[Question, Answer]:
    """The answer of one round: the same in the process that writes it and in the test that looks for it."""
    placed = tuple(
        Placed(
            place=place, record=Record(member=name, id=f"{number}-{place}", title=f"Sách {name} {number} số {place}")
        )
        for place in range(1, records + 1)
    )
    asked = Question(member=name, terms=f"{name} {number}", start=1, count=records)
    return asked, Answer(member=name, placed=placed, total=records, asked_at=1_750_000_000.0 + number, took_s=0.1)


async def main(path: str, name: str, rounds: int, records: int, size_limit: int | None) -> None:
    if size_limit:
        import resource  # noqa: PLC0415 - there is none on Windows

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size_limit, size_limit))
    opened = await open_embedded({"path": path, "keep_s": 1e12}, time.time)
    for number in range(1, rounds + 1) if rounds else itertools.count(1):
        asked, answer = kept(name, number, records)
        opened.keep(asked, answer)
        opened.count("together")
        await opened.flush()
        problem = (await opened.state()).problem
        print(problem.code if problem else number, flush=True)  # noqa: T201 - the test reads it
    if not size_limit:
        await opened.close()


if __name__ == "__main__":
    asyncio.run(
        main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]) if sys.argv[5:] else None)
    )
