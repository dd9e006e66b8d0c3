"""The service as one aiohttp application: routes, what every response carries, and what a wrong request is told."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from engine.errors import LienThuError
from engine.search import Search
from engine.settings import LienThuSettings
from engine.web import api, exports, pages
from engine.web.desk import DESK, Desk
from engine.web.metrics import Metrics
from engine.web.problems import Problem, ProblemError, problem, problem_of, problem_response
from engine.web.views import Pages

LONGEST_LINE_BYTES = 65_536
LONGEST_ADDRESS = 49_152

log = logging.getLogger("lienthu.web")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_STATIC = Path(__file__).parent / "static"


def application(search: Search, *, settings: LienThuSettings | None = None) -> web.Application:
    """Return the service over a search. It keeps no log of requests and sets no cookie."""
    quiet = logging.getLogger("lienthu.http")
    quiet.addFilter(_says_no_question)
    # Longer lines than aiohttp's own limit are read, so that they can be answered with what is wrong.
    handling = {"max_line_size": LONGEST_LINE_BYTES, "access_log": None, "logger": quiet}
    app = web.Application(middlewares=[_answered], client_max_size=1024, handler_args=handling)
    app[DESK] = Desk(
        search,
        settings or LienThuSettings(),
        {member.id: member for member in search.members},
        Pages(),
        Metrics(search),
    )
    app.add_routes(exports.routes)  # before the title's own route, which takes any path for an id
    app.add_routes(api.routes)
    app.add_routes(pages.routes)
    app.router.add_static("/static/", _STATIC)
    app.on_response_prepare.append(_prepared)
    return app


def _says_no_question(record: logging.LogRecord) -> bool:
    """Keep requests that are no HTTP out of the log: aiohttp would print them, and with them what a reader asked."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


async def _prepared(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "public, max-age=3600")
    if response.content_type == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a wrong request with what is wrong: a page for people, a problem for programs."""
    headers: dict[str, str] = {}
    try:
        response = await (handler if len(request.raw_path) <= LONGEST_ADDRESS else _too_long)(request)
    except ProblemError as error:
        found = error.problem
    except LienThuError as error:
        found = problem_of(error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        found = problem(_code_of(error.status), error.status)
        headers = {name: value for name, value in error.headers.items() if name == "Allow"}
    except ConnectionError:
        raise
    except Exception:
        log.exception("bug in the service", extra={"route": _route(request)})
        found = problem("bug", 500)
    else:
        request.app[DESK].metrics.answered(_route(request), response.status)
        return response
    request.app[DESK].metrics.answered(_route(request), found.status)
    return _told(request, found, headers)


async def _too_long(_: web.Request) -> web.StreamResponse:
    raise ProblemError(problem("too-long", 414))


def _told(request: web.Request, found: Problem, headers: dict[str, str]) -> web.Response:
    # A person follows a link to a file, and must not be told in JSON that it is no longer there.
    is_person = request.path.endswith("/export") and "text/html" in request.headers.get("Accept", "")
    if request.path.startswith(("/api/", "/healthz", "/metrics")) and not is_person:
        return problem_response(found, headers)
    return pages.problem_page(request, found, headers)


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"


def _code_of(status: int) -> str:
    return {404: "no-such-page", 405: "method", 413: "too-large"}.get(status, "request")
