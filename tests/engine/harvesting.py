"""A repository that runs on loopback, for tests of harvests: the demo's own, which a test may make ill."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date
from functools import cache
from pathlib import Path

from demo.entries import Entry
from demo.federation import catalogue_of
from demo.libraries import LIBRARIES
from demo.oai import OaiRepository
from demo.server import Reply, Request, Server
from engine.app import House, open_harvest, open_search, read_house
from engine.harvest_state import Outcome, Progress
from engine.model import Report, Snapshot
from engine.query import parse

LIBRARY = next(library for library in LIBRARIES if library.id == "song-cau")

Instead = Callable[[Request], Reply | None]


@cache
def catalogue() -> tuple[Entry, ...]:
    """Two hundred and thirty entries of the demo's digital library, none of them withdrawn at first."""
    found = (entry for entry in catalogue_of(LIBRARY, date(2026, 3, 1)) if int(entry.id) % 97)
    return tuple(entry for entry, _ in zip(found, range(230), strict=False))


class Harvested:
    """A running repository, a configuration with it as the member `kho`, and what harvests of it tell.

    `instead` may answer in the place of the repository; `asked` are the requests as (verb, parameters).
    """

    def __init__(self, folder: Path) -> None:
        self.repository = OaiRepository(LIBRARY, catalogue())
        self.repository.page = 50
        self.instead: Instead = lambda _: None
        self.asked: list[dict[str, str]] = []
        self.told: list[Progress] = []
        self.waited: list[float] = []
        self.folder = folder
        self.server = Server(self._answer, self._control, host="127.0.0.1", port=0)

    async def _control(self, _: Mapping[str, str]) -> object:
        return {}

    def _answer(self, request: Request, _: object) -> Reply:
        self.asked.append(dict(request.parameters))
        return self.instead(request) or self.repository.answer(request) or Reply(b"?", "text/plain", 404)

    def configure(self, *, manners: str = "", table: str = "") -> House:
        """Write the configuration and read it."""
        members = self.folder / "members"
        members.mkdir(exist_ok=True)
        (self.folder / "lienthu.toml").write_text(
            f'[index.options]\npath = "{self.folder / "index.sqlite"}"\nbatch_s = 0.0\n', "utf-8"
        )
        (members / "kho.toml").write_text(
            f"""system = "oai-pmh"
url = "http://127.0.0.1:{self.server.port}/server/oai/request"
[name]
vi = "Kho mẫu"
en = "Model repository"
[manners]
private_network = true
spacing_ms = 0
{manners}
[oai-pmh]
{table}
""",
            "utf-8",
        )
        return read_house(self.folder / "lienthu.toml")

    async def harvest(self, house: House, *, full: bool = False) -> Outcome:
        """Run one harvest; what would be waited is noted."""
        self.asked.clear()

        async def pause(seconds: float) -> None:
            self.waited.append(seconds)
            await asyncio.sleep(0)

        async with open_harvest(
            house, "kho", holder="a test", tell=self.told.append, pause=pause, wants_full=full
        ) as harvest:
            return await harvest.run()

    @property
    def lists(self) -> list[dict[str, str]]:
        """The requests for pages of a list, without their verb."""
        return [
            {name: text for name, text in one.items() if name != "verb"}
            for one in self.asked
            if one["verb"] == "ListRecords"
        ]


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Harvested]:
    """Run a repository."""
    harvested = Harvested(folder)
    await harvested.server.start()
    try:
        yield harvested
    finally:
        await harvested.server.stop()


async def searched(house: House, typed: str) -> tuple[Snapshot, Report]:
    """Return what a reader finds, and how the member fared."""
    async with open_search(house) as search:
        snapshot = await search.settled(parse(typed))
    (report,) = snapshot.reports
    return snapshot, report


def oai(body: str, *, status: int = 200) -> Reply:
    """Return an answer of the protocol."""
    return Reply(
        '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"<responseDate>2026-03-15T08:15:00Z</responseDate><request>x</request>{body}</OAI-PMH>".encode(),
        "text/xml",
        status,
    )
