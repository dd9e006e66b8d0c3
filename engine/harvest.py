"""Harvesting one member: its whole list, page by page, into the shared index; later only what changed.

A harvest is a loop over pages: ask for the page that the token leads to, write its records together with the token
that follows, go on. Whatever stops the loop, the next harvest begins at the token that was written last. The rules:

- Only a full harvest that came to the end of all its lists removes what it has not seen. One that was interrupted, or
  met a page that it had to leave out, removes nothing but what the repository says is deleted.
- A list whose place the repository has forgotten is begun anew, from the date that it was begun from.
- A page that cannot be read is asked for again, then record by record; then the harvest stops where it is.
- A list that comes to a page for the second time has no end: the harvest stops.
- A member that asks to be left alone is waited for if that is soon; else the harvest stops and goes on another day.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import TypeVar

import msgspec

from engine.errors import (
    BusyError,
    FaultError,
    LienThuError,
    OversizeError,
    TimedOutError,
    TokenLostError,
    UnreachableError,
    UnreadableError,
)
from engine.harvest_state import (
    Outcome,
    Progress,
    begin,
    check_place,
    day_of,
    next_since,
    requests_left,
    with_list,
)
from engine.model import Reason
from engine.ports import (
    Batch,
    Clock,
    HarvestBook,
    HarvestPart,
    HarvestState,
    Listing,
    Member,
    Repository,
    RepositoryFacts,
    Written,
)

LONGEST_WAIT_S = 900.0
"""A member that asks to be left alone for longer is asked another day."""

PAUSES_S = (5.0, 20.0, 60.0)
"""How long is waited before a page is asked for again after the network or the server failed."""

MOST_RESTARTS = 3
MOST_EMPTY_PAGES = 50
"""So many pages in a row with nothing on them, each with a token to another, are a list without an end."""

WHOLE = 0.9
"""A list that was shorter than this part of what it was said to be broke off: nothing is removed after it."""

log = logging.getLogger("lienthu.harvest")

Said = TypeVar("Said")

Pause = Callable[[float], Awaitable[None]]


class Harvest:
    """One harvest of one member, by the one who holds its lock.

    `pause` waits, `tell` is told after each page. `wants_full`: read the whole list even if only changes need be.
    """

    def __init__(
        self,
        member: Member,
        repository: Repository,
        book: HarvestBook,
        *,
        clock: Clock,
        pause: Pause,
        tell: Callable[[Progress], None],
        wants_full: bool = False,
    ) -> None:
        self._member, self._repository, self._book = member, repository, book
        self._clock, self._pause, self._tell = clock, pause, tell
        self._wants_full = wants_full
        self._began = time.monotonic()
        self._here = self._here_pages = 0
        self._written = Written()
        self._warnings: list[Reason] = []
        self._asked_before = 0
        self._fresh_tokens: set[str] = set()

    async def run(self) -> Outcome:
        """Harvest to the end of all lists. Raises one of `engine.errors` where it must stop; nothing is lost then."""
        before = await self._book.state()
        self._check_budget(before)
        facts = await self._patiently(self._repository.facts, before)
        state = self._begin(before, facts)
        was_interrupted = before is not None and before.run == state.run
        self._warnings += facts.warnings
        while (number := next((at for at, one in enumerate(state.lists) if not one.is_done), None)) is not None:
            state = await self._list(state, number)
        state = await self._end(state, facts)
        lists = state.lists
        return Outcome(
            member=self._member.id,
            name=facts.name,
            prefix=state.prefix,
            is_full=state.is_full,
            was_interrupted=was_interrupted,
            since=lists[0].since if lists else None,
            records=sum(one.records for one in lists),
            new=self._written.new,
            changed=self._written.changed,
            gone=self._written.gone,
            unread=state.unread,
            pages=self._here_pages,
            requests=self._repository.asked,
            seconds=time.monotonic() - self._began,
            warnings=tuple(one for at, one in enumerate(self._warnings) if one not in self._warnings[:at]),
        )

    # Where to begin ---------------------------------------------------------------------

    def _begin(self, before: HarvestState | None, facts: RepositoryFacts) -> HarvestState:
        """Return the state to go on from: that of an interrupted harvest, or a new one."""
        state = begin(before, facts, url=self._member.url, now=self._clock(), wants_full=self._wants_full)
        today = day_of(self._clock(), self._member)
        asked = state.asked if state.day == today else 0
        self._asked_before = asked
        return msgspec.structs.replace(state, day=today, asked=asked)

    def _check_budget(self, before: HarvestState | None) -> None:
        """Raise BusyError if the requests that may be made in a day were made by harvests before this one."""
        if requests_left(before, self._member, now=self._clock()) == 0:
            daily = self._member.manners.daily
            raise BusyError(f"the {daily} requests of today are used up; the harvest goes on tomorrow")

    # One list ---------------------------------------------------------------------------

    async def _list(self, state: HarvestState, number: int) -> HarvestState:
        """Read one list to its end and return the state after it."""
        seen: set[bytes] = set()
        empty = 0
        while not state.lists[number].is_done:
            listed = state.lists[number]
            listing = Listing(state.prefix, listed.set, listed.since)
            try:
                batch = await self._page(state, number, listing)
                check_place(listed, batch, is_fresh=listed.token in self._fresh_tokens)
            except TokenLostError as error:
                if listed.token is None:
                    raise UnreadableError(f"a token is refused that was not sent: {error.detail}") from error
                state = await self._restart(state, number, error)
                seen.clear()
                continue
            empty = 0 if batch.ids else empty + 1
            mark = blake2b("\0".join(batch.ids).encode("utf-8", "replace"), digest_size=12).digest()
            if (batch.ids and mark in seen) or empty > MOST_EMPTY_PAGES:
                await self._write(with_list(state, number, token=None), Batch())
                raise UnreadableError(f"the list has no end: page {listed.pages + 1} came before")
            seen.add(mark)
            state = await self._take(state, number, batch)
        return state

    async def _take(self, state: HarvestState, number: int, batch: Batch) -> HarvestState:
        """Write a page with the state after it, and return that."""
        listed = state.lists[number]
        if batch.token is not None:
            self._fresh_tokens.add(batch.token)
        latest = max((one for one in (state.latest, batch.latest) if one is not None), default=None)
        state = msgspec.structs.replace(
            with_list(
                state,
                number,
                token=batch.token,
                pages=listed.pages + 1,
                records=listed.records + len(batch.ids),
                total=batch.total if batch.total is not None else listed.total,
                is_done=batch.token is None,
            ),
            latest=latest,
            unread=state.unread + len(batch.unread),
            deleted=state.deleted + len(batch.deleted),
        )
        state = await self._write(state, batch)
        self._here += len(batch.ids)
        self._here_pages += 1
        self._tell(self._progress(state, number))
        return state

    async def _write(self, state: HarvestState, batch: Batch, *, clears: bool = False) -> HarvestState:
        state = msgspec.structs.replace(state, asked=self._asked_before + self._repository.asked)
        part = HarvestPart(state, batch.records, batch.deleted, batch.unread, clears=clears)
        written = await self._book.write(part)
        self._written = Written(
            self._written.new + written.new, self._written.changed + written.changed, self._written.gone + written.gone
        )
        return state

    async def _restart(self, state: HarvestState, number: int, error: LienThuError) -> HarvestState:
        """Begin a list anew from the date it was begun from: nothing is lost, what was read is read again."""
        listed = state.lists[number]
        if listed.restarts >= MOST_RESTARTS:
            await self._write(with_list(state, number, token=None, restarts=0, pages=0, records=0), Batch())
            raise UnreadableError(f"the list was lost {MOST_RESTARTS + 1} times on its way: {error.detail}") from error
        log.warning("list begun anew", extra={"member": self._member.id, "set": listed.set, "detail": error.detail})
        state = with_list(state, number, token=None, restarts=listed.restarts + 1, pages=0, records=0, total=None)
        self._warnings.append(Reason("harvest.restarted", {"set": listed.set}))
        state = await self._write(state, Batch())
        self._tell(self._progress(state, number, reason=error.reason))
        return state

    # One page ---------------------------------------------------------------------------

    async def _page(self, state: HarvestState, number: int, listing: Listing) -> Batch:
        """Return the next page: whole, after a pause, or record by record."""
        token = state.lists[number].token

        async def whole() -> Batch:
            return await self._repository.batch(listing, token)

        async def singly() -> Batch:
            return await self._repository.singly(listing, token)

        try:
            return await self._patiently(whole, state, number)
        except (UnreadableError, FaultError, OversizeError) as error:
            failure = error
        log.warning("page read singly", extra={"member": self._member.id, "detail": failure.detail})
        self._tell(self._progress(state, number, reason=failure.reason))
        try:
            batch = await self._patiently(singly, state, number)
        except LienThuError as error:
            # What was wrong with the page itself is what its librarian can mend. Some tokens are for one verb only: to
            # begin the list anew would end at this page again.
            raise failure from error
        self._warnings.append(
            Reason("harvest.page-read-singly", {"page": state.lists[number].pages + 1, "unread": len(batch.unread)})
        )
        return batch

    async def _patiently(
        self,
        ask: Callable[[], Awaitable[Said]],
        state: HarvestState | None,
        number: int | None = None,
    ) -> Said:
        """Return what is asked for, again after a pause where that may help. Raises what stays a failure."""
        tries = 0
        while True:
            try:
                return await ask()
            except BusyError as error:
                wait_s = error.retry_after_s if error.retry_after_s is not None else PAUSES_S[-1]
                if wait_s > LONGEST_WAIT_S or tries > len(PAUSES_S):
                    raise
                failure: LienThuError = error
            except (UnreachableError, TimedOutError) as error:
                if tries >= len(PAUSES_S):
                    raise
                failure, wait_s = error, PAUSES_S[tries]
            except (UnreadableError, FaultError) as error:
                if tries >= 1:
                    raise
                failure, wait_s = error, PAUSES_S[0]
            tries += 1
            if state is not None and number is not None:
                self._tell(self._progress(state, number, waits_s=wait_s, reason=failure.reason))
            await self._pause(wait_s)

    # The end ----------------------------------------------------------------------------

    async def _end(self, state: HarvestState, facts: RepositoryFacts) -> HarvestState:
        """Close the run: remove what a full one has not seen, and note where the next one begins."""
        is_whole = state.is_full
        for one in state.lists:
            if one.total is not None and one.records < one.total:
                values: dict[str, str | int | float] = {"set": one.set, "records": one.records, "total": one.total}
                self._warnings.append(Reason("harvest.fewer", values))
                is_whole = is_whole and one.records >= WHOLE * one.total
        if state.is_full and not any(one.records for one in state.lists):
            # A repository whose index is being built lists nothing: what is known is worth more than that.
            is_whole = False
            self._warnings.append(Reason("harvest.empty"))
        state = msgspec.structs.replace(
            state,
            is_done=True,
            confirmed_at=state.begun_at,
            full_at=state.begun_at if state.is_full else state.full_at,
            next_since=next_since(state, facts.overlap_s),
        )
        return await self._write(state, Batch(), clears=is_whole)

    def _progress(
        self, state: HarvestState, number: int, *, waits_s: float | None = None, reason: Reason | None = None
    ) -> Progress:
        listed = state.lists[number]
        seconds = time.monotonic() - self._began
        left = None
        if listed.total is not None and self._here:
            left = max(listed.total - listed.records, 0) * seconds / self._here
        return Progress(
            member=self._member.id,
            list_number=number + 1,
            list_count=len(state.lists),
            set=listed.set,
            pages=listed.pages,
            records=listed.records,
            total=listed.total,
            here=self._here,
            seconds=seconds,
            new=self._written.new,
            changed=self._written.changed,
            gone=self._written.gone,
            unread=state.unread,
            left_s=left,
            waits_s=waits_s,
            reason=reason,
        )
