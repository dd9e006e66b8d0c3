"""Whether an answer of Elasticsearch is whole: a part of an index that is away looks like one that holds nothing.

A reader is better off with half of the titles than with none, so instant search takes what there is. Whoever counts,
deletes, copies or says "no hits" must not: these ask here first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from elastic_transport import ObjectApiResponse

from engine.model import Reason
from index.elastic.store import MISSING, TroubleError

Told = ObjectApiResponse[Any] | Mapping[str, Any]
"""What came back of one search, one count, or one of many that were sent together."""


def whole(answer: Told) -> Mapping[str, Any]:
    """Return a search's or count's answer that comes of every shard and in time. Raises TroubleError."""
    body = answered(answer)
    if body.get("timed_out"):
        raise TroubleError(Reason("index.elastic-slow"))
    if body.get("_shards", {}).get("failed"):
        raise TroubleError(Reason("index.elastic-red"))
    return body


def answered(answer: Told) -> Mapping[str, Any]:
    """Return the answer to one of several searches, of all parts that are there. Raises TroubleError if none is."""
    body: Mapping[str, Any] = answer.body if isinstance(answer, ObjectApiResponse) else answer
    if "error" in body:
        raise TroubleError(reason_of_part(body["error"], body.get("status", 503)))
    return body


def each_whole(answers: Sequence[Told]) -> list[Mapping[str, Any]]:
    """Return the answers of several searches, or the documents of a look-up, if each is whole. Raises TroubleError."""
    return [whole(one) for one in answers]


def reason_of_part(error: Mapping[str, Any], status: int) -> Reason:
    """Return what is wrong with one of several things that were sent together, in a sentence for the operator."""
    kind = error.get("type")
    if kind == MISSING:
        return Reason("index.elastic-missing")
    if status in {403, 429} and kind == "cluster_block_exception":
        return Reason("index.elastic-read-only")
    known = {401: "credentials", 403: "forbidden", 429: "busy"}.get(status, "red")
    return Reason(f"index.elastic-{known}")
