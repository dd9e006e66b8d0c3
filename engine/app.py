"""The composition root: the only place that joins the engine, the connectors and the index.

Connectors and indexes are found through entry points (`lienthu.connectors`, `lienthu.indexes`), so one from another
package is a full citizen.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import cast

import httpx
import msgspec

from engine.errors import SettingsError
from engine.harvest import Harvest, Pause
from engine.harvest_state import Progress, requests_left
from engine.harvested import HarvestedMember
from engine.planner import Asked
from engine.ports import Clock, Dial, Door, Member, System, TitleIndex
from engine.search import Search
from engine.settings import ContactSettings, LienThuSettings, line_of, read_member, read_settings, read_toml
from engine.text import folded_key

HARVEST_TIMEOUT_S = 60.0
"""A page of a repository's list may take so long: nobody waits for it."""

IndexMaker = Callable[[Mapping[str, object], Clock], Awaitable[TitleIndex]]


class Systems(Mapping[str, System]):
    """The systems that can be asked, by name, from the entry points; each is loaded when it is first needed."""

    def __init__(self) -> None:
        self._points = {point.name: point for point in entry_points(group="lienthu.connectors")}
        self._loaded: dict[str, System] = {}

    def __getitem__(self, name: str) -> System:
        """Return the system of this name. Raises KeyError."""
        if name not in self._loaded:
            self._loaded[name] = cast("System", self._points[name].load())
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        """Whether there is a system of this name; without loading it."""
        return name in self._points

    def __iter__(self) -> Iterator[str]:
        """Return the names."""
        return iter(self._points)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._points)


class Shapes(Mapping[str, type[msgspec.Struct]]):
    """What each system's table in a member file is checked against."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems

    def __getitem__(self, name: str) -> type[msgspec.Struct]:
        """Return the settings of the system of this name. Raises KeyError."""
        return self._systems[name].settings

    def __contains__(self, name: object) -> bool:
        """Whether there is a system of this name; without loading it."""
        return name in self._systems

    def __iter__(self) -> Iterator[str]:
        """Return the names."""
        return iter(self._systems)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._systems)


class House(msgspec.Struct, frozen=True):
    """What stands in the configuration: the settings, and every member with the settings of its system."""

    file: Path
    settings: LienThuSettings
    members: tuple[tuple[Member, msgspec.Struct], ...]
    systems: Systems

    @property
    def folder(self) -> Path:
        """The folder of the member files."""
        return self.file.parent / self.settings.members.folder

    def line_of(self, path: str) -> int | None:
        """Return the line of `lienthu.toml` on which a dotted key stands, or its table's; None where neither does."""
        return line_of(read_toml(self.file)[1], path)


def read_house(file: Path) -> House:
    """Read `lienthu.toml` and all member files. Raises SettingsError with file, line and what was expected."""
    settings = read_settings(file)
    systems = Systems()
    house = House(file, settings, (), systems)
    if not house.folder.is_dir():
        problem = f"`members.folder` is {settings.members.folder!r}: there is no such folder"
        raise SettingsError(str(file), house.line_of("members.folder"), problem)
    members = tuple(read_member(path, Shapes(systems)) for path in sorted(house.folder.glob("*.toml")))
    return msgspec.structs.replace(house, members=members)


def user_agent(contact: ContactSettings) -> str:
    """Return the name under which every member is asked, with whom to call.

    >>> user_agent(ContactSettings(name="NALA", url="https://nala.example"))
    'LienThu/0.1.0 (NALA; https://nala.example)'
    """
    name = contact.name if contact.name.isascii() else folded_key(contact.name).title()  # as a header may have it
    parts = [part for part in (name, contact.url, contact.email) if part]
    return f"LienThu/{version('lienthu')} ({'; '.join(parts)})"


def open_member(
    house: House,
    member: Member,
    own: msgspec.Struct,
    *,
    clock: Clock,
    share: int = 1,
    index: TitleIndex | None = None,
    is_live: bool = True,
) -> Asked:
    """Return a member with the connector that asks it. `share` is how many processes ask it besides each other.

    For readers (not `is_live`) a member whose system is harvested is searched in the index instead.
    """
    system = house.systems[member.system]
    if system.harvest is not None and not is_live:
        return Asked(member, HarvestedMember(member, index, clock))
    return Asked(member, system.connector(member, own, open_door(house, member, clock=clock, share=share)))


