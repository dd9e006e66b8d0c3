"""A ladder of second tries: other ways of asking that a server's answer allows, one thing given up at each step. Pure.

A rung is how a server is spoken to. What a diagnostic taught about the server is lasting, so that the connector asks
the next question on the rung that worked; what only this question needed is not. For SRU and Z39.50.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, Generic, Protocol, TypeVar

import msgspec

from connectors.questions.expressions import clauses, is_marked, rewritten
from engine.model import Query, Reason
from engine.text import unmarked

_BOOLEANS: Final = ("not", "or", "and")
"""The rarest first."""


class Speaking(Protocol):
    """How one server is spoken to: a frozen struct."""

    @property
    def booleans(self) -> frozenset[str]:
        """The booleans that it knows."""

    @property
    def folded_fallback(self) -> bool:
        """Whether words are asked for without their marks where nothing is found."""


Rung = TypeVar("Rung", bound=Speaking)


class Step(msgspec.Struct, Generic[Rung], frozen=True):
    """Another way of asking: how the server is spoken to, what is asked, and what is said about it if it works.

    `is_lasting`: what was learned holds for every question to this server.
    """

    speaking: Rung
    query: Query
    is_lasting: bool = True
    notices: tuple[Reason, ...] = ()


def first_change(speaking: Rung, query: Query, steps: Iterable[Step[Rung] | None]) -> Step[Rung] | None:
    """Return the first step that asks otherwise than before, None where there is none."""
    for step in steps:
        if step is not None and (step.speaking != speaking or step.query != query):
            return step
    return None


def after_nothing(speaking: Rung, query: Query, *, word_by_word: Rung | None) -> Step[Rung] | None:
    """Return the next rung after an answer without hits, None where nothing is left to try.

    Words that were sent side by side are first asked for one by one (`word_by_word`, None where they were already);
    then marked words without their marks.
    """
    expression = query.expression
    if expression is None:
        return None
    if word_by_word is not None and any(" " in one.text and not one.is_phrase for one in clauses(expression)):
        return Step(word_by_word, query, is_lasting=False, notices=(Reason("notice.words-for-phrase"),))
    if speaking.folded_fallback and is_marked(expression):
        bare = msgspec.structs.replace(query, expression=rewritten(expression, unmarked))
        return Step(speaking, bare, is_lasting=False, notices=(Reason("notice.folded"),))
    return None


def without_boolean(speaking: Rung, query: Query, words: Collection[str]) -> Step[Rung] | None:
    """Return the rung without the boolean among a server's words, else without the rarest that is left."""
    named = [boolean for boolean in _BOOLEANS if boolean in words]
    unwanted = next((boolean for boolean in named or _BOOLEANS if boolean in speaking.booleans), None)
    if unwanted is None:
        return None
    fewer: Rung = msgspec.structs.replace(speaking, booleans=speaking.booleans - {unwanted})  # type: ignore[type-var]  # a struct
    return Step(fewer, query)
