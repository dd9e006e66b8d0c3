"""Where a harvest begins, how far it is, and where the next one will begin. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec

from engine.errors import TokenLostError
from engine.model import Noun, Reason
from engine.ports import Batch, HarvestedList, HarvestState, Member, RepositoryFacts

DAY_S = 86_400.0


class Progress(Noun, frozen=True):
    """How far a harvest is. Counts are of this run, also of what was read before an interruption.

    `here` is how many records this process has read, in `seconds`. `total` is the length of the list under way,
    `left_s` the time it will take. `waits_s`: the repository asked to be left alone for so long, or a failure is
    waited out.
    """

    member: str
    list_number: int
    list_count: int
    set: str
    pages: int
    records: int
    total: int | None
    here: int
    seconds: float
    new: int = 0
    changed: int = 0
    gone: int = 0
    unread: int = 0
    left_s: float | None = None
    waits_s: float | None = None
    reason: Reason | None = None

    @property
    def rate(self) -> float:
        """Records a second, of this process."""
        return self.here / self.seconds if self.seconds > 0 else 0.0


class Outcome(Noun, frozen=True):
    """What a harvest came to. `is_full`: the whole list was read; `since`: what changed since then was."""

    member: str
    name: str
    prefix: str
    is_full: bool
    was_interrupted: bool
    since: str | None
    records: int
    new: int
    changed: int
    gone: int
    unread: int
    pages: int
    requests: int
    seconds: float
    warnings: tuple[Reason, ...] = ()


def begin(
    before: HarvestState | None, facts: RepositoryFacts, *, url: str, now: float, wants_full: bool
) -> HarvestState:
    """Return the state to harvest from.

    An interrupted harvest goes on where it was, unless the whole is wished for and it was after changes only. After one
    that ended, what changed since is asked for; everything the first time, if that is wished for, or if address,
    format or sets are others than before.
    """
    is_alike = before is not None and (before.url, before.prefix) == (url, facts.prefix)
    is_alike = is_alike and before is not None and tuple(one.set for one in before.lists) == facts.sets
    if before is not None and is_alike and not before.is_done and (before.is_full or not wants_full):
        return before
    is_full = wants_full or before is None or not is_alike or before.next_since is None
    since = None if is_full or before is None else stamp_of(before.next_since, days_only=facts.days_only)
    return HarvestState(
        run=before.run + 1 if before is not None else 1,
        is_full=is_full,
        prefix=facts.prefix,
        url=url,
        begun_at=now,
        begun_there=facts.now,
        lists=tuple(HarvestedList(set=name, since=since) for name in facts.sets),
        latest=before.latest if before is not None and is_alike else None,
        confirmed_at=before.confirmed_at if before is not None else None,
        full_at=before.full_at if before is not None else None,
        next_since=before.next_since if before is not None and is_alike else None,
        day=before.day if before is not None else "",
        asked=before.asked if before is not None else 0,
    )


def stamp_of(seconds: float | None, *, days_only: bool) -> str | None:
    """Return a time as OAI-PMH writes it.

    >>> stamp_of(86_399.0, days_only=False), stamp_of(86_399.0, days_only=True)
    ('1970-01-01T23:59:59Z', '1970-01-01')
    """
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d" if days_only else "%Y-%m-%dT%H:%M:%SZ")


def next_since(state: HarvestState, overlap_s: float) -> float:
    """Return from when on the next harvest must ask for changes, by the repository's own clock.

    A list may be a copy that is brought up to date once a day: what changed before this harvest began need not have
    stood in it. Whatever is no newer than the newest change that was seen did; where that is long ago, more than
    `overlap_s`, the copy was made since. Changes after the beginning may have come too late for pages read before.
    """
    began = state.begun_there if state.begun_there is not None else state.begun_at - DAY_S
    latest = state.latest if state.latest is not None else began - overlap_s
    return max(min(began, max(latest, began - overlap_s)), 0.0)


def day_of(now: float, member: Member) -> str:
    """Return the day that it is where the member is."""
    zone = timezone(timedelta(hours=member.manners.utc_offset_h))
    return datetime.fromtimestamp(now, zone).date().isoformat()


def requests_left(before: HarvestState | None, member: Member, *, now: float) -> int | None:
    """Return how many requests harvests may still make of a member today; None: it sets no limit."""
    daily = member.manners.daily
    if daily is None:
        return None
    made = before.asked if before is not None and before.day == day_of(now, member) else 0
    return max(daily - made, 0)


def with_list(state: HarvestState, number: int, **changes: object) -> HarvestState:
    """Return a state with one of its lists changed."""
    lists = list(state.lists)
    lists[number] = msgspec.structs.replace(lists[number], **changes)
    return msgspec.structs.replace(state, lists=tuple(lists))


def check_place(listed: HarvestedList, batch: Batch, *, is_fresh: bool) -> None:
    """Raise TokenLostError for an empty page that is no end: behind a token, with more of the list still to come.

    Some repositories say that nothing matches where a token means nothing to them. `is_fresh`: the token was given in
    this very run; without a count of the list, one of an earlier run is not believed to be at its end.
    """
    if listed.token is None or batch.ids or batch.token is not None:
        return
    is_end = listed.records >= listed.total if listed.total is not None else is_fresh
    if not is_end:
        raise TokenLostError("nothing behind the token, before the end of the list")
