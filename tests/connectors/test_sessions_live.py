"""Sessions over a real connection: cookies and tokens reach a server that insists on them, and outlive its restart."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.http import open_client
from connectors.libol import LibolConnector, LibolSettings
from connectors.tim_kiem import TimKiemConnector, TimKiemSettings
from engine.model import Clause, Query, Window
from engine.ports import Door, Manners, Member, Names

ROW = (
    '<div class="result-block__main__bookContainer" data-id="7">'
    '<a class="result-block__main__bookContainer__info_title" href="/chi-tiet-tai-lieu/s-7">Sách</a></div>'
)


class Insistent:
    """Gives a session and a token with each page, and takes questions only with both, until it is restarted."""

    def __init__(self) -> None:
        self.restarts = self.refused = 0

    @property
    def key(self) -> str:
        return f"k{self.restarts}"

    async def page(self, _: web.Request) -> web.Response:
        form = f'<form method="post" action="/s"><input type="hidden" name="__VIEWSTATE" value="{self.key}">'
        text = (
            f'<html><input id="requestVerificationToken" value="{self.key}">{form}<input name="txtAny"></form></html>'
        )
        reply = web.Response(text=text, content_type="text/html")
        reply.set_cookie("session", self.key, httponly=True)
        return reply

    async def search(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            token = request.headers.get("RequestVerificationToken")
        else:
            token = str((await request.post()).get("__VIEWSTATE"))
        if token != self.key or request.cookies.get("session") != self.key:
            self.refused += 1
            return web.Response(status=400)
        link = '<a href="WShowDetail.aspx?intItemID=7">Sách</a>'
        return web.Response(text=f"<div>Kết quả 1 - 1 trong 1 {ROW}{link}</div>", content_type="text/html")


@pytest.fixture
async def insistent() -> AsyncIterator[tuple[Insistent, str]]:
    behaviour = Insistent()
    app = web.Application()
    app.router.add_get("/tim-kiem", behaviour.page)
    app.router.add_get("/", behaviour.page)
    app.router.add_post("/Search", behaviour.search)
    app.router.add_post("/s", behaviour.search)
    server = TestServer(app)
    await server.start_server()
    yield behaviour, f"http://127.0.0.1:{server.port}"
    await server.close()


@pytest.mark.parametrize("system", ["tim-kiem", "libol"])
async def test_a_session_is_kept_and_begun_again_after_a_restart(insistent: tuple[Insistent, str], system: str) -> None:
    behaviour, url = insistent
    manners = Manners(private_network=True, spacing_ms=0)
    member = Member("m", system, url, Names("Thư viện", "Library"), manners=manners)
    client = open_client(member, user_agent="LienThu-test", clock=lambda: 0.0)
    door = Door(client, lambda: 0.0)
    connector = (
        TimKiemConnector(member, TimKiemSettings(), door)
        if system == "tim-kiem"
        else LibolConnector(member, LibolSettings(), door)
    )
    for expected in (0, 0, 1):
        if expected:
            behaviour.restarts += 1
        answer = await connector.search(Query(Clause("sách")), Window(1, 1))
        assert [placed.record.id for placed in answer.placed] == ["7"]
        assert behaviour.refused == expected
    await connector.close()
