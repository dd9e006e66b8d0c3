"""The embedded index: the contract, and what is SQLite's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from index.embedded import index as open_embedded
from tests.index.contract import IndexContract, Opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index" / "titles.sqlite"


@pytest.fixture
async def opened(path: Path) -> AsyncIterator[Opened]:
    opened = Opened(lambda options, clock: open_embedded({"path": str(path), **options}, clock))
    yield opened
    await opened.close()


class TestEmbeddedIndex(IndexContract):
    """The contract on SQLite."""
