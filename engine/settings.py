"""Reads TOML files into checked shapes: `config/lienthu.toml` and the member files.

A wrong key or value is a SettingsError that says file, line, what was found and what was expected.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TypeVar

import msgspec

from engine.errors import SettingsError
from engine.ports import Manners, Member, Names, Place
from engine.settings_problems import nearest, problem_and_path, worded, worded_toml

Shape = TypeVar("Shape")

Bound = tuple[str, float | None, bool, str]
"""The dotted key of a figure, the figure, whether it is within its bounds, and these in words."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every table in `config/lienthu.toml`: an unknown key is refused."""


class ServiceSettings(Settings, frozen=True):
    """Where the service listens. `address` is how readers reach it, for links in what it gives away."""

    host: str = "127.0.0.1"
    port: int = 8080
    address: str | None = None
    workers: int = 1


class ContactSettings(Settings, frozen=True):
    """Who asks: goes into the User-Agent of every request, so that a member knows whom to call."""

    name: str = "Liên Thư"
    url: str | None = None
    email: str | None = None


class SearchSettings(Settings, frozen=True):
    """Bounds of one search.

    `deadline_s`: after so long the answer is settled without those who have not answered.
    `page_size`: titles on a page. `instant`: most records taken from the index for the first snapshot.
    """

    deadline_s: float = 10.0
    page_size: int = 20
    instant: int = 60


class IndexSettings(Settings, frozen=True):
    """Which index keeps what is asked for often; `none` for no index. `options` are the backend's own."""

    backend: str = "embedded"
    options: dict[str, object] = {}


class MembersSettings(Settings, frozen=True):
    """The folder of member files, from the folder of `lienthu.toml`."""

    folder: str = "members"


class LienThuSettings(Settings, frozen=True):
    """Everything in `config/lienthu.toml`. All of it may be left out."""

    service: ServiceSettings = ServiceSettings()
    contact: ContactSettings = ContactSettings()
    search: SearchSettings = SearchSettings()
    index: IndexSettings = IndexSettings()
    members: MembersSettings = MembersSettings()


def read_toml(path: Path) -> tuple[dict[str, object], str]:
    """Return the table and the text of a TOML file. Raises SettingsError with the line."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise SettingsError(str(path), None, "there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        problem = f"it cannot be read: {error}"
        if isinstance(error, UnicodeDecodeError):
            problem = "this is no text in UTF-8; open it in an editor and save it with that encoding"
        raise SettingsError(str(path), None, problem) from error
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise SettingsError(str(path), int(found[1]) if found else None, worded_toml(str(error))) from error


def checked(table: Mapping[str, object], shape: type[Shape], *, file: Path, text: str, under: str = "") -> Shape:
    """Return the table as a shape, or raise a SettingsError that names the line and what was expected.

    `under` is the dotted path of the table within the file.
    """
    try:
        return msgspec.convert(table, shape)
    except msgspec.ValidationError as error:
        problem, path = problem_and_path(str(error))
        path = ".".join(part for part in (under, path) if part)
        unknown = re.match(r"Object contains unknown field `(.+)`", problem)
        if unknown:
            path = ".".join(part for part in (path, unknown[1]) if part)
            problem = f"unknown key `{unknown[1]}`{nearest(unknown[1], _keys_at(shape, str(error)))}"
        else:
            inner = path.removeprefix(under).strip(".")
            found = _value_at(table, inner)
            if isinstance(found, dict) and "missing required field" not in problem:
                culprit = _key_at_fault(table, shape, inner, str(error))
                path, found = (f"{path}.{culprit}".lstrip("."), found[culprit]) if culprit else (path, found)
            problem = worded(problem, path, found)
        raise SettingsError(str(file), line_of(text, path), problem) from error


def _key_at_fault(table: Mapping[str, object], shape: object, inner: str, message: str) -> str | None:
    """Return the key that a check of its whole table stumbled over: the one without which it says something else.

    None where several are, or none is: the table itself is at fault then.
    """
    keys = _value_at(table, inner)
    assert isinstance(keys, dict)
    mending, changing = [], []
    for key in keys:
        without = deepcopy(dict(table))
        rest = _value_at(without, inner)
        assert isinstance(rest, dict)
        del rest[key]
        try:
            msgspec.convert(without, shape)
            mending.append(key)
        except msgspec.ValidationError as error:
            if str(error) != message and "missing required field" not in str(error):
                changing.append(key)
    if not mending:
        # Without it another check stumbles: it is the one only if the message speaks of what stands there.
        spoken = [quoted or hole for quoted, hole in re.findall(r"'([^']+)'|(\{\w+\})", message)]
        mending = [key for key in changing if len(keys) == 1 or any(part in str(keys[key]) for part in spoken)]
    return mending[0] if len(mending) == 1 else None


def read_settings(path: Path) -> LienThuSettings:
    """Return the settings of a `lienthu.toml`."""
    table, text = read_toml(path)
    settings = checked(table, LienThuSettings, file=path, text=text)
    service, search = settings.service, settings.search
    bounds: list[Bound] = [
        ("service.port", service.port, 0 < service.port <= 65_535, "1 to 65535"),
        ("service.workers", service.workers, 0 < service.workers <= 64, "1 to 64 processes"),
        ("search.deadline_s", search.deadline_s, 0 < search.deadline_s <= 120, "more than 0, at most 120 seconds"),
        ("search.page_size", search.page_size, 0 < search.page_size <= 100, "1 to 100 titles"),
        ("search.instant", search.instant, 0 <= search.instant <= 1_000, "0 to 1000 records"),
    ]
    _refuse_out_of_bounds(bounds, path, text)
    return settings


def read_member(path: Path, systems: Mapping[str, type[msgspec.Struct]]) -> tuple[Member, msgspec.Struct]:
    """Return a member and the settings of its system from a member file.

    `systems` are the known systems and the shapes of their tables. The id is the file's name.
    """
    table, text = read_toml(path)
    table = {"id": path.stem, **table}
    if table["id"] != path.stem:
        raise SettingsError(
            str(path), line_of(text, "id"), f"`id` is {table['id']!r}, but the file is named {path.stem!r}"
        )
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", path.stem):
        raise SettingsError(str(path), None, "a member's id is made of the letters a-z, digits and hyphens")
    system = table.get("system")
    if not isinstance(system, str) or system not in systems:
        found = f"`system` is {system!r}" if system is not None else "`system` is missing"
        near = nearest(system, set(systems), or_all=False) if isinstance(system, str) else ""
        known = f"expected one of: {', '.join(sorted(systems))}{near}"
        raise SettingsError(str(path), line_of(text, "system"), f"{found}, {known}")
    own = table.pop(system, {})
    if not isinstance(own, dict):
        raise SettingsError(str(path), line_of(text, system), f"`{system}` is not a table")
    fields = {field.name for field in msgspec.structs.fields(Member)}
    for key in table:
        if key not in fields:
            problem = f"unknown key `{key}`{nearest(key, fields | {system})}"
            if key in systems:
                problem = f"`[{key}]` is the table of another system; this file says `system = {system!r}`"
            raise SettingsError(str(path), line_of(text, key), problem)
    for name, shape in (("name", Names), ("place", Place), ("manners", Manners)):
        _refuse_unknown(table.get(name), name, shape, path, text)
    member = checked(table, Member, file=path, text=text)
    _check_member(member, path, text)
    return member, checked(own, systems[system], file=path, text=text, under=system)


def _refuse_unknown(table: object, name: str, shape: type[msgspec.Struct], path: Path, text: str) -> None:
    """Refuse unknown keys of a noun's table: the nouns themselves are lenient, because they also travel."""
    if not isinstance(table, dict):
        return
    fields = {field.name for field in msgspec.structs.fields(shape)}
    for key in table:
        if key not in fields:
            problem = f"unknown key `{key}`{nearest(key, fields)}"
            raise SettingsError(str(path), line_of(text, f"{name}.{key}"), problem)


