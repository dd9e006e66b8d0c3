"""Makes an answer of a list: asked once, once more without marks where nothing is found, filtered here, told.

The same for lists by place (`connectors.lists.by_place`) and by page (`connectors.lists.by_page`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from connectors.lists.filling import Filled
from connectors.lists.narrow import narrowed
from connectors.questions.expressions import has_letters
from connectors.questions.notices import once
from engine.model import Answer, Expression, Filters, Reason
from engine.ports import Clock

NARROWER: Final = frozenset({"notice.dropped-alternatives", "notice.no-truncation"})
"""What was given up so that less was asked for: worth telling where nothing was found. The rest asked for more."""


class Asked(NamedTuple):
    """One try: what came, what was given up to ask it, and the filters that it did not hold."""

    filled: Filled
    given_up: tuple[Reason, ...]
    unasked: Filters


async def answered(
    member: str,
    expression: Expression | None,
    ask: Callable[[Expression | None], Awaitable[Asked]],
    *,
    clock: Clock,
    folds_marks: bool,
    bare: Callable[[Expression], Expression | None],
) -> Answer:
    """Return what a member replies to a question.

    `folds_marks`: it finds marked words without their marks. Where it does not and nothing is found, `bare` says the
    question without marks, None where it has none: that is asked, or the reader is told to try them.
    """
    asked_at = clock()
    found = await ask(expression)
    given_up = found.given_up
    if found.filled.total == 0:
        given_up = tuple(notice for notice in given_up if notice.code in NARROWER)
        if expression is not None and not folds_marks:
            plain = bare(expression)
            again = await ask(plain) if plain is not None else None
            if again is not None and (again.filled.placed or again.filled.total):
                found, given_up = again, (*again.given_up, Reason("notice.folded"))
            elif plain is None and has_letters(expression) and not found.filled.notices:
                given_up = (*given_up, Reason("notice.marks-needed"))
    filled = found.filled
    placed, filtered = narrowed(filled.placed, found.unasked)
    return Answer(
        member=member,
        placed=placed,
        total=filled.total,
        asked_at=asked_at,
        took_s=max(0.0, clock() - asked_at),
        has_more=filled.has_more,
        notices=once([*given_up, *filled.notices, *filtered]),
    )
