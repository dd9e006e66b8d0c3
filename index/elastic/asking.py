"""Which questions are being asked, between all instances: claims that end when the answer has come.

A claim outlives its answer until it ends by itself, so that an instance that looked for the answer just before it came
does not ask again; what it then waits for is there.

A search asks fifty members at once: what is claimed, and what is waited for, in one moment goes in one request.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, Final

from elasticsearch import ApiError, AsyncElasticsearch

from engine.model import Answer
from engine.ports import Clock, Question
from index.elastic.claims import binds, claim_all, let_go
from index.elastic.documents import answer_of, question_id
from index.elastic.hearing import NEAR
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
        self._claimed: dict[str, tuple[float, asyncio.Future[bool]]] = {}
        self._awaited: dict[asyncio.Future[Answer | None], Question] = {}
        self._more = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._watch: asyncio.Task[None] | None = None

    async def claim(self, question: Question, for_s: float) -> bool:
        """Take a question to ask; return whether it is ours. Trouble gives it to everybody."""
        what = _name(question)
        if what not in self._claimed:
            if not self._claimed:
                asyncio.get_running_loop().call_soon(self._send)
            self._claimed[what] = for_s, asyncio.get_running_loop().create_future()
        return await asyncio.shield(self._claimed[what][1])

    def _send(self) -> None:
        """Ask for all that was claimed in this turn of the loop."""
        claimed, self._claimed = self._claimed, {}
        self._begin(self._claim(claimed), "claim")

    async def _claim(self, claimed: dict[str, tuple[float, asyncio.Future[bool]]]) -> None:
        now, what = self._clock(), {one: for_s for one, (for_s, _) in claimed.items()}
        ours: dict[str, bool] = {}
        try:
            ours = await self._store.ask(
                lambda client: claim_all(
                    client, self._names, what, now=now, holder=self._holder, latest=now + PARTED_S
                ),
                is_by_id=True,
            )
        except (TroubleError, ApiError):
            return
        finally:
            for one, (_, told) in claimed.items():
                told.set_result(ours.get(one, True))

    async def brought(self, question: Question) -> Answer | None:
        """Return the answer that another instance brings; None as soon as none will come."""
        told: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._awaited[told] = question
        self._more.set()
        if self._watch is None or self._watch.done():
            self._watch = self._begin(self._watched(), "watch for answers")
        try:
            return await told
        finally:
            self._awaited.pop(told, None)

    async def _watched(self) -> None:
        """Look for all that is awaited, again and again, and at once when more is."""
        while self._awaited:
            self._more.clear()
            found = await self._looked(tuple(dict.fromkeys(self._awaited.values())))
            for told, question in tuple(self._awaited.items()):
                answer, is_over = found.get(question, (None, False))
                if (answer is not None or is_over) and not told.done():
                    told.set_result(answer)
                    del self._awaited[told]
            with suppress(TimeoutError):
                await asyncio.wait_for(self._more.wait(), POLL_S)

    async def _looked(self, questions: Sequence[Question]) -> dict[Question, tuple[Answer | None, bool]]:
        try:
            return await self._store.ask(lambda client: self._look(client, questions), is_by_id=True)
        except (TroubleError, ApiError):
            return dict.fromkeys(questions, (None, True))

    async def _look(
        self, client: AsyncElasticsearch, questions: Sequence[Question]
    ) -> dict[Question, tuple[Answer | None, bool]]:
        """Return the answers, if they came since they were claimed, and whether none will come."""
        claims, answers = self._names.alias("claims"), self._names.alias("answers")
        found = await client.mget(
            docs=[
                *({"_index": claims, "_id": _name(question)} for question in questions),
                *({"_index": answers, "_id": question_id(question), "_source": ["body"]} for question in questions),
            ],
            preference=NEAR,
        )
        docs, count = found["docs"], len(questions)
        return {
            question: self._told(held, kept)
            for question, held, kept in zip(questions, docs[:count], docs[count:], strict=True)
        }

    def _told(self, held: dict[str, Any], kept: dict[str, Any]) -> tuple[Answer | None, bool]:
        if not held.get("found"):
            return None, True
        answer = answer_of(kept["_source"]) if kept.get("found") else None
        if answer is not None and answer.asked_at >= held["_source"]["at"] - PARTED_S:
            return answer, True
        now = self._clock()
        return None, not binds(held["_source"], now, now + PARTED_S)

    def let_go(self, question: Question) -> None:
        """Give a question back that got no answer."""
        self._begin(self._let_go(question), "let go")

    async def _let_go(self, question: Question) -> None:
        try:
            await self._store.work(lambda client: let_go(client, self._names, _name(question)), wait_s=2.0)
        except TroubleError:
            return  # it ends by itself

    def _begin(self, what: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(what, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Wait for what is being given back; who still waits for an answer gets none."""
        for told in self._awaited:
            if not told.done():
                told.set_result(None)
        self._awaited.clear()
        self._more.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _name(question: Question) -> str:
    return f"ask-{question_id(question)}"
