"""Speed and memory of the service: `make bench`.

The service runs in a process of its own over members of `benchmarks.load` in another; measured are the service's CPU
time, the time a reader waits and the service's memory. Medians of five runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil

from benchmarks.figures import Figure, tell

RUNS = int(os.environ.get("BENCH_RUNS", "5"))
TEN = (0, 2, 5, 8, 10, 15, 20, 25, 35, 60)  # 180 records
FIFTY = (20,) * 50  # 1,000 records
SEARCHES = int(os.environ.get("BENCH_SEARCHES", "10000"))

MEMBER = """\
system = "sru"
url = "http://127.0.0.1:{port}/catalogue"
window = 100
[name]
vi = "Thư viện {number}"
en = "Library {number}"
[manners]
private_network = true
spacing_ms = 0
parallel = 16
timeout_s = 10
[sru]
profile = "yaz"
"""

SETTINGS = """\
[service]
port = {port}
[search]
deadline_s = 10
{index}
"""


class Rig(NamedTuple):
    """A running service and its members."""

    url: str
    process: psutil.Process
    ports: list[int]

    def cpu_s(self) -> float:
        """Return the CPU time that the service has used so far."""
        times = self.process.cpu_times()
        return times.user + times.system

    def memory_mb(self) -> float:
        """Return the memory that the service holds."""
        return self.process.memory_info().rss / 1e6

    def last_byte_at(self, member: int) -> float:
        """Return when a member wrote the last byte of its last answer, on the monotonic clock."""
        return float(httpx.get(f"http://127.0.0.1:{self.ports[member]}/-/last").text)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def rig(records: tuple[int, ...], *, delays_ms: str = "0", index: bool = False) -> Iterator[Rig]:
    """Start members with so many records each and a service over them."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        counts = ",".join(map(str, records))
        command = [sys.executable, "-m", "benchmarks.load", "--records", counts, "--delays-ms", delays_ms]
        load = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE))
        stack.callback(load.terminate)
        assert load.stdout is not None
        ports = json.loads(load.stdout.readline())
        (folder / "members").mkdir()
        for number, port in enumerate(ports):
            (folder / "members" / f"m{number:02d}.toml").write_text(MEMBER.format(port=port, number=number), "utf-8")
        port = free_port()
        chosen = f'[index.options]\npath = "{folder}/index.sqlite"' if index else '[index]\nbackend = "none"'
        (folder / "lienthu.toml").write_text(SETTINGS.format(port=port, index=chosen), "utf-8")
        command = [sys.executable, "-m", "engine.cli", "serve", "--config", str(folder / "lienthu.toml")]
        quiet = (folder / "log").open("w")
        stack.callback(quiet.close)
        service = stack.enter_context(subprocess.Popen(command, stderr=quiet))
        stack.callback(service.terminate)
        url = f"http://127.0.0.1:{port}"
        for _ in range(400):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{url}/healthz").is_success:
                    break
            time.sleep(0.05)
        yield Rig(url, psutil.Process(service.pid), ports)


def new_words() -> str:
    """Return words that nobody asked before, so that no memory answers for the members."""
    return f"giao trinh kinh te {random.getrandbits(48):x}"


def search(client: httpx.Client, running: Rig, words: str) -> dict[str, object]:
    """Run one search to its end; return the settled answer."""
    answer = client.get(f"{running.url}/api/v1/search", params={"q": words})
    answer.raise_for_status()
    found: dict[str, object] = answer.json()
    return found


def cpu_ms_a_search(running: Rig, searches: int) -> float:
    """Return the CPU time of the service for one search of words that are new, in milliseconds."""
    with httpx.Client(timeout=30) as client:
        before = running.cpu_s()
        for _ in range(searches):
            search(client, running, new_words())
        return (running.cpu_s() - before) / searches * 1000


def merged_ms(running: Rig, slowest: int, searches: int) -> float:
    """Return the median time from the slowest member's last byte to the reader's complete answer."""
    waits = []
    with httpx.Client(timeout=30) as client:
        for _ in range(searches):
            search(client, running, new_words())
            waits.append((time.monotonic() - running.last_byte_at(slowest)) * 1000)
    return statistics.median(waits)


def first_titles_ms(running: Rig, first: int, searches: int) -> float:
    """Return the median time from the first member's last byte to the first snapshot with titles."""
    waits = []
    with httpx.Client(timeout=30) as client:
        for _ in range(searches):
            query = {"q": new_words()}
            with client.stream("GET", f"{running.url}/api/v1/search/stream", params=query) as answer:
                for line in answer.iter_lines():
                    if line.startswith("data:") and json.loads(line[5:]).get("titles"):
                        waits.append((time.monotonic() - running.last_byte_at(first)) * 1000)
                        break
    return statistics.median(waits)


