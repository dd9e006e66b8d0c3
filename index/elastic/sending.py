"""Bulk requests: lines go to the store in parts, and what became of each thing is looked at.

What conflicts has been done better by another; what the store cannot take now is trouble; what it will never take is
dropped and counted.
"""

from __future__ import annotations

import logging
from typing import Any, cast

from elastic_transport import ObjectApiResponse
from elasticsearch import ApiError, AsyncElasticsearch

from index.elastic.lines import Lines, halves, in_parts
from index.elastic.store import MISSING, Store, TroubleError
from index.elastic.whole import reason_of_part

log = logging.getLogger(__name__)

MISSING_SHARD_WAIT = "5s"
"""What cannot be written for so long, since its part of an index is away, waits here instead."""

TOO_LARGE = 413


class Sender:
    """Sends lines for all who write. `dropped` counts what was given up, by them too."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.dropped = 0

    async def bulk(self, client: AsyncElasticsearch, operations: Lines, *, is_alias: bool = True) -> None:
        """Send lines and look at what became of each. Raises TroubleError where some could not be taken just now."""
        for some in in_parts(operations):
            await self._send(client, some, is_alias=is_alias)

    async def _send(self, client: AsyncElasticsearch, some: list[bytes], *, is_alias: bool) -> None:
        try:
            # An alias is required: an index that were made by writing would have no mapping of ours.
            answer = await client.bulk(
                operations=cast("Any", some),  # lines that are JSON already
                require_alias=is_alias or None,
                timeout=MISSING_SHARD_WAIT,
            )
        except ApiError as error:
            if error.status_code != TOO_LARGE:
                raise
            # A proxy between takes less at once than we send.
            parts = halves(some)
            if not parts:
                self._drop(TOO_LARGE, "too large")
            for part in parts:
                await self._send(client, part, is_alias=is_alias)
        else:
            self._look_at(answer)
            self._store.written()

    def _drop(self, status: int, kind: str | None) -> None:
        self.dropped += 1
        log.error("index_refused", extra={"status": status, "kind": kind})

    def _look_at(self, answer: ObjectApiResponse[Any]) -> None:
        if not answer["errors"]:
            return
        for item in answer["items"]:
            ((_, told),) = item.items()
            status = told.get("status", 200)
            error = told.get("error", {})
            if status in {403, 429, 503} or error.get("type") == MISSING:
                raise TroubleError(reason_of_part(error, status))
            if status >= 300 and status not in {404, 409}:
                self._drop(status, error.get("type"))
