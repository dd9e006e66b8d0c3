"""One search of a member whose list comes in numbered pages, or whose questions `simpler` makes fit what it can.

A connector says how an expression is asked and how a page is read. `connectors.lists.by_place` is for those that say a
whole query with its filters in their own language.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from connectors.lists.answering import Asked, answered
from connectors.lists.filling import MOST_REQUESTS, Batch, Fetch, listed
from connectors.questions.expressions import folded, may_fold
from connectors.questions.simpler import Abilities, simpler
from engine.model import Answer, Expression, Filters, Query, Window
from engine.ports import Clock

__all__ = ["Batch", "Fetch", "answer_by_pages", "listed", "only_narrowing"]


async def answer_by_pages(
    member: str,
    query: Query,
    window: Window,
    *,
    clock: Clock,
    can: Abilities,
    ask: Callable[[Expression | None], Fetch],
    unasked: Filters,
    folds_marks: bool,
    most_requests: int = MOST_REQUESTS,
) -> Answer:
    """Return what a member replies to a query.

    `ask` says an expression that is no more than the system `can`, and returns what fetches its pages. `unasked` are
    the filters that it was not asked for: they are applied here. Where nothing is found and the server does not fold
    marks, the words are asked again as folded keys: such systems know no more of a word than its letters.
    """

    async def once(expression: Expression | None) -> Asked:
        said, given_up = simpler(expression, can)
        return Asked(await listed(window, ask(said), most_requests=most_requests), given_up, unasked)

    def bare(expression: Expression) -> Expression | None:
        said = simpler(expression, can).expression
        return folded(said) if said is not None and may_fold(said) else None

    return await answered(member, query.expression, once, clock=clock, folds_marks=folds_marks, bare=bare)


def only_narrowing(filters: Filters) -> Filters:
    """Return filters without those that are applied by the engine and never by a member: members, availability."""
    return msgspec.structs.replace(filters, members=(), not_members=(), available_only=False, online_only=False)
