"""Claims: who does a thing, of all instances that could. Made once, with an end, so that none outlives its holder."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from elasticsearch import ApiError, AsyncElasticsearch, NotFoundError

from index.elastic.documents import Document
from index.elastic.names import Names
from index.elastic.whole import answered, each_whole


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
    """Take a thing for a while; return whether it is ours now. Raises TroubleError."""
    ours = await claim_all(client, names, {what: for_s}, now=now, holder=holder, latest=latest)
    return ours[what]


async def claim_all(
    client: AsyncElasticsearch,
    names: Names,
    what: Mapping[str, float],
    *,
    now: float,
    holder: str = "",
    latest: float = math.inf,
) -> dict[str, bool]:
    """Take several things at once, each for its own seconds; return which are ours now.

    What has ended may be taken over, by one only. A holder with a name may take anew what is its own. A claim that says
    it was made after `latest` binds nobody: the clock of whoever made it is wrong. Raises TroubleError.
    """
    documents: dict[str, Document] = {
        one: {"at": now, "until": now + for_s, "holder": holder} for one, for_s in what.items()
    }
    new: list[Document] = [{"create": {"_id": one}} for one in documents]
    ours = await _written(client, names, new, documents.values())
    taken = [one for one in documents if one not in ours]
    if not taken:
        return dict.fromkeys(documents, True)
    found = await client.mget(index=names.alias("claims"), ids=taken)
    over = {one["_id"]: one for one in each_whole(found["docs"]) if _is_free(one, holder, now, latest)}
    seen: list[Document] = [
        {"index": {"_id": one, "if_seq_no": held["_seq_no"], "if_primary_term": held["_primary_term"]}}
        for one, held in over.items()
    ]
    ours |= await _written(client, names, seen, [documents[one] for one in over])
    return {one: one in ours for one in documents}


def binds(held: Mapping[str, Any], now: float, latest: float = math.inf) -> bool:
    """Whether a claim has not ended, and was not made after `latest`, by a clock that is wrong."""
    return bool(held["until"] > now and held["at"] <= latest)


def _is_free(found: Mapping[str, Any], holder: str, now: float, latest: float) -> bool:
    """Whether a claim that stands there may be taken over; what has just gone is left to the next one."""
    if not found.get("found"):
        return False
    held = found["_source"]
    return not binds(held, now, latest) or bool(holder and held["holder"] == holder)


async def _written(
    client: AsyncElasticsearch, names: Names, actions: Iterable[Document], documents: Iterable[Document]
) -> set[str]:
    """Write documents in one request, each unless another was faster; return the ids of those that were written."""
    lines = [line for pair in zip(actions, documents, strict=True) for line in pair]
    if not lines:
        return set()
    # An alias is required: an index that were made by writing would stand where the alias must.
    told = await client.bulk(index=names.alias("claims"), operations=lines, require_alias=True)
    items = [item for one in told["items"] for item in one.values()]
    return {answered(item)["_id"] for item in items if item["status"] != HTTPStatus.CONFLICT}


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
