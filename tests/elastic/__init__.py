"""A real Elasticsearch on loopback, for tests, benchmarks and a person who wants to try one.

    python -m tests.elastic        starts one, prints its address, stops it on Ctrl-C

It is looked for in this order: `ELASTICSEARCH_URL` is a server of the reader's own; else Docker's official image, where
a Docker daemon answers; else Elastic's minimal build, which comes once from Maven Central into a cache folder.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.elastic import build, image
from tests.elastic.node import Node, Settings
from tests.elastic.program import VERSION, ElasticMissingError, Program
from tests.servers import free_port

__all__ = ["VERSION", "ElasticMissingError", "Node", "cluster", "missing", "node"]


def missing() -> str | None:
    """Return what is missing to have one here, None if nothing is."""
    if os.environ.get("ELASTICSEARCH_URL") or (problem := build.missing()) is None:
        return None
    return None if image.is_there() else problem


@cache
def program() -> Program:
    """Return what nodes are started of. Raises ElasticMissingError."""
    return image.OfficialImage() if image.is_there() else build.MinimalBuild()


@contextlib.contextmanager
def node(settings: Settings | None = None, *, heap_mb: int = 512, is_started: bool = True) -> Iterator[Node]:
    """Run a node with an empty store of its own as long as the block lasts."""
    made_of = program()
    folder = Path(tempfile.mkdtemp(prefix="lienthu-elastic-"))
    running = Node(made_of, folder, settings or {}, heap_mb=heap_mb)
    try:
        if is_started:
            running.start()
        yield running
    finally:
        running.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def cluster(count: int = 3, *, heap_mb: int = 256) -> Iterator[tuple[Node, ...]]:
    """Run nodes that form one cluster as long as the block lasts: each may be killed and started again."""
    made_of = program()
    folders = [Path(tempfile.mkdtemp(prefix="lienthu-elastic-")) for _ in range(count)]
    ports = [free_port() for _ in range(count)]
    names = [f"node-{number}" for number in range(1, count + 1)]
    together: dict[str, object] = {
        "discovery.type": "multi-node",
        "discovery.seed_hosts": [f"127.0.0.1:{port}" for port in ports],
        "cluster.initial_master_nodes": names,
    }
    nodes = tuple(
        Node(made_of, folder, {**together, "node.name": name, "transport.port": port}, heap_mb=heap_mb)
        for name, folder, port in zip(names, folders, ports, strict=True)
    )
    try:
        for one in nodes:
            one.launch()
        for one in nodes:
            one.wait(nodes=count)
        yield nodes
    finally:
        for one in nodes:
            one.kill()
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
