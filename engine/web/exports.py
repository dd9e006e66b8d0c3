"""Titles as files for other programs. No library is asked for them: what is not known any more is not there."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from aiohttp import web

from engine.export.citations import STYLES, style_file
from engine.export.formats import BY_UNAPI, FORMATS, Format, file_name
from engine.export.texts import line
from engine.model import Edition, Record, Title
from engine.web.api import title_of
from engine.web.asking import MOST_TITLES, titles_asked, wrong
from engine.web.desk import DESK
from engine.web.problems import ProblemError, problem

routes = web.RouteTableDef()

ALL_EDITIONS = "all"
_TEXTS = ("text/", "application/x-research-info-systems", "application/x-bibtex")


@routes.get("/api/v1/titles/{id:.+}/export")
async def export(request: web.Request) -> web.Response:
    """Answer with one edition of a title as a file."""
    chosen = format_asked(request)
    found = await title_of(request.app[DESK].search, request.match_info["id"])
    if found is None:
        raise ProblemError(problem("no-such-title", 404))
    wanted = request.query.get("edition")
    if wanted == ALL_EDITIONS:
        return _file([edition.merged for edition in found.editions], chosen)
    return _file([edition_of(found, wanted).merged], chosen)


@routes.get("/api/v1/export")
async def export_titles(request: web.Request) -> web.Response:
    """Answer with those of the titles named that are known, the edition that each shows first, as one file."""
    chosen = format_asked(request)
    search = request.app[DESK].search
    found = [await title_of(search, title_id) for title_id in titles_asked(request.query, most=MOST_TITLES)]
    records = [title.editions[0].merged for title in found if title is not None]
    if not records:
        raise ProblemError(problem("no-such-title", 404))
    return _file(records, chosen)


@routes.get("/api/v1/styles/{style}.csl")
async def style(request: web.Request) -> web.Response:
    """Answer with a citation style as a CSL file."""
    name = request.match_info["style"]
    if name not in STYLES:
        raise ProblemError(problem("no-such-style", 404, styles=", ".join(STYLES)))
    return web.Response(
        body=style_file(name),
        headers={
            "Content-Type": "application/vnd.citationstyles.style+xml",
            "Content-Disposition": f'attachment; filename="lien-thu-{name}.csl"',
        },
    )


@routes.get("/api/v1/unapi")
async def unapi(request: web.Request) -> web.Response:
    """Answer as unAPI does: what there is, what there is of an edition, or the file. Zotero asks so.

    `id` is a title's, with a comma and a record behind it for the edition of that. Source: unAPI version 1.
    """
    asked, name = request.query.get("id"), request.query.get("format")
    if name is not None and name not in BY_UNAPI:
        expected = ", ".join(BY_UNAPI)
        raise ProblemError(problem("parameter", 406, parameter="format", found=name[:80], expected=expected))
    if asked is None:
        return _formats_xml(None)
    title_id, _, record_key = asked.partition(",")
    found = await title_of(request.app[DESK].search, title_id)
    if found is None:
        raise ProblemError(problem("no-such-title", 404))
    edition = edition_of(found, record_key)
    return _formats_xml(asked) if name is None else _file([edition.merged], FORMATS[name])


def _formats_xml(asked: str | None) -> web.Response:
    of = "" if asked is None else f" id={quoteattr(line(asked))}"
    formats = "".join(f'<format name="{name}" type="{FORMATS[name].media_type}"/>' for name in BY_UNAPI)
    return web.Response(
        text=f'<?xml version="1.0" encoding="UTF-8"?>\n<formats{of}>{formats}</formats>\n',
        status=200 if asked is None else 300,  # "multiple choices", as unAPI has it
        content_type="application/xml",
    )


def format_asked(request: web.Request) -> Format:
    """Return the format that a request names, or else accepts; RIS where it does neither."""
    if len(request.query.getall("format", [])) > 1:
        raise ProblemError(problem("repeated", 400, parameter="format"))
    named = request.query.get("format")
    if named is not None:
        if named not in FORMATS:
            wrong("format", named, ", ".join(FORMATS))
        return FORMATS[named]
    by_media_type = {one.media_type: one for one in FORMATS.values()}
    accepted = (by_media_type.get(media_type) for media_type in _accepted(request.headers.get("Accept", "")))
    return next((one for one in accepted if one is not None), FORMATS["ris"])


def _accepted(header: str) -> list[str]:
    """Return the media types of an Accept header, the dearest first.

    >>> _accepted("text/html;q=0.5, application/marc, */*;q=0")
    ['application/marc', 'text/html']
    """
    weighed = []
    for part in header.split(","):
        media_type, _, parameters = part.strip().partition(";")
        weight = next((one.strip()[2:] for one in parameters.split(";") if one.strip().startswith("q=")), "1")
        try:
            weighed.append((float(weight), media_type.strip().lower()))
        except ValueError:
            continue
    return [media_type for weight, media_type in sorted(weighed, key=lambda one: -one[0]) if weight > 0]


def edition_of(title: Title, record_key: str | None) -> Edition:
    """Return the edition that a record is part of, `member~record-id`; the first where none is named."""
    if not record_key:
        return title.editions[0]
    for edition in title.editions:
        if any(record_key in keys_of(record) for record in edition.records):
            return edition
    raise ProblemError(problem("no-such-edition", 404))


def keys_of(record: Record) -> tuple[str, str]:
    """Return how a record is named in addresses: as ids of titles are, and with its own id as it is."""
    return f"{record.member}~{quote(record.id, safe='')}", f"{record.member}~{record.id}"


def _file(records: Sequence[Record], chosen: Format) -> web.Response:
    kind = f"{chosen.media_type}; charset=utf-8" if chosen.media_type.startswith(_TEXTS) else chosen.media_type
    return web.Response(
        body=chosen.write(records),
        headers={
            "Content-Type": kind,
            "Content-Disposition": f'attachment; filename="{file_name(records, chosen)}"',
            "Cache-Control": "no-store",
            "Vary": "Accept",
        },
    )
