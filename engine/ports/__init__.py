"""What the engine needs from outside: a way to ask a member, and a shared index. Two small protocols.

A connector speaks one *system* and is made once per member:

    def connector(member: Member, settings: SruSettings, door: Door) -> Connector

and is registered with its settings in the entry-point group `lienthu.connectors`, as a `System`. The rules:

- `search` returns the records of one window of the member's answer, or raises one of `engine.errors`. No hits
  is an Answer without records; a page that can no longer be read is an UnreadableError. Never `[]` for the second.
- What cannot be asked of this member is not silently dropped: give it up and say so in `Answer.notices`, or raise
  UnsupportedError.
- `request` and `parse` are pure functions of the module; I/O goes through the door's client only. No clock, no
  store, no retry, no sleeping: those are the door's.
- Whatever is cancelled stops at once.
- Data that a member gives away by mistake (borrowers, closed files) is dropped while parsing.

An index is made once per process from the entry-point group `lienthu.indexes`:

    async def index(settings: dict[str, object], clock: Clock) -> TitleIndex
"""

from __future__ import annotations

from engine.ports.asking import AvailabilityConnector, Connector, Dial, Door, Line
from engine.ports.harvesting import (
    Batch,
    HarvestBook,
    Harvested,
    HarvestedList,
    HarvestIndex,
    HarvestPart,
    HarvestState,
    Listing,
    Repository,
    RepositoryFacts,
    Written,
)
from engine.ports.index import Aged, IndexChores, IndexState, Question, TitleIndex, Wanted
from engine.ports.members import Clock, Manners, Member, Names, Place
from engine.ports.systems import Finding, Found, Page, Sign, System

__all__ = [
    "Aged",
    "AvailabilityConnector",
    "Batch",
    "Clock",
    "Connector",
    "Dial",
    "Door",
    "Finding",
    "Found",
    "HarvestBook",
    "HarvestIndex",
    "HarvestPart",
    "HarvestState",
    "Harvested",
    "HarvestedList",
    "IndexChores",
    "IndexState",
    "Line",
    "Listing",
    "Manners",
    "Member",
    "Names",
    "Page",
    "Place",
    "Question",
    "Repository",
    "RepositoryFacts",
    "Sign",
    "System",
    "TitleIndex",
    "Wanted",
    "Written",
]
