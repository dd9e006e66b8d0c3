"""The OpenAPI 3.1 description of the service. Its schemas are those of the nouns themselves."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

import msgspec

from engine.export.citations import STYLES
from engine.export.formats import BY_UNAPI, FORMATS
from engine.model import Degree, Material
from engine.web.asking import LONGEST_DEADLINE_S, LONGEST_NAME, LONGEST_TITLE_ID, MOST_PAGES, MOST_TITLES, MOST_VALUES
from engine.web.problems import PROBLEM_JSON, Problem
from engine.web.shapes import AvailabilitiesView, HealthView, MembersView, SnapshotView, TitleView

Json = dict[str, object]
_EVENT: Json = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$", "description": "The number of the snapshot."},
        "event": {"type": "string", "enum": ["snapshot", "settled"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}
_LIST: Json = {"explode": True, "style": "form"}
_TEXT: Json = {"type": "string", "minLength": 1}


def _parameter(name: str, text: str, schema: Json, **more: object) -> Json:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema, **more}


def _list_of(schema: Json) -> Json:
    return {"type": "array", "items": schema, "maxItems": MOST_VALUES}


def _titles(most: int) -> Json:
    one: Json = {"type": "string", "minLength": 1, "maxLength": LONGEST_TITLE_ID}
    many: Json = {"type": "array", "minItems": 1, "maxItems": most, "items": one}
    return _parameter("title", "The ids of titles.", many, **_LIST) | {"required": True}


def _parameters() -> list[Json]:
    year: Json = {"type": "integer", "minimum": 0, "maximum": 9999}
    page: Json = {"type": "integer", "minimum": 1, "maximum": MOST_PAGES, "default": 1}
    size: Json = {"type": "integer", "minimum": 1, "maximum": MOST_TITLES}
    flag: Json = {"type": "boolean", "default": False}
    wait: Json = {"type": "number", "exclusiveMinimum": 0, "maximum": LONGEST_DEADLINE_S}
    languages = _list_of({"type": "string", "pattern": "^[A-Za-z]{2,3}$"})
    types = _list_of({"type": "string", "enum": list(Material)})
    degrees = _list_of({"type": "string", "enum": list(Degree)})
    names = _list_of({"type": "string", "minLength": 1, "maxLength": LONGEST_NAME})
    return [
        _parameter(
            "q",
            "What is searched for, as in the search box (docs/search-language.md). Not needed where a filter is given.",
            {"type": "string", "maxLength": 1000},
            examples={"words": {"value": "giáo trình kinh tế vi mô"}, "fields": {"value": "author:mankiw year:2010-"}},
        ),
        _parameter("page", "The page of titles.", page),
        _parameter("page_size", "Titles on a page.", size),
        _parameter("year_from", "The first year, included.", year),
        _parameter("year_to", "The last year, included.", year),
        _parameter("language", "Languages, any of them: codes of any part of ISO 639.", languages, **_LIST),
        _parameter("type", "Kinds, any of them.", types, **_LIST),
        _parameter("degree", "Degrees of theses, any of them.", degrees, **_LIST),
        _parameter("member", "Libraries, any of them, by id or name.", names, **_LIST),
        _parameter("available", "Only what can be had now.", flag),
        _parameter("online", "Only what can be read at once.", flag),
        _parameter("lang", "The language of pages; JSON has both.", {"type": "string", "enum": ["vi", "en"]}),
        _parameter("deadline_s", "Most seconds to wait; never longer than the service's own deadline.", wait),
    ]


def _reply(text: str, media: str, schema: Json) -> Json:
    return {"description": text, "content": {media: {"schema": schema}}}


def _file() -> Json:
    """Return the reply of a file in any format. What is JSON is told as JSON, the others as text or bytes."""
    schemas: dict[str, Json] = {
        "csl-json": {"type": "array", "items": {"type": "object"}},
        "json-ld": {"type": "object"},
    }
    content = {one.media_type: {"schema": schemas.get(one.name, {"type": "string"})} for one in FORMATS.values()}
    return {"description": "The file.", "content": content}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _operation(name: str, summary: str, replies: dict[str, Json], parameters: list[Json] | None = None) -> Json:
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": parameters or [],
            "responses": replies,
        }
    }


def _problem(text: str) -> Json:
    return _reply(text, PROBLEM_JSON, _ref("Problem"))


@cache
def description(address: str) -> Json:
    """Return the description of the service at an address."""
    _, schemas = msgspec.json.schema_components(
        (SnapshotView, TitleView, AvailabilitiesView, MembersView, HealthView, Problem),
        ref_template="#/components/schemas/{name}",
    )
    bad = {"400": _problem("The question or a parameter cannot be read; where it can be mended, a proposal stands by.")}
    bad["414"] = _problem("The address is too long.")
    snapshot = _reply("Everything known.", "application/json", _ref("SnapshotView"))
    snapshot["content"]["text/event-stream"] = {"schema": _EVENT}  # type: ignore[index]  # made above
    title_id: Json = {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "`member~record`: the id of a title or of a record in it; the record's own id percent-encoded.",
        "schema": {"type": "string", "minLength": 1},
    }
    file_format = _parameter(
        "format",
        "The format of the file; without it the header `Accept` decides, and where that names none of them, it is RIS.",
        {"type": "string", "enum": list(FORMATS)},
    )
    edition = _parameter(
        "edition",
        "The edition that this record is part of, `member~record`; else the first. `all`: all of them.",
        _TEXT,
    )
    formats: Json = {"application/xml": {"schema": _TEXT}}
    files: Json = {FORMATS[name].media_type: {"schema": _TEXT} for name in BY_UNAPI}
    style: Json = {"name": "style", "in": "path", "required": True, "schema": {"type": "string", "enum": list(STYLES)}}
    paths: Json = {
        "/api/v1/search": _operation(
            "search", "Search all libraries; answered when settled.", {"200": snapshot, **bad}, _parameters()
        ),
        "/api/v1/search/stream": _operation(
            "searchStream",
            "The same as events: a `snapshot` (a SnapshotView) each time something becomes known, then `settled`.",
            {"200": _reply("Snapshots.", "text/event-stream", _EVENT), **bad},
            _parameters(),
        ),
        "/api/v1/titles/{id}": _operation(
            "title",
            "One title, as far as it is still known.",
            {
                "200": _reply("The title.", "application/json", _ref("TitleView")),
                "404": _problem("No such title is known."),
            },
            [title_id],
        ),
        "/api/v1/availability": _operation(
            "availability",
            "What can be had now of titles on a reader's screen; their libraries are asked, in one batch each.",
            {"200": _reply("What is known.", "application/json", _ref("AvailabilitiesView")), **bad},
            [_titles(MOST_VALUES)],
        ),
        "/api/v1/titles/{id}/export": _operation(
            "exportTitle",
            "One edition of a title as a file. No library is asked.",
            {"200": _file(), **bad, "404": _problem("No such title is known, or it has no such edition.")},
            [title_id, file_format, edition],
        ),
        "/api/v1/export": _operation(
            "exportTitles",
            "Those of these titles that are known as one file, of each the edition shown first. No library is asked.",
            {"200": _file(), **bad, "404": _problem("None of these titles is known.")},
            [_titles(MOST_TITLES), file_format],
        ),
        "/api/v1/unapi": _operation(
            "unapi",
            "unAPI, by which Zotero takes a title's file: the formats, those of a record's edition, or the file.",
            {
                "200": {"description": "The formats, or the file.", "content": {**formats, **files}},
                "300": {"description": "The formats of this edition.", "content": formats},
                **bad,
                "404": _problem("No such title is known, or it has no such edition."),
                "406": _problem("There is no such format."),
            },
            [
                _parameter("id", "A title's id; with a comma and a record's id behind it, the edition of that.", _TEXT),
                _parameter("format", "The format of the file.", {"type": "string", "enum": list(BY_UNAPI)}),
            ],
        ),
        "/api/v1/styles/{style}.csl": _operation(
            "style",
            "A citation style as a CSL file.",
            {
                "200": _reply("The style.", "application/vnd.citationstyles.style+xml", {"type": "string"}),
                "404": _problem("There is no such style."),
            },
            [style],
        ),
        "/api/v1/members": _operation(
            "members",
            "Every library that is asked, and how it is.",
            {"200": _reply("The libraries.", "application/json", _ref("MembersView"))},
        ),
        "/healthz": _operation(
            "health",
            "How the service is.",
            {"200": _reply("It answers.", "application/json", _ref("HealthView"))},
        ),
        "/metrics": _operation(
            "metrics",
            "Figures in Prometheus' text format.",
            {"200": _reply("The figures.", "text/plain", {"type": "string"})},
        ),
        "/api/v1/openapi.json": _operation(
            "openapi", "This description.", {"200": _reply("OpenAPI 3.1.", "application/json", {"type": "object"})}
        ),
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Liên Thư",
            "summary": "One search over the catalogues of many libraries.",
            "version": version("lienthu"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": address}],
        "paths": paths,
        "components": {"schemas": schemas},
    }
