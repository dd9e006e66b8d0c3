"""The command line: `lienthu search | serve | demo | harvest`, and `member`, `index` of modules of their own."""

from __future__ import annotations

import atexit
import errno
import gc
import logging
import sys
from typing import Annotated

import msgspec
import typer
import uvloop
from rich.console import Console

from engine import cli_harvest, cli_search, journal
from engine.app import harvested_members, read_house
from engine.cli_index import index_app
from engine.cli_member_app import member_app
from engine.cli_options import CONFIG, Config, Lang, language_of
from engine.errors import LienThuError, QueryError, SettingsError
from engine.export.formats import FORMATS
from engine.model import Reason
from engine.planner import is_named
from engine.query import parse
from engine.sentences import say
from engine.web.views import snapshot_view

app = typer.Typer(
    name="lienthu",
    help="Liên Thư: one search box over the catalogues of many libraries.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(member_app, name="member")
app.add_typer(index_app, name="index")


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to search for, as in the search box.")],
    config: Config = CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="Print the settled answer as JSON.")] = False,
    as_file: Annotated[str, typer.Option("--format", help=f"Print the titles as {', '.join(FORMATS)}.")] = "",
    members: Annotated[str, typer.Option("--members", help="Ask only these, by id, with commas between.")] = "",
    deadline: Annotated[
        float | None, typer.Option("--deadline", min=0.1, help="Most seconds to wait for members.")
    ] = None,
    page: Annotated[int, typer.Option("--page", min=1, max=50, help="The page of titles, from 1.")] = 1,
    lang: Lang = "vi",
) -> None:
    """Search all members: show each one's progress while it runs, then the merged list."""
    language = language_of(lang)
    if as_file and as_json:
        raise typer.BadParameter("say --json or --format, not both")
    if as_file and as_file not in FORMATS:
        tell_both("no-such-format", found=as_file, formats=", ".join(FORMATS))
        raise typer.Exit(2)
    house = read_house(config)
    if not any(member.enabled for member, _ in house.members):
        tell_both("no-members", folder=str(house.folder))
        raise typer.Exit(2)
    asked = parse(query, is_library=lambda words: any(is_named(member, words) for member, _ in house.members))
    chosen = tuple(part.strip() for part in members.split(",") if part.strip())
    filters = msgspec.structs.replace(asked.filters, members=asked.filters.members + chosen)
    asked = msgspec.structs.replace(asked, page=page, page_size=house.settings.search.page_size, filters=filters)
    console = Console(highlight=False)
    snapshot, spoken = uvloop.run(
        cli_search.searched(house, asked, deadline, console, language, quiet=as_json or bool(as_file))
    )
    if as_file:
        sys.stdout.buffer.write(FORMATS[as_file].write([title.editions[0].merged for title in snapshot.titles]))
        Console(stderr=True, highlight=False).print(cli_search.progress(snapshot, spoken, language))
    elif as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(snapshot_view(snapshot, spoken))) + b"\n")
    else:
        cli_search.print_titles(snapshot, spoken, console, language)


