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
from engine.query import LONGEST, show
from engine.sentences import Language
from engine.web.api import json_response, title_of
from engine.web.asking import Asking, filters_filled, language_of, reader_of, titles_asked
from engine.web.citing import about, cite_parts
from engine.web.desk import DESK, filled
from engine.web.links import active_filters, address, asked, is_asked, kept
from engine.web.problems import Problem, ProblemError, problem
from engine.web.rows import (
    age_text,
    heading,
    heading_language,
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


_CONTROLS = dict.fromkeys((*range(32), 0x7F), "\ufffd")
"""Letters that may stand in no page, as what is shown in their place."""


def render(template: str, language: Language, **values: object) -> str:
    """Return a template filled in. `t` in it says a sentence of the pages."""
    return _templates.get_template(template).render(t=partial(_said, language), lang=language, **values)


def _said(language: Language, code: str, **values: str | float) -> str:
    return text(code, language, **values)


def _html(body: str, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(text=body, status=status, content_type="text/html", headers=headers)


def top(request: web.Request, language: Language, *, typed: str, filters: Filters, heading: str, head: str = "") -> str:
    """Return the page down to the search form. `head` is HTML for its head."""
    parameters = kept(request.query)
    return render(
        "top.html",
        language,
        typed=typed.translate(_CONTROLS),
        heading=heading.translate(_CONTROLS),
        head=head,
        filters=filters,
        home=address("/", lang=language),
        other=address(request.path, asked(request.query), lang="en" if language == "vi" else "vi"),
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
    if not is_asked(request.query):
        page = top(request, language, typed="", filters=Filters(), heading=text("site", language))
        names = [getattr(member.name, language) for member in desk.search.members]
        return _html(page + render("start.html", language, names=names, address=partial(address, lang=language)))
    asking = desk.asking(filled(request.query))
    snapshots = desk.search.run(asking.query, reader=reader_of(request), deadline_s=asking.deadline_s)
    snapshot = await anext(snapshots)
    page = top(
        request,
        language,
        typed=asking.typed,
        filters=asking.query.filters,
        heading=text("for", language, q=asking.typed.strip() or text("results", language)),
    )
    if snapshot.is_settled:
        await close(snapshots)
        desk.metrics.settled(snapshot, "page")
        return _html(page + _settled(request, asking, snapshot, is_alone=True))
    return await _written_as_it_comes(request, asking, page, snapshots)


async def _written_as_it_comes(
    request: web.Request, asking: Asking, page: str, snapshots: AsyncIterator[Snapshot]
) -> web.StreamResponse:
    """Write the top of the page at once, the results when the search is settled."""
    desk = request.app[DESK]
    response = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    live = render("live.html", asking.lang, stream=address("/stream", asked(request.query)), count=len(desk.members))
    with contextlib.suppress(ConnectionError):
        await response.write((page + live).encode())
        async with contextlib.aclosing(watched(request, snapshots)) as watching:
            async for snapshot in watching:
                if snapshot.is_settled:
                    desk.metrics.settled(snapshot, "page")
                    await response.write(_settled(request, asking, snapshot).encode())
        await response.write_eof()
    return response


def _settled(request: web.Request, asking: Asking, snapshot: Snapshot, *, is_alone: bool = False) -> str:
    told = _told(request, asking, snapshot)
    rows = "".join(row_html(request, title, asking.lang) for title in snapshot.titles)
    return render(
        "settled.html", asking.lang, told=told, rows=rows, first=_first_place(asking), is_alone=is_alone
    ) + render("bottom.html", asking.lang)


def _first_place(asking: Asking) -> int:
    return (asking.query.page - 1) * asking.query.page_size + 1


def _told(request: web.Request, asking: Asking, snapshot: Snapshot) -> Telling:
    return telling(snapshot, request.app[DESK].members, kept(request.query), asking.lang)


def row_html(
    request: web.Request, title: Title, language: Language, told: Mapping[tuple[str, str], Told] | None = None
) -> str:
    """Return the row of a title, which leads to its page and keeps what was asked, for the way back.

    `told` says of its records how old the word on their copies is.
    """
    row = row_of(title, request.app[DESK].members, language, told)
    return render("row.html", language, row=row, path=address(row.path, asked(request.query), lang=language))


@routes.get("/stream")
async def stream(request: web.Request) -> web.StreamResponse:
    """Answer with an event for every snapshot: the rows that are new, their order, and what is told around them."""
    desk = request.app[DESK]
    asking = desk.asking(filled(request.query))
    snapshots = desk.search.run(asking.query, reader=reader_of(request), deadline_s=asking.deadline_s)
    snapshot = await anext(snapshots)
    response = await open_stream(request)
    sent: dict[str, Title] = {}
    with contextlib.suppress(ConnectionError):
        async with contextlib.aclosing(beating(request, response, snapshots, snapshot)) as living:
            async for snapshot in living:
                told = _told(request, asking, snapshot)
                changed = [title for title in snapshot.titles if sent.get(title.id) is not title]
                sent |= {title.id: title for title in changed}
                happening = {
                    "order": [title.id for title in snapshot.titles],
                    "rows": {title.id: row_html(request, title, asking.lang) for title in changed},
                    "parts": {
                        name: render(f"{name}.html", asking.lang, told=told) for name in ("status", "side", "foot")
                    },
                    "start": _first_place(asking),
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
    page = top(
        request,
        language,
        typed=request.query.get("q", "")[:LONGEST],
        filters=filters_filled(filled(request.query)),
        heading=text("for", language, q=name),
        head=render("about.html", language, about=about(found, desk, language)),
    )
    body = render(
        "title.html",
        language,
        title=found,
        cites=await cite_parts(found, request.query, language),
        name=name,
        heading=heading,
        spoken=partial(heading_language, language=language),
        kind=partial(kind_text, language=language),
        person=partial(person_text, language=language),
        published=published_text,
        libraries=lambda edition: library_lines([edition], desk.members, language, told),
        member=lambda record: (
            getattr(desk.members[record.member].name, language) if record.member in desk.members else record.member
        ),
        language_name=lambda code: getattr(language_name(code), language),
        link=web_address,
        back=address("/", asked(request.query), lang=language) if is_asked(request.query) else None,
        ask_now=None if is_asked_now else address(title_path(found.id), asked(request.query), lang=language, now="1"),
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
    rows = {one.title.id: row_html(request, one.title, language, one.told) for one in refreshed}
    return json_response(msgspec.json.encode({"rows": rows}))


_AROUND = 60  # letters shown before and behind what is wrong


def _spot(typed: str, found: Problem) -> tuple[str, str, str] | None:
    """Return what is wrong in a question, between what stands before and behind it; None where nothing stands there."""
    if found.position is None or found.position >= len(typed):
        return None
    end = found.position + (found.length or 1)
    typed = typed.translate(_CONTROLS)
    before, wrong, behind = typed[: found.position], typed[found.position : end], typed[end:]
    if len(before) > _AROUND:
        before = f"…{before[-_AROUND:]}"
    if len(behind) > _AROUND:
        behind = f"{behind[:_AROUND]}…"
    return before, wrong, behind


def _proposed(request: web.Request, found: Problem, language: Language) -> str:
    """Return the address of what is proposed: what else was asked stays, unless it stands in the proposal itself."""
    rest = kept(request.query) if found.parameter == "q" else None
    return address("/", rest, q=found.proposal, lang=language)


def problem_page(request: web.Request, found: Problem, headers: dict[str, str]) -> web.Response:
    """Return a page that says what is wrong, and proposes what can be asked instead."""
    try:
        language = language_of(filled(request.query))
    except ProblemError:
        language = "vi"
    typed = request.query.get("q", "")[:LONGEST]
    filters = filters_filled(filled(request.query))
    page = top(request, language, typed=typed, filters=filters, heading=text("wrong-request", language))
    proposal = found.proposal
    body = render(
        "problem.html",
        language,
        sentence=getattr(found.sentence, language).translate(_CONTROLS),
        spot=_spot(typed, found),
        proposal=proposal,
        address=_proposed(request, found, language) if proposal else None,
    )
    return _html(page + body + render("bottom.html", language), found.status, headers)
