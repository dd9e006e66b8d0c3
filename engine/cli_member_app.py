"""The commands `lienthu member ...`: list the libraries, add one, ask how they are, write down what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from engine import cli_checkup, cli_detect, cli_member, cli_new
from engine.app import Systems, read_house
from engine.cli_options import CONFIG, RECORDINGS, Config, Lang, Recordings, language_of
from engine.model import Window
from engine.tools import Wishes

member_app = typer.Typer(help="The member libraries: list, add, check, record.", no_args_is_help=True)


@member_app.command("list")
def member_list(
    config: Config = CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    lang: Lang = "vi",
) -> None:
    """List the members of the configuration."""
    cli_member.print_members(read_house(config), Console(highlight=False), language_of(lang), as_json=as_json)


@member_app.command("check")
def member_check(
    member: Annotated[str, typer.Argument(help="The id of the member.")] = "",
    config: Config = CONFIG,
    every: Annotated[bool, typer.Option("--all", help="Check every member, one after the other.")] = False,
    query: Annotated[str, typer.Option("--query", help="What to ask it first.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write the readiness report into this file.")] = None,
    lang: Lang = "vi",
) -> None:
    """Ask a member live, tell what works, and what its librarian should have mended. Ends with 1 if it does not answer.

    Members that are not enabled are checked too. About thirty requests each, one at a time.
    """
    language = language_of(lang)
    if bool(member) == every:
        raise typer.BadParameter("name a member, or say --all")
    house = read_house(config)
    wanted = [one.id for one, _ in house.members] if every else [member]
    answers = uvloop.run(
        cli_checkup.checked(
            house, wanted, query or None, Console(highlight=False), language, as_json=as_json, html=html
        )
    )
    raise typer.Exit(0 if answers else 1)


@member_app.command("detect")
def member_detect(  # noqa: PLR0917 - typer makes an option of each
    address: Annotated[
        str, typer.Argument(help="The library's address: a page, host:port, z3950://...", metavar="URL")
    ],
    config: Config = CONFIG,
    member_id: Annotated[str, typer.Option("--id", help="The member's id; else made from the host.")] = "",
    recordings: Recordings = RECORDINGS,
    no_recordings: Annotated[bool, typer.Option("--no-recordings", help="Write no recordings.")] = False,
    enable: Annotated[bool, typer.Option("--enable", help="Enable it, if both searches find something.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a member file of this name.")] = False,
    agreed: Annotated[bool, typer.Option("--agreed", help="The library allows it, whatever robots.txt says.")] = False,
    private_network: Annotated[
        bool, typer.Option("--private-network", help="The name may lead to a private address.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    lang: Lang = "vi",
) -> None:
    """Find out which system answers at an address, try it, and write its member file.

    Ends with status 1 if the system could not be told or a search failed.
    """
    if member_id:
        cli_member.check_id(member_id)
    wishes = Wishes(
        id=member_id or None,
        recordings=None if no_recordings else recordings,
        agreed=agreed,
        private_network=private_network,
        enable=enable,
    )
    works = uvloop.run(
        cli_detect.detected(
            config, address, wishes, Console(highlight=False), language_of(lang), force=force, as_json=as_json
        )
    )
    raise typer.Exit(0 if works else 1)


@member_app.command("record")
def member_record(
    member: Annotated[str, typer.Argument(help="The id of the member.", show_default=False)],
    query: Annotated[str, typer.Argument(help="What to ask it, as in the search box.", show_default=False)],
    config: Config = CONFIG,
    start: Annotated[int, typer.Option("--start", min=1, help="The place of the first record, from 1.")] = 1,
    count: Annotated[int, typer.Option("--count", min=1, max=100, help="How many records.")] = 20,
    name: Annotated[str, typer.Option("--name", help="The name of the case; else made from the words.")] = "",
    recordings: Recordings = RECORDINGS,
    lang: Lang = "vi",
) -> None:
    """Ask a member and write down what passes, as a case for its tests: without cookies, keys or personal data."""
    house = read_house(config)
    window = Window(start, count)
    answered = uvloop.run(
        cli_detect.recorded(
            house, member, query, window, recordings, name or None, Console(highlight=False), language_of(lang)
        )
    )
    raise typer.Exit(0 if answered else 1)


@member_app.command("new")
def member_new(  # noqa: PLR0917 - typer makes an option of each
    member_id: Annotated[str, typer.Argument(help="The member's id; asked for, like all that is not told.")] = "",
    config: Config = CONFIG,
    system: Annotated[
        str, typer.Option("--system", help="Its system. One that nobody knows yet: the scaffold of a new connector.")
    ] = "",
    url: Annotated[str, typer.Option("--url", help="The address to ask.")] = "",
    vi: Annotated[str, typer.Option("--vi", help="Its name in Vietnamese.")] = "",
    en: Annotated[str, typer.Option("--en", help="Its name in English.")] = "",
    city: Annotated[str, typer.Option("--city", help="Where it stands.")] = "",
    homepage: Annotated[str, typer.Option("--homepage", help="Its home page.")] = "",
    evidence: Annotated[str, typer.Option("--evidence", help="Who told the address, and when.")] = "",
    into: Annotated[Path, typer.Option("--into", help="The project's folder, for a new system.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Write over a member file; take a name like another.")] = False,
    lang: Lang = "vi",
) -> None:
    """Write a member file to fill in; with --system NAME of an unknown system, a connector born with its tests."""
    console, language = Console(highlight=False), language_of(lang)
    if system and system not in Systems():
        cli_new.new_connector(into, system, console, language, force=force)
        return
    told = {"id": member_id, "system": system, "url": url, "vi": vi, "en": en, "city": city, "homepage": homepage}
    cli_new.new_member(config, told | {"evidence": evidence}, console, language, force=force)
