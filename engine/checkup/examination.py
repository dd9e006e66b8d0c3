"""The check itself: what is asked of a member, one thing after the other, and what its answers show.

About thirty requests, within the member's manners and never two at once. A failure costs the line it stands in.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from urllib.robotparser import RobotFileParser

import httpx
import msgspec

from engine.checkup.findings import Checkup, Line, Verdict, failed, line_of, unknown, wanting, well
from engine.checkup.judging import (
    about_apart,
    about_bare,
    about_encodings,
    about_field,
    about_paging,
    about_records,
    about_times,
    hits_of,
    shown,
)
from engine.checkup.listening import Listener
from engine.checkup.moved import moved_to
from engine.checkup.samples import decomposed, has_marks, sample, with_wrong_tones
from engine.checkup.tls import look_at_tls
from engine.errors import LienThuError, RefusedError, TimedOutError, UnreadableError, UnsupportedError
from engine.model import Answer, Clause, Field, Query, Reason, Record, Window
from engine.ports import AvailabilityConnector, Clock, Connector, Door, Member, System
from engine.query import parse
from engine.text import folded_key

STEP_TIMEOUT_S: Final = 30.0
EXAMINE_TIMEOUT_S: Final = 120.0
NOTHING: Final = "qxzjwvk"
ODD: Final = 'c++ "vi mô (a) & 50% [x] \\'
USUAL: Final = ("kinh tế", "history", "giáo trình", "Việt Nam")
_FEWEST: Final = 4
"""Fewest hits that can be paged through."""

_ACCEPT_STATUS: Final = "lienthu.accept_status"

Tell = Callable[[str], None]


async def check_member(
    member: Member,
    own: msgspec.Struct,
    system: System,
    door: Door,
    *,
    typed: str | None = None,
    tell: Tell = lambda _: None,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Checkup:
    """Ask a member live and return what was found. Raises nothing for what the member does.

    `typed` is tried before the usual words. `tell` is given the key of each step as it begins.
    """
    check = _Check(member, own, system, door, tell, pause)
    try:
        return await check.run((typed, *USUAL) if typed else USUAL)
    finally:
        await check.connector.close()
        await door.client.aclose()


class _Check:
    """One check: the connector, and what was found so far."""

    def __init__(
        self,
        member: Member,
        own: msgspec.Struct,
        system: System,
        door: Door,
        tell: Tell,
        pause: Callable[[float], Awaitable[None]],
    ) -> None:
        self.member, self.own, self.system, self.door = member, own, system, door
        self.connector: Connector = system.connector(member, own, door)
        self.heard = Listener(door.client)
        self.lines: list[Line] = []
        self.took_ms: list[int] = []
        self.searches = 0
        self._tell, self._pause = tell, pause

    async def run(self, words: Sequence[str]) -> Checkup:
        """Look at everything; after a first search that fails, only at what can still be seen."""
        clock: Clock = self.door.clock
        checked_at = clock()
        is_harvested = self.system.harvest is not None
        first = await self._first(words) if not is_harvested else None
        lives = await self._lives() if is_harvested else first is not None
        if is_harvested and lives:
            await self._examine()
        if first is not None:
            typed, answer = first
            records = tuple(placed.record for placed in answer.placed)
            await self._examine()
            self.lines += about_records(records)
            await self._fields(records)
            await self._marks(typed, answer, records)
            await self._paging(typed, answer)
            await self._nothing()
            await self._odd()
            await self._availability(records)
            self.lines += about_encodings(records, self.heard)
        self._tell("tls")
        self.lines += await look_at_tls(self.member, clock)
        if self.member.url.startswith("http"):
            await self._robots()
            if (url := moved_to(self.member.url, self.heard.led)) is not None:
                self.lines.append(wanting("redirects", "redirects", url=url))
        if first is not None:
            self.lines.append(about_times(self.took_ms))
        fields = [line for line in self.lines if line.what.startswith("field.")]
        return Checkup(
            id=self.member.id,
            name=self.member.name,
            system=self.member.system,
            url=self.member.url,
            enabled=self.member.enabled,
            checked_at=checked_at,
            answers=lives,
            lines=tuple(self.lines),
            requests=max(self.heard.asked, self.searches),
            median_ms=round(statistics.median(self.took_ms)) if self.took_ms else None,
            slowest_ms=max(self.took_ms, default=None),
            fields=sum(line.verdict is Verdict.WELL for line in fields),
            searchable=len(self.connector.fields - {Field.ANY}),
        )

    # Asking -----------------------------------------------------------------------------

    async def _ask(self, expression: Clause | str, window: Window | None = None) -> Answer:
        """Return the answer to one search; the pause before it is the member's own."""
        query = parse(expression) if isinstance(expression, str) else Query(expression)
        await self._pause(self.member.manners.spacing_ms / 1000)
        self.searches += 1
        began = time.perf_counter()
        try:
            async with asyncio.timeout(STEP_TIMEOUT_S):
                answer = await self.connector.search(query, window or Window(1, self.member.window))
        except TimeoutError as error:
            raise TimedOutError(f"no answer within {STEP_TIMEOUT_S:g} s") from error
        self.took_ms.append(round((time.perf_counter() - began) * 1000))
        return answer

    async def _count(self, text: str) -> int:
        """Return how many hits words have, as far as is told."""
        return hits_of(await self._ask(Clause(text)))

    async def _first(self, words: Sequence[str]) -> tuple[str, Answer] | None:
        """Return the first words that find something, and what they find; None where the member does not answer."""
        self._tell("answers")
        last: tuple[str, Answer] | None = None
        for typed in words:
            try:
                answer = await self._ask(typed)
            except LienThuError as error:
                if last is None:
                    self._out(error)
                    return None
                continue
            last = (typed, answer)
            if answer.placed:
                self.lines.append(well("answers", "answers.well", query=typed, total=shown(answer)))
                return last
        if last is not None:
            self.lines.append(wanting("answers", "answers.nothing", query=", ".join(words)))
            with contextlib.suppress(LienThuError), self.heard.deaf():
                if apart := await self._count(decomposed(USUAL[0])):
                    self.lines.append(about_apart(apart, 0))
        return last

    async def _lives(self) -> bool:
        """Whether a member that is harvested says who it is: it cannot be asked for words."""
        self._tell("answers")
        try:
            async with asyncio.timeout(STEP_TIMEOUT_S):
                await self.connector.probe()
        except TimeoutError:
            self.lines.append(self._failed("answers", TimedOutError(f"no answer within {STEP_TIMEOUT_S:g} s")))
        except LienThuError as error:
            self.lines.append(self._failed("answers", error))
        else:
            self.lines.append(well("answers", "answers.harvested", member=self.member.id))
            return True
        return False

    def _failed(self, what: str, error: LienThuError) -> Line:
        return failed(what, error, url=self.member.url)

    def _out(self, error: LienThuError) -> None:
        """Note that no search is answered, and what to do where this system has another way in."""
        self.lines.append(self._failed("answers", error))
        if self.system.shut and isinstance(error, RefusedError | UnreadableError):
            self.lines.append(Line("protocol", Verdict.WANTING, Reason(self.system.shut)))

    # What is looked at ------------------------------------------------------------------

    async def _examine(self) -> None:
        """Let the system find out what is special to it."""
        if self.system.examine is None:
            return
        self._tell("protocol")
        try:
            async with asyncio.timeout(EXAMINE_TIMEOUT_S):
                found = await self.system.examine(self.member, self.own, self.door)
        except LienThuError as error:
            self.lines.append(self._failed("protocol", error))
        except TimeoutError:
            self.lines.append(wanting("protocol", "protocol.slow", seconds=int(EXAMINE_TIMEOUT_S)))
        else:
            self.lines += [line_of(finding) for finding in found]

    async def _fields(self, records: Sequence[Record]) -> None:
        """Search each field with words that stand in it."""
        for field in Field:
            if field is Field.ANY:
                continue
            what = f"field.{field.value}"
            if field not in self.connector.fields:
                self.lines.append(unknown(what, "field.none"))
                continue
            text = sample(records, field)
            if text is None:
                self.lines.append(unknown(what, "field.no-sample"))
                continue
            self._tell(what)
            self.lines.append(await self._field(what, field, text))

    async def _field(self, what: str, field: Field, text: str) -> Line:
        try:
            answer = await self._ask(Clause(text, field=field), Window(1, min(10, self.member.window)))
        except UnsupportedError:
            return unknown(what, "field.none")
        except LienThuError as error:
            return self._failed(what, error)
        return about_field(what, field, text, answer)

    async def _marks(self, typed: str, answer: Answer, records: Sequence[Record]) -> None:
        """Search the same words with marks, without, with wrong ones, and with marks that stand apart."""
        text, marked = typed, hits_of(answer)
        if not has_marks(typed):
            text = next((sample((record,), Field.TITLE) or "" for record in records if has_marks(record.title)), "")
            marked = 0
        if not has_marks(text):
            self.lines.append(unknown("marks", "marks.no-sample"))
            return
        self._tell("marks")
        try:
            marked = marked or await self._count(text)
            bare = await self._count(folded_key(text))
            self.lines.append(about_bare(text, marked, bare))
            wrong = with_wrong_tones(text)
            if wrong is not None:
                found = await self._count(wrong)
                code = "marks.wrong-same" if found == marked else "marks.wrong"
                self.lines.append(well("marks.wrong", code, wrong=wrong, found=found, marked=marked))
            with self.heard.deaf():  # servers repeat what they were asked
                apart = await self._count(decomposed(text))
            self.lines.append(about_apart(apart, marked))
        except LienThuError as error:
            self.lines.append(self._failed("marks", error))

    async def _paging(self, typed: str, answer: Answer) -> None:
        """Ask for the records after the first ones: other ones, each once, and as many in all as before."""
        size, hits = len(answer.placed), hits_of(answer)
        if hits < _FEWEST:
            self.lines.append(unknown("paging", "paging.few"))
            return
        self._tell("paging")
        size = size if hits > size else size // 2
        try:
            first = answer if size == len(answer.placed) else await self._ask(typed, Window(1, size))
            second = await self._ask(typed, Window(size + 1, size))
        except LienThuError as error:
            self.lines.append(self._failed("paging", error))
            return
        self.lines += about_paging(first, second, total=answer.total, start=size + 1)

    async def _nothing(self) -> None:
        """Ask for a word that nobody has."""
        self._tell("nothing")
        try:
            answer = await self._ask(Clause(NOTHING))
        except LienThuError as error:
            self.lines.append(wanting("nothing", "nothing.fails", word=NOTHING, detail=error.detail))
            return
        if answer.placed or answer.total:
            self.lines.append(wanting("nothing", "nothing.something", word=NOTHING, total=shown(answer)))
        else:
            self.lines.append(well("nothing", "nothing.well", word=NOTHING))

    async def _odd(self) -> None:
        """Ask with signs that some servers stumble over."""
        self._tell("odd")
        try:
            await self._ask(Clause(ODD))
        except UnsupportedError:
            self.lines.append(unknown("odd", "odd.unsupported"))
        except UnreadableError as error:
            # Odd words find nothing: where that cannot be read, it says nothing of the signs.
            fails = any(line.what == "nothing" and line.verdict is Verdict.WANTING for line in self.lines)
            self.lines.append(
                unknown("odd", "odd.unread") if fails else wanting("odd", "odd.fails", word=ODD, detail=error.detail)
            )
        except LienThuError as error:
            self.lines.append(wanting("odd", "odd.fails", word=ODD, detail=error.detail))
        else:
            self.lines.append(well("odd", "odd.well"))

    async def _availability(self, records: Sequence[Record]) -> None:
        """Ask whether what was found can be had now."""
        told = sum(any(holding.availability for holding in record.holdings) for record in records)
        if not isinstance(self.connector, AvailabilityConnector):
            if told:
                self.lines.append(well("availability", "availability.in-records", told=told, count=len(records)))
            else:
                self.lines.append(unknown("availability", "availability.none"))
            return
        self._tell("availability")
        asked = records[:10]
        try:
            async with asyncio.timeout(STEP_TIMEOUT_S):
                found = await self.connector.availability(asked)
        except TimeoutError:
            self.lines.append(wanting("availability", "availability.slow", seconds=int(STEP_TIMEOUT_S)))
        except LienThuError as error:
            self.lines.append(self._failed("availability", error))
        else:
            make, code = (well, "availability.well") if found else (unknown, "availability.silent")
            self.lines.append(make("availability", code, told=len(found), count=len(asked)))

    async def _robots(self) -> None:
        """Look whether robots.txt keeps programs off what we ask."""
        self._tell("robots")
        url = httpx.URL(self.member.url)
        robots = str(url.copy_with(path="/robots.txt", query=None, fragment=None))
        try:
            async with asyncio.timeout(STEP_TIMEOUT_S):
                reply = await self.door.client.get(robots, extensions={_ACCEPT_STATUS: range(400, 600)})
        except (LienThuError, TimeoutError):
            self.lines.append(unknown("robots", "robots.unknown"))
            return
        text = reply.text if reply.status_code == 200 and "<html" not in reply.text[:1000].lower() else ""
        parser = RobotFileParser()
        parser.parse(text.splitlines())
        allowed = parser.can_fetch("LienThu", str(url))
        self.lines.append(well("robots", "robots.well") if allowed else wanting("robots", "robots.forbids"))
