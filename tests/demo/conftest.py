"""A running federation and a reader of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest

from demo import federation
from tests.demo.asking import Reader


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    running = await federation.start(today=date(2026, 3, 15))
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        yield Reader(running, client)
    await running.stop()