def from_index(running: Rig) -> tuple[float, float]:
    """Return the median wait for an answer of the index in milliseconds, and answers a second of one process."""
    words = [new_words() for _ in range(20)]
    with httpx.Client(timeout=30) as client:
        for one in words:
            search(client, running, one)
        waits = []
        for number in range(400):
            began = time.perf_counter()
            client.get(f"{running.url}/api/v1/search", params={"q": words[number % 20]}).raise_for_status()
            waits.append((time.perf_counter() - began) * 1000)
    # Throughput with a C client would be the reader's side done well; eight connections of ours do.
    command = [sys.executable, "-m", "benchmarks.readers", running.url, *words]
    rate = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return statistics.median(waits), rate


def memory(running: Rig, started_mb: float) -> tuple[float, float]:
    """Return megabytes after start and the growth from the 1,000th (a tenth) to the last search.

    Nine in ten searches are among 500 questions, with the frequent ones more often; one in ten is new.
    """
    asked = [new_words() for _ in range(500)]
    weights = [1 / rank for rank in range(1, 501)]
    early = 0.0
    with httpx.Client(timeout=30) as client:
        for number in range(1, SEARCHES + 1):
            words = new_words() if number % 10 == 0 else random.choices(asked, weights)[0]
            client.get(f"{running.url}/api/v1/search", params={"q": words}).raise_for_status()
            if number == SEARCHES // 10:
                early = running.memory_mb()
    return started_mb, running.memory_mb() - early


def median_of_runs(measure: object, *arguments: object) -> float:
    """Return the median of five runs."""
    assert callable(measure)
    return statistics.median(float(measure(*arguments)) for _ in range(RUNS))


def main() -> None:
    """Measure everything, print the table, write build/bench.json."""
    figures = []
    with rig(TEN) as running:
        started_mb = running.memory_mb()
        cpu_ms_a_search(running, 10)  # warm
        figures.append(
            Figure(
                "CPU a search, 10 members, 180 records",
                median_of_runs(cpu_ms_a_search, running, 30),
                "ms",
                12 + 0.22 * 180,
            )
        )
    with rig((0,) * 10) as running:
        cpu_ms_a_search(running, 10)
        figures.append(
            Figure("CPU a search, 10 members, no records", median_of_runs(cpu_ms_a_search, running, 30), "ms", 12)
        )
    with rig((100,) * 10) as running:
        cpu_ms_a_search(running, 5)
        figures.append(
            Figure(
                "CPU a search, 10 members, 1,000 records",
                median_of_runs(cpu_ms_a_search, running, 10),
                "ms",
                12 + 0.22 * 1000,
            )
        )
    with rig(TEN, delays_ms=spread(10, 250, last=8)) as running:
        merged_ms(running, 8, 5)
        figures.append(
            Figure(
                "last byte to complete answer, 10 members, 180 records",
                median_of_runs(merged_ms, running, 8, 10),
                "ms",
                25,
            )
        )
    with rig(FIFTY, delays_ms=spread(50, 600, last=49)) as running:
        merged_ms(running, 49, 3)
        figures.append(
            Figure(
                "last byte to complete answer, 50 members, 1,000 records",
                median_of_runs(merged_ms, running, 49, 5),
                "ms",
                120,
            )
        )
    with rig(TEN, delays_ms="80," * 6 + "0,90,100,110") as running:
        first_titles_ms(running, 6, 5)
        figures.append(
            Figure("first titles after the first answer", median_of_runs(first_titles_ms, running, 6, 10), "ms", 15)
        )
    with rig(TEN, index=True) as running:
        measured = [from_index(running) for _ in range(RUNS)]
        figures.append(
            Figure("a search served from the index, median", statistics.median(one for one, _ in measured), "ms", 8)
        )
        figures.append(
            Figure(
                "searches served from the index, one process",
                statistics.median(rate for _, rate in measured),
                "/s",
                300,
                at_least=True,
            )
        )
    with rig(TEN, index=True) as running:
        started_mb = running.memory_mb()
        after_start, growth = memory(running, started_mb)
        figures.append(Figure("memory after start", after_start, "MB", 120))
        figures.append(Figure(f"memory growth, search {SEARCHES // 10:,} to {SEARCHES:,}", growth, "MB", 5))
    figures += cost_a_record(figures)
    tell(figures, Path("build/bench.json"))


def spread(members: int, most_ms: int, *, last: int) -> str:
    """Return delays of so many members, evenly spread and one of them last: real members never answer all at once."""
    delays = [int(most_ms * 0.8 * number / members) for number in range(members)]
    delays[last] = most_ms
    return ",".join(map(str, delays))


def cost_a_record(figures: list[Figure]) -> list[Figure]:
    """Return how the cost of a record at 1,000 records compares with that at 180."""
    by_name = {figure.name: figure.value for figure in figures}
    none = by_name["CPU a search, 10 members, no records"]
    few = (by_name["CPU a search, 10 members, 180 records"] - none) / 180
    many = (by_name["CPU a search, 10 members, 1,000 records"] - none) / 1000
    return [Figure("cost of a record at 1,000 records against 180", many / few, "ratio", 1.1)]


if __name__ == "__main__":
    main()
