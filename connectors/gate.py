"""When a polite guest asks at all, whatever the protocol: not at night, so many times a day, not while sent away."""

from __future__ import annotations

import re
from typing import Final

from engine.errors import BusyError, SettingsError
from engine.ports import Clock, Member

_DAY_S: Final = 86_400
_QUIET_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class Gate:
    """One member's gate: quiet hours, daily budget, and the time for which it asked to be left alone.

    `share` is how many processes ask this member: each takes its part of the budget. `clock` is seconds since the
    epoch. The budget is counted in memory, by this process, by the member's own day. Raises SettingsError for quiet
    hours that cannot be kept.
    """

    def __init__(self, member: Member, *, clock: Clock, share: int = 1) -> None:
        manners = member.manners
        self._clock = clock
        self._daily = None if manners.daily is None else _part(manners.daily, share)
        self._offset_s = manners.utc_offset_h * 3600
        self._quiet = _quiet_seconds(member)
        self._shut_until = float("-inf")
        self._day, self._asked = -1, 0

    def check(self) -> None:
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

    def enter(self) -> None:
        """Count one request, or raise BusyError as `check` does."""
        self.check()
        self._asked += 1

    def shut(self, wait_s: float) -> None:
        """Let nobody through for so many seconds."""
        self._shut_until = max(self._shut_until, self._clock() + wait_s)


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
