"""The table `[elasticsearch]` of a member file: which fields are searched, and which field holds what."""

from __future__ import annotations

from typing import Annotated

import msgspec

from connectors.questions.field_map import Boosted, Name, NameOrNone, Part
from engine.model import Field


class ElasticSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[elasticsearch]`; `docs/systems/elasticsearch.md` tells each key."""

    fields: dict[Part, Name | tuple[Name, ...]] = {}
    search: dict[Field, Boosted | tuple[Boosted, ...]] = {}
    marc: NameOrNone = ""
    filters: dict[Name, str] = {}
    year_filter: NameOrNone = ""
    language_filter: NameOrNone = ""
    languages: dict[str, str] = {}
    record_url: str = ""
    authorization: str = ""
    folds_marks: bool = False
    max_records: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100
    max_start: Annotated[int, msgspec.Meta(ge=0)] = 10_000
