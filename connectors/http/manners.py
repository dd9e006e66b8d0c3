"""How a guest behaves: few at once, spaced out, so many a day, never at night, gone while asked to be, and by name."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from connectors.http.course import Stage, course_of
from connectors.http.turns import Turns
from engine.errors import BusyError, SettingsError
from engine.ports import Clock, Member

_DAY_S: Final = 86_400
MOST_WAIT_S: Final = 86_400.0
"""A member that asks for more is asked again after a day: a slip in its settings must not lose it for good."""

UNSAID_WAIT_S: Final = 30.0
"""How long a 429 without Retry-After shuts the gate."""

ACCEPT_ENCODING: Final = "gzip, deflate"
_QUIET_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


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
        self._turns = Turns(
            parallel=max(1, manners.parallel // share),
            spacing_s=manners.spacing_ms * share / 1000 if is_spaced else 0.0,
        )
        self._daily = None if manners.daily is None else _part(manners.daily, share)
        self._offset_s = manners.utc_offset_h * 3600
        self._quiet = _quiet_seconds(member)
        self._shut_until = float("-inf")
        self._day, self._asked = -1, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Wait for a turn and send the request."""
        self._check()
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
            self._check()  # the gate may have been shut, or the day's budget used up, while this one waited
            self._asked += 1
            response = await self._inner.handle_async_request(request)
        wait_s = retry_after_s(response, now=self._clock())
        if wait_s is not None:
            self._shut_until = max(self._shut_until, self._clock() + wait_s)
            self._turns.send_away(BusyError("it asks to be left alone", retry_after_s=wait_s))
        return response

    def _check(self) -> None:
        """Raise BusyError at a time when this member is not to be asked."""
        now = self._clock()
        if now < self._shut_until:
            raise BusyError("it asks to be left alone", retry_after_s=round(self._shut_until - now, 3))
        day, second = divmod(now + self._offset_s, _DAY_S)
        if self._quiet is not None:
            begin, end = self._quiet
            if (second - begin) % _DAY_S < (end - begin) % _DAY_S:
                raise BusyError("its quiet hours", retry_after_s=round((end - second) % _DAY_S, 3))
        if day != self._day:
            self._day, self._asked = int(day), 0
        if self._daily is not None and self._asked >= self._daily:
            raise BusyError(f"its {self._daily} requests of today are used up", retry_after_s=round(_DAY_S - second, 3))

    async def aclose(self) -> None:
        """Close what is inside."""
        await self._inner.aclose()


def _part(daily: int, share: int) -> int:
    """Return one process's part of a daily budget: at least one request, unless the member wants none at all."""
    return max(1, daily // share) if daily else 0


def _quiet_seconds(member: Member) -> tuple[int, int] | None:
    """Return begin and end of the quiet hours in seconds of the member's day; they may reach over midnight."""
    text = member.manners.quiet_hours
    if text is None:
        return None
    found = _QUIET_HOURS.fullmatch(text.strip())
    begin, end = ((int(h) * 60 + int(m)) * 60 for h, m in (found.group(1, 2), found.group(3, 4))) if found else (0, 0)
    if begin == end:
        raise SettingsError(
            f"member {member.id}", None, f"manners.quiet_hours {text!r}: expected HH:MM-HH:MM, two different times"
        )
    return begin, end
