"""What every handler shares: the search, its members by id, the figures, the encoded pages."""

from __future__ import annotations

from typing import NamedTuple

from aiohttp import web
from multidict import MultiDict, MultiMapping

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

    def asking(self, parameters: MultiMapping[str]) -> Asking:
        """Return what a request asks. Raises QueryError, ProblemError."""
        return asking(parameters, self.search.members, page_size=self.settings.search.page_size)


def filled(parameters: MultiMapping[str]) -> MultiDict[str]:
    """Return the parameters that a person filled in: forms send the empty ones too."""
    return MultiDict((name, value) for name, value in parameters.items() if value or name == "q")


DESK = web.AppKey("desk", Desk)
