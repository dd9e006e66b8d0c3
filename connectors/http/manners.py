"""How a guest behaves: few at once, spaced out, so many a day, never at night, gone while asked to be, and by name."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from connectors.gate import Gate
from connectors.http.course import Stage, course_of
from connectors.http.turns import Turns
from engine.errors import BusyError
from engine.ports import Clock, Member

MOST_WAIT_S: Final = 86_400.0
"""A member that asks for more is asked again after a day: a slip in its settings must not lose it for good."""

UNSAID_WAIT_S: Final = 30.0
"""How long a 429 without Retry-After shuts the gate."""

ACCEPT_ENCODING: Final = "gzip, deflate"


def retry_after_s(response: httpx.Response, *, now: float) -> float | None:
    """Return how many seconds a member asks to be left alone, None if it does not. From 1 second to a day.

    Retry-After is seconds or a date (RFC 9110, 10.2.3); what is neither counts as not said. `now` is seconds since the
    epoch. A 429 that does not say it means 30 seconds.

    >>> retry_after_s(httpx.Response(503, headers={"Retry-After": "120"}), now=0.0)
    120.0
    >>> retry_after_s(httpx.Response(503, headers={"Retry-After": "Thu, 01 Jan 1970 00:10:00 GMT"}), now=540.0)
    60.0
    """
    if response.status_code not in {429, 503}:
        return None
    said = response.headers.get("Retry-After", "").strip()
    wait_s: float | None = None
    if said.isascii() and said.isdigit():
        wait_s = float(said[:12])
    elif said:
        try:
            moment = parsedate_to_datetime(said)
        except ValueError:
            moment = None
        if moment is not None:
            wait_s = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
    if wait_s is None:
        return UNSAID_WAIT_S if response.status_code == 429 else None
    return min(max(wait_s, 1.0), MOST_WAIT_S)


class Manners(httpx.AsyncBaseTransport):
    """Lets a request go to the member only when a polite guest would send it; else BusyError, without any network.

    `share` is how many processes ask this member: each takes its part of the rates. `clock` is seconds since the epoch.
    The daily budget is counted in memory, by this process, by the member's own day.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        member: Member,
        *,
        user_agent: str,
        clock: Clock,
        share: int = 1,
        is_spaced: bool = True,
    ) -> None:
        manners = member.manners
        self._inner = inner
        self._signature_headers = httpx.Headers({"User-Agent": user_agent, "Accept-Encoding": ACCEPT_ENCODING})
        self._signature = frozenset(self._signature_headers.raw)
        self._clock = clock
        self._gate = Gate(member, clock=clock, share=share)
        self._turns = Turns(
            parallel=max(1, manners.parallel // share),
            spacing_s=manners.spacing_ms * share / 1000 if is_spaced else 0.0,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Wait for a turn and send the request."""
        self._gate.check()
        course = course_of(request)
        course.stage = Stage.WAITING
        if (start := self._turns.earliest_start) >= course.deadline:
            raise BusyError(
                "too many requests to this member wait", retry_after_s=round(start - course.deadline, 1) + 1
            )
        sent = request.headers.raw  # compared as bytes: setting a header costs ten times as much
        if not self._signature.issubset(sent):
            request.headers.update(self._signature_headers)
        async with self._turns:
            self._gate.enter()  # it may have been shut, or the day's budget used up, while this one waited
            response = await self._inner.handle_async_request(request)
        wait_s = retry_after_s(response, now=self._clock())
        if wait_s is not None:
            self._gate.shut(wait_s)
            self._turns.send_away(BusyError("it asks to be left alone", retry_after_s=wait_s))
        return response

    async def aclose(self) -> None:
        """Close what is inside."""
        await self._inner.aclose()
