"""How fast the shared index is, on both backends, as it grows: `make bench-index`.

    python -m benchmarks.index [--sizes 10000,100000,1000000] [--backends embedded,elasticsearch] [--readers-s 30]

Records are made of the words of the demo's catalogue, drawn as unevenly as words are. Each figure is of 200 questions,
asked one after the other, when what was written is merged and two thousand others were asked. Elasticsearch runs on
this machine, with a heap of 1 GB; the client waits for it, so that slow answers are counted and not left out.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from itertools import accumulate
from pathlib import Path

import uvloop
from elasticsearch import AsyncElasticsearch

from benchmarks.figures import Figure, tell
from benchmarks.index_readers import shared_by
from demo.catalogue import editions
from engine.model import Answer, Clause, Identifier, Person, Placed, Query, Record, Scheme
from engine.ports import Question, TitleIndex
from index.elastic import index as open_elastic
from index.embedded import index as open_embedded
from tests.elastic import node

QUESTIONS = 200
PER_ANSWER = 20
ASKED = 3
"""Every third question is asked by so many readers, and is offered from then on; the others by one."""
WARMING = 2_000
"""Questions of each kind that are asked before any is measured."""

SYLLABLES = 6_000
BOUNDS_MS = {"lookup": (5.0, 20.0), "search": (15.0, 50.0), "suggestion": (10.0, 30.0)}
WRITE_BOUND_MS = 2_000.0
BUILD = Path("build")


class Words:
    """Words drawn as in real titles: few often, most seldom. The same for every run."""

    def __init__(self) -> None:
        counted = Counter(word for edition in editions() for word in re.findall(r"\w+", edition.title.lower()))
        known = [word for word, _ in counted.most_common()]
        # A big catalogue has more words than the demo's: the rarer ones are put together of two.
        self.words = [*known, *(known[n % 97] + known[97 + n % 311] for n in range(max(0, SYLLABLES - len(known))))]
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))
        self.random = random.Random(7)

    def some(self, count: int) -> list[str]:
        """Return words as a title has them."""
        return self.random.choices(self.words, cum_weights=self._weights, k=count)

    def record(self, number: int) -> Record:
        """Return a record."""
        chance = self.random
        people = tuple(Person(name=" ".join(self.some(3)).title()) for _ in range(chance.randint(1, 2)))
        return Record(
            member=f"m{number % 40}",
            id=str(number),
            title=" ".join(self.some(chance.randint(4, 12))).capitalize(),
            people=people,
            publisher=" ".join(self.some(2)).title(),
            year=chance.randint(1960, 2025),
            languages=("vie",),
            subjects=tuple(" ".join(self.some(2)) for _ in range(chance.randint(1, 3))),
            identifiers=(Identifier(scheme=Scheme.ISBN, value=f"978604{number:07d}"),),
        )

    def answer(self, first: int) -> tuple[Question, Answer]:
        """Return an answer of twenty new records."""
        placed = tuple(Placed(place, self.record(first + place)) for place in range(1, PER_ANSWER + 1))
        member = placed[0].record.member
        return Question(member, f"câu {first}", 1, PER_ANSWER), Answer(member, placed, 500, time.time(), 0.1)


async def timed(calls: Sequence[Callable[[], Awaitable[object]]]) -> tuple[float, float]:
    """Return the median and the 95th percentile of calls, in milliseconds."""
    took = []
    for call in calls:
        began = time.perf_counter()
        await call()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), statistics.quantiles(took, n=20)[18]


async def grow(index: TitleIndex, words: Words, first: int, last: int) -> None:
    """Write records until there are so many, and what was asked meanwhile."""
    for number, start in enumerate(range(first, last, PER_ANSWER), 1):
        index.keep(*words.answer(start))
        wanted = " ".join(words.some(words.random.randint(1, 3)))
        for _ in range(ASKED if number % ASKED == 0 else 1):
            index.count(wanted)
        if number % 100 == 0:
            await index.flush()
    await index.flush()


async def warmed(index: TitleIndex, words: Words, looked: Sequence[Sequence[Question]]) -> None:
    """Ask other questions until the store is as in a service that has run long: Java compiles what is used often."""
    for number in range(WARMING):
        await index.answers(looked[-number % len(looked)])
        await index.search(Query(expression=Clause(" ".join(words.some(1 + number % 4)))), 60)
        await index.suggest(" ".join(words.some(2))[: 1 + number % 8], 8)


async def measured(index: TitleIndex, words: Words, size: int) -> AsyncIterator[tuple[str, float, float]]:
    """Yield what was measured: its name, the median and the 95th percentile in milliseconds."""
    chance = random.Random(11)
    asked = [chance.randrange(0, size, PER_ANSWER) for _ in range(10 * QUESTIONS)]
    looked = [
        [Question(f"m{(first + 1) % 40}", f"câu {first}", 1, PER_ANSWER) for first in asked[ten : ten + 10]]
        for ten in range(0, 10 * QUESTIONS, 10)
    ]
    assert len(await index.answers(looked[0])) > 0
    queries = [Query(expression=Clause(" ".join(words.some(chance.randint(1, 4))))) for _ in range(QUESTIONS)]
    prefixes = [" ".join(words.some(2))[: chance.randint(1, 8)] for _ in range(QUESTIONS)]
    await warmed(index, words, looked)
    yield "lookup", *await timed([lambda ten=ten: index.answers(ten) for ten in looked])  # type: ignore[misc]
    yield "search", *await timed([lambda query=query: index.search(query, 60) for query in queries])  # type: ignore[misc]
    yield "suggestion", *await timed([lambda text=text: index.suggest(text, 8) for text in prefixes])  # type: ignore[misc]

    async def write(first: int) -> None:
        for start in range(first, first + 1000, PER_ANSWER):
            index.keep(*words.answer(start))
        await index.flush()

    yield "write", *await timed([lambda n=n: write(10_000_000 + 1000 * n) for n in range(5)])  # type: ignore[misc]


@contextlib.asynccontextmanager
async def opened(backend: str, elastic_url: str, folder: Path) -> AsyncIterator[TitleIndex]:
    """Open an empty index that bounds nothing."""
    options: dict[str, object] = {"size_mb": 100_000.0, "queue_mb": 256.0}
    if backend == "embedded":
        index = await open_embedded({**options, "path": str(folder / "bench.sqlite")}, time.time)
    else:
        index = await open_elastic(
            {**options, "urls": [elastic_url], "prefix": "lienthu-bench", "patience_ms": 30_000.0}, time.time
        )
    try:
        await ready(index)
        yield index
    finally:
        await index.close()


async def ready(index: TitleIndex) -> None:
    """Return when the index can be used: a server that has just begun takes its time to make the first indices."""
    for _ in range(60):
        if (await index.state()).is_ready:
            return
        await asyncio.sleep(1)
    raise RuntimeError("the index is not ready")


async def rested(url: str) -> None:
    """Return when Elasticsearch has merged what its own policy would merge with the next record that is written."""
    async with AsyncElasticsearch(url, request_timeout=600) as client:
        before = -1
        while True:
            await client.indices.forcemerge(index="lienthu-bench-*")  # without a number: as the policy has it
            told = (await client.indices.stats(index="lienthu-bench-*", metric="merge"))["_all"]["total"]["merges"]
            if not told["current"] and told["total"] == before:
                return
            before = told["total"]
            await asyncio.sleep(2)


async def grown(backend: str, elastic_url: str, folder: Path, sizes: Sequence[int]) -> list[Figure]:
    """Return the figures of one backend as it grows."""
    figures: list[Figure] = []
    async with opened(backend, elastic_url, folder) as index:
        words, size = Words(), 0
        for wanted in sizes:
            await grow(index, words, size, wanted)
            size = wanted
            if backend == "elasticsearch":
                await rested(elastic_url)
            async for name, median, tail in measured(index, words, size):
                label = f"{backend}, {size:,} records: {name}"
                middle, end = BOUNDS_MS.get(name, (WRITE_BOUND_MS, WRITE_BOUND_MS))
                what = " of 1,000 records" if name == "write" else ""
                figures.append(Figure(f"{label}{what}, median", median, "ms", middle))
                if name != "write":
                    figures.append(Figure(f"{label}, 95th percentile", tail, "ms", end))
                print(f"{label}{what}: {median:.2f}, {tail:.2f} ms", flush=True)
            state = await index.state()
            if not state.is_ready or state.problem is not None or state.records < size:
                raise RuntimeError(f"{backend} was not itself while it was measured: {state}")
            figures.append(
                Figure(f"{backend}, {size:,} records: room", state.bytes_used / 1e6, "MB", 4.0 * size / 1000)
            )
    return figures


def main() -> None:
    """Measure, and write `build/bench-index.json`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.index", description=__doc__)
    parser.add_argument("--sizes", default="10000,100000,1000000", help="records, growing")
    parser.add_argument("--backends", default="embedded,elasticsearch")
    parser.add_argument("--services", default="2,4", help="processes on one Elasticsearch; empty: leave that out")
    parser.add_argument("--readers-s", type=float, default=30.0, help="how long 50 readers ask")
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.sizes.split(",")]
    figures: list[Figure] = []
    with node(heap_mb=1024) as running, tempfile.TemporaryDirectory(prefix="lienthu-bench-") as folder:
        for backend in chosen.backends.split(","):
            figures += uvloop.run(grown(backend, running.url, Path(folder), sizes))
        for count in (int(count) for count in chosen.services.split(",") if count):
            figures += uvloop.run(shared_by(count, running.url, Path(folder), chosen.readers_s))
    tell(figures, BUILD / "bench-index.json")


if __name__ == "__main__":
    main()
