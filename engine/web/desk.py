"""What every handler shares: the search, its members by id, the figures, the encoded pages."""

from __future__ import annotations

from typing import NamedTuple

from aiohttp import web

from engine.ports import Member
from engine.search import Search
from engine.settings import LienThuSettings
from engine.web.asking import Asking, asking
from engine.web.metrics import Metrics
from engine.web.views import Pages


class Desk(NamedTuple):
    """Where a request is taken."""

    search: Search
    settings: LienThuSettings
    members: dict[str, Member]
    pages: Pages
    metrics: Metrics

    def asking(self, request: web.Request) -> Asking:
        """Return what a request asks. Raises QueryError, ProblemError."""
        return asking(request.query, self.search.members, page_size=self.settings.search.page_size)


DESK = web.AppKey("desk", Desk)
