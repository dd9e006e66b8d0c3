"""Which questions are being asked, between all instances: claims that end when the answer has come.

A claim outlives its answer until it ends by itself, so that an instance that looked for the answer just before it came
does not ask again; what it then waits for is there.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import Final

from elasticsearch import ApiError, AsyncElasticsearch

from engine.model import Answer
from engine.ports import Clock, Question
from index.elastic.claims import binds, claim, let_go
from index.elastic.documents import answer_of, question_id
from index.elastic.names import Names
from index.elastic.store import Store, TroubleError

POLL_S: Final = 0.1
PARTED_S: Final = 1.0
"""Clocks of instances may differ by so much, and answers are rounded to milliseconds. Where they differ by more,
members are asked twice, and nobody waits for what is not asked."""


class Asking:
    """The questions that this instance asks, and those that others do."""

    def __init__(self, store: Store, names: Names, clock: Clock) -> None:
        self._store, self._names, self._clock = store, names, clock
        self._holder = uuid.uuid4().hex
        self._giving_back: set[asyncio.Task[None]] = set()

    async def claim(self, question: Question, for_s: float) -> bool:
        """Take a question to ask; return whether it is ours. Trouble gives it to everybody."""
        now, what = self._clock(), _name(question)
        try:
            return await self._store.ask(
                lambda client: claim(
                    client, self._names, what, now=now, for_s=for_s, holder=self._holder, latest=now + PARTED_S
                ),
                is_by_id=True,
            )
        except (TroubleError, ApiError):
            return True

    async def brought(self, question: Question) -> Answer | None:
        """Return the answer that another instance brings; None as soon as none will come."""
        while True:
            try:
                answer, is_over = await self._store.ask(lambda client: self._look(client, question), is_by_id=True)
            except (TroubleError, ApiError):
                return None
            if answer is not None or is_over:
                return answer
            await asyncio.sleep(POLL_S)

    async def _look(self, client: AsyncElasticsearch, question: Question) -> tuple[Answer | None, bool]:
        """Return the answer, if it came since the question was claimed, and whether none will come."""
        found = await client.mget(
            docs=[
                {"_index": self._names.alias("claims"), "_id": _name(question)},
                {"_index": self._names.alias("answers"), "_id": question_id(question), "_source": ["body"]},
            ]
        )
        held, kept = found["docs"]
        if not held.get("found"):
            return None, True
        answer = answer_of(kept["_source"]) if kept.get("found") else None
        if answer is not None and answer.asked_at >= held["_source"]["at"] - PARTED_S:
            return answer, True
        now = self._clock()
        return None, not binds(held["_source"], now, now + PARTED_S)

    def let_go(self, question: Question) -> None:
        """Give a question back that got no answer."""
        task = asyncio.create_task(self._let_go(question), name="let go")
        self._giving_back.add(task)
        task.add_done_callback(self._giving_back.discard)

    async def _let_go(self, question: Question) -> None:
        try:
            await self._store.work(lambda client: let_go(client, self._names, _name(question)), wait_s=2.0)
        except TroubleError:
            return  # it ends by itself

    async def close(self) -> None:
        """Wait for what is being given back."""
        await asyncio.gather(*self._giving_back, return_exceptions=True)


def _name(question: Question) -> str:
    return f"ask-{question_id(question)}"
