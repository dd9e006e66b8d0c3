"""What a title's page says on how to cite it, to people and to programs that look at the page."""

from __future__ import annotations

import asyncio
from typing import NamedTuple
from urllib.parse import quote

from multidict import MultiMapping

from engine.export.citations import Citation, citations
from engine.export.coins import coins
from engine.export.formats import FORMATS
from engine.export.jsonld import in_script
from engine.export.metas import metas
from engine.model import Edition, Title
from engine.sentences import Language
from engine.web.desk import Desk
from engine.web.exports import edition_of, keys_of
from engine.web.links import address, asked
from engine.web.problems import ProblemError
from engine.web.views import title_path


class FormatLink(NamedTuple):
    """A format and the address of a file in it."""

    label: str
    media_type: str
    address: str


class CitePart(NamedTuple):
    """How one edition is cited and saved. Where `citations` is empty, `address` leads to them."""

    anchor: str
    citations: tuple[Citation, ...]
    address: str
    links: tuple[FormatLink, ...]
    unapi: str
    coins: str


class About(NamedTuple):
    """What stands in the head of a title's page."""

    metas: tuple[tuple[str, str], ...]
    links: tuple[FormatLink, ...]
    jsonld: str


async def cite_parts(title: Title, parameters: MultiMapping[str], language: Language) -> tuple[CitePart, ...]:
    """Return the parts of all editions. The citations are those of one: that which is asked for, or the first."""
    try:
        chosen = edition_of(title, parameters.get("edition"))
    except ProblemError:
        chosen = title.editions[0]
    written = await asyncio.to_thread(citations, chosen.merged, language)
    page = title_path(title.id)
    return tuple(
        CitePart(
            anchor=f"cite-{number}",
            citations=written if edition is chosen else (),
            address=address(page, asked(parameters), lang=language, edition=keys_of(edition.records[0])[0])
            + f"#cite-{number}",
            links=format_links(title, edition),
            unapi=f"{title.id},{keys_of(edition.records[0])[0]}",
            coins=coins(edition.merged),
        )
        for number, edition in enumerate(title.editions, 1)
    )


def format_links(title: Title, edition: Edition) -> tuple[FormatLink, ...]:
    """Return where an edition is to be had in each format."""
    key = quote(keys_of(edition.records[0])[0], safe="~")
    path = f"/api/v1{title_path(title.id)}/export"
    return tuple(
        FormatLink(one.label, one.media_type, f"{path}?format={one.name}&edition={key}") for one in FORMATS.values()
    )


def about(title: Title, desk: Desk, language: Language) -> About:
    """Return what programs find in the head of a title's page."""
    names = {member: str(getattr(known.name, language)) for member, known in desk.members.items()}
    first = title.editions[0]
    service = desk.settings.service.address
    url = service.rstrip("/") + title_path(title.id) if service else ""
    return About(metas(first.merged), format_links(title, first), in_script(first, libraries=names, url=url))
