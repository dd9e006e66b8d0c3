"""Which members rest: a member that fails again and again is left alone, with growing pauses.

After `FAILURES` failures in a row a member rests `FIRST_PAUSE_S`, then twice as long each time up to
`LONGEST_PAUSE_S`. No reader's search is spent on finding out that it is back: when a pause ends, one quiet probe
is made in the background, and only its success ends the rest. A member that asks to be left alone rests as long
as it asks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec

from engine.errors import BusyError, LienThuError, RestingError
from engine.model import Failure, Who
from engine.ports import Clock

FAILURES = 3
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 1800.0

log = logging.getLogger("lienthu.rest")


class Health(msgspec.Struct):
    """How a member fares: failures in a row, the pause it is in, and its last failure and answer."""

    failures: int = 0
    pause_s: float = 0.0
    until: float = 0.0
    is_resting: bool = False
    last_failure: Failure | None = None
    answered_at: float | None = None


class Rests:
    """The health of every member, by id. One for a process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._health: dict[str, Health] = {}

    def health(self, member: str) -> Health:
        """Return the health of a member."""
        return self._health.setdefault(member, Health())

    def resting(self, member: str) -> LienThuError | None:
        """Return why a member is not to be asked now, or None if it may be."""
        health = self.health(member)
        wait_s = health.until - self._clock()
        if health.is_resting:
            return RestingError(retry_after_s=max(wait_s, 0.0), wait_s=max(round(wait_s), 1))
        if wait_s > 0:
            return BusyError(retry_after_s=wait_s, wait_s=max(round(wait_s), 1))
        return None

    def answered(self, member: str) -> None:
        """Note that a member answered: what was held against it is forgotten."""
        health = self.health(member)
        if health.is_resting:
            log.info("member back", extra={"member": member})
        self._health[member] = Health(answered_at=self._clock())

    def failed(self, member: str, error: LienThuError) -> None:
        """Note that a member failed to answer. What readers and we ourselves got wrong is not held against it."""
        health = self.health(member)
        health.last_failure = error.failure
        if isinstance(error, BusyError):
            if error.retry_after_s:
                health.until = max(health.until, self._clock() + min(error.retry_after_s, LONGEST_PAUSE_S))
            return
        if error.who not in {Who.MEMBER, Who.NOBODY}:
            return
        health.failures += 1
        if health.failures < FAILURES and not health.is_resting:
            return
        if not health.is_resting:
            log.info("member lost", extra={"member": member, "failure": error.code})
        health.pause_s = min(max(health.pause_s * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        health.until = self._clock() + health.pause_s
        health.is_resting = True

    def due(self) -> tuple[str, ...]:
        """Return the members whose pause has ended and whom a probe should ask."""
        now = self._clock()
        return tuple(member for member, health in self._health.items() if health.is_resting and health.until <= now)

    async def probe_due(self, probe: Callable[[str], Awaitable[None]]) -> None:
        """Ask every member whose pause has ended once, and note how it went.

        `probe` raises one of `engine.errors` if the member does not answer.
        """

        async def ask(member: str) -> None:
            try:
                await probe(member)
            except LienThuError as error:
                if isinstance(error, BusyError):
                    # It lives, and says when: that counts as a pause, not as another failure.
                    self.health(member).until = self._clock() + (error.retry_after_s or FIRST_PAUSE_S)
                else:
                    self.failed(member, error)
            else:
                self.answered(member)

        await asyncio.gather(*(ask(member) for member in self.due()))
