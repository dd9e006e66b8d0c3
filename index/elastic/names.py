"""The indices: their names, their mappings as data, and how they come to be.

A name ends in the version of its mapping (`lienthu-records-2`); everything asks through the alias without it
(`lienthu-records`), so that `lienthu index migrate` can move what is behind an alias while it is asked.
"""

from __future__ import annotations

import asyncio
import json
import re
from functools import cache
from importlib.resources import files
from typing import Final

from elasticsearch import AsyncElasticsearch, BadRequestError

from engine.model import Reason
from index.elastic.settings import ElasticSettings
from index.elastic.store import TroubleError

VERSIONS: Final = {"answers": 1, "records": 2, "asks": 1, "terms": 1, "claims": 1, "harvested": 2, "harvests": 1}
"""Every kind of index and the version of its mapping."""

_MAPPING_OF: Final = {"harvested": "records"}
_REFRESHED: Final = {
    # Answers are looked up by their ids, which needs no refresh; searched only by housekeeping, which refreshes itself.
    "answers": "30s",
    # What was found becomes searchable within a second; nobody waits for it.
    "records": "1s",
    "asks": "1s",
    "terms": "1s",
    "claims": "-1",  # by id only
    "harvested": "1s",
    "harvests": "-1",  # by id only
}
_MERGED: Final = {
    # A search looks each of its words up in each column of every segment. So there are half as many as Elasticsearch
    # would leave: an eighth of a search at a million records, paid by merging in the background.
    "merge.policy.segments_per_tier": 5,
    "merge.policy.max_merge_at_once": 5,
    "merge.policy.floor_segment": "16mb",
}
"""How what is searched by readers is merged."""


class Names:
    """The aliases of one prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def alias(self, kind: str) -> str:
        """Return the name under which a kind is asked."""
        return f"{self.prefix}-{kind}"

    def concrete(self, kind: str, version: int | None = None) -> str:
        """Return the name of the index itself."""
        return f"{self.prefix}-{kind}-{VERSIONS[kind] if version is None else version}"


@cache
def mapping(kind: str) -> dict[str, object]:
    """Return the mapping of a kind."""
    text = files("index.elastic").joinpath("mappings", f"{_MAPPING_OF.get(kind, kind)}.json").read_text("utf-8")
    found: dict[str, object] = json.loads(text)
    return found


def body(kind: str, settings: ElasticSettings) -> dict[str, object]:
    """Return what an index of a kind is made with."""
    # Documents go to shards by their ids, which Elasticsearch does without a word of ours. Routing by member would suit
    # nothing: a search asks every shard whatever stands there, the largest member would fill one shard, and what is
    # read by id finds its shard by the id. All but records are few enough, or small enough, for one shard.
    shards = settings.shards if kind in {"records", "harvested"} else 1
    return {
        "mappings": mapping(kind),
        "settings": {
            "number_of_shards": shards,
            # One node keeps one copy, several keep two, unless the operator has chosen.
            **(
                {"auto_expand_replicas": "0-1"}
                if settings.replicas is None
                else {"number_of_replicas": settings.replicas}
            ),
            "refresh_interval": _REFRESHED[kind],
            **(_MERGED if kind in {"records", "harvested"} else {}),
            # Not `best_compression`: it packs 240 kB at a time, and each of the sixty records that a search shows would
            # be unpacked with all its neighbours (150 ms instead of 20).
            "codec": "default",
            # What is acknowledged leaves our memory, so it must be on the disk by then: with `async` a node that is
            # killed forgets the last five seconds, and asks that nobody counts again are lost. It costs one fsync for
            # each bulk and index, in the background. A claim ends by itself within minutes, and a reader waits for it.
            "translog.durability": "async" if kind == "claims" else "request",
        },
    }


async def bring_up(client: AsyncElasticsearch, names: Names, settings: ElasticSettings) -> None:
    """Make the indices that are not there yet; several may do so at once.

    Raises TroubleError where another version of Liên Thư has made one, or a name is taken.
    """
    found = await behind(client, names)
    for kind, versions in found.items():
        if versions and max(versions) > VERSIONS[kind]:
            name = names.concrete(kind, max(versions))
            raise TroubleError(
                Reason("index.elastic-newer", {"name": name, "found": max(versions), "known": VERSIONS[kind]})
            )
        if versions and max(versions) < VERSIONS[kind]:
            name = names.concrete(kind, max(versions))
            raise TroubleError(
                Reason("index.elastic-older", {"name": name, "found": max(versions), "known": VERSIONS[kind]})
            )
    await asyncio.gather(*(make(client, names, settings, kind) for kind, versions in found.items() if not versions))


async def behind(client: AsyncElasticsearch, names: Names) -> dict[str, tuple[int, ...]]:
    """Return the versions of the indices that stand behind each alias.

    Raises TroubleError where one leads to several, through which nothing can be written, or an index has its name.
    """
    found = await client.indices.get_alias(index=f"{names.prefix}-*", ignore_unavailable=True, allow_no_indices=True)
    versions: dict[str, tuple[int, ...]] = {}
    for kind in VERSIONS:
        ours = re.compile(re.escape(names.alias(kind)) + r"-(\d+)")
        alias = names.alias(kind)
        named = sorted(name for name, told in found.body.items() if name == alias or alias in told["aliases"])
        if len(named) > 1 or alias in named:
            raise TroubleError(Reason("index.elastic-alias", {"name": alias, "found": ", ".join(named)}))
        versions[kind] = tuple(sorted(int(told[1]) for name in named if (told := ours.fullmatch(name))))
    return versions


async def make(
    client: AsyncElasticsearch, names: Names, settings: ElasticSettings, kind: str, *, is_behind_alias: bool = True
) -> None:
    """Make the index of a kind, unless it is there."""
    made = body(kind, settings)
    try:
        await client.indices.create(
            index=names.concrete(kind),
            mappings=made["mappings"],  # type: ignore[arg-type]  # JSON
            settings=made["settings"],  # type: ignore[arg-type]  # JSON
            aliases={names.alias(kind): {}} if is_behind_alias else None,
        )
    except BadRequestError as error:
        if error.error != "resource_already_exists_exception":  # somebody else was faster
            raise
