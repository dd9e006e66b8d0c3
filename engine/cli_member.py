"""What `lienthu member list` and `lienthu member check` show."""

from __future__ import annotations

import asyncio
import sys
import time

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from engine.app import House, open_member
from engine.errors import LienThuError, SettingsError
from engine.model import Window
from engine.query import parse
from engine.sentences import Language, say
from engine.text import folded_key

CHECK_TIMEOUT_S = 30.0


def print_members(house: House, console: Console, language: Language, *, as_json: bool) -> None:
    """Print every member: id, name, system, address, whether it is enabled."""
    if as_json:
        listed = [member for member, _ in house.members]
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(listed)) + b"\n")
        return
    table = Table(box=None, pad_edge=False)
    heads = {"vi": ("mã", "tên", "hệ thống", "địa chỉ", "bật"), "en": ("id", "name", "system", "address", "enabled")}
    for head in heads[language]:
        table.add_column(head, overflow="fold")
    for member, _ in house.members:
        name = member.name.vi if language == "vi" else member.name.en
        table.add_row(member.id, escape(name), member.system, escape(member.url), "✓" if member.enabled else "–")
    console.print(table)


async def checked(house: House, member_id: str, typed: str, console: Console, language: Language) -> bool:
    """Ask one member live and print what works: marked, unmarked, next records. Return whether it answered.

    Raises SettingsError for a member that is not there.
    """
    found = next(((member, own) for member, own in house.members if member.id == member_id), None)
    if found is None:
        known = ", ".join(member.id for member, _ in house.members)
        raise SettingsError(str(house.file), None, f"no member is called {member_id!r}; there are: {known}")
    member, own = found
    asked = open_member(house, member, own, clock=time.time)
    words = {
        "probe": {"vi": "máy chủ trả lời", "en": "the server answers"},
        "marked": {"vi": f"tìm «{typed}»", "en": f"search “{typed}”"},
        "folded": {"vi": f"tìm không dấu «{folded_key(typed)}»", "en": f"without marks “{folded_key(typed)}”"},
        "next": {"vi": "hỏi tiếp các biểu ghi sau", "en": "the next records"},
        "none": {"vi": "không tìm thấy gì", "en": "no hits"},
    }
    table = Table(box=None, pad_edge=False)
    name = member.name.vi if language == "vi" else member.name.en
    console.print(f"[bold]{escape(name)}[/bold] · {member.system} · {escape(member.url)}")
    is_well = True

    async def step(what: str, question: str | None, window: Window) -> int | None:
        nonlocal is_well
        began = time.monotonic()
        total = None
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                if question is None:
                    await asked.connector.probe()
                    told = ""
                else:
                    answer = await asked.connector.search(parse(question), window)
                    total = answer.total
                    told = (
                        f"{len(answer.placed)} / {'?' if total is None else total}"
                        if answer.placed
                        else words["none"][language]
                    )
                    told = " · ".join([told, *(say(notice, language) for notice in answer.notices)])
            mark = "✓"
        except TimeoutError:
            mark, told, is_well = "✗", f"{CHECK_TIMEOUT_S:.0f} s", False
        except LienThuError as error:
            mark, told, is_well = "✗", f"{say(error.reason, language)} {error.detail}".strip(), False
        table.add_row(mark, words[what][language], f"{(time.monotonic() - began) * 1000:.0f} ms", escape(told))
        return total

    try:
        await step("probe", None, Window())
        total = await step("marked", typed, Window(1, member.window))
        await step("folded", folded_key(typed), Window(1, member.window))
        if total is not None and total > member.window:
            await step("next", typed, Window(member.window + 1, member.window))
    finally:
        await asked.connector.close()
    console.print(table)
    return is_well
