"""`lienthu index`: what is kept, deleting it, filling it, carrying it elsewhere, moving it to another version."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from engine import carrying
from engine.app import House, member_of, open_index, open_search, read_house
from engine.carrying import Carried, Line, Tell
from engine.cli_options import CONFIG, Config, Lang, language_of
from engine.errors import QueryError, SettingsError, StoreError
from engine.model import Reason, State
from engine.ports import TitleIndex
from engine.query import parse
from engine.sentences import Language, say

index_app = typer.Typer(name="index", help="What is kept of members' answers.", no_args_is_help=True)


@asynccontextmanager
async def opened(house: House) -> AsyncIterator[TitleIndex]:
    """Open the index of a configuration and close it behind. Raises SettingsError where there is none."""
    index = await open_index(house, time.time)
    if index is None:
        raise SettingsError(str(house.file), None, "`index.backend` is 'none': there is no index")
    try:
        yield index
    finally:
        await index.close()


@contextmanager
def progress() -> Iterator[Tell]:
    """Show on standard error how far something is: a bar for a person, nothing where nobody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        tasks = {"": bar.add_task("", total=None, visible=False)}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what)
            bar.update(tasks[what], completed=done, total=total or None)

        yield tell


def _said(code: str, language: Language, **values: str | float) -> None:
    Console(highlight=False).print(say(Reason(f"index-command.{code}", values), language))


# Commands -------------------------------------------------------------------------------


@index_app.command()
def stats(
    config: Config = CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
    lang: Lang = "vi",
) -> None:
    """Tell how the index is and what it holds. Ends with status 1 if it cannot be used."""
    language = language_of(lang)
    house = read_house(config)

    async def run() -> bool:
        async with opened(house) as index:
            state = await index.state()
        if as_json:
            sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(msgspec.structs.asdict(state))) + b"\n")
            return state.is_ready
        values = {name: getattr(state, name) for name in ("answers", "records", "harvested")}
        used, bound = round(state.bytes_used / 1e6, 1), round(state.bytes_bound / 1e6, 1)
        _said("stats", language, backend=state.backend, used_mb=used, bound_mb=bound, **values)
        if state.problem is not None:
            Console(highlight=False).print(say(state.problem, language))
        return state.is_ready

    raise typer.Exit(0 if uvloop.run(run()) else 1)


@index_app.command()
def purge(
    config: Config = CONFIG,
    member: Annotated[str, typer.Option("--member", help="Only what this member answered.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    lang: Lang = "vi",
) -> None:
    """Delete what members answered, and what was asked. What was harvested stays."""
    language = language_of(lang)
    house = read_house(config)
    if member:
        member_of(house, member)
    if not yes and not typer.confirm(say(Reason("index-command.purge-ask", {"member": member or "*"}), language)):
        raise typer.Exit(1)

    async def run() -> int:
        async with opened(house) as index:
            return await index.purge(member or None)

    _said("purged", language, answers=uvloop.run(run()))


@index_app.command()
def warm(
    questions: Annotated[typer.FileText, typer.Argument(help="A file of questions, one a line; - for standard input.")],
    config: Config = CONFIG,
    lang: Lang = "vi",
) -> None:
    """Ask the members questions, one after the other, so that their answers are there when readers come."""
    language = language_of(lang)
    house = read_house(config)
    asked = [line.strip() for line in questions if line.strip() and not line.startswith("#")]
    answered, failed = uvloop.run(_warmed(house, asked))
    _said("warmed", language, questions=len(asked), answered=answered, failed=failed)


async def _warmed(house: House, asked: Sequence[str]) -> tuple[int, int]:
    """Ask questions; return how many answers of members came, and how many did not."""
    answered = failed = 0
    with progress() as tell:
        async with open_search(house, refreshes=False) as search:
            for number, words in enumerate(asked, 1):
                try:
                    snapshot = await search.settled(parse(words))
                except QueryError as error:
                    typer.echo(f"{words}: {say(error.reason, 'en')}", err=True)
                    continue
                answered += sum(report.state in {State.ANSWERED, State.CACHED} for report in snapshot.reports)
                failed += sum(report.state is State.FAILED for report in snapshot.reports)
                tell("warm", number, len(asked))
    return answered, failed


@index_app.command("export")
def export_to(
    file: Annotated[Path, typer.Argument(help="Where to: lines of JSON.")],
    config: Config = CONFIG,
    harvests: Annotated[
        bool, typer.Option("--harvests", help="Also what was harvested: whole catalogues, left out otherwise.")
    ] = False,
    lang: Lang = "vi",
) -> None:
    """Write every kept answer, and how often questions were asked, to be imported elsewhere or into another backend."""
    language = language_of(lang)
    house = read_house(config)
    members = [member.id for member, _ in house.members] if harvests else []

    async def run() -> Carried:
        carried = Carried()
        async with opened(house) as index:
            unfinished = file.with_name(f"{file.name}.part")
            unfinished.touch(mode=0o600)  # what readers asked for is nobody else's to read
            with progress() as tell, unfinished.open("wb") as written:
                async for line in carrying.lines(index, members, tell):
                    written.write(_encoder.encode(line) + b"\n")
                    carried = carrying.counted(carried, line)
            unfinished.replace(file)
        return carried

    _said("exported", language, **msgspec.structs.asdict(uvloop.run(run())), file=str(file))


@index_app.command("import")
def import_from(
    file: Annotated[Path, typer.Argument(help="What `lienthu index export` has written.", exists=True)],
    config: Config = CONFIG,
    lang: Lang = "vi",
) -> None:
    """Take what was exported. What is newer here, or was asked more, stays; what is too old is left out."""
    language = language_of(lang)
    house = read_house(config)

    async def run() -> Carried:
        size = file.stat().st_size
        async with opened(house) as index:
            if not (await index.state()).is_ready:
                raise StoreError(say(Reason("index-command.not-ready"), "en"))
            with progress() as tell, file.open("rb") as read:
                async with carrying.Taking(index) as taking:
                    for number, text in enumerate(read, 1):
                        await taking.take(_line(file, number, text))
                        if number % carrying.AT_ONCE == 0:
                            tell("import", read.tell() if read.seekable() else 0, size)
        return taking.carried

    _said("imported", language, **msgspec.structs.asdict(uvloop.run(run())), file=str(file))


_encoder = msgspec.json.Encoder()


def _line(file: Path, number: int, text: bytes) -> Line:
    """Return a line of an export. Raises SettingsError with its number."""
    try:
        line = msgspec.json.decode(text, type=Line)
    except msgspec.MsgspecError as error:
        raise SettingsError(str(file), number, f"no line of an export: {error}") from error
    if not line.is_known:
        raise SettingsError(str(file), number, "no line of an export, expected an answer, a count or a harvest")
    return line


@index_app.command()
def migrate(config: Config = CONFIG, lang: Lang = "vi") -> None:
    """Move the indices of an older Liên Thư to what this one needs, while they are used."""
    language = language_of(lang)
    house = read_house(config)

    async def run() -> tuple[str, ...]:
        async with opened(house) as index:
            with progress() as tell:
                return await index.migrate(tell)

    moved = uvloop.run(run())
    if moved:
        _said("migrated", language, names=", ".join(moved))
    else:
        _said("nothing-to-migrate", language)
