"""The service: JSON API, event stream, pages, metrics. `application` is all that the rest of the house needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from engine.search import Search
    from engine.settings import LienThuSettings


def application(search: Search, *, settings: LienThuSettings | None = None) -> web.Application:
    """Return the service over a search. It keeps no log of requests and sets no cookie."""
    from engine.web import service  # noqa: PLC0415 - the command line takes the views only, without a server

    return service.application(search, settings=settings)
