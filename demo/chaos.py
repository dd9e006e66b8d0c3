"""A federation whose servers fall ill and recover by chance, the same way for the same seed."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Final, Protocol

import msgspec

from demo.moods import Mood

TROUBLES: Final = (Mood.SLOW, Mood.FAILING, Mood.BUSY, Mood.AWAY, Mood.REDESIGNED, Mood.BYTE_A_SECOND, Mood.HUGE)


class Moody(Protocol):
    """What can be told its libraries' moods."""

    @property
    def libraries(self) -> tuple[Named, ...]:
        """The libraries, each with its id."""

    async def set_mood(self, library_id: str, mood: Mood | str, *, seconds: float = 5.0, kind: str = "") -> None:
        """Change how a library's server is."""


class Named(Protocol):
    """What has an id."""

    @property
    def id(self) -> str:
        """The library's id."""


class Turn(msgspec.Struct, frozen=True):
    """One library's mood from now on."""

    library: str
    mood: Mood
    seconds: float = 5.0
    kind: str = ""


class Chaos:
    """Changes moods over time: most are fine, one hangs, one sends rubbish, and now and then a third has trouble.

    `pace_s` is the time between changes.
    """

    def __init__(self, seed: int = 1, *, pace_s: float = 20.0) -> None:
        self.pace_s = pace_s
        self._random = Random(seed)
        self._ill: dict[str, Mood] = {}

    def turns(self, library_ids: tuple[str, ...]) -> tuple[Turn, ...]:
        """Return the next changes: one ill library recovers, and the place of its trouble is taken by another."""
        found = []
        if len(self._ill) >= 2:
            well_again = self._random.choice(sorted(self._ill))
            del self._ill[well_again]
            found.append(Turn(well_again, Mood.FINE))
        wanted = [mood for mood in (Mood.HANGING, Mood.RUBBISH) if mood not in self._ill.values()]
        if self._random.random() < 0.4 and len(self._ill) + len(wanted) < 3:
            wanted.append(self._random.choice(TROUBLES))
        for mood in wanted:
            library = self._random.choice([each for each in library_ids if each not in self._ill])
            self._ill[library] = mood
            kind = self._random.choice(("html", "truncated", "bytes")) if mood is Mood.RUBBISH else ""
            if mood is Mood.FAILING:
                kind = self._random.choice(("", "diagnostic-1", "diagnostic-2"))
            found.append(Turn(library, mood, round(self._random.uniform(2, 6), 1), kind))
        return tuple(found)

    async def run(self, federation: Moody) -> None:
        """Change moods until cancelled."""
        library_ids = tuple(library.id for library in federation.libraries)
        while True:
            for turn in self.turns(library_ids):
                await federation.set_mood(turn.library, turn.mood, seconds=turn.seconds, kind=turn.kind)
            await asyncio.sleep(self.pace_s)
