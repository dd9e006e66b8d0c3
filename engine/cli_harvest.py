"""What `lienthu harvest` shows: progress with rate and remaining time, and what it came to."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import datetime

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
from rich.progress import Progress as Bar

from engine.app import House, member_of, open_harvest, open_index
from engine.errors import LienThuError, SettingsError
from engine.harvest_state import Outcome, Progress
from engine.model import Reason
from engine.sentences import Language, say

LINE_EVERY_S = 5.0
"""Where no terminal is, a line is printed so often at most, and whenever something happened."""

Tell = Callable[[Progress], None]


def holder_of_locks() -> str:
    """Return what we say of ourselves to others who want the lock.

    >>> holder_of_locks().startswith(f"process {os.getpid()} on ")
    True
    """
    since = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    return f"process {os.getpid()} on {platform.node() or '?'} since {since}"


async def harvested(
    house: House, member_id: str, console: Console, language: Language, *, wants_full: bool, as_json: bool
) -> bool:
    """Harvest one member, telling how far it is. Return whether it came to its end.

    Raises SettingsError for a member that cannot be harvested.
    """
    member, _ = member_of(house, member_id)
    name = member.name.vi if language == "vi" else member.name.en
    bar = _bar(console) if console.is_terminal and not as_json else None
    tell = _tell_json if as_json else _tell_bar(bar, name, language) if bar else _tell_lines(console, language)
    try:
        if bar:
            bar.start()
        async with open_harvest(
            house, member_id, holder=holder_of_locks(), tell=tell, wants_full=wants_full, pause=asyncio.sleep
        ) as harvest:
            outcome = await harvest.run()
    except SettingsError:
        raise
    except LienThuError as error:
        _stopped(error, member_id, console, language, as_json=as_json)
        return False
    finally:
        if bar:
            bar.stop()
    if as_json:
        _print_json({"outcome": outcome})
    else:
        _ended(outcome, name, console, language)
    return True


async def forgotten(house: House, member_id: str, console: Console, language: Language) -> None:
    """Delete all that was harvested of a member. Raises SettingsError, HarvestHeldError and StoreError."""
    member_of(house, member_id)
    index = await open_index(house, time.time)
    if index is None:
        raise SettingsError(str(house.file), None, "`index.backend` is 'none': nothing was harvested")
    try:
        gone = await index.forget_harvest(member_id)
    finally:
        await index.close()
    console.print(say(Reason("harvest.forgotten", {"member": member_id, "records": gone}), language))


# While it runs --------------------------------------------------------------------------


def duration(seconds: float) -> str:
    """Return a time in hours, minutes and seconds.

    >>> duration(3725.0), duration(59.6)
    ('1:02:05', '1:00')
    """
    whole = round(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def said(progress: Progress, language: Language) -> str:
    """Return how far a harvest is, in a sentence."""
    left = progress.left_s
    values: dict[str, str | int | float] = {
        "records": progress.records,
        "total": progress.total if progress.total is not None else "?",
        "rate": round(progress.rate),
        "left": duration(left) if left is not None else "?",
        "set": f" {progress.set}" if progress.set else "",
        "pages": progress.pages,
    }
    told = [say(Reason("harvest.progress", values), language)]
    if progress.reason is not None:
        told.append(say(progress.reason, language))
    if progress.waits_s is not None:
        told.append(say(Reason("harvest.waits", {"wait": duration(progress.waits_s)}), language))
    return " ".join(told)


def _bar(console: Console) -> Bar:
    return Bar(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}", markup=False),
        console=console,
        transient=True,
    )


def _tell_bar(bar: Bar, name: str, language: Language) -> Tell:
    task = bar.add_task(name, total=None, told="")

    def tell(progress: Progress) -> None:
        left = duration(progress.left_s) if progress.left_s is not None else "?"
        told = say(Reason("harvest.bar", {"rate": round(progress.rate), "left": left}), language)
        if progress.waits_s is not None:
            told = say(Reason("harvest.waits", {"wait": duration(progress.waits_s)}), language)
        of = f" {progress.list_number}/{progress.list_count}" if progress.list_count > 1 else ""
        bar.update(
            task, description=name + of, completed=progress.records, total=progress.total, told=told, refresh=True
        )
        if progress.reason is not None:
            bar.console.print(said(progress, language), markup=False)

    return tell


def _tell_lines(console: Console, language: Language) -> Tell:
    told_at = float("-inf")

    def tell(progress: Progress) -> None:
        nonlocal told_at
        if progress.reason is None and time.monotonic() - told_at < LINE_EVERY_S:
            return
        told_at = time.monotonic()
        console.print(said(progress, language), markup=False, soft_wrap=True)

    return tell


def _tell_json(progress: Progress) -> None:
    _print_json({"progress": progress})


def _print_json(told: dict[str, object]) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


# At its end -----------------------------------------------------------------------------


def _ended(outcome: Outcome, name: str, console: Console, language: Language) -> None:
    values: dict[str, str | int | float] = {
        "name": name,
        "records": outcome.records,
        "new": outcome.new,
        "changed": outcome.changed,
        "gone": outcome.gone,
        "unread": outcome.unread,
        "pages": outcome.pages,
        "requests": outcome.requests,
        "time": duration(outcome.seconds),
        "since": outcome.since or "",
        "prefix": outcome.prefix,
    }
    code = "harvest.ended" if outcome.is_full else "harvest.ended-changes"
    console.print(say(Reason(code, values), language), markup=False, soft_wrap=True)
    for warning in outcome.warnings:
        console.print(f"! {say(warning, language)}", markup=False, soft_wrap=True)


def _stopped(error: LienThuError, member_id: str, console: Console, language: Language, *, as_json: bool) -> None:
    if as_json:
        _print_json({"failure": error.failure})
        return
    told = say(error.reason, language)
    detail = f" ({error.detail})" if error.detail and error.detail not in told else ""
    console.print(f"✗ {told}{detail}", markup=False, soft_wrap=True)
    console.print(say(Reason("harvest.stopped", {"member": member_id}), language), markup=False, soft_wrap=True)
