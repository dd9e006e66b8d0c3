"""What is wrong with a request, as RFC 9457 tells it: `application/problem+json`, with sentences in both languages."""

from __future__ import annotations

import msgspec
from aiohttp import web

from engine.errors import LienThuError, QueryError
from engine.ports import Names
from engine.web.views import both, reason_view

PROBLEM_JSON = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem. `type` names its kind; `position`, `length` and `proposal` come with a question that cannot be read.

    `position` counts characters of `q` from 0, and `length` those from there that must be changed. `parameter` is the
    one that is wrong.
    """

    type: str
    title: str
    status: int
    sentence: Names
    detail: str | None = None
    parameter: str | None = None
    position: int | None = None
    length: int | None = None
    proposal: str | None = None


class ProblemError(Exception):
    """A request that is answered with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


def problem(code: str, status: int, *, parameter: str | None = None, **values: str | float) -> Problem:
    """Return the problem of a sentence `page.problem.<code>`."""
    sentence = both(f"page.problem.{code}", parameter=parameter or "", **values)
    return Problem(f"urn:lienthu:problem:{code}", sentence.en, status, sentence, parameter=parameter)


def problem_of(error: LienThuError) -> Problem:
    """Return an error of the engine as a problem: 400 for the reader's, 500 for ours."""
    sentence = reason_view(error.reason).sentence
    if isinstance(error, QueryError):
        return Problem(
            f"urn:lienthu:problem:query:{error.problem}",
            sentence.en,
            400,
            sentence,
            parameter="member" if error.position is None else "q",  # all else stands in the question
            position=error.position,
            length=None if error.position is None else error.length,
            proposal=error.proposal or None,
        )
    return Problem(f"urn:lienthu:problem:{error.code}", sentence.en, 500, sentence)


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> web.Response:
    """Return a problem as a response."""
    return web.Response(
        body=msgspec.json.encode(problem), status=problem.status, content_type=PROBLEM_JSON, headers=headers
    )
