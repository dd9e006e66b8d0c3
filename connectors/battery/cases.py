"""The cases of a made-up library: what is asked of it, what it says, what must come of it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec

from engine.errors import SettingsError
from engine.model import Answer, Query, Window
from engine.ports import Member, System
from engine.query import parse
from engine.settings import checked, read_member, read_toml

CASE_FILE = "case.toml"
ANSWER_FILE = "answer.json"


class Kind(StrEnum):
    """What a case shows. Each system has at least one of the first four."""

    FULL_PAGE = "full-page"
    NO_HITS = "no-hits"
    ERROR = "error"
    ODD = "odd"
    NEXT_PAGE = "next-page"


class _CaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `case.toml`. `query` is as a reader types it; `fails` the code of the failure that must come."""

    query: str
    kind: Kind
    start: int = 1
    count: int = 20
    fails: str | None = None


class Case(msgspec.Struct, frozen=True):
    """One search of a made-up library. `answer` is None where a failure must come, or nobody has accepted one yet."""

    folder: Path
    query: Query
    window: Window
    kind: Kind
    fails: str | None
    answer: Answer | None

    @property
    def name(self) -> str:
        """The name that tests show."""
        return f"{self.folder.parent.name}-{self.folder.name}"


class Library(msgspec.Struct, frozen=True):
    """A made-up library: its member file as read, and its cases."""

    folder: Path
    member: Member
    settings: msgspec.Struct
    cases: tuple[Case, ...]


def read_libraries(recordings: Path, system: System) -> tuple[Library, ...]:
    """Return the libraries below a folder whose member file names this system.

    Raises SettingsError with file and line for a member file or a case that cannot be used.
    """
    files = sorted(file for file in recordings.glob("*/*.toml") if file.stem == file.parent.name)
    return tuple(read_library(file, system) for file in files if _system_of(file) == system.name)


def read_library(file: Path, system: System) -> Library:
    """Return the library of a member file in its folder of recordings."""
    member, settings = read_member(file, {system.name: system.settings})
    folder = file.parent
    cases = tuple(_case(path.parent) for path in sorted(folder.glob(f"*/{CASE_FILE}")))
    return Library(folder, member, settings, cases)


def _system_of(file: Path) -> object:
    table, _ = read_toml(file)
    return table.get("system")


def _case(folder: Path) -> Case:
    file = folder / CASE_FILE
    table, text = read_toml(file)
    said = checked(table, _CaseFile, file=file, text=text)
    answer_file = folder / ANSWER_FILE
    answer = None
    if answer_file.exists():
        if said.fails:
            raise SettingsError(str(answer_file), None, "a case that fails has no answer")
        try:
            answer = msgspec.json.decode(answer_file.read_bytes(), type=Answer)
        except msgspec.DecodeError as error:
            raise SettingsError(str(answer_file), None, f"this is no answer: {error}") from error
    return Case(folder, parse(said.query), Window(said.start, said.count), said.kind, said.fails, answer)


def write_answer(case: Case, answer: Answer) -> None:
    """Write the answer that came as the one that must come, for a person to read."""
    text = msgspec.json.format(msgspec.json.encode(answer), indent=1)
    (case.folder / ANSWER_FILE).write_bytes(text + b"\n")
