"""The course of one search: from the plan to the settled answer, step by step.

Each step is worth a snapshot: something became known. Going deeper is part of the course: page 2 asks each
member for its next records once those known do not fill the page, never for the first ones again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec

from engine.errors import TimedOutError
from engine.flights import Flights, Reply
from engine.gather import Gathering
from engine.harvested import HarvestedMember
from engine.model import Answer, Clause, Placed, Query, Report, Snapshot, State
from engine.planner import Asked, Plan
from engine.ports import Aged, Clock, Question, TitleIndex
from engine.query import show, terms, words
from engine.settled import Outcome, Outcomes, stamp_of
from engine.text import keystrokes

INDEX_PATIENCE_S = 0.5
BARREN_ROUNDS = 2
"""How many rounds that bring no new title a page may cost the members."""


def gather_kept(gathering: Gathering, kept: Sequence[Aged]) -> None:
    """Add single records from the index, best first, as what was known before anybody was asked."""
    for member in dict.fromkeys(one.record.member for one in kept):
        aged = [one for one in kept if one.record.member == member]
        placed = tuple(Placed(place, one.record) for place, one in enumerate(aged, 1))
        gathering.add(member, placed, round=0, asked_at=min(one.asked_at for one in aged))


class Course:
    """One search under way. `steps` runs it; `snapshot` tells what is known at this moment."""

    def __init__(
        self,
        query: Query,
        plan: Plan,
        *,
        flights: Flights,
        index: TitleIndex | None,
        clock: Clock,
        deadline_s: float,
        instant: int,
        preferences: Mapping[str, int],
        outcomes: Outcomes,
    ) -> None:
        self._query = query
        self._flights = flights
        self._outcomes = outcomes
        self._index = index
        self._clock = clock
        self._deadline_s = deadline_s
        self._instant = instant
        self._asked = {one.member.id: one for one in plan.ask}
        self._skipped = {skip.asked.member.id: skip for skip in plan.skip}
        # What is asked of a member does not depend on which others are asked, nor on the page.
        filters = msgspec.structs.replace(query.filters, members=(), not_members=())
        self._member_query = msgspec.structs.replace(query, filters=filters, page=1)
        self._terms = terms(self._member_query)
        self._gathering = Gathering(query, preferences=preferences, now=clock())
        self._reports: dict[str, Report] = {member: Report(member, State.WAITING) for member in self._asked} | {
            member: Report(member, State.SKIPPED, reason=skip.reason, failure=skip.failure)
            for member, skip in self._skipped.items()
        }
        self._deeper: set[str] = set()
        self._waiting: dict[asyncio.Task[Reply], tuple[Asked, int]] = {}
        self._kept_answers: dict[str, Answer] = {}
        self._ungathered: set[str] = set()
        self._number = -1
        self._is_settled = False

    async def steps(self) -> AsyncIterator[None]:
        """Run the search; yield after each step that made something known, at last when it is settled."""
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        ends = self._began + self._deadline_s
        if self._index is not None and self._query.page == 1:  # a reader who turns the page asks no new question
            self._index.count(self._terms)
        for depth in range(1, self._query.page + 1 + BARREN_ROUNDS):
            if depth > 1 and not self._must_go_deeper():
                break
            await self._begin(depth)
            if self._waiting:
                yield
            while self._waiting:
                done, _ = await asyncio.wait(
                    self._waiting, timeout=max(ends - loop.time(), 0), return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    self._give_up()
                    break
                for task in done:
                    self._take(*self._waiting.pop(task), task.result())
                if len(self._waiting) == 1:
                    # Match and rank while the slowest member is waited for, not when it has come.
                    self._gathered().page_count(self._query.page_size)
                if self._waiting:
                    yield
        self._is_settled = True
        yield

    def snapshot(self) -> Snapshot:
        """Return everything known at this moment."""
        self._number += 1
        query = self._query
        known = self._known()
        return Snapshot(
            number=self._number,
            query=query,
            titles=known.titles,
            title_count=known.title_count,
            record_count=known.record_count,
            hit_count=sum(report.total or 0 for report in self._reports.values()),
            facets=known.facets,
            reports=tuple(self._reports.values()),
            is_settled=self._is_settled,
            has_more=known.page_count > query.page or bool(self._deeper),
            suggestions=self._suggestions() if self._is_settled else (),
            took_s=asyncio.get_running_loop().time() - self._began,
        )

    def end(self) -> None:
        """Let go of what was gathered: a search leaves nothing behind but its snapshots."""
        self._gathering.dissolve()

    def _known(self) -> Outcome:
        """Match and rank what is known, unless the same answers were matched and ranked before."""
        query = self._query
        # Deeper pages are made of more answers than those the stamp names.
        is_kept = (
            self._is_settled
            and query.page == 1
            and not any(
                report.state in {State.ANSWERED, State.FAILED, State.WAITING} for report in self._reports.values()
            )
        )
        stamp = stamp_of(self._kept_answers)
        known = self._outcomes.find(query, stamp) if is_kept else None
        if known is None:
            gathering = self._gathered()
            known = Outcome(
                titles=gathering.titles(query.page, query.page_size),
                title_count=gathering.title_count,
                record_count=gathering.record_count,
                page_count=gathering.page_count(query.page_size),
                facets=gathering.facets(),
            )
            if is_kept:
                self._outcomes.keep(query, stamp, known)
        return known

    def _gathered(self) -> Gathering:
        """Return the gathering with all that came; kept answers wait until somebody must look into them."""
        for member in sorted(self._ungathered):
            answer = self._kept_answers[member]
            self._gathering.add(member, answer.placed, round=1, asked_at=answer.asked_at)
        self._ungathered.clear()
        return self._gathering

    # The steps --------------------------------------------------------------------------

    async def _begin(self, depth: int) -> None:
        """Take what is known of this depth, and ask who must be asked."""
        going = [one for one in self._asked.values() if depth == 1 or one.member.id in self._deeper]
        resting = [
            skip.asked
            for skip in self._skipped.values()
            if skip.failure is not None and (depth == 1 or skip.asked.member.id in self._deeper)
        ]
        questions = {one.member.id: self._question(one, depth) for one in [*going, *resting]}
        kept = await self._kept(list(questions.values()))
        self._deeper.clear()
        now = self._clock()
        for asked in going:
            question = questions[asked.member.id]
            # What was in flight may have landed while the index was read.
            answer = self._flights.recent(question) or kept.get(question)
            age_s = now - answer.asked_at if answer else 0.0
            if answer and age_s <= asked.member.stale_s:
                self._take_kept(asked, answer, depth, age_s)
                if age_s <= asked.member.fresh_s:
                    continue
                self._report(asked, state=State.WAITING)
            self._waiting[self._flights.ask(asked, self._member_query, question)] = (asked, depth)
        for asked in resting:
            answer = kept.get(questions[asked.member.id])
            if answer and now - answer.asked_at <= asked.member.stale_s:
                self._take_kept(asked, answer, depth, now - answer.asked_at)
        if depth == 1 and self._waiting:
            await self._take_instant()

    async def _kept(self, questions: list[Question]) -> dict[Question, Answer]:
        found = {question: answer for question in questions if (answer := self._flights.recent(question))}
        missing = [question for question in questions if question not in found]
        if missing and self._index is not None:
            try:
                async with asyncio.timeout(INDEX_PATIENCE_S):
                    found |= await self._index.answers(missing)
            except TimeoutError:
                pass
        return found

    async def _take_instant(self) -> None:
        """Take the records that the index knows of members that have not answered yet."""
        if self._index is None or self._instant == 0:
            return
        try:
            async with asyncio.timeout(INDEX_PATIENCE_S):
                known = await self._index.search(self._member_query, self._instant)
        except TimeoutError:
            return
        silent = {asked.member.id for asked, _ in self._waiting.values() if not self._reports[asked.member.id].records}
        gather_kept(self._gathering, tuple(one for one in known if one.record.member in silent))

    def _take_kept(self, asked: Asked, answer: Answer, depth: int, age_s: float) -> None:
        if depth == 1:
            self._kept_answers[asked.member.id] = answer
            self._ungathered.add(asked.member.id)
        else:
            self._gathering.add(asked.member.id, answer.placed, round=depth, asked_at=answer.asked_at)
        self._note_more(asked, answer)
        self._report(asked, state=State.CACHED, answer=answer, age_s=age_s, depth=depth)

    def _take(self, asked: Asked, depth: int, reply: Reply) -> None:
        if isinstance(reply, Answer) and isinstance(asked.connector, HarvestedMember):
            self._take_kept(asked, reply, depth, max(self._clock() - reply.asked_at, 0.0))
        elif isinstance(reply, Answer):
            if depth == 1:
                self._kept_answers.pop(asked.member.id, None)
                self._ungathered.discard(asked.member.id)
            self._gathering.add(asked.member.id, reply.placed, round=depth)
            self._note_more(asked, reply)
            self._report(asked, state=State.ANSWERED, answer=reply, depth=depth)
        else:
            self._report(asked, state=State.FAILED, reason=reply.reason, failure=reply.failure)

    def _give_up(self) -> None:
        """Settle without those who have not answered; their answers still go to the index."""
        for asked, _ in self._waiting.values():
            error = TimedOutError(timeout_s=self._deadline_s)
            self._report(asked, state=State.FAILED, reason=error.reason, failure=error.failure)
        self._waiting.clear()

    # What they need ---------------------------------------------------------------------

    def _question(self, asked: Asked, depth: int) -> Question:
        count = asked.member.window
        return Question(asked.member.id, self._terms, (depth - 1) * count + 1, count)

    def _must_go_deeper(self) -> bool:
        return bool(self._deeper) and self._gathered().page_count(self._query.page_size) < self._query.page

    def _note_more(self, asked: Asked, answer: Answer) -> None:
        if answer.has_more:
            self._deeper.add(asked.member.id)
        else:
            self._deeper.discard(asked.member.id)

    def _report(
        self,
        asked: Asked,
        *,
        state: State,
        answer: Answer | None = None,
        age_s: float | None = None,
        depth: int = 1,
        **changes: object,
    ) -> None:
        """Change a member's report. Records of deeper rounds add up."""
        old = self._reports[asked.member.id]
        if answer is not None:
            before = old.records if depth > 1 else 0
            changes |= {
                "records": before + len(answer.placed),
                "total": answer.total if answer.total is not None else old.total,
                "took_s": answer.took_s if age_s is None else None,
                "age_s": age_s if depth == 1 else max(age_s or 0.0, old.age_s or 0.0) or None,
                "notices": answer.notices,
            }
        if old.state is State.SKIPPED:  # it rests, and what is shown comes from the index
            changes |= {"reason": old.reason, "failure": old.failure}
        self._reports[asked.member.id] = msgspec.structs.replace(old, state=state, **changes)

    def _suggestions(self) -> tuple[str, ...]:
        """Offer what was meant where a Vietnamese keyboard was off: Telex or VNI keys typed as letters."""
        query = self._query
        for clause in words(query):
            meant = keystrokes(clause.text)
            if meant and meant != clause.text and isinstance(query.expression, Clause):
                return (show(Query(msgspec.structs.replace(clause, text=meant), query.filters)),)
        return ()
