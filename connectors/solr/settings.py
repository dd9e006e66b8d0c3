"""The table `[solr]` of a member file: which fields are searched, and which field holds what."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from connectors.questions.field_map import Boosted, Name, NameOrNone, Part
from engine.model import Field

Handler = Annotated[
    str,
    msgspec.Meta(
        pattern=r"\A(?!(?:update|admin|replication|stream|sql|graph|export|schema|config|get|terms|analysis|debug|dump"
        r"|dataimport|mlt|elevate)\b)[A-Za-z][A-Za-z0-9_-]*\Z"
    ),
]
"""A search handler. What writes, exports or tells of the server itself is refused."""


class SolrSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[solr]`; `docs/systems/solr.md` tells each key."""

    fields: dict[Part, Name | tuple[Name, ...]] = {}
    search: dict[Field, Boosted | tuple[Boosted, ...]] = {}
    marc: NameOrNone = ""
    handler: Handler = "select"
    parser: Literal["edismax", "lucene"] = "edismax"
    filters: tuple[str, ...] = ()
    parameters: dict[Annotated[str, msgspec.Meta(pattern=r"\A(?!stream\.|shards|qt\Z|wt\Z)[\w.-]+\Z")], str] = {}
    year_filter: NameOrNone = ""
    language_filter: NameOrNone = ""
    languages: dict[str, str] = {}
    sort: str = ""
    record_url: str = ""
    authorization: str = ""
    folds_marks: bool = False
    max_records: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100
    max_start: Annotated[int, msgspec.Meta(ge=0)] = 10_000
