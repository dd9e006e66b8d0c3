"""What `lienthu member check` does and shows."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.status import Status

from engine.app import House, member_of, open_door
from engine.checkup import Checkup, check_member
from engine.checkup.findings import wanting
from engine.checkup.telling import as_html, label, print_checkup, print_summary
from engine.checkup.telling import as_json as json_of
from engine.errors import LienThuError
from engine.ports import Member
from engine.sentences import Language

log = logging.getLogger(__name__)


async def checked(
    house: House,
    wanted: Sequence[str],
    typed: str | None,
    console: Console,
    language: Language,
    *,
    as_json: bool,
    html: Path | None,
) -> bool:
    """Check members one after the other and show what was found. Return whether all of them answer.

    Raises SettingsError for a member that is not there.
    """
    members = [member_of(house, member_id) for member_id in wanted]
    checkups = []
    for member, own in members:
        with (
            console.status(member.id) if console.is_terminal and not as_json else Status("", console=console) as status
        ):
            checkup = await _checked(house, member, own, typed, status, language)
        checkups.append(checkup)
        if not as_json:
            print_checkup(checkup, console, language)
            console.print()
    if as_json:
        sys.stdout.buffer.write(json_of(checkups))
    elif len(checkups) > 1:
        print_summary(checkups, console, language)
    if html is not None:
        _write(html, as_html(checkups, language, made_at=time.time()))
        if not as_json:
            console.print(str(html), soft_wrap=True)
    return all(checkup.answers for checkup in checkups)


def _write(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")


async def _checked(
    house: House, member: Member, own: msgspec.Struct, typed: str | None, status: Status, language: Language
) -> Checkup:
    """Check one member; whatever goes wrong costs its section and no other."""

    def tell(what: str) -> None:
        status.update(f"{member.id}: {label(what, language)}")

    clock = time.time
    checked_at = clock()
    try:
        door = open_door(house, member, clock=clock)
        return await check_member(member, own, house.systems[member.system], door, typed=typed, tell=tell)
    except LienThuError as error:
        line = msgspec.structs.replace(wanting("answers", "bug"), reason=error.reason)
    except Exception as error:  # our own fault must cost one section only
        log.exception("the check of %s failed", member.id)
        line = wanting("bug", "bug", detail=type(error).__name__)
    return Checkup(
        id=member.id,
        name=member.name,
        system=member.system,
        url=member.url,
        enabled=member.enabled,
        checked_at=checked_at,
        answers=False,
        lines=(line,),
    )