@app.command()
def serve(
    config: Config = CONFIG,
    host: Annotated[str | None, typer.Option("--host", help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help="The port to listen on.")] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, max=64, help="Processes sharing the port.")] = None,
    worker: Annotated[str | None, typer.Option("--worker", hidden=True, help="k/n: being one of several.")] = None,
) -> None:
    """Run the service until Ctrl-C."""
    from engine import serve as serving  # noqa: PLC0415 - aiohttp's server is for this command alone

    journal.keep(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines hold the addresses that were asked
    if worker is not None:
        number, _, count = worker.partition("/")
        uvloop.run(serving.serve(config, host=host, port=port, worker=int(number), of=int(count)))
        return
    house = read_house(config)
    count_of_workers = workers or house.settings.service.workers
    listening = host or house.settings.service.host, port or house.settings.service.port
    _refuse_taken(*listening, is_shared=count_of_workers > 1)
    address = f"http://{listening[0]}:{listening[1]}/"
    enabled = sum(member.enabled for member, _ in house.members)
    print(f"Liên Thư: {address} ({enabled} members)", file=sys.stderr, flush=True)  # noqa: T201
    if not enabled:
        tell_both("no-members", folder=str(house.folder))
    if count_of_workers == 1:
        uvloop.run(serving.serve(config, host=host, port=port))
    else:
        status = uvloop.run(serving.watch(config, host=host, port=port, workers=count_of_workers))
        raise typer.Exit(status)


@app.command()
def demo(
    host: Annotated[str, typer.Option("--host", help="The address of the search page.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port of the search page.")] = 8080,
    chaos: Annotated[bool, typer.Option("--chaos", help="Libraries turn slow, fail, hang, send rubbish.")] = False,
) -> None:
    """Run eight demo libraries and the service over them until Ctrl-C."""
    from engine import demo_run  # noqa: PLC0415 - for this command alone

    _refuse_taken(host, port, is_shared=False)
    raise typer.Exit(uvloop.run(demo_run.run(host, port, chaos=chaos)))


@app.command()
def harvest(
    member: Annotated[str, typer.Argument(help="The id of the member.", show_default=False)] = "",
    config: Config = CONFIG,
    full: Annotated[bool, typer.Option("--full", help="Read the whole list, and remove what is gone.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Harvest every enabled member, one after the other.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Delete all that was harvested of it instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print progress and outcome as lines of JSON.")] = False,
    lang: Lang = "vi",
) -> None:
    """Harvest a member's catalogue over OAI-PMH: everything the first time, then what changed.

    An interrupted harvest goes on where it was. Ends with status 1 if it had to stop before its end.
    """
    language = language_of(lang)
    house = read_house(config)
    if bool(member) == every:
        raise typer.BadParameter("name a member, or say --all")
    console = Console(highlight=False)
    if forget:
        for chosen in harvested_members(house) if every else (member,):
            uvloop.run(cli_harvest.forgotten(house, chosen, console, language))
        return
    ended = [
        uvloop.run(cli_harvest.harvested(house, chosen, console, language, wants_full=full, as_json=as_json))
        for chosen in (harvested_members(house) if every else (member,))
    ]
    raise typer.Exit(0 if all(ended) else 1)


def _refuse_taken(host: str, port: int, *, is_shared: bool) -> None:
    """End with a sentence where nothing can listen, before anything else is begun."""
    from engine import serve as serving  # noqa: PLC0415 - aiohttp's server is for two commands alone

    try:
        serving.try_to_listen(host, port, is_shared=is_shared)
    except OSError as error:
        code = "port-taken" if error.errno == errno.EADDRINUSE else "cannot-listen"
        tell_both(code, host=host, port=port, problem=error.strerror or str(error))
        raise typer.Exit(1) from None


def main() -> None:
    """Run the command line; a failure is a sentence on standard error and a status, never a stack trace."""
    atexit.register(gc.freeze)  # msgspec.Meta may crash the interpreter's last collection: msgspec issue 717
    journal.keep(logging.WARNING)
    try:
        app(standalone_mode=True)
    except QueryError as error:
        tell(f"{say(error.reason, 'vi')}\n{say(error.reason, 'en')}\n→ {error.proposal}")
        sys.exit(2)
    except SettingsError as error:
        tell_both("settings")
        tell(str(error))
        sys.exit(2)
    except (LienThuError, OSError) as error:
        tell(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def tell_both(code: str, **values: str | float) -> None:
    """Say a sentence of the command line on standard error, in both languages."""
    reason = Reason(f"command.{code}", dict(values))
    tell(f"{say(reason, 'vi')}\n{say(reason, 'en')}")


def tell(text: str) -> None:
    """Print to standard error."""
    print(text, file=sys.stderr)  # noqa: T201 - the command line speaks


if __name__ == "__main__":
    main()
