"""The JSON API for programs: search, titles, members. Told in docs/api.md and by `/api/v1/openapi.json`."""

from __future__ import annotations

import contextlib
import urllib.parse

import msgspec
from aiohttp import web

from engine.model import Title
from engine.ports import IndexState
from engine.search import Search
from engine.web.asking import reader_of, titles_asked
from engine.web.desk import DESK
from engine.web.metrics import CONTENT_TYPE
from engine.web.openapi import description
from engine.web.problems import ProblemError, problem
from engine.web.shapes import AvailabilitiesView, MembersView
from engine.web.stream import EVENT_STREAM, beating, event, open_stream
from engine.web.views import availability_view, health_view, member_view, title_view

routes = web.RouteTableDef()


def json_response(body: bytes, status: int = 200) -> web.Response:
    """Return JSON that nobody may keep: answers and their ages change."""
    return web.Response(
        body=body, status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


@routes.get("/api/v1/search")
async def search(request: web.Request) -> web.StreamResponse:
    """Answer when the search is settled; as an event stream where the reader accepts one."""
    if EVENT_STREAM in request.headers.get("Accept", ""):
        return await search_stream(request)
    desk = request.app[DESK]
    asked = desk.asking(request.query)
    snapshot = await desk.search.settled(asked.query, reader=reader_of(request), deadline_s=asked.deadline_s)
    desk.metrics.settled(snapshot, "json")
    return json_response(desk.pages.encoded(snapshot, desk.members))


@routes.get("/api/v1/search/stream")
async def search_stream(request: web.Request) -> web.StreamResponse:
    """Answer with an event for every snapshot."""
    desk = request.app[DESK]
    asked = desk.asking(request.query)
    snapshots = desk.search.run(asked.query, reader=reader_of(request), deadline_s=asked.deadline_s)
    last = await anext(snapshots)  # a question that cannot be asked is a problem, not a stream
    response = await open_stream(request)
    with contextlib.suppress(ConnectionError):
        async with contextlib.aclosing(beating(request, response, snapshots, last)) as living:
            async for last in living:
                await response.write(event("snapshot", desk.pages.encoded(last, desk.members), last.number))
        if last.is_settled:
            desk.metrics.settled(last, "stream")
            await response.write(event("settled", b'{"number":%d}' % last.number, last.number))
            await response.write_eof()
    return response


async def title_of(search: Search, title_id: str) -> Title | None:
    """Return a title; the record's id in it may come percent-encoded or not."""
    member, _, record = title_id.partition("~")
    canonical = f"{member}~{urllib.parse.quote(urllib.parse.unquote(record), safe='')}"
    return await search.title(title_id) or (await search.title(canonical) if canonical != title_id else None)


@routes.get("/api/v1/titles/{id:.+}")
async def title(request: web.Request) -> web.Response:
    """Answer with one title, as far as it is known."""
    desk = request.app[DESK]
    found = await title_of(desk.search, request.match_info["id"])
    if found is None:
        raise ProblemError(problem("no-such-title", 404))
    return json_response(msgspec.json.encode(title_view(found, desk.members)))


@routes.get("/api/v1/availability")
async def availability(request: web.Request) -> web.Response:
    """Answer with what can be had now of the titles named, as far as they are known."""
    desk = request.app[DESK]
    refreshed = await desk.search.refreshed(titles_asked(request.query), reader=reader_of(request))
    views = tuple(availability_view(one, desk.members) for one in refreshed)
    return json_response(msgspec.json.encode(AvailabilitiesView(views)))


@routes.get("/api/v1/members")
async def members(request: web.Request) -> web.Response:
    """Answer with every member and how it is."""
    desk = request.app[DESK]
    views = tuple(member_view(member, desk.search.health(member.id)) for member in desk.search.members)
    return json_response(msgspec.json.encode(MembersView(views)))


@routes.get("/healthz")
async def health(request: web.Request) -> web.Response:
    """Answer how the service is. It is well as long as it answers: the search needs neither index nor every member."""
    desk = request.app[DESK]
    state: IndexState | None = await desk.search.index_state()
    resting = tuple(member.id for member in desk.search.members if desk.search.health(member.id).is_resting)
    return json_response(msgspec.json.encode(health_view(len(desk.search.members), resting, state)))


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """Answer with the figures of this process."""
    return web.Response(body=await request.app[DESK].metrics.text(), headers={"Content-Type": CONTENT_TYPE})


@routes.get("/api/v1/openapi.json")
async def openapi(request: web.Request) -> web.Response:
    """Answer with the description of all this."""
    address = request.app[DESK].settings.service.address
    return json_response(msgspec.json.encode(description(address or "/")))
