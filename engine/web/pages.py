"""The pages for people: they work without JavaScript, in Vietnamese first.

A page of results is written as soon as the question is read, and ends when the search is settled. A script, where there
is one, shows meanwhile what `/stream` tells: the same rows, made by the same templates.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path

import jinja2
import msgspec
from aiohttp import web

from engine.availability import Told
from engine.model import Clause, Field, Filters, Material, Query, Snapshot, Title
from engine.query import show
from engine.sentences import Language
from engine.web.api import json_response, title_of
from engine.web.asking import Asking, language_of, reader_of, titles_asked
from engine.web.desk import DESK, Desk, filled
from engine.web.links import active_filters, address, kept
from engine.web.problems import Problem, ProblemError, problem
from engine.web.rows import (
    age_text,
    heading,
    joins_text,
    kind_text,
    library_lines,
    person_text,
    published_text,
    row_of,
    text,
    web_address,
)
from engine.web.stream import beating, close, event, open_stream, watched
from engine.web.telling import Telling, telling
from engine.web.views import language_name, title_path

routes = web.RouteTableDef()

OFFERED_LANGUAGES = ("vie", "eng", "fre", "rus", "chi", "jpn", "kor", "ger")

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
    auto_reload=False,
)


def render(template: str, language: Language, **values: object) -> str:
    """Return a template filled in. `t` in it says a sentence of the pages."""
    return _templates.get_template(template).render(t=partial(_said, language), lang=language, **values)


def _said(language: Language, code: str, **values: str | float) -> str:
    return text(code, language, **values)


def _html(body: str, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(text=body, status=status, content_type="text/html", headers=headers)


def top(request: web.Request, language: Language, *, typed: str, filters: Filters, heading: str) -> str:
    """Return the page down to the search form."""
    parameters = kept(request.query)
    return render(
        "top.html",
        language,
        typed=typed,
        heading=heading,
        filters=filters,
        home=address("/", lang=language),
        other=address(request.path, parameters, lang="en" if language == "vi" else "vi"),
        count=len(request.app[DESK].search.members),
        materials=[material.value for material in Material],
        languages=[(code, getattr(language_name(code), language)) for code in OFFERED_LANGUAGES],
        members=parameters.getall("member", []),
        active=active_filters(parameters, request.app[DESK].members, language),
    )


@routes.get("/")
async def home(request: web.Request) -> web.StreamResponse:
    """Answer with the search box, and with results where something is asked."""
    desk = request.app[DESK]
    language = language_of(filled(request.query))
    if not any(request.query.get(name) for name in kept(request.query) if name not in {"lang", "page", "page_size"}):
        page = top(request, language, typed="", filters=Filters(), heading=text("site", language))
        names = [getattr(member.name, language) for member in desk.search.members]
        return _html(page + render("start.html", language, names=names, address=partial(address, lang=language)))
    asked = desk.asking(filled(request.query))
    snapshots = desk.search.run(asked.query, reader=reader_of(request), deadline_s=asked.deadline_s)
    snapshot = await anext(snapshots)
    page = top(
        request,
        language,
        typed=asked.typed,
        filters=asked.query.filters,
        heading=text("for", language, q=asked.typed.strip() or text("results", language)),
    )
    if snapshot.is_settled:
        await close(snapshots)
        desk.metrics.settled(snapshot, "page")
        return _html(page + _settled(request, asked, snapshot, is_alone=True))
    return await _written_as_it_comes(request, asked, page, snapshots)


async def _written_as_it_comes(
    request: web.Request, asked: Asking, page: str, snapshots: AsyncIterator[Snapshot]
) -> web.StreamResponse:
    """Write the top of the page at once, the results when the search is settled."""
    desk = request.app[DESK]
    response = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    live = render("live.html", asked.lang, stream=address("/stream", kept(request.query)), count=len(desk.members))
    with contextlib.suppress(ConnectionError):
        await response.write((page + live).encode())
        async with contextlib.aclosing(watched(request, snapshots)) as watching:
            async for snapshot in watching:
                if snapshot.is_settled:
                    desk.metrics.settled(snapshot, "page")
                    await response.write(_settled(request, asked, snapshot).encode())
        await response.write_eof()
    return response


def _settled(request: web.Request, asked: Asking, snapshot: Snapshot, *, is_alone: bool = False) -> str:
    told = _told(request, asked, snapshot)
    rows = "".join(row_html(request.app[DESK], title, asked.lang) for title in snapshot.titles)
    return render(
        "settled.html", asked.lang, told=told, rows=rows, first=_first_place(asked), is_alone=is_alone
    ) + render("bottom.html", asked.lang)


def _first_place(asked: Asking) -> int:
    return (asked.query.page - 1) * asked.query.page_size + 1


def _told(request: web.Request, asked: Asking, snapshot: Snapshot) -> Telling:
    return telling(snapshot, request.app[DESK].members, kept(request.query), asked.lang)


def row_html(desk: Desk, title: Title, language: Language, told: Mapping[tuple[str, str], Told] | None = None) -> str:
    """Return the row of a title. `told` says of its records how old the word on their copies is."""
    row = row_of(title, desk.members, language, told)
    return render("row.html", language, row=row, path=address(row.path, lang=language))


@routes.get("/stream")
async def stream(request: web.Request) -> web.StreamResponse:
    """Answer with an event for every snapshot: the rows that are new, their order, and what is told around them."""
    desk = request.app[DESK]
    asked = desk.asking(filled(request.query))
    snapshots = desk.search.run(asked.query, reader=reader_of(request), deadline_s=asked.deadline_s)
    snapshot = await anext(snapshots)
    response = await open_stream(request)
    sent: dict[str, Title] = {}
    with contextlib.suppress(ConnectionError):
        async with contextlib.aclosing(beating(request, response, snapshots, snapshot)) as living:
            async for snapshot in living:
                told = _told(request, asked, snapshot)
                changed = [title for title in snapshot.titles if sent.get(title.id) is not title]
                sent |= {title.id: title for title in changed}
                happening = {
                    "order": [title.id for title in snapshot.titles],
                    "rows": {title.id: row_html(desk, title, asked.lang) for title in changed},
                    "parts": {
                        name: render(f"{name}.html", asked.lang, told=told) for name in ("status", "side", "foot")
                    },
                    "start": _first_place(asked),
                    "settled": snapshot.is_settled,
                }
                await response.write(event("snapshot", msgspec.json.encode(happening), snapshot.number))
        if snapshot.is_settled:
            desk.metrics.settled(snapshot, "live")
            await response.write(event("settled", b"{}", snapshot.number))
            await response.write_eof()
    return response


@routes.get("/titles/{id:.+}")
async def title(request: web.Request) -> web.Response:
    """Answer with the page of one title."""
    desk = request.app[DESK]
    language = language_of(filled(request.query))
    found = await title_of(desk.search, request.match_info["id"])
    if found is None:
        raise ProblemError(problem("no-such-title", 404))
    told: Mapping[tuple[str, str], Told] = {}
    is_asked_now = request.query.get("now") == "1"
    if is_asked_now:
        for one in await desk.search.refreshed([found.id], reader=reader_of(request)):
            found, told = one.title, one.told
    name = heading(found.editions[0].merged)
    page = top(request, language, typed="", filters=Filters(), heading=text("for", language, q=name))
    body = render(
        "title.html",
        language,
        title=found,
        name=name,
        heading=heading,
        kind=partial(kind_text, language=language),
        person=partial(person_text, language=language),
        published=published_text,
        libraries=lambda edition: library_lines([edition], desk.members, language, told),
        member=lambda record: (
            getattr(desk.members[record.member].name, language) if record.member in desk.members else record.member
        ),
        language_name=lambda code: getattr(language_name(code), language),
        link=web_address,
        ask_now=None if is_asked_now else address(title_path(found.id), lang=language, now="1"),
        joins=joins_text(found, language),
        age=age_text(found.age_s, language) if found.age_s is not None else "",
        search=lambda field, words: address("/", {"q": show(Query(Clause(words, Field(field))))}, lang=language),
    )
    return _html(page + body + render("bottom.html", language))


@routes.get("/availability")
async def availability(request: web.Request) -> web.Response:
    """Answer with the rows of titles on a reader's screen, with the copies that can be had now, for the script."""
    desk = request.app[DESK]
    language = language_of(filled(request.query))
    refreshed = await desk.search.refreshed(titles_asked(request.query), reader=reader_of(request))
    rows = {one.title.id: row_html(desk, one.title, language, one.told) for one in refreshed}
    return json_response(msgspec.json.encode({"rows": rows}))


def problem_page(request: web.Request, found: Problem, headers: dict[str, str]) -> web.Response:
    """Return a page that says what is wrong, and proposes what can be asked instead."""
    try:
        language = language_of(filled(request.query))
    except ProblemError:
        language = "vi"
    typed = request.query.get("q", "")[:1000]
    page = top(request, language, typed=typed, filters=Filters(), heading=text("wrong-request", language))
    proposal = found.proposal
    body = render(
        "problem.html",
        language,
        sentence=getattr(found.sentence, language),
        typed=typed,
        position=found.position,
        proposal=proposal,
        address=address("/", {"q": proposal}, lang=language) if proposal else None,
    )
    return _html(page + body + render("bottom.html", language), found.status, headers)
