"""What matching moves about: a record in a search, the records of one signature, the nodes that are one title."""

from __future__ import annotations

from engine.matching.ladder import Verdict, compare
from engine.matching.signature import Signature
from engine.model import Placed, Reason, Record
from engine.narrow import has_full_text, is_available


class Entry:
    """A record in a search: its place in its member's order, its round, and when it was asked for if kept."""

    __slots__ = (
        "asked_at",
        "facts",
        "fullness",
        "is_available",
        "is_online",
        "key",
        "level",
        "links",
        "node",
        "place",
        "record",
    )

    def __init__(self, placed: Placed, level: int, asked_at: float | None) -> None:
        record = self.record = placed.record
        self.place = placed.place
        self.level = level
        self.asked_at = asked_at
        self.key = (record.member, record.id)
        self.is_online = bool(record.is_online) or has_full_text(record)
        self.is_available = self.is_online or (bool(record.holdings) and bool(is_available(record)))
        self.fullness = fullness(record)
        self.facts: object = None  # what decides its edition; worked out when a page shows it
        self.links: tuple[str, ...] = ()
        self.node: Node | None = None


def fullness(record: Record) -> int:
    """How many of `FULL` things that a reader looks for are there."""
    return (
        bool(record.people)
        + (record.year is not None)
        + bool(record.publisher)
        + bool(record.identifiers)
        + bool(record.subjects)
        + bool(record.summary)
    )


FULL = 6


class Node:
    """All records of one signature."""

    __slots__ = ("entries", "keys", "level", "links", "near", "signature", "verdicts", "work")

    def __init__(self, signature: Signature) -> None:
        self.signature = signature
        self.entries: dict[tuple[str, str], Entry] = {}
        self.keys = signature.keys()
        self.level = 0
        self.links: dict[str, list[int]] = {}  # link -> levels of the entries that carry it
        self.near: dict[Node, Verdict] = {}  # compared through a blocking key, and joined by it
        self.verdicts: dict[Node, Verdict] = {}
        self.work: Work | None = None


class Work:
    """Nodes that are one title, and why."""

    __slots__ = ("entries", "joins", "level", "nodes")

    def __init__(self, nodes: list[Node], joins: tuple[Reason, ...]) -> None:
        self.nodes = nodes
        self.joins = joins
        self.level = min(node.level for node in nodes)
        self.entries = sorted((entry for node in nodes for entry in node.entries.values()), key=lambda one: one.key)


def verdict_of(node: Node, mate: Node) -> Verdict:
    """Return what two nodes are to each other: worked out once, and remembered."""
    verdict = node.verdicts.get(mate)
    if verdict is None:
        verdict = node.verdicts[mate] = mate.verdicts[node] = compare(node.signature, mate.signature)
    return verdict
