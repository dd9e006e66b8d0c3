"""Finds out what answers at an address, tries it, and drafts its member file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from connectors.detect.address import Address, member_id, read_address
from connectors.detect.asking import MOST_REQUESTS, PAUSE_MS, ElsewhereError, Guest, UsedUpError
from connectors.detect.draft import member_file
from connectors.detect.ladder import Candidate, at_page, rank, rungs, seen_in
from connectors.detect.looking import look, title_of
from connectors.detect.trying import SEARCHES, Trier
from connectors.detect.undetected import declared_file
from engine.errors import LienThuError, UnreachableError
from engine.model import Reason
from engine.ports import Clock, Manners, Member, Names, Page, System
from engine.sentences import say
from engine.tools import Detected, Step, Trial, Wishes

_FURTHER: Final = 2
"""How many systems are tried beside the likeliest, if the searches fail."""


async def detect(
    address: str,
    *,
    systems: Mapping[str, System],
    user_agent: str,
    clock: Clock,
    wishes: Wishes,
    tell: Callable[[Step], None],
) -> Detected:
    """Find out what answers at an address; see `engine.tools.Detect`."""
    loaded = tuple(system for name in systems if (system := _loaded(systems, name)) is not None)
    schemes = frozenset(scheme for system in loaded for scheme in system.schemes)
    where = read_address(address, schemes)
    return await _Detection(address, where, loaded, user_agent, clock, wishes, tell).run()


def _loaded(systems: Mapping[str, System], name: str) -> System | None:
    try:
        return systems[name]
    except Exception:  # noqa: BLE001 - a system of another package that cannot be loaded is not detected
        return None


class _Detection:
    """One detection: what was found so far."""

    def __init__(
        self,
        typed: str,
        where: Address,
        systems: tuple[System, ...],
        user_agent: str,
        clock: Clock,
        wishes: Wishes,
        tell: Callable[[Step], None],
    ) -> None:
        self._typed, self._where, self._systems = typed, where, systems
        self._user_agent, self._clock, self._wishes, self._tell = user_agent, clock, wishes, tell
        self._private = wishes.private_network or where.is_private
        own = 0 if where.is_private else PAUSE_MS
        self._pause_ms = own if wishes.pause_ms is None else wishes.pause_ms
        self._trier = Trier(user_agent, clock, self._pause_ms, wishes.recordings)
        self._candidates: list[Candidate] = []
        self._steps: list[Step] = []
        self._notes: list[Reason] = []
        self._sent = 0
        self._page: Page | None = None

    async def run(self) -> Detected:
        """Look at ports that speak no HTTP first, where the address allows it; then at pages."""
        if self._where.place is not None:
            await self._greet(self._where.place)
        if not self._candidates:
            await self._walk_urls()
        self._candidates.sort(key=rank)
        if not self._candidates:
            return self._untold()
        return await self._told()

    # Telling ----------------------------------------------------------------------------

    async def _greet(self, place: str) -> None:
        """Ask by the protocols that are not HTTP whether they are spoken there."""
        for system in self._systems:
            if system.recognise_port is None or not system.schemes or self._sent >= MOST_REQUESTS:
                continue
            if self._where.scheme and self._where.scheme not in system.schemes:
                continue
            url = f"{self._where.scheme or system.schemes[0]}://{place}"
            self._sent += 1
            stranger = self._member(url, system.name)
            door = self._trier.door(stranger)
            try:
                found = await system.recognise_port(stranger, door)
            except LienThuError as error:
                self._note(Step(url, told=error.reason))
                continue
            finally:
                await door.client.aclose()
            self._note(Step(url, told=found.evidence if found else Reason("detect.not-spoken")))
            if found is not None:
                self._candidates.append(Candidate(system.name, 0, found))
                if found.is_sure:
                    return

    async def _walk_urls(self) -> None:
        for url in self._where.urls:
            left = MOST_REQUESTS - self._sent
            if left <= 0:
                return
            guest = Guest(
                url,
                user_agent=self._user_agent,
                clock=self._clock,
                private_network=self._private,
                pause_ms=self._pause_ms,
                most=left,
            )
            try:
                await self._walk(guest, url)
            except UnreachableError:
                self._tell(guest.steps[-1])
                continue  # the next form of the address: http for https
            except LienThuError:
                self._tell(guest.steps[-1])
                return
            finally:
                self._sent += guest.sent
                self._steps += guest.steps
                await guest.leave()
            return

    async def _walk(self, guest: Guest, url: str) -> None:
        """Look at robots.txt, at the page of the address, then up the ladder until a sign is sure."""
        if await guest.is_forbidden(url):
            if not self._wishes.agreed:
                self._tell(guest.tell(Reason("detect.robots")))
                self._notes.append(Reason("detect.robots"))
                return
            self._notes.append(Reason("detect.robots-agreed"))
        self._tell(guest.steps[-1])
        try:
            page = await guest.fetch(url)
        except ElsewhereError as error:
            self._notes.append(Reason("detect.elsewhere", {"url": error.url}))
            return
        if page.status == 401:  # and so will the others
            self._tell(guest.steps[-1])
            self._notes.append(Reason("detect.login"))
            return
        self._page = page
        if self._take(guest, seen_in(page, at_page(self._systems))):
            return
        await self._climb(guest, page)

    async def _climb(self, guest: Guest, page: Page) -> None:
        """Ask the addresses of the ladder, until a sign is sure or all requests are used."""
        text = page.body[:400_000].decode("utf-8", "replace") + "\n" + page.url
        for rung in rungs(self._systems, page_url=page.url, text=text, links=look(page).links):
            if not guest.left:
                self._notes.append(Reason("detect.used-up", {"count": MOST_REQUESTS}))
                return
            try:
                page = await guest.fetch(rung.url)
            except UsedUpError:
                continue
            except LienThuError:
                self._tell(guest.steps[-1])
                continue
            if self._take(guest, seen_in(page, rung.signs)):
                return

    def _take(self, guest: Guest, candidates: tuple[Candidate, ...]) -> bool:
        """Keep what a page gave away; return whether that settles it."""
        if candidates:
            guest.tell(candidates[0].found.evidence)
        self._tell(guest.steps[-1])
        self._candidates += candidates
        return any(candidate.found.is_sure for candidate in candidates)

    def _note(self, step: Step) -> None:
        self._steps.append(step)
        self._tell(step)

    # Trying and drafting ----------------------------------------------------------------

    async def _told(self) -> Detected:
        """Try the candidates until one finds something, and draft its member file."""
        best: Detected | None = None
        for candidate in self._distinct()[: 1 + _FURTHER]:
            detected = await self._tried(candidate)
            if best is None or _found(detected) > _found(best):
                best = detected
            if _found(best):
                break
        assert best is not None
        return best

    def _distinct(self) -> list[Candidate]:
        """Return the candidates, one a system and address."""
        kept: dict[tuple[str, str], Candidate] = {}
        for candidate in self._candidates:
            kept.setdefault((candidate.system, candidate.found.url), candidate)
        return list(kept.values())

    async def _tried(self, candidate: Candidate) -> Detected:
        system = next(system for system in self._systems if system.name == candidate.system)
        found = candidate.found
        if not found.name and self._page is not None:
            found = msgspec.structs.replace(found, name=title_of(self._page) or None)
        notes = list(self._notes)
        own_id = self._wishes.id or member_id(found.url)
        member = self._member(found.url, system.name, own_id)
        trials: list[Trial] = []
        recordings: list[str] = []
        try:
            own = msgspec.convert(found.settings, system.settings, strict=False)
        except msgspec.ValidationError as error:
            notes.append(Reason("detect.draft-wrong", {"detail": str(error)}))
        else:
            trials, recordings = await self._trier.trials(member, own, system)
        if system.shut and trials and all(_is_shut(trial) for trial in trials):
            notes.append(Reason(system.shut))
        enabled = self._wishes.enable and len(trials) == len(SEARCHES) and all(trial.works for trial in trials)
        file = member_file(
            system.name,
            found,
            evidence=f"lienthu member detect, {_day(self._clock)}: {say(found.evidence, 'en')}",
            enabled=enabled,
            private_network=self._private,
            homepage=self._page.url if self._page is not None and self._page.url != found.url else "",
            remarks=_remarks(candidate, trials),
        )
        return msgspec.structs.replace(
            self._detected(own_id, file, notes),
            system=system.name,
            url=found.url,
            name=found.name,
            evidence=found.evidence,
            is_sure=found.is_sure,
            trials=tuple(trials),
            recordings=tuple(recordings),
        )

    def _untold(self) -> Detected:
        """Say what was seen, and draft a declared source to fill in; of what was not seen there is none."""
        if self._page is None:
            url = (self._where.urls or (f"http://{self._where.host}/",))[0]
            return self._detected(self._wishes.id or member_id(url), "", self._notes)
        seen, url = look(self._page), self._page.url
        if self._page.status >= 400:
            code = "detect.refused" if self._page.status == 403 else "detect.no-page"
            self._notes.append(Reason(code, {"status": self._page.status}))
        file = declared_file(url, seen, page=self._page, private_network=self._private, day=_day(self._clock))
        own_id = self._wishes.id or member_id(url)
        return msgspec.structs.replace(self._detected(own_id, file, self._notes), url=url, seen=seen)

    def _detected(self, own_id: str, file: str, notes: list[Reason]) -> Detected:
        """Return what is told in any case."""
        return Detected(
            address=self._typed,
            id=own_id,
            file=file,
            steps=tuple(self._steps),
            requests=self._sent,
            notes=tuple(notes),
        )

    def _member(self, url: str, system: str, own_id: str = "stranger") -> Member:
        manners = Manners(private_network=self._private, spacing_ms=max(200, self._pause_ms) if self._pause_ms else 0)
        return Member(id=own_id, system=system, url=url, name=Names(own_id, own_id), manners=manners)


def _is_shut(trial: Trial) -> bool:
    return trial.failure is not None and trial.failure.code in {"failure.refused", "failure.unreadable"}


def _found(detected: Detected) -> int:
    return sum(trial.works for trial in detected.trials)


def _remarks(candidate: Candidate, trials: list[Trial]) -> list[str]:
    """Return what a person should know who opens the file."""
    remarks = [] if candidate.found.is_sure else ["unsure: this system is likely, not certain"]
    for trial in trials:
        if trial.failure is not None:
            remarks.append(f"tried «{trial.query}»: {say(trial.failure, 'en')}")
        else:
            total = "an untold number of" if trial.total is None else trial.total
            remarks.append(f"tried «{trial.query}»: {trial.records} records of {total} hits")
    return remarks


def _day(clock: Clock) -> str:
    return datetime.fromtimestamp(clock(), UTC).date().isoformat()
