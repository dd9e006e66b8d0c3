"""Koha's catalogue of the demo, with whatever is switched on, asked without a socket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

import httpx
import pytest

from connectors.http import open_client
from connectors.koha import KohaConnector, KohaSettings
from demo.dialects import DIALECTS
from demo.federation import catalogue_of
from demo.libraries import LIBRARIES
from demo.opac import Opac, Services
from demo.server import Request, parameters
from demo.shelf import Shelf
from engine.ports import Door, Manners, Member, Names

LIBRARY = next(library for library in LIBRARIES if library.dialect == "koha")


class Catalogue(httpx.AsyncBaseTransport):
    """The demo's catalogue as a transport. `asked` lists what was asked, redirects included."""

    def __init__(self, shelf: Shelf, services: Services) -> None:
        self.shelf = shelf
        self.opac = Opac(LIBRARY, shelf, services)
        self.asked: list[str] = []
        self.now = 1000.0
        self.path = ""  # that a proxy puts before the catalogue's own, which knows nothing of it
        self.seconds_each = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.now += self.seconds_each
        parts = urlsplit(request.url.raw_path.decode())
        self.asked.append(f"{parts.path.rpartition('/')[2]}?{parts.query}")
        headers = dict(request.headers)
        if not parts.path.startswith(f"{self.path}/"):
            return httpx.Response(404, request=request)
        path = parts.path.removeprefix(self.path)
        reply = self.opac.answer(Request(request.method, path, parameters(parts.query), headers, parts.query))
        if reply is None:
            return httpx.Response(404, request=request)
        sent = {"Content-Type": reply.content_type, **dict(reply.headers)}
        return httpx.Response(reply.status, headers=sent, content=reply.body, request=request)

    @property
    def scripts(self) -> list[str]:
        """What was asked, without parameters."""
        return [asked.partition("?")[0] for asked in self.asked]

    def connector(self, settings: KohaSettings | None = None) -> KohaConnector:
        member = Member(
            "koha-demo", "koha", f"http://opac.example.org{self.path}", Names("Thư viện", "Library"),
            manners=Manners(spacing_ms=0),
        )  # fmt: skip
        client = open_client(member, user_agent="LienThu-test", clock=lambda: self.now, transport=self)
        return KohaConnector(member, settings or KohaSettings(), Door(client, lambda: self.now))


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    return Shelf(catalogue_of(LIBRARY, date(2026, 3, 15)), DIALECTS[LIBRARY.dialect].matching)


@pytest.fixture
def catalogue(shelf: Shelf) -> Callable[..., Catalogue]:
    """Makes a catalogue with the services named."""

    def make(**services: object) -> Catalogue:
        return Catalogue(shelf, Services(**services))  # type: ignore[arg-type]  # the fields of Services

    return make
