"""The eight libraries, running: each on its own socket, all on one loop.

    python -m demo.federation [--chaos] [--first-port N] [--members FOLDER]

prints one line of JSON with the addresses when all of them answer, and serves until it is told to stop.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import signal
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import msgspec

from demo.catalogue import Edition, editions
from demo.chaos import Chaos
from demo.dialects import DIALECTS
from demo.entries import Entry, entries
from demo.faces import FACES, FurtherFace, Speaker
from demo.holdings import Holdings
from demo.libraries import LIBRARIES, Library
from demo.members import write_members
from demo.moods import Mood, State
from demo.oai import OaiRepository
from demo.opac import Opac
from demo.repository import Repository
from demo.repository6 import Repository6
from demo.server import Control, Reply, Request, Server
from demo.shelf import Shelf
from demo.sru import SruServer
from demo.xml_text import escaped

NOT_FOUND = b"<!DOCTYPE html>\n<html><head><title>404</title></head><body><p>Error: 404</p></body></html>\n"


FURTHER_FACES: Final = {"ba-vi": (Opac,), "song-cau": (Repository, OaiRepository), "che-xanh": (Repository6,)}
"""What else than SRU a library's system speaks."""

HOMES: Final[Mapping[type, tuple[str, str]]] = {
    Opac: ("/cgi-bin/koha/opac-main.pl", "Mục lục (OPAC)"), Repository: ("/server/api", "Thư viện số (DSpace)"),
}  # fmt: skip
"""Where a further face begins that does not answer at the root itself, and what its library calls it."""


class Address(msgspec.Struct, frozen=True):
    """Where a library of a running federation is asked."""

    id: str
    name: str
    url: str
    port: int


def holds(library: Library, edition: Edition) -> bool:
    """Whether a library has an edition: decided once and for all by their ids, the library's size and its leanings."""
    kinds = [edition.material, f"{edition.ddc[:1]}00" if edition.ddc else ""]
    kinds.append(edition.language if edition.language in {"vie", "eng"} else "other")
    share = library.share
    for kind in kinds:
        share *= library.leans.get(kind, 1.0)
    # How well known an edition is makes it stand in many libraries or in few.
    fame = 0.35 + 1.3 * _chance(edition.id)
    return _chance(f"{library.id}/{edition.id}") < share * fame or library is _home(edition)


def _chance(text: str) -> float:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big") / 2**32


def _home(edition: Edition) -> Library:
    """Return the library that has an edition in any case, so that none is in no library."""
    return LIBRARIES[int(_chance(f"home of {edition.id}") * len(LIBRARIES))]


def catalogue_of(library: Library, today: date) -> list[Entry]:
    """Return every entry of a library, numbered in the order of the shipped tables."""
    found: list[Entry] = []
    first = int(_chance(library.id) * 9000) + 1000
    for edition in editions():
        if holds(library, edition):
            found += entries(edition, library, first + len(found), today)
    return found


@lru_cache(maxsize=2 * len(LIBRARIES))
def _shelf(library_id: str, today: date) -> Shelf:
    """Return a library's entries, findable. They do not change, so that a second federation takes the same."""
    library = next(each for each in LIBRARIES if each.id == library_id)
    return Shelf(catalogue_of(library, today), DIALECTS[library.dialect].matching)


@lru_cache(maxsize=2 * len(LIBRARIES))
def _holdings(library_id: str, today: date) -> Holdings:
    """Return what the further faces of a library search in."""
    return Holdings(_shelf(library_id, today).entries)


class Further:
    """What a further face at a port of its own says. It is made when it is first asked."""

    def __init__(self, face: FurtherFace, today: date) -> None:
        self.face, self.today = face, today

    @cached_property
    def speaker(self) -> Speaker:
        """What answers."""
        return self.face.speaker(self.face.of, _holdings(self.face.library, self.today))

    def answer(self, request: Request, state: State) -> Reply:
        """Return the answer to one request."""
        fails = state.mood is Mood.FAILING and state.kind.startswith("diagnostic")
        return self.speaker.answer(request, fails=fails) or Reply(NOT_FOUND, "text/html", 404)


class Face:
    """What one library's server says: its SRU endpoint under its path, and further faces of its system at theirs."""

    def __init__(self, library: Library, today: date) -> None:
        dialect = DIALECTS[library.dialect]
        self.library = library
        self.content_type = dialect.content_type
        shelf = _shelf(library.id, today)
        self.others = tuple(face(library, shelf) for face in FURTHER_FACES.get(library.id, ()))
        self.sru = SruServer(library, dialect, shelf)

    def answer(self, request: Request, state: State) -> Reply:
        """Return the answer to one request."""
        if request.path.rstrip("/") != self.library.path:
            replies = (face.answer(request) for face in self.others)
            instead = self._home() if request.path in {"", "/"} else Reply(NOT_FOUND, "text/html", 404)
            return next((reply for reply in replies if reply), instead)
        if request.method not in {"GET", "HEAD", "POST"}:
            return Reply(b"", "text/plain", 405)
        fault = int(state.kind[-1]) if state.mood is Mood.FAILING and state.kind.startswith("diagnostic") else 0
        return Reply(self.sru.answer(request.parameters, fault=fault).encode(), self.content_type)

    def _home(self) -> Reply:
        """Return the library's home page, from which its catalogues are linked."""
        links = [HOMES[type(face)] for face in self.others if type(face) in HOMES]
        links.append((self.library.path, "Mục lục (SRU)"))
        rows = "".join(f'<li><a href="{escaped(link)}">{escaped(name)}</a></li>' for link, name in links)
        title = escaped(self.library.vi)
        page = (
            f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head>'
            f"<body><h1>{title}</h1><ul>{rows}</ul></body></html>\n"
        )
        return Reply(page.encode(), "text/html; charset=UTF-8")


