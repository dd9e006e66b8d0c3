"""One search being answered by a server: what is asked, what comes, what is given up on the way."""

from __future__ import annotations

from collections import deque
from typing import Final

import msgspec

from connectors.lists.narrow import narrows
from connectors.questions.expressions import has_letters, is_marked
from connectors.questions.notices import once
from connectors.questions.second_tries import Step
from connectors.reading.diagnostics import HARMLESS, Means
from connectors.z3950 import ladder
from connectors.z3950.conversation import Conversation, HungUpError, Searched, closed
from connectors.z3950.diagnostics import Diagnostic
from connectors.z3950.gathered import Gathered
from connectors.z3950.kept import Lend
from connectors.z3950.ladder import LostSetError, OtherWayError
from connectors.z3950.operands import Operand
from connectors.z3950.present import Cut, Presented
from connectors.z3950.rpn import Rpn, rpn
from connectors.z3950.settings import Dialect
from engine.errors import LienThuError, UnreadableError
from engine.model import Filters, Placed, Query, Reason, Window
from engine.ports import Clock

_LEAST_CHUNK: Final = 5
"""A server that gives fewer at once is taken to have stumbled over a large record, not to do so always."""


class Asking:
    """One search of one server.

    `wished` is how the member file wants the server to be spoken to, `speaking` the rung of the ladder that worked
    last. After `run`, `learned` is the rung to begin with next time, and `read_at` tells when the last byte was read.
    """

    def __init__(
        self, member: str, databases: tuple[str, ...], wished: Dialect, speaking: Dialect, clock: Clock
    ) -> None:
        self.member, self.databases, self.wished, self.clock = member, databases, wished, clock
        self.speaking = self.learned = speaking
        self.read_at = clock()
        self.total: int | None = None
        self.has_more = False
        self._searches = 0
        self._begin_again()

    def _begin_again(self) -> None:
        self._said: Rpn | None = None
        self._given_up: list[Reason] = []
        self._forget_records()

    def _forget_records(self) -> None:
        self._gathered = Gathered(self.member)

    @property
    def placed(self) -> tuple[Placed, ...]:
        """The records that came, at their places."""
        return self._gathered.placed(self._said.unasked if self._said is not None else Filters())

    def notices(self) -> tuple[Reason, ...]:
        """Everything that was given up to get this answer, each once."""
        found = [*(self._said.notices if self._said is not None else ()), *self._given_up]
        if self._gathered and self._said is not None and narrows(self._said.unasked):
            found.append(Reason("notice.filtered-here"))
        if self._gathered and self.speaking.syntaxes[:1] != self.wished.syntaxes[:1]:
            syntax = self.speaking.syntax.value if self.speaking.syntax else "-"
            found.append(Reason("notice.other-syntax", {"syntax": syntax}))
        return once([*found, *self._gathered.notices()])

    async def run(self, lend: Lend, query: Query, window: Window) -> None:
        """Ask until the window is full or the list ends.

        An association that the server has given up while it was idle is replaced, once and silently; and one that it
        gives up over several requests on the way at once is made anew with one request at a time.
        """
        for is_fresh in (False, True):
            try:
                async with lend((rpn(query, self.speaking).root, self.databases), is_fresh=is_fresh) as conversation:
                    try:
                        await self._run(conversation, query, window)
                    except HungUpError as error:
                        if is_fresh or not self._may_go_again(conversation, error):
                            raise closed(error) from error
                        self._begin_again()
                        continue
            finally:
                self.read_at = self.clock()
            return

    def _may_go_again(self, conversation: Conversation, error: HungUpError) -> bool:
        if conversation.is_lost_idle:
            return True
        if conversation.most_awaited > 1 and not self._gathered and not error.had_begun:
            self._learn(ahead=1)
            return True
        return False

    async def _run(self, conversation: Conversation, query: Query, window: Window) -> None:
        has_lost_set = False
        while True:
            searched, query = await self._search(conversation, query)
            if not searched.count:
                return
            start, end = self._bounds(window)
            if start >= end:
                return
            try:
                await self._present(conversation, start, end)
            except OtherWayError as other:
                self._take_step(other.step)
                self._forget_records()
            except LostSetError:
                if has_lost_set:
                    raise UnreadableError("the server loses its result set before it is read") from None
                has_lost_set, conversation.holds = True, None
                self._forget_records()
            else:
                self._finish(window)
                return

    def _bounds(self, window: Window) -> tuple[int, int]:
        """Return first and last place to ask for, the last excluded."""
        total = self.total or 0
        end = min(window.start + window.count, total + 1)
        bound = self.speaking.max_start
        if bound and end > bound + 1:
            self._given_up.append(Reason("notice.list-capped", {"count": bound}))
            end = bound + 1
        return window.start, end

    # Search ------------------------------------------------------------------------------

    async def _search(self, conversation: Conversation, query: Query) -> tuple[Searched, Query]:
        """Return the first answer to a search that is not a plea to be asked otherwise, and what was asked for it."""
        typed = query.expression
        while True:
            said = self._said = rpn(query, self.speaking)
            searched = await self._searched(conversation, said.root)
            self.total = searched.count
            step = None
            if not searched.count and searched.diagnostics:
                step = ladder.after_diagnostics(self.speaking, query, searched.diagnostics)
            if step is None and not searched.count and _is_harmless(searched.diagnostics):
                step = ladder.after_nothing(self.speaking, query)
            if step is None or self._searches >= self.speaking.max_requests:
                break
            self._take_step(step)
            query = step.query
        self._fail_on(searched)
        if not searched.count:
            # What was given up to find something is not worth telling where nothing was found.
            self._given_up = [one for one in self._given_up if one.code == "notice.stop-words"]
            may_lack_marks = typed is not None and has_letters(typed) and not is_marked(typed)
            if may_lack_marks and not self.speaking.folds_marks:
                self._given_up.append(Reason("notice.marks-needed"))
        return searched, query

    async def _searched(self, conversation: Conversation, root: Operand) -> Searched:
        """Return the result set of a query: that which the association still holds, else a new one."""
        key = (root, self.databases)
        if conversation.holds is not None and conversation.holds[0] == key:
            return conversation.holds[1]
        self._searches += 1
        searched = await conversation.search(self.databases, root, self.speaking.syntax)
        if searched.count:
            conversation.holds = (key, searched)
        return searched

    def _take_step(self, step: Step[Dialect]) -> None:
        self.speaking = step.speaking
        self._given_up.extend(step.notices)
        if step.is_lasting:
            self.learned = self.speaking

    def _fail_on(self, searched: Searched) -> None:
        """Raise what the diagnostics of a search mean, unless it found something all the same."""
        for diagnostic in searched.diagnostics:
            means = diagnostic.meaning.means
            if means is Means.PARTIAL:
                self._given_up.append(Reason("notice.partial"))
            elif means is Means.EMPTY:
                self._given_up.append(Reason("notice.stop-words"))
            elif means not in HARMLESS and not searched.count:
                raise diagnostic.failure(self.member)
        if not searched.is_found and not searched.diagnostics and not searched.count:
            raise UnreadableError("the search failed, and the server does not say why")

    # Present -----------------------------------------------------------------------------

    async def _present(self, conversation: Conversation, start: int, end: int) -> None:
        """Ask for all chunks of a window, several ahead of the one that is read.

        A server that gives less than a chunk is asked for the rest, and from then on for as much as it gives.
        """
        todo = deque(_chunks(start, end, self.speaking.chunk))
        on_the_way: deque[tuple[int, int]] = deque()
        while todo or on_the_way:
            while todo and len(on_the_way) < self.speaking.ahead:
                first, count = todo.popleft()
                await conversation.ask_present(
                    first, count, syntax=self.speaking.syntax, elements=self.speaking.elements
                )
                on_the_way.append((first, count))
            try:
                came = await conversation.read_present()
            except HungUpError:
                if not self._gathered:
                    raise
                self._given_up.append(Reason("notice.partial"))
                return  # what came is worth more than what did not
            first, count = on_the_way.popleft()
            try:
                rest = await self._take(came, first, count)
            except (OtherWayError, LostSetError, LienThuError):
                for _ in on_the_way:  # so that the association can be used again
                    await conversation.read_present()
                raise
            if rest:
                size = count - rest
                self._learn(chunk=size, is_lasting=size >= _LEAST_CHUNK)
                shorter = deque(_chunks(first + size, first + count, size))
                for later_first, later_count in todo:
                    shorter.extend(_chunks(later_first, later_first + later_count, size))
                todo = shorter

    def _learn(self, *, is_lasting: bool = True, **what: int) -> None:
        self.speaking = msgspec.structs.replace(self.speaking, **what)
        if is_lasting:
            self.learned = msgspec.structs.replace(self.learned, **what)

    async def _take(self, came: Presented, first: int, count: int) -> int:
        """Take the records of one answer; return how many did not come and may be asked for again."""
        rows = came.rows[:count]
        refused = came.diagnostics or _only_surrogates(rows)
        if refused:
            ladder.step_after_present(self.speaking, refused)
        await self._gathered.read(rows, first, self.speaking)
        if rows and not self._gathered and self._gathered.unreadable == len(rows) and len(self.speaking.syntaxes) > 1:
            # Not what was asked for, nor anything that can be read: another syntax may be.
            fewer = msgspec.structs.replace(self.speaking, syntaxes=self.speaking.syntaxes[1:])
            raise OtherWayError(Step(fewer, Query(None)))
        for diagnostic in came.diagnostics:
            means = diagnostic.meaning.means
            if not self._gathered and means not in HARMLESS:
                raise diagnostic.failure(self.member)
            if means is not Means.END and means is not Means.IGNORE:
                self._given_up.append(Reason("notice.partial"))
        if not rows and not self._gathered and (first == 1 or not came.diagnostics):
            raise UnreadableError(f"{self.total} hits, and not one record of them")
        return 0 if came.diagnostics or not rows else count - len(rows)

    def _finish(self, window: Window) -> None:
        """Tell what came of a window, or raise where nothing of it can be shown."""
        self._gathered.finish()
        bound = self.speaking.max_start or (self.total or 0)
        last = window.start + window.count - 1
        self.has_more = bool(self._gathered) and last < min(self.total or 0, bound)


def _chunks(start: int, end: int, size: int) -> list[tuple[int, int]]:
    """Return (first place, count) of chunks that fill a span.

    >>> _chunks(1, 101, 40)
    [(1, 40), (41, 40), (81, 20)]
    """
    return [(first, min(size, end - first)) for first in range(start, end, size)]


def _only_surrogates(rows: tuple[Cut | Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics in the places of records, where no place holds a record."""
    found = tuple(row for row in rows if isinstance(row, Diagnostic))
    return found if found and len(found) == len(rows) else ()


def _is_harmless(said: tuple[Diagnostic, ...]) -> bool:
    return all(one.meaning.means in HARMLESS for one in said)
