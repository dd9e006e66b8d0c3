"""The settings of indices that are there already, brought to those that this Liên Thư makes indices with.

An index keeps what an older release, or other settings of ours, made it with. Only what Elasticsearch lets be changed
while an index is used is changed; the rest needs `lienthu index migrate`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Final

from elasticsearch import ApiError, AsyncElasticsearch

from index.elastic.names import VERSIONS, Names, body
from index.elastic.settings import ElasticSettings

log = logging.getLogger(__name__)

WAIT: Final = "2s"
"""A cluster without a master changes nothing just now; whoever reads waits for it no longer."""

_UNSAID: Final = {"auto_expand_replicas": "false", "translog.durability": "request"}
"""What holds where an index does not say. A `refresh_interval` that is not said is not the same as any: an index that
nobody searches is then refreshed no more."""


class Adjusting:
    """Adjusts indices. Several instances may do so at once: each asks for the same."""

    def __init__(self, names: Names, settings: ElasticSettings) -> None:
        self._names = names
        self._chosen = {names.concrete(kind): chosen(kind, settings) for kind in VERSIONS}
        self._is_told = False

    async def adjust(self, client: AsyncElasticsearch) -> None:
        """Change what differs, by one request for each index. A refusal is logged once and troubles nobody."""
        try:
            found = await client.indices.get_settings(
                index=list(self._chosen), flat_settings=True, ignore_unavailable=True
            )
        except ApiError as error:
            self._note("*", error)
            return
        wanted = {name: differing(told["settings"], self._chosen[name]) for name, told in found.body.items()}
        await asyncio.gather(*(self._put(client, name, settings) for name, settings in wanted.items() if settings))

    async def _put(self, client: AsyncElasticsearch, name: str, settings: Mapping[str, str]) -> None:
        try:
            await client.indices.put_settings(index=name, settings=settings, master_timeout=WAIT, timeout=WAIT)
        except ApiError as error:
            self._note(name, error)
        else:
            log.info("index_adjusted", extra={"adjusted": name, "settings": sorted(settings)})

    def _note(self, name: str, error: ApiError) -> None:
        if not self._is_told:
            log.warning("index_not_adjusted", extra={"refused": name, "status": error.status_code})
        self._is_told = True


def chosen(kind: str, settings: ElasticSettings) -> dict[str, str]:
    """Return what we choose of the settings of a kind of index that can be changed, as Elasticsearch writes it."""
    made = body(kind, settings)["settings"]
    assert isinstance(made, dict)
    own = {"auto_expand_replicas": "false", **made}
    keys = ["auto_expand_replicas", "refresh_interval", "translog.durability"]
    keys += [key for key in own if key.startswith("merge.policy.")]
    if settings.replicas is not None:  # else Elasticsearch itself chooses it, by how many nodes there are
        keys.append("number_of_replicas")
    return {key: str(own[key]) for key in keys}


def differing(found: Mapping[str, object], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return what is wanted of settings and is not so.

    >>> differing({"index.refresh_interval": "5s"}, {"refresh_interval": "1s", "translog.durability": "request"})
    {'refresh_interval': '1s'}
    """
    return {key: value for key, value in wanted.items() if found.get(f"index.{key}", _UNSAID.get(key)) != value}