class Federation:
    """The running libraries. `libraries` tells where each is asked."""

    def __init__(self, host: str, ports: Sequence[int], today: date) -> None:
        self.host = host
        self.faces = {library.id: Face(library, today) for library in LIBRARIES}
        self._servers = {
            library.id: Server(
                self.faces[library.id].answer, self._controller(library.id), host=host, port=port,
                plus_is_plus=DIALECTS[library.dialect].plus_is_plus, product=DIALECTS[library.dialect].server,
            )
            for library, port in zip(LIBRARIES, ports, strict=False)
        }  # fmt: skip
        further = dict(zip(FACES, ports[len(LIBRARIES) :] or (0,) * len(FACES), strict=True))
        self._servers |= {
            face.id: Server(Further(face, today).answer, self._controller(face.id), host=host, port=port)
            for face, port in further.items()
        }
        self._returns: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Open every socket."""
        for server in self._servers.values():
            await server.start()

    @property
    def libraries(self) -> tuple[Address, ...]:
        """Where each library is asked, whatever its mood."""
        return tuple(
            Address(library.id, library.vi, f"http://{self.host}:{port}{library.path}", port)
            for library in LIBRARIES
            for port in [self._servers[library.id].port]
        )

    @property
    def further(self) -> tuple[Address, ...]:
        """Where each further face at a port of its own begins."""
        return tuple(
            Address(face.id, f"{face.of.vi} ({face.system})", f"http://{self.host}:{port}{face.entrance}", port)
            for face in FACES
            for port in [self._servers[face.id].port]
        )

    def states(self) -> dict[str, State]:
        """Return the mood of each library."""
        return {library_id: server.state for library_id, server in self._servers.items()}

    def request_counts(self) -> dict[str, int]:
        """Return how many requests each library was sent."""
        return {library_id: server.request_count for library_id, server in self._servers.items()}

    def entry_count(self, library_id: str) -> int:
        """Return how many records a library's catalogue has."""
        return len(self.faces[library_id].sru.shelf.entries)

    async def set_mood(
        self, library_id: str, mood: Mood | str, *, seconds: float = 5.0, kind: str = "", megabytes: int = 2048,
        for_s: float | None = None,
    ) -> None:  # fmt: skip
        """Change how a library's servers are: all of them, or one further face alone by its own id.

        `back` is fine after away. `for_s`: fine again after so many seconds.

        Raises KeyError for an unknown library, ValueError for an unknown mood.
        """
        server = self._servers[library_id]
        new = Mood.FINE if mood == "back" else Mood(mood)
        pending = self._returns.pop(library_id, None)
        if pending is not None and pending is not asyncio.current_task():
            pending.cancel()
        faces = (self._servers[face.id] for face in FACES if face.library == library_id)
        for each in (server, *faces):
            each.state = State(new, seconds, kind, megabytes)
            await (each.stop() if new is Mood.AWAY else each.start())
        if for_s is not None:
            self._returns[library_id] = asyncio.create_task(self._recover(library_id, for_s))

    async def _recover(self, library_id: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await self.set_mood(library_id, Mood.FINE)

    def _controller(self, own: str) -> Control:
        async def control(parameters: Mapping[str, str]) -> object:
            if "mood" in parameters:
                for_s = parameters.get("for_s")
                await self.set_mood(
                    parameters.get("library", own),
                    parameters["mood"],
                    seconds=float(parameters.get("seconds", "5")),
                    kind=parameters.get("kind", ""),
                    megabytes=int(parameters.get("megabytes", "2048")),
                    for_s=float(for_s) if for_s else None,
                )
            return {library_id: state.mood.value for library_id, state in self.states().items()}

        return control

    async def stop(self) -> None:
        """Close everything."""
        for task in self._returns.values():
            task.cancel()
        for server in self._servers.values():
            await server.stop()


async def start(
    ports: Sequence[int] | None = None, host: str = "127.0.0.1", *, today: date | None = None
) -> Federation:
    """Start the eight libraries and return them; without ports each takes a free one.

    `today` is the day from which due dates are counted.
    """
    federation = Federation(host, ports or (0,) * (len(LIBRARIES) + len(FACES)), today or date.today())  # noqa: DTZ011 - the reader's day
    await federation.start()
    return federation


async def _run(first_port: int, members: Path | None, *, chaos: bool, seed: int) -> None:
    ports = range(first_port, first_port + len(LIBRARIES) + len(FACES)) if first_port else None
    federation = await start(ports)
    if members:
        write_members(members, federation.libraries)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    told = {"libraries": federation.libraries, "faces": federation.further}
    print(json.dumps(msgspec.to_builtins(told), ensure_ascii=False), flush=True)  # noqa: T201 - the caller reads it
    moods = asyncio.create_task(Chaos(seed).run(federation)) if chaos else None
    await stopped.wait()
    if moods:
        moods.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await moods
    await federation.stop()


def main() -> None:
    """Run the libraries until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m demo.federation", description="Eight libraries to search in.")
    parser.add_argument("--chaos", action="store_true", help="let their moods change")
    parser.add_argument("--seed", type=int, default=1, help="of the chaos")
    parser.add_argument(
        "--first-port",
        type=int,
        default=0,
        help="of the eight libraries in a row, and of the further faces behind them; 0: free ones",
    )
    parser.add_argument("--members", type=Path, help="folder to write the member files into")
    chosen = parser.parse_args()
    asyncio.run(_run(chosen.first_port, chosen.members, chaos=chosen.chaos, seed=chosen.seed))


if __name__ == "__main__":
    main()
