"""What the command line needs of the connectors beyond asking members: to tell a system by its address, to record.

The tools are found through the entry points `lienthu.tools`, so that the engine knows no connector.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, cast

import msgspec

from engine.model import Noun, Query, Reason, Window
from engine.ports import Clock, Member, System


class Step(Noun, frozen=True):
    """One request of a detection: what was asked, the status that came, and what it told or why nothing came."""

    asked: str
    status: int | None = None
    told: Reason | None = None


class Seen(Noun, frozen=True):
    """What a page shows to somebody who does not know its system.

    `forms` read "GET /search: q, type"; `links` lead to what may be a catalogue, here or elsewhere.
    """

    title: str = ""
    generator: str = ""
    forms: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()


class Trial(Noun, frozen=True):
    """One search through the connector that a draft made: what was asked, and what came or why nothing did."""

    query: str
    records: int = 0
    total: int | None = None
    first: str | None = None
    notices: tuple[Reason, ...] = ()
    failure: Reason | None = None

    @property
    def works(self) -> bool:
        """Whether records came."""
        return self.failure is None and self.records > 0


class Detected(Noun, frozen=True):
    """What was found out about an address.

    `system` is None where it could not be told; `evidence` says why we think so. `file` is the member file's text,
    "" where nothing was seen that one could be made of.
    `requests` were sent to find out, the searches of `trials` beside them. `notes` are about the way there.
    """

    address: str
    id: str
    file: str
    system: str | None = None
    url: str | None = None
    name: str | None = None
    evidence: Reason | None = None
    is_sure: bool = False
    steps: tuple[Step, ...] = ()
    requests: int = 0
    seen: Seen | None = None
    notes: tuple[Reason, ...] = ()
    trials: tuple[Trial, ...] = ()
    recordings: tuple[str, ...] = ()

    @property
    def works(self) -> bool:
        """Whether every search through the draft found something."""
        return bool(self.trials) and all(trial.works for trial in self.trials)

    @property
    def answers(self) -> bool:
        """Whether no search through the draft failed, and one found something."""
        return any(trial.works for trial in self.trials) and all(trial.failure is None for trial in self.trials)


class Wishes(msgspec.Struct, frozen=True):
    """What a person says beside the address.

    `id`: the member's, else made from the host. `recordings`: the folder for them, None for none. `agreed`: the library
    has allowed programs, whatever its robots.txt says. `pause_ms`: between two requests, None for the usual.
    """

    id: str | None = None
    recordings: Path | None = None
    agreed: bool = False
    private_network: bool = False
    enable: bool = False
    pause_ms: int | None = None


class Detect(Protocol):
    """The tool `detect`."""

    async def __call__(
        self,
        address: str,
        *,
        systems: Mapping[str, System],
        user_agent: str,
        clock: Clock,
        wishes: Wishes,
        tell: Callable[[Step], None],
    ) -> Detected:
        """Find out what answers at an address. Raises SettingsError for an address that is none."""


class Recorded(Noun, frozen=True):
    """A case that was recorded: its folder, its exchanges, and what came."""

    folder: str
    exchanges: int
    trial: Trial


class Record(Protocol):
    """The tool `record`."""

    async def __call__(
        self,
        member: Member,
        own: msgspec.Struct,
        system: System,
        *,
        typed: str,
        query: Query,
        window: Window,
        folder: Path,
        user_agent: str,
        clock: Clock,
        pause_ms: int = 0,
    ) -> Recorded:
        """Ask a member and write the exchanges down as a case of the battery: without cookies, keys or persons."""


def tool(name: str) -> object:
    """Return the tool of this name. Raises LookupError where none is installed."""
    found = list(entry_points(group="lienthu.tools", name=name))
    if not found:
        raise LookupError(f"no tool {name!r} is installed: run pip install -e . once more")
    return found[0].load()


def detect_tool() -> Detect:
    """Return the tool that tells a system by its address."""
    return cast("Detect", tool("detect"))


def record_tool() -> Record:
    """Return the tool that writes exchanges down."""
    return cast("Record", tool("record"))
