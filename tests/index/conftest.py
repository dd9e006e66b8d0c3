"""What tests of the index on Elasticsearch share that break their server."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.elastic import Node, node

# So that a test that fails there shows what it compared.
pytest.register_assert_rewrite("tests.index.contract", "tests.index.states")


@pytest.fixture(scope="module")
def running() -> Iterator[Node]:
    """A node that the tests of one module may break; each leaves it well."""
    with node() as one:
        yield one


@pytest.fixture
def prefix() -> str:
    """What the names of a test's own indices begin with."""
    return f"lienthu-{uuid.uuid4().hex[:8]}"
