"""Questions on their way to members: each under the member's own deadline, equal ones joined, answers kept.

Equal ones are joined in this process, and by claims of the shared index with those of other processes.

A question in flight belongs to nobody: a reader who leaves takes nothing with him, and an answer that is late for
his page still goes to the index.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict

import msgspec

from engine.errors import BugError, LienThuError, TimedOutError
from engine.harvested import HarvestedMember
from engine.model import MOST_HITS, Answer, Query, Reason, Window
from engine.planner import Asked
from engine.ports import Clock, Question, TitleIndex
from engine.rest import Rests

RECENT_ANSWERS = 200
RECENT_S = 300.0

log = logging.getLogger("lienthu.search")

Reply = Answer | LienThuError


class Flights:
    """All questions in flight in this process, and the answers of the last minutes.

    The last answers are remembered here whatever the index does, so that going deeper never asks for
    the first records again.
    """

    def __init__(self, index: TitleIndex | None, rests: Rests, clock: Clock) -> None:
        self._index = index
        self._rests = rests
        self._clock = clock
        self._flying: dict[Question, asyncio.Task[Reply]] = {}
        self._recent: OrderedDict[Question, Answer] = OrderedDict()

    def ask(self, asked: Asked, query: Query, question: Question) -> asyncio.Task[Reply]:
        """Return the task that asks a member this question: a new one, or the one that already does.

        The task never raises for a failure of the member: it returns the failure.
        """
        task = self._flying.get(question)
        if task is None:
            task = asyncio.create_task(self._asked(asked, query, question), name=f"ask {question.member}")
            self._flying[question] = task
            task.add_done_callback(lambda _: self._flying.pop(question, None))
        return task

    def recent(self, question: Question) -> Answer | None:
        """Return the answer that this question got in the last minutes."""
        answer = self._recent.get(question)
        if answer is not None and self._clock() - answer.asked_at > RECENT_S:
            del self._recent[question]
            return None
        return answer

    async def _asked(self, asked: Asked, query: Query, question: Question) -> Reply:
        member = asked.member
        try:
            async with asyncio.timeout(member.manners.timeout_s):
                answer = await self._answer(asked, query, question)
        except TimeoutError:
            error: LienThuError = TimedOutError(timeout_s=member.manners.timeout_s)
        except LienThuError as found:
            error = found
        except Exception as found:  # our own bug must cost one member and not the search
            log.exception("bug in connector", extra={"member": member.id, "system": member.system})
            error = BugError(type(found).__name__)
        else:
            self._rests.answered(member.id)
            if isinstance(asked.connector, HarvestedMember):  # it comes from the index, and may be newer in a minute
                return answer
            self._recent[question] = answer
            self._recent.move_to_end(question)
            while len(self._recent) > RECENT_ANSWERS:
                self._recent.popitem(last=False)
            return answer
        self._rests.failed(member.id, error)
        return error

    async def _answer(self, asked: Asked, query: Query, question: Question) -> Answer:
        """Ask the member, unless another process is just asking it the same: then wait for what it is told.

        Raises what connectors raise.
        """
        window = Window(question.start, question.count)
        if self._index is None or isinstance(asked.connector, HarvestedMember):
            return await _told(asked, query, window)
        while not await self._index.claim(question, asked.member.manners.timeout_s):
            answer = await self._index.brought(question)
            if answer is not None:
                return answer
        try:
            answer = await _told(asked, query, window)
        except BaseException:
            self._index.let_go(question)
            raise
        self._index.keep(question, answer)
        return answer

    async def land(self, within_s: float) -> None:
        """Let questions in flight come to their end, at most so long, then give them up."""
        tasks = list(self._flying.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def _told(asked: Asked, query: Query, window: Window) -> Answer:
    """Return what a member tells; where it counts what no catalogue holds, that it did not say how many there are.

    A number of any length can stand in a page, and not every one can be written down or shown.
    """
    answer = await asked.connector.search(query, window)
    if answer.total is None or 0 <= answer.total < MOST_HITS:
        return answer
    return msgspec.structs.replace(answer, total=None, notices=(*answer.notices, Reason("notice.total-unknown")))
