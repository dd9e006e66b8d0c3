"""What travels with one request through the transports: what its connector asked for, and how far it has come."""

from __future__ import annotations

from collections.abc import Container
from enum import StrEnum

import httpx

ACCEPT_STATUS = "lienthu.accept_status"
"""Extension of a request: statuses (a container of int) that its connector reads itself, a 302 among them."""

IDEMPOTENT = "lienthu.idempotent"
"""Extension of a request: True for a POST that changes nothing and may be sent a second time."""

_COURSE = "lienthu.course"


class Stage(StrEnum):
    """Where a request is."""

    WAITING = "waiting for its turn"
    ASKING = "waiting for an answer"
    READING = "reading the answer"


class Course:
    """How far one request has come. `deadline` is of the loop's clock; `bytes_read` of the body, as it was sent."""

    __slots__ = ("bytes_read", "deadline", "stage")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.stage = Stage.WAITING
        self.bytes_read = 0


def set_out(request: httpx.Request, course: Course) -> None:
    """Give a request its course."""
    request.extensions = {**request.extensions, _COURSE: course}


def course_of(request: httpx.Request) -> Course:
    """Return the course of a request; one without end where none was set (a transport used by itself)."""
    course = request.extensions.get(_COURSE)
    if isinstance(course, Course):
        return course
    endless = Course(deadline=float("inf"))
    set_out(request, endless)
    return endless


def accepted_statuses(request: httpx.Request) -> Container[int]:
    """Return the statuses that this request's connector wants to read itself."""
    accepted: Container[int] = request.extensions.get(ACCEPT_STATUS, ())
    return accepted


def may_be_sent_twice(request: httpx.Request) -> bool:
    """Whether sending this request again changes nothing at the member."""
    return request.method in {"GET", "HEAD"} or bool(request.extensions.get(IDEMPOTENT))
