"""Claims: who does a thing, of all instances that could. Made once, with an end, so that none outlives its holder."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Any

from elasticsearch import ApiError, AsyncElasticsearch, ConflictError, NotFoundError

from index.elastic.documents import Document
from index.elastic.names import Names


async def claim(
    client: AsyncElasticsearch,
    names: Names,
    what: str,
    *,
    now: float,
    for_s: float,
    holder: str = "",
    latest: float = math.inf,
) -> bool:
    """Take a thing for a while; return whether it is ours now.

    What has ended may be taken over, by one only. A holder with a name may take anew what is its own. A claim that says
    it was made after `latest` binds nobody: the clock of whoever made it is wrong.
    """
    alias = names.alias("claims")
    document: Document = {"at": now, "until": now + for_s, "holder": holder}
    try:
        # An alias is required: an index that were made by writing would stand where the alias must.
        await client.create(index=alias, id=what, document=document, require_alias=True)
    except ConflictError:
        return await _taken_over(client, alias, what, document, now, latest)
    return True


async def _taken_over(
    client: AsyncElasticsearch, alias: str, what: str, document: Document, now: float, latest: float
) -> bool:
    try:
        found = await client.get(index=alias, id=what)
        held = found["_source"]
        is_own = document["holder"] and held["holder"] == document["holder"]
        if binds(held, now, latest) and not is_own:
            return False
        await client.index(
            index=alias,
            id=what,
            document=document,
            if_seq_no=found["_seq_no"],
            if_primary_term=found["_primary_term"],
            require_alias=True,
        )
    except (ConflictError, NotFoundError):
        return False
    return True


def binds(held: Mapping[str, Any], now: float, latest: float = math.inf) -> bool:
    """Whether a claim has not ended, and was not made after `latest`, by a clock that is wrong."""
    return bool(held["until"] > now and held["at"] <= latest)


async def claim_all(
    client: AsyncElasticsearch, names: Names, what: Sequence[str], *, now: float, for_s: float
) -> tuple[bool, ...]:
    """Take several things, each on its own."""
    return tuple(await asyncio.gather(*(claim(client, names, one, now=now, for_s=for_s) for one in what)))


async def holder_of(client: AsyncElasticsearch, names: Names, what: str, *, now: float) -> str | None:
    """Return who holds a thing, None if nobody does."""
    try:
        found = await client.get(index=names.alias("claims"), id=what)
    except NotFoundError:
        return None
    return str(found["_source"].get("holder", "")) if found["_source"]["until"] > now else None


async def let_go(client: AsyncElasticsearch, names: Names, what: str) -> None:
    """Give a thing back before its end; where that fails its end comes by itself."""
    try:
        await client.delete(index=names.alias("claims"), id=what)
    except ApiError:
        return
