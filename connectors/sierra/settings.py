"""The table `[sierra]` of a member file."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from connectors.reading.innovative import DateOrder
from engine.model import Field

Scope = Annotated[str, msgspec.Meta(pattern=r"^\d{0,4}$")]
Language = Annotated[str, msgspec.Meta(pattern=r"^([a-z]{3})?$")]
Letters = Annotated[str, msgspec.Meta(pattern=r"^[a-z]?$")]
Budget = Annotated[int, msgspec.Meta(ge=0, le=50)]


class SierraSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one WebPAC is asked. `docs/systems/sierra.md` tells each key.

    `scope` is the number behind `~S` in its addresses, `language` the letters behind `*`. `prefixes` are the letters
    that the keyword search knows fields by, `indexes` those of its lists of headings; "" takes one away.
    `record_pages`: most MARC views read for one search; `item_pages`: most record pages for one question of
    availability.
    """

    scope: Scope = ""
    language: Language = ""
    sort: Literal["", "D", "DZ", "DX", "R", "RZ", "A", "AX"] = "D"
    prefixes: dict[Field, Letters] = msgspec.field(default_factory=dict)
    indexes: dict[Field, Letters] = msgspec.field(default_factory=dict)
    record_pages: Budget = 5
    item_pages: Budget = 10
    date_order: DateOrder = ""
    folds_marks: bool = True
