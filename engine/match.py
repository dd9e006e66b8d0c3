"""Which records are one title: kept up to date as records come and go, the same whatever the order they come in.

Records with equal signatures share a `Node`. Nodes that share a blocking key are compared once
(`engine.matching.ladder`); nodes that share a link (an identifier; title, year and publisher) are joined if nothing
contradicts. `Matcher.regroup` then clusters anew what was touched, and only that: strongest joins first, and no
join across a contradiction, so a chain of near matches never ties together two records that contradict.

A level is the round in which a record came, 1 for rounds 0 and 1. Clusters of a level are final: records of deeper
levels may join them, but never one with another.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.matching.blocks import Blocks
from engine.matching.ladder import Cut, Likeness
from engine.matching.nodes import Entry as Entry
from engine.matching.nodes import Node as Node
from engine.matching.nodes import Work as Work
from engine.matching.nodes import verdict_of
from engine.matching.signature import Keys, links
from engine.model import Reason

Join = tuple[int, float, str, str, Node, Node, str, str]
"""Level, strength (negative: strongest first), both signatures' names, both nodes, reason, link."""


class Matcher:
    """The titles of one search."""

    def __init__(self) -> None:
        self._keys = Keys()
        self._nodes: dict[str, Node] = {}
        self._blocks: Blocks[Node] = Blocks()
        self._links: Blocks[Node] = Blocks()
        self._dirty: dict[Node, None] = {}
        self._gone: list[Work] = []
        self._is_crowded = False

    def add(self, entry: Entry) -> None:
        """Take in a record. Its key must not be in."""
        signature = self._keys.signature(entry.record)
        node = self._nodes.get(signature.name)
        if node is None:
            node = self._nodes[signature.name] = Node(signature)
        node.entries[entry.key] = entry
        entry.node = node
        entry.links = links(entry.record, signature)
        self._dirty[node] = None
        if not node.level or entry.level < node.level:
            self._settle(node, entry.level)
        for link in entry.links:
            levels = node.links.setdefault(link, [])
            is_shallowest = not levels or entry.level < min(levels)
            if is_shallowest and self._links.put(link, node, entry.level):
                self._touch(self._links.under(link))
            levels.append(entry.level)

    def remove(self, entry: Entry) -> None:
        """Let go of a record that was added."""
        node = entry.node
        assert node is not None
        del node.entries[entry.key]
        self._dirty[node] = None
        for link in entry.links:
            levels = node.links[link]
            levels.remove(entry.level)
            self._touch(self._links.under(link))
            if levels:
                self._links.put(link, node, min(levels))
            else:
                del node.links[link]
                self._links.drop(link, node)
        if not node.entries:
            self._forget(node)
        elif (level := min(one.level for one in node.entries.values())) != node.level:
            self._settle(node, level)

    def regroup(self) -> tuple[list[Work], list[Work]]:
        """Cluster anew what was touched since the last time: the works that are no more, and those that are new."""
        gone, made = self._gone, []
        self._gone = []
        seen: set[Node] = set()
        for start in self._dirty:
            if start in seen or not start.entries:
                continue
            component, joins = self._component(start, seen)
            for node in component:
                if node.work is not None:
                    if node.work.nodes:
                        gone.append(node.work)
                    node.work.nodes = []
            for work in _cluster(component, joins):
                for node in work.nodes:
                    node.work = work
                made.append(work)
        self._dirty.clear()
        return gone, made

    def dissolve(self) -> None:
        """Take apart what refers to each other, so that it goes at once and not when the collector comes by."""
        for node in self._nodes.values():
            if node.work is not None:
                node.work.nodes = []
            node.work = None
            node.entries.clear()
            node.near.clear()
            node.verdicts.clear()

    # Nodes and what they share ------------------------------------------------------------

    def _settle(self, node: Node, level: int) -> None:
        """Set a node's level, and compare it with those that share a key with it."""
        node.level = level
        for key in node.keys:
            if change := self._blocks.put(key, node, level):
                self._note_change(key, change)
        self._compare(node)

    def _compare(self, node: Node) -> None:
        for key in node.keys:
            mates = self._blocks.under(key)
            if not mates or node.level > (limit := self._blocks.open_to(key)):
                continue
            for mate in mates:
                if mate is not node and mate.level <= limit and mate not in node.near:
                    verdict = verdict_of(node, mate)
                    if verdict.strength:
                        node.near[mate] = mate.near[node] = verdict

    def _note_change(self, key: str, change: int) -> None:
        """Where a key was closed or opened, its nodes must be clustered anew; where opened, compared too."""
        self._is_crowded = True
        nodes = self._blocks.under(key)
        self._touch(nodes)
        if change > 0:
            for mate in nodes:
                self._compare(mate)

    def _touch(self, nodes: Iterable[Node]) -> None:
        self._dirty.update(dict.fromkeys(nodes))

    def _forget(self, node: Node) -> None:
        del self._nodes[node.signature.name]
        for key in node.keys:
            if change := self._blocks.drop(key, node):
                self._note_change(key, change)
        for mate in node.verdicts:
            del mate.verdicts[node]
            if mate.near.pop(node, None):
                self._dirty[mate] = None
        if node.work is not None and node.work.nodes:
            self._touch(mate for mate in node.work.nodes if mate.entries)
            self._gone.append(node.work)
            node.work.nodes = []
        self._dirty.pop(node, None)

    # Components and joins -----------------------------------------------------------------

    def _component(self, start: Node, seen: set[Node]) -> tuple[list[Node], list[Join]]:
        """All nodes that joins tie to this one, and the joins."""
        seen.add(start)
        found, joins = [start], []
        for node in found:
            for join in self._joins(node):
                mate = join[5] if join[4] is node else join[4]
                if join[4] is node:
                    joins.append(join)
                if mate not in seen:
                    seen.add(mate)
                    found.append(mate)
        return found, joins

    def _joins(self, node: Node) -> Iterable[Join]:
        for mate, verdict in node.near.items():
            level = max(node.level, mate.level)
            if not self._is_crowded or self._share_open_key(node, mate, level):
                yield _join(node, mate, level, verdict.strength, verdict.reason, "")
        for link, levels in node.links.items():
            mates = self._links.under(link)
            if len(mates) < 2:
                continue
            limit = self._links.open_to(link)
            own = min(levels)
            for mate, met in mates.items():
                level = max(own, met)
                if mate is not node and level <= limit and (strength := _link_strength(link, node, mate)):
                    reason = _LINK_REASONS[link[0]]
                    if strength == _WITH_PEOPLE:
                        reason = verdict_of(node, mate).reason
                    yield _join(node, mate, level, strength, reason, link[2:])

    def _share_open_key(self, node: Node, mate: Node, level: int) -> bool:
        return any(key in mate.keys and self._blocks.open_to(key) >= level for key in node.keys)


