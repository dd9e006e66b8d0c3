"""The composition root: the only place that joins the engine, the connectors and the index.

Connectors and indexes are found through entry points (`lienthu.connectors`, `lienthu.indexes`), so one from another
package is a full citizen.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import cast

import httpx
import msgspec

from engine.errors import SettingsError
from engine.planner import Asked
from engine.ports import Clock, Door, Member, System, TitleIndex
from engine.search import Search
from engine.settings import ContactSettings, LienThuSettings, read_member, read_settings
from engine.text import folded_key

IndexMaker = Callable[[Mapping[str, object], Clock], Awaitable[TitleIndex]]


class House(msgspec.Struct, frozen=True):
    """What stands in the configuration: the settings, and every member with the settings of its system."""

    file: Path
    settings: LienThuSettings
    members: tuple[tuple[Member, msgspec.Struct], ...]
    systems: dict[str, System]


def read_house(file: Path) -> House:
    """Read `lienthu.toml` and all member files. Raises SettingsError with file, line and what was expected."""
    settings = read_settings(file)
    systems = {point.name: cast("System", point.load()) for point in entry_points(group="lienthu.connectors")}
    shapes = {name: system.settings for name, system in systems.items()}
    folder = file.parent / settings.members.folder
    if not folder.is_dir():
        raise SettingsError(
            str(file), None, f"`members.folder` is {settings.members.folder!r}: there is no such folder"
        )
    members = tuple(read_member(path, shapes) for path in sorted(folder.glob("*.toml")))
    return House(file, settings, members, systems)


def user_agent(contact: ContactSettings) -> str:
    """Return the name under which every member is asked, with whom to call.

    >>> user_agent(ContactSettings(name="NALA", url="https://nala.example"))
    'LienThu/0.1.0 (NALA; https://nala.example)'
    """
    name = contact.name if contact.name.isascii() else folded_key(contact.name).title()  # as a header may have it
    parts = [part for part in (name, contact.url, contact.email) if part]
    return f"LienThu/{version('lienthu')} ({'; '.join(parts)})"


def open_member(house: House, member: Member, own: msgspec.Struct, *, clock: Clock, share: int = 1) -> Asked:
    """Return a member with the connector that asks it. `share` is how many processes ask it besides each other."""
    (point,) = entry_points(group="lienthu.doors", name="http")
    open_client = cast("Callable[..., httpx.AsyncClient]", point.load())
    client = open_client(member, user_agent=user_agent(house.settings.contact), clock=clock, share=share)
    return Asked(member, house.systems[member.system].connector(member, own, Door(client, clock)))


async def open_index(house: House, clock: Clock) -> TitleIndex | None:
    """Return the index of the configuration; None where it says `none`. Raises SettingsError."""
    chosen = house.settings.index
    if chosen.backend == "none":
        return None
    found = {point.name: point for point in entry_points(group="lienthu.indexes")}
    if chosen.backend not in found:
        known = ", ".join(sorted([*found, "none"]))
        raise SettingsError(str(house.file), None, f"`index.backend` is {chosen.backend!r}, expected one of: {known}")
    return await cast("IndexMaker", found[chosen.backend].load())(chosen.options, clock)


@asynccontextmanager
async def open_search(house: House, *, share: int = 1, refreshes: bool = True) -> AsyncIterator[Search]:
    """Open the search over all enabled members, tend it, and close everything behind it."""
    clock = time.time
    index = await open_index(house, clock)
    asked = [
        open_member(house, member, own, clock=clock, share=share) for member, own in house.members if member.enabled
    ]
    bounds = house.settings.search
    search = Search(
        asked, index, clock=clock, deadline_s=bounds.deadline_s, instant=bounds.instant, refreshes=refreshes
    )
    async with search:
        yield search
