"""Several service processes on one Elasticsearch, under fifty readers who ask a few questions often and many seldom."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from itertools import accumulate
from pathlib import Path

import httpx

from benchmarks.figures import Figure
from demo import federation
from demo.catalogue import editions
from demo.members import write_members
from tests.servers import free_port

READERS = 50
QUESTIONS = 400
SETTINGS = """\
[service]
port = {port}
[contact]
name = "Lien Thu benchmark"
[index]
backend = "elasticsearch"
[index.options]
urls = ["{url}"]
prefix = "{prefix}"
patience_ms = 1000.0
"""


async def shared_by(count: int, elastic_url: str, folder: Path, seconds: float) -> list[Figure]:
    """Return the figures of so many processes."""
    libraries = await federation.start()
    own = folder / f"services-{count}"
    (own / "members").mkdir(parents=True)
    write_members(own / "members", libraries.libraries)
    processes, urls = [], []
    try:
        for number in range(count):
            port = free_port()
            config = own / f"{number}.toml"
            config.write_text(SETTINGS.format(port=port, url=elastic_url, prefix=f"lienthu-bench-{count}"), "utf-8")
            command = [sys.executable, "-m", "engine.cli", "serve", "--config", str(config)]
            processes.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))  # noqa: ASYNC220 - before measuring
            urls.append(f"http://127.0.0.1:{port}")
        async with httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(retries=9, limits=httpx.Limits(max_connections=READERS)), timeout=60
        ) as client:
            for url in urls:
                (await client.get(f"{url}/healthz")).raise_for_status()
            return await _asked(client, urls, libraries, seconds)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            await asyncio.to_thread(process.wait, 20)
        await libraries.stop()


async def _asked(
    client: httpx.AsyncClient, urls: list[str], libraries: federation.Federation, seconds: float
) -> list[Figure]:
    titles = sorted({" ".join(edition.title.split()[:3]).strip(" ,.:;") for edition in editions()})
    chance = random.Random(5)
    words = chance.sample(titles, min(QUESTIONS, len(titles)))
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    before = sum(libraries.request_counts().values())
    asked: set[str] = set()
    states: dict[str, int] = {}
    searches = errors = 0
    ends = time.monotonic() + seconds

    async def read(number: int) -> None:
        nonlocal searches, errors
        own = random.Random(number)
        while time.monotonic() < ends:
            text = own.choices(words, cum_weights=weights)[0]
            try:
                answer = await client.get(f"{urls[number % len(urls)]}/api/v1/search", params={"q": text})
                answer.raise_for_status()
            except httpx.HTTPError:
                errors += 1
                continue
            searches += 1
            asked.add(text)
            for report in answer.json()["reports"]:
                states[report["state"]] = states.get(report["state"], 0) + 1

    await asyncio.gather(*(read(number) for number in range(READERS)))
    requests = sum(libraries.request_counts().values()) - before
    label = f"{len(urls)} processes, {READERS} readers"
    members = len(libraries.libraries)
    share = 100 * (1 - requests / max(1, searches * members))
    return [
        Figure(f"{label}: searches a second", searches / seconds, "1/s", 1.0, at_least=True),
        Figure(f"{label}: served without asking a member", share, "%", 50.0, at_least=True),
        # Some questions take a member two requests: a page further on, or the same words without marks.
        Figure(f"{label}: requests a member got for each question", requests / max(1, len(asked) * members), "", 1.5),
        Figure(f"{label}: members that failed", float(states.get("failed", 0)), "", 0.0),
        Figure(f"{label}: errors that a reader saw", float(errors), "", 0.0),
    ]
