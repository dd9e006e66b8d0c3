"""Tries what was found at an address: searches as two readers would, in Vietnamese and in English; keeps recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from connectors.battery import casebook
from connectors.http import open_client
from connectors.line import open_dial
from engine.errors import LienThuError
from engine.model import Reason, Window
from engine.ports import Clock, Door, Listing, Member, System
from engine.query import parse
from engine.tools import Trial

SEARCHES: Final = ("kinh tế", "history")
"""What every academic library has, in Vietnamese and in English."""

NOTHING: Final = "qxzjwvk"
"""A word that no library has: for the recording of an answer without hits."""

_COUNT: Final = 10


class Trier(msgspec.Struct, frozen=True):
    """Who tries, how gently, and the folder for recordings, None where none are wished."""

    user_agent: str
    clock: Clock
    pause_ms: int
    recordings: Path | None

    def door(self, member: Member) -> Door:
        """Return the way out to a member."""
        client = open_client(member, user_agent=self.user_agent, clock=self.clock)
        return Door(client, self.clock, open_dial(member, clock=self.clock))

    async def trials(self, member: Member, own: msgspec.Struct, system: System) -> tuple[list[Trial], list[str]]:
        """Search as two readers would, in Vietnamese and in English, and keep what passed if that is wished."""
        trials: list[Trial] = []
        folders: list[str] = []
        if system.harvest is not None:
            return [await self._listed(member, own, system)], folders
        window = Window(1, _COUNT)
        if self.recordings is None:
            return [await self._search(member, own, system, typed) for typed in SEARCHES], []
        home = self.recordings / member.id
        for typed in (*SEARCHES, NOTHING):
            case = await casebook.record(
                member,
                own,
                system,
                typed=typed,
                query=parse(typed),
                window=window,
                folder=home / casebook.case_name(typed, window),
                user_agent=self.user_agent,
                clock=self.clock,
                pause_ms=self.pause_ms,
            )
            if case.exchanges:
                folders.append(case.folder)
            if typed != NOTHING:
                trials.append(case.trial)
            if not any(trial.works for trial in trials) and len(trials) == len(SEARCHES):
                break  # what finds nothing needs no recording of finding nothing
        return trials, folders

    async def _search(self, member: Member, own: msgspec.Struct, system: System, typed: str) -> Trial:
        connector = system.connector(member, own, self.door(member))
        try:
            came = await connector.search(parse(typed), Window(1, _COUNT))
        except LienThuError as error:
            return casebook.trial_of(typed, error)
        finally:
            await connector.close()
        return casebook.trial_of(typed, came)

    async def _listed(self, member: Member, own: msgspec.Struct, system: System) -> Trial:
        """Read the first page of a list that is harvested: there is nothing to search in yet."""
        assert system.harvest is not None
        repository = system.harvest(member, own, self.door(member))
        try:
            facts = await repository.facts()
            page = await repository.batch(Listing(facts.prefix, facts.sets[0]), None)
        except LienThuError as error:
            return casebook.trial_of("ListRecords", error)
        finally:
            await repository.close()
        first = page.records[0].title if page.records else None
        harvest_first = Reason("harvest.first", {"member": member.id})
        return Trial(f"ListRecords {facts.prefix}", len(page.records), page.total, first, (harvest_first,))
