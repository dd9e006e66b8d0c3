"""What `lienthu member list` shows, and what a member may be called."""

from __future__ import annotations

import re
import sys

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from engine.app import House
from engine.errors import SettingsError
from engine.sentences import Language


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


def check_id(member_id: str) -> None:
    """Raise SettingsError for what cannot be a member's id."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", member_id):
        raise SettingsError(member_id, None, "a member's id is made of the letters a-z, digits and hyphens")
