"""Readers who ask the same questions again and again, eight at once: prints answers a second."""

from __future__ import annotations

import asyncio
import itertools
import sys
import time

import aiohttp

ANSWERS = 1_500


async def main(url: str, words: list[str]) -> None:
    """Ask until enough answers have come."""
    questions = itertools.cycle(words)
    left = iter(range(ANSWERS))

    async def read(session: aiohttp.ClientSession) -> None:
        for _ in left:
            async with session.get(f"{url}/api/v1/search", params={"q": next(questions)}) as answer:
                answer.raise_for_status()
                await answer.read()

    async with aiohttp.ClientSession() as session:
        began = time.perf_counter()
        await asyncio.gather(*(read(session) for _ in range(8)))
        print(ANSWERS / (time.perf_counter() - began))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
