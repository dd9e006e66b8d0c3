"""Who shares a key with whom, in bounded work: a key that too many share tells nothing apart, and is closed.

Levels (how deep a search went) are closed one by one: a crowd that came with deeper records leaves what was open
before as it was.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

CROWD = 60
"""Most nodes under one key."""

ANY_LEVEL = float("inf")

N = TypeVar("N", bound=Hashable)


class _Block(Generic[N]):
    """The nodes under one key with their levels, and how many there are of each level."""

    __slots__ = ("counts", "nodes")

    def __init__(self, node: N, level: int) -> None:
        self.nodes: dict[N, int] = {node: level}
        self.counts: dict[int, int] = {level: 1}

    def open_to(self) -> float:
        if len(self.nodes) <= CROWD:
            return ANY_LEVEL
        seen = 0
        for level in sorted(self.counts):
            seen += self.counts[level]
            if seen > CROWD:
                return level - 1
        return ANY_LEVEL


class Blocks(Generic[N]):
    """Nodes under keys. Most keys have one node only, which costs no more than its place in a dict."""

    def __init__(self) -> None:
        self._lone: dict[str, tuple[N, int]] = {}
        self._shared: dict[str, _Block[N]] = {}

    def put(self, key: str, node: N, level: int) -> int:
        """Put a node under a key at a level (again, if it is there).

        Return -1 if the key was closed at some level by this, 1 if it was opened, else 0.
        """
        block = self._shared.get(key)
        if block is None:
            lone = self._lone.get(key)
            if lone is None or lone[0] == node:
                self._lone[key] = (node, level)
                return 0
            del self._lone[key]
            block = self._shared[key] = _Block(*lone)
        before = block.open_to()
        old = block.nodes.get(node)
        if old is not None:
            block.counts[old] -= 1
        block.nodes[node] = level
        block.counts[level] = block.counts.get(level, 0) + 1
        return _sign(block.open_to() - before) if len(block.nodes) > CROWD else 0

    def drop(self, key: str, node: N) -> int:
        """Take a node from under a key. Return 1 if that opened the key at some level, else 0."""
        if key in self._lone:
            del self._lone[key]
            return 0
        block = self._shared[key]
        before = block.open_to()
        block.counts[block.nodes.pop(node)] -= 1
        if not block.nodes:
            del self._shared[key]
        return 1 if block.open_to() > before else 0

    def under(self, key: str) -> Mapping[N, int]:
        """Return the nodes under a key that two or more share, with their levels."""
        block = self._shared.get(key)
        return block.nodes if block is not None else {}

    def open_to(self, key: str) -> float:
        """Return the deepest level at which a key is open."""
        block = self._shared.get(key)
        return block.open_to() if block is not None else ANY_LEVEL


def _sign(difference: float) -> int:
    if difference != difference:  # noqa: PLR0124 - from any level to any level: infinity less infinity is no number
        return 0
    return (difference > 0) - (difference < 0)
