"""The table `[encore]` of a member file."""

from __future__ import annotations

from typing import Annotated

import msgspec

from connectors.reading.innovative import DateOrder

Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{3}$")]
Suite = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]*$")]
PageSize = Annotated[int, msgspec.Meta(ge=1, le=100)]
Budget = Annotated[int, msgspec.Meta(ge=0, le=50)]


class EncoreSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one Encore is asked. `docs/systems/encore.md` tells each key.

    `page_size` is what is believed of its pages until they say so themselves. `record_pages`: most MARC views read for
    one search; `item_pages`: most record pages for one question of availability.
    """

    language: Language = "eng"
    suite: Suite = ""
    page_size: PageSize = 25
    record_pages: Budget = 5
    item_pages: Budget = 10
    date_order: DateOrder = ""
    folds_marks: bool = True
