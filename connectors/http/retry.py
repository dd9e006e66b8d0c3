"""One more try, where it can harm nobody: no byte had come, or a gateway had no server behind it.

Time-outs are not tried again: they have cost the member most already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, retry_if_result, stop_after_attempt

from connectors.http.course import accepted_statuses, course_of, may_be_sent_twice
from connectors.http.failures import is_passing
from engine.errors import UnreachableError

_MOST_TRIES: Final = 2
_LEAST_PAUSE_S: Final = 0.1
_MOST_PAUSE_S: Final = 0.4


class Retry(httpx.AsyncBaseTransport):
    """Sends a request a second time after a short pause, if it changes nothing and its deadline allows.

    `chance` gives numbers from 0 to 1 that spread the pauses, so that many do not come back at the same moment.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, *, chance: Callable[[], float]) -> None:
        self._inner = inner
        self._chance = chance

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer of the first or the second try."""
        first: httpx.Response | UnreachableError
        try:
            first = await self._inner.handle_async_request(request)
        except UnreachableError as error:
            if not is_passing(error):
                raise
            first = error
        else:
            if not _speaks_of_a_gateway(request, first):
                return first
        if not may_be_sent_twice(request) or not self._has_time(request):
            return _outcome(first)
        return await self._try_again(request, first)

    def _has_time(self, request: httpx.Request) -> bool:
        return course_of(request).deadline - asyncio.get_running_loop().time() > _MOST_PAUSE_S

    async def _try_again(self, request: httpx.Request, first: httpx.Response | UnreachableError) -> httpx.Response:
        tries = 0

        async def attempt() -> httpx.Response:
            # tenacity costs 60 µs a call, so the first try is made without it, and only its outcome told here.
            nonlocal tries
            tries += 1
            return _outcome(first) if tries == 1 else await self._inner.handle_async_request(request)

        def pause_s(_: RetryCallState) -> float:
            return _LEAST_PAUSE_S + self._chance() * (_MOST_PAUSE_S - _LEAST_PAUSE_S)

        return await AsyncRetrying(
            retry=retry_if_exception(is_passing)
            | retry_if_result(lambda answer: _speaks_of_a_gateway(request, answer)),
            stop=stop_after_attempt(_MOST_TRIES),
            wait=pause_s,
            sleep=asyncio.sleep,
            reraise=True,
            retry_error_callback=_last_outcome,
        )(attempt)

    async def aclose(self) -> None:
        """Close what is inside."""
        await self._inner.aclose()


def _speaks_of_a_gateway(request: httpx.Request, response: httpx.Response) -> bool:
    """Whether an answer says that there was nobody to answer just now; 503 with Retry-After says when to come back."""
    status = response.status_code
    if status not in {502, 503, 504} or status in accepted_statuses(request):
        return False
    return status != 503 or "Retry-After" not in response.headers


def _outcome(first: httpx.Response | UnreachableError) -> httpx.Response:
    if isinstance(first, UnreachableError):
        raise first
    return first


def _last_outcome(state: RetryCallState) -> httpx.Response:
    """Return the last answer or raise the last failure, rather than tenacity's own error."""
    assert state.outcome is not None
    answer: httpx.Response = state.outcome.result()
    return answer
