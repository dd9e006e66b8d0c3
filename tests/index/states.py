"""Waiting for the state of an index, and what may hold of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from engine.ports import IndexState, TitleIndex


async def until(index: TitleIndex, holds: Callable[[IndexState], bool], *, within_s: float = 40.0) -> IndexState:
    """Ask for the state until something holds of it."""
    ends = time.monotonic() + within_s
    while not holds(state := await index.state()):
        assert time.monotonic() < ends, state
        await asyncio.sleep(0.1)
    return state


def has(code: str) -> Callable[[IndexState], bool]:
    return lambda state: state.problem is not None and state.problem.code == f"index.elastic-{code}"


def is_ready(state: IndexState) -> bool:
    """Whether it may be used: a server that has just begun takes its time to make the first indices."""
    return state.is_ready


def is_well(state: IndexState) -> bool:
    return state.is_ready and state.problem is None