def _join(node: Node, mate: Node, level: int, strength: float, reason: str, link: str) -> Join:
    if mate.signature.name < node.signature.name:
        node, mate = mate, node
    return (level, -strength, node.signature.name, mate.signature.name, node, mate, reason, link)


_WITHOUT_PEOPLE = 0.6
_WITH_PEOPLE = 0.92  # people agree as well as the link: surer than title and people alone
_LINK_REASONS = {"i": "match.identifier", "y": "match.title-year-publisher", "z": "match.title-year"}


def _link_strength(link: str, node: Node, mate: Node) -> float:
    """How strongly a shared link joins two nodes; 0.0 if something contradicts."""
    verdict = verdict_of(node, mate)
    if verdict.cut is Cut.HARD:
        return 0.0
    if link[0] == "i":
        if verdict.likeness >= Likeness.MARKED:
            return 1.0
        return 0.95 if verdict.cut is Cut.NONE else 0.0
    if verdict.likeness is not Likeness.EQUAL or verdict.cut is not Cut.NONE:
        return 0.0
    if verdict.strength > _WITHOUT_PEOPLE:
        return _WITH_PEOPLE
    return _WITHOUT_PEOPLE if link[0] == "y" else 0.5


def _cluster(nodes: list[Node], joins: list[Join]) -> list[Work]:
    """Cluster a component, strongest joins of the first level first."""
    if len(nodes) == 1:
        return [Work(nodes, ())]
    groups: dict[Node, list[Node]] = {node: [node] for node in nodes}
    why: dict[Node, list[Join]] = {}
    joins.sort(key=lambda join: (join[0], join[1], join[2], join[3], join[7]))
    for join in joins:
        level, node, mate = join[0], join[4], join[5]
        one, other = groups[node], groups[mate]
        if one is other:
            continue
        if min(each.level for each in one) < level and min(each.level for each in other) < level:
            continue  # both are final
        if _contradict(one, other, level):
            continue
        if len(one) < len(other):
            one, other = other, one
        one.extend(other)
        for each in other:
            groups[each] = one
        why.setdefault(node, []).append(join)
    works = []
    for node in nodes:
        group = groups[node]
        if group:
            reasons = [join for each in group for join in why.get(each, ())]
            works.append(Work(list(group), _reasons(reasons)))
            group.clear()
    return works


def _contradict(one: list[Node], other: list[Node], level: int) -> bool:
    for node in one:
        for mate in other:
            cut = verdict_of(node, mate).cut
            if cut is Cut.HARD or (cut is Cut.SOFT and not _share_identifier(node, mate, level)):
                return True
    return False


def _share_identifier(node: Node, mate: Node, level: int) -> bool:
    for link, levels in node.links.items():
        if link[0] == "i" and link in mate.links and min(levels) <= level and min(mate.links[link]) <= level:
            return verdict_of(node, mate).likeness >= Likeness.MARKED
    return False


def _reasons(joins: list[Join]) -> tuple[Reason, ...]:
    """Why a title's parts are one: each reason once, strongest first."""
    found: dict[str, Reason] = {}
    for join in sorted(joins, key=lambda join: (join[1], join[6], join[7])):
        code = join[6]
        if code == "match.identifier":
            scheme, _, value = join[7].partition(":")
            found.setdefault(code + join[7], Reason(code, {"scheme": scheme.upper(), "value": value}))
        else:
            found.setdefault(code, Reason(code))
    return tuple(found.values())[:5]
