"""How fast a catalogue is harvested, and how fast it is searched then: `python -m benchmarks.harvest [RECORDS]`.

The demo's repository runs in a process of its own and lists the entries of its digital library again and again under
other numbers. Measured are the harvest as a command's process does it (its wall and CPU time, parsing, normalising and
writing included) and searches of one member among what was harvested.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from demo.federation import catalogue_of
from demo.libraries import LIBRARIES
from demo.oai import OaiRepository
from demo.server import Reply, Request, Server
from engine.app import House, open_harvest, open_index, read_house
from engine.harvest_state import Outcome
from engine.model import Window
from engine.query import parse

RECORDS = int(sys.argv[1]) if sys.argv[1:] else 10_000
QUESTIONS = ("kinh tế", "kinh te vi mo", "lịch sử việt nam", "nguyễn", '"cơ sở dữ liệu"', "toán năm:2010-2020", "econ*")
ROUNDS = 20

MEMBER = """\
system = "oai-pmh"
url = "http://127.0.0.1:{port}/server/oai/request"
[name]
vi = "Kho"
en = "Repository"
[manners]
private_network = true
spacing_ms = 0
"""


def serve(told: Connection) -> None:
    """Run the repository and tell its port."""
    library = next(one for one in LIBRARIES if one.id == "song-cau")
    shelf = catalogue_of(library, date(2026, 3, 1))
    # None that is divisible by 97: those are withdrawn.
    numbers = (number for number in itertools.count(100_000) if number % 97)
    chosen = itertools.islice(zip(itertools.cycle(shelf), numbers, strict=False), RECORDS)
    entries = [msgspec.structs.replace(entry, id=str(number)) for entry, number in chosen]
    repository = OaiRepository(library, entries)

    async def run() -> None:
        async def control(_: Mapping[str, str]) -> object:
            return {}

        def answer(request: Request, _: object) -> Reply:
            return repository.answer(request) or Reply(b"", status=404)

        server = Server(answer, control, host="127.0.0.1", port=0)
        await server.start()
        told.send((server.port, len(entries)))
        await asyncio.Event().wait()

    asyncio.run(run())


async def harvested(house: House) -> tuple[Outcome, float]:
    """Harvest once and return what it came to, and the CPU seconds of this process."""
    began = time.process_time()
    async with open_harvest(house, "kho", holder="a benchmark", tell=lambda _: None) as harvest:
        outcome = await harvest.run()
    return outcome, time.process_time() - began


async def searched(house: House) -> list[float]:
    """Return how many milliseconds searches of the member took."""
    index = await open_index(house, time.time)
    assert index is not None
    taken = []
    for typed in QUESTIONS * ROUNDS:
        began = time.perf_counter()
        await index.harvested("kho", parse(typed), Window(1, 20))
        taken.append((time.perf_counter() - began) * 1000)
    await index.close()
    return sorted(taken)


def main() -> None:
    """Measure and print a line for each."""
    mine, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    port, count = mine.recv()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "members").mkdir()
        (path / "members" / "kho.toml").write_text(MEMBER.format(port=port), "utf-8")
        (path / "lienthu.toml").write_text(f'[index.options]\npath = "{path / "index.sqlite"}"\n', "utf-8")
        house = read_house(path / "lienthu.toml")
        outcome, cpu_s = asyncio.run(harvested(house))
        assert outcome.new == count, outcome
        size = (path / "index-harvest.sqlite").stat().st_size
        print(
            f"harvest: {outcome.records} records in {outcome.seconds:.1f} s, {outcome.records / outcome.seconds:.0f}"
            f" records/s, {cpu_s / outcome.records * 1000:.2f} ms CPU and {size / outcome.records:.0f} bytes a record"
        )
        again, cpu_s = asyncio.run(harvested(house))
        print(f"nothing changed: {again.requests} requests, {again.seconds * 1000:.0f} ms, {cpu_s * 1000:.0f} ms CPU")
        taken = asyncio.run(searched(house))
        print(
            f"search of the member: {statistics.median(taken):.1f} ms at the median,"
            f" {taken[int(len(taken) * 0.95)]:.1f} ms at the 95th percentile"
        )
    server.terminate()


if __name__ == "__main__":
    main()
