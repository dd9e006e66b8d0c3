"""One search being answered by a DSpace: what is asked, what comes, what is given up on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from connectors.dspace.completing import completed
from connectors.dspace.judging import judged
from connectors.dspace.listed import Filled, Listing, filled
from connectors.dspace.question import Escaping, Question, narrowed, question
from connectors.dspace.rest import has_server_filters
from connectors.dspace.settings import DspaceSettings, Way
from connectors.dspace.ways import Attempt, NotUnderstoodError, Server
from connectors.questions.expressions import folded, may_fold, sought
from connectors.questions.notices import once
from engine.errors import FaultError, UnsupportedError
from engine.model import Clause, Expression, Filters, Placed, Query, Reason, Window
from engine.ports import Door, Member

COMPLETED_BY: Final = 0.6
"""The part of the member's deadline after which no record is waited for any more."""

_ITEMS_ONLY: Final = "search.resourcetype:2"


class Asking:
    """One search of one server by one way. After `run`, the rest tells what came."""

    def __init__(
        self, server: Server, settings: DspaceSettings, door: Door, member: Member, *, most_completed: int
    ) -> None:
        self.placed: tuple[Placed, ...] = ()
        self.total: int | None = None
        self.has_more = False
        self._server, self._settings, self._client, self._member = server, settings, door.client, member.id
        self._clock, self._budget_s = door.clock, member.manners.timeout_s * COMPLETED_BY
        self._most_completed = most_completed
        self._notices: list[Reason] = []
        self._filters = Filters()

    @property
    def notices(self) -> tuple[Reason, ...]:
        """Everything that was given up to get this answer, each once."""
        return once(self._notices)

    async def run(self, query: Query, window: Window) -> None:
        """Ask until the window is full, the list ends or the requests are used up."""
        self._filters = query.filters
        expression = query.expression
        end_s = self._clock() + self._budget_s
        found = await self._filled(expression, window)
        if found.total == 0 and expression is not None and not self._settings.folds_marks and may_fold(expression):
            expression = folded(expression)
            found = await self._filled(expression, window)
            self._notices = [Reason("notice.folded")] if found.rows else []
        rows = found.rows
        if self._most_completed and rows:
            done = await completed(
                rows, expression, most=self._most_completed, within_s=end_s - self._clock(), client=self._client,
                server=self._server, member=self._member,
            )  # fmt: skip
            rows = done.rows
            if done.failures or done.is_all_refused:
                self._notices.append(Reason("notice.partial"))
        self.placed, notices = judged(rows, expression, self._filters)
        self.total, self.has_more = found.total, found.has_more
        self._notices += [*found.notices, *notices]
        if found.total is None and self.placed:
            self._notices.append(Reason("notice.total-unknown"))

    # Attempts -----------------------------------------------------------------------------

    async def _filled(self, expression: Expression | None, window: Window) -> Filled:
        """Return the window as the first attempt gives it that the server understands."""
        said = question(expression, self._server.escaping)
        problem: NotUnderstoodError | None = None
        for attempt, given_up in self._attempts(said, expression):
            try:
                found = await self._by_attempt(attempt, window)
            except NotUnderstoodError as error:
                problem = error
                continue
            self._notices = [*said.notices, *given_up]
            return found
        assert problem is not None
        if self._server.way is Way.REST7:
            raise problem
        # Plain words are understood by every search that works.
        raise FaultError("the search of the server fails whatever it is asked") from problem

    def _attempts(self, said: Question, expression: Expression | None) -> Iterator[tuple[Attempt, list[Reason]]]:
        """Return the query as it should be, then ever plainer, each with what is given up by it."""
        filters, is_rest = self._filters, self._server.way is Way.REST7
        text = narrowed(said.text, filters, items_only=self._asks_items_only, years=not is_rest)
        yield Attempt(text, filters if is_rest else Filters()), self._unasked()
        if is_rest:
            is_given_up = has_server_filters(filters)
            yield Attempt(text, is_bare=True), [Reason("notice.filtered-here")] if is_given_up else []
        clauses = sought(expression)
        if clauses:
            longest = max(clauses, key=lambda clause: len(clause.text))
            try:
                plain = question(Clause(longest.text), Escaping.BLANK).text
            except UnsupportedError:
                return
            if plain != text:
                yield Attempt(plain, is_bare=True), [Reason("notice.dropped-clause")]

    def _unasked(self) -> list[Reason]:
        """Return what this way cannot be asked at all."""
        if self._settings.scope and self._server.ignores_scope:
            return [Reason("notice.scope-ignored")]
        return []

    @property
    def _asks_items_only(self) -> bool:
        """Whether collections are to be left out by the query: not where they never come, nor where that is unknown."""
        server = self._server
        is_wanted = self._settings.items_only and not server.is_version_7 and server.knows_resource_types is not False
        return is_wanted and not (server.way is Way.OPENSEARCH and server.is_xmlui)

    async def _by_attempt(self, attempt: Attempt, window: Window) -> Filled:
        """Return the window. Before version 4 a search may know no types of resources, and find nothing for them."""

        async def fetch(place: int, count: int) -> Listing:
            return await self._server.listing(self._client, attempt, place, count)

        found = await filled(window, fetch)
        if _ITEMS_ONLY not in attempt.text or self._server.knows_resource_types:
            return found
        if found.total:
            self._server.knows_resource_types = True
            return found
        text = attempt.text.replace(f" AND {_ITEMS_ONLY}", "").replace(_ITEMS_ONLY, "*:*")
        without = await self._by_attempt(msgspec.structs.replace(attempt, text=text), window)
        if any(row.record is not None for row in without.rows.values()):
            self._server.knows_resource_types = False
            return without
        return found