def _check_member(member: Member, path: Path, text: str) -> None:
    if not re.match(r"[a-z][a-z0-9.+-]*://[^\s/?#]", member.url, re.IGNORECASE) or re.search(r"\s", member.url):
        problem = f'`url` is {member.url!r}, expected a whole address such as "https://opac.library.example"'
        raise SettingsError(str(path), line_of(text, "url"), problem)
    manners = member.manners
    bounds: list[Bound] = [
        ("manners.parallel", manners.parallel, 1 <= manners.parallel <= 16, "1 to 16 requests at once"),
        ("manners.spacing_ms", manners.spacing_ms, manners.spacing_ms >= 0, "0 or more milliseconds"),
        ("manners.timeout_s", manners.timeout_s, 0 < manners.timeout_s <= 120, "more than 0, at most 120 seconds"),
        ("manners.body_bytes", manners.body_bytes, manners.body_bytes >= 10_000, "at least 10000 bytes"),
        ("window", member.window, 1 <= member.window <= 100, "1 to 100 records"),
    ]
    if member.place is not None:
        for key, degrees, most in (("latitude", member.place.latitude, 90), ("longitude", member.place.longitude, 180)):
            is_right = degrees is None or -most <= degrees <= most
            bounds.append((f"place.{key}", degrees, is_right, f"{-most} to {most} degrees"))
    _refuse_out_of_bounds(bounds, path, text)
    if manners.quiet_hours is not None and not re.fullmatch(
        r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", manners.quiet_hours
    ):
        problem = f"`manners.quiet_hours` is {manners.quiet_hours!r}, expected HH:MM-HH:MM"
        raise SettingsError(str(path), line_of(text, "manners.quiet_hours"), problem)


def _refuse_out_of_bounds(bounds: Sequence[Bound], path: Path, text: str) -> None:
    for key, found, is_right, expected in bounds:
        if not is_right:
            raise SettingsError(str(path), line_of(text, key), f"`{key}` is {found}, expected {expected}")


def line_of(text: str, path: str) -> int | None:
    r"""Return the line, counted from 1, on which a dotted key of a TOML text stands, or its table's; else None.

    >>> line_of("a = 1\n[b]\nc = 2\n", "b.c")
    3
    """
    wanted = path.split(".")
    while wanted and wanted != [""]:
        table: list[str] = []
        for number, line in enumerate(text.splitlines(), 1):
            header = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line)
            key = re.match(r"""\s*([\w."'-]+)\s*=""", line)
            if header:
                table = [part.strip(" \"'") for part in header[1].split(".")]
                if table == wanted:
                    return number
            elif key and [*table, *(part.strip("\"'") for part in key[1].split("."))] == wanted:
                return number
        wanted = wanted[:-1]
    return None


def _keys_at(shape: object, message: str) -> set[str]:
    """Return the keys that a shape knows at the place a message speaks of."""
    _, path = problem_and_path(message)
    for part in [part for part in path.split(".") if part]:
        for field in msgspec.structs.fields(shape):  # type: ignore[arg-type]  # a Struct type by now
            if field.name == part:
                shape = field.type
        if not (isinstance(shape, type) and issubclass(shape, msgspec.Struct)):
            return set()
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        return {field.name for field in msgspec.structs.fields(shape)}
    return set()


def _value_at(table: object, path: str) -> object:
    for part in [part for part in path.split(".") if part]:
        if not isinstance(table, Mapping) or part not in table:
            return None
        table = table[part]
    return table
