"""Writes a search of a real member down as a case of the battery: its exchanges, what was asked, what must come of it.

The answer is that of the recording, not of the member: what was taken out of the one is missing in the other too. The
recorder sits where the wire does, so that a connector is recorded that knows nothing of it.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Final

import msgspec

from connectors.http import open_client
from connectors.http.exchange import SUFFIX
from connectors.http.recording import Recorder, Replay
from connectors.http.wire import Wire
from connectors.line import open_dial
from engine.errors import LienThuError
from engine.model import Answer, Query, Window
from engine.ports import Clock, Door, Member, System
from engine.text import folded_key
from engine.tools import Recorded, Trial

_OURS: Final = frozenset({"case.toml", "answer.json"})


async def record(
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
    """Ask a member, and write what passed between us into a folder of its own. What stood there is replaced.

    A failure is recorded too: it is a case that must fail. `pause_ms` between two requests, if the member's own manners
    ask for less.
    """
    clean(folder)
    spacing_ms = max(member.manners.spacing_ms, pause_ms)
    manners = msgspec.structs.replace(member.manners, parallel=1, spacing_ms=spacing_ms)
    guest = msgspec.structs.replace(member, manners=manners)
    client = open_client(
        guest,
        user_agent=user_agent,
        clock=clock,
        transport=Recorder(Wire(guest), folder, body_bytes=manners.body_bytes),
    )
    dial = open_dial(guest, clock=clock)
    if system.record_dial is not None:
        dial = system.record_dial(dial, folder)
    came = await _answer(guest, own, system, query, window, Door(client, clock, dial))
    count = _exchanges(folder)
    if count:
        # The member as the battery will read it from the file beside the cases, and its clock.
        try:
            told = await _answer(member, own, system, query, window, _replay_door(member, system, folder))
        except LookupError:  # it asks differently each time (a time of day, a random number): a person must look
            told = came if isinstance(came, LienThuError) else msgspec.structs.replace(came, asked_at=0.0, took_s=0.0)
        _write_case(folder, typed, window, told)
    return Recorded(folder=str(folder), exchanges=count, trial=trial_of(typed, came))


def clean(folder: Path) -> None:
    """Remove an older recording of this name: exchanges, what was asked and what came."""
    if folder.is_dir() and all(_is_ours(file) for file in folder.iterdir()):
        shutil.rmtree(folder)


def _exchanges(folder: Path) -> int:
    return len([file for file in folder.glob("[0-9][0-9][0-9]*") if file.name not in _OURS])


def _is_ours(file: Path) -> bool:
    return file.name in _OURS or file.name[:3].isdigit()


async def _answer(
    member: Member, own: msgspec.Struct, system: System, query: Query, window: Window, door: Door
) -> Answer | LienThuError:
    connector = system.connector(member, own, door)
    try:
        return await connector.search(query, window)
    except LienThuError as error:
        return error
    finally:
        await connector.close()
        await door.client.aclose()


def _replay_door(member: Member, system: System, folder: Path) -> Door:
    """Return a door that leads to a recording. Its clock stands still, as the battery's does."""

    def clock() -> float:
        return 0.0

    files = list(folder.glob(f"*{SUFFIX}"))
    client = open_client(member, user_agent="LienThu-replay", clock=clock, transport=Replay(files))
    return Door(client, clock, system.replay_dial(folder) if system.replay_dial is not None else None)


def _write_case(folder: Path, typed: str, window: Window, told: Answer | LienThuError) -> None:
    lines = [f"query = {json.dumps(typed, ensure_ascii=False)}", f'kind = "{_kind(window, told)}"']
    if window.start != 1:
        lines.append(f"start = {window.start}")
    lines.append(f"count = {window.count}")
    if isinstance(told, LienThuError):
        lines.append(f'fails = "{told.code}"')
    else:
        (folder / "answer.json").write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n")
    (folder / "case.toml").write_text("\n".join(lines) + "\n", "utf-8")


def _kind(window: Window, told: Answer | LienThuError) -> str:
    if isinstance(told, LienThuError):
        return "error"
    if not told.placed:
        return "no-hits"
    return "full-page" if window.start == 1 else "next-page"


def trial_of(typed: str, came: Answer | LienThuError) -> Trial:
    """Return in short what came of a search."""
    if isinstance(came, LienThuError):
        return Trial(typed, failure=came.reason)
    first = came.placed[0].record.title if came.placed else None
    return Trial(typed, len(came.placed), came.total, first, came.notices)


def case_name(typed: str, window: Window) -> str:
    """Return the folder's name of a case.

    >>> case_name("nhan đề:kinh tế vi mô", Window(21, 20))
    'nhan-de-kinh-te-vi-mo-from-21'
    """
    words = re.sub(r"[^a-z0-9]+", "-", folded_key(typed)).strip("-")[:40].strip("-") or "search"
    return words if window.start == 1 else f"{words}-from-{window.start}"


__all__ = ["case_name", "clean", "record", "trial_of"]