def open_door(house: House, member: Member, *, clock: Clock, share: int = 1) -> Door:
    """Return the door to a member, through which all is asked of it."""
    doors = {point.name: point for point in entry_points(group="lienthu.doors")}
    open_client = cast("Callable[..., httpx.AsyncClient]", doors["http"].load())
    open_dial = cast("Callable[..., Dial]", doors["line"].load())
    client = open_client(member, user_agent=user_agent(house.settings.contact), clock=clock, share=share)
    return Door(client, clock, open_dial(member, clock=clock, share=share))


async def open_index(house: House, clock: Clock) -> TitleIndex | None:
    """Return the index of the configuration; None where it says `none`. Raises SettingsError."""
    chosen = house.settings.index
    if chosen.backend == "none":
        return None
    found = {point.name: point for point in entry_points(group="lienthu.indexes")}
    if chosen.backend not in found:
        known = ", ".join(sorted([*found, "none"]))
        problem = f"`index.backend` is {chosen.backend!r}, expected one of: {known}"
        raise SettingsError(str(house.file), house.line_of("index.backend"), problem)
    try:
        return await cast("IndexMaker", found[chosen.backend].load())(chosen.options, clock)
    except SettingsError as error:
        line = house.line_of("index.options")
        raise SettingsError(str(house.file), line, str(error)) from error


@asynccontextmanager
async def open_search(house: House, *, share: int = 1, refreshes: bool = True) -> AsyncIterator[Search]:
    """Open the search over all enabled members, tend it, and close everything behind it."""
    clock = time.time
    index = await open_index(house, clock)
    asked = [
        open_member(house, member, own, clock=clock, share=share, index=index, is_live=False)
        for member, own in house.members
        if member.enabled
    ]
    bounds = house.settings.search
    search = Search(
        asked, index, clock=clock, deadline_s=bounds.deadline_s, instant=bounds.instant, refreshes=refreshes
    )
    async with search:
        yield search


@asynccontextmanager
async def open_harvest(
    house: House,
    member_id: str,
    *,
    holder: str,
    tell: Callable[[Progress], None],
    pause: Pause = asyncio.sleep,
    wants_full: bool = False,
) -> AsyncIterator[Harvest]:
    """Hold the lock of a member's harvest, give the harvest that can be run, and close everything behind it.

    Raises SettingsError for a member that is not there or not harvested, HarvestHeldError where another holds the lock,
    and StoreError.
    """
    clock = time.time
    member, own = member_of(house, member_id)
    make = house.systems[member.system].harvest
    if make is None:
        raise SettingsError(str(house.file), None, f"{member_id!r} is asked live ({member.system}), not harvested")
    index = await open_index(house, clock)
    if index is None:
        raise SettingsError(str(house.file), None, "`index.backend` is 'none': there is nowhere to harvest into")
    try:
        async with index.harvesting(member_id, holder) as book:
            left = requests_left(await book.state(), member, now=clock())
            guest = msgspec.structs.replace(
                member.manners, timeout_s=max(member.manners.timeout_s, HARVEST_TIMEOUT_S), daily=left or None
            )
            repository = make(
                member, own, open_door(house, msgspec.structs.replace(member, manners=guest), clock=clock)
            )
            try:
                yield Harvest(member, repository, book, clock=clock, pause=pause, tell=tell, wants_full=wants_full)
            finally:
                await repository.close()
    finally:
        await index.close()


def member_of(house: House, member_id: str) -> tuple[Member, msgspec.Struct]:
    """Return a member and its system's settings. Raises SettingsError that names those that are there."""
    for member, own in house.members:
        if member.id == member_id:
            return member, own
    known = ", ".join(member.id for member, _ in house.members)
    raise SettingsError(str(house.file), None, f"no member is called {member_id!r}; there are: {known}")


def harvested_members(house: House) -> tuple[str, ...]:
    """Return the ids of the enabled members that are harvested."""
    return tuple(
        member.id for member, _ in house.members if member.enabled and house.systems[member.system].harvest is not None
    )
