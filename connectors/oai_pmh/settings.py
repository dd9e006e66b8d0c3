"""The table `[oai-pmh]` of a member file."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Days = Annotated[float, msgspec.Meta(ge=0, le=366)]


class OaiSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[oai-pmh]`. `docs/systems/oai-pmh.md` tells each key.

    `prefix`: the format asked for; "" for the richest of those listed. `sets`: only these, by setSpec; none for the
    whole. `granularity`: of dates, where the repository tells it wrongly. `overlap_days`: how far behind its own
    changes the list may be. `record_dialect`: the format of records, where it cannot be told from them. `record_url`:
    the public page of a record, with `{id}` for what stands behind the last colon of its identifier, `{identifier}` for
    all of it. `parameters` go along with every request.
    """

    prefix: str = ""
    sets: tuple[str, ...] = ()
    granularity: Literal["", "day", "second"] = ""
    overlap_days: Days = 7.0
    record_dialect: str = ""
    record_url: str = ""
    parameters: dict[str, str] = msgspec.field(default_factory=dict)
