"""The table `[slims]` of a member file."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

PageSize = Annotated[int, msgspec.Meta(ge=1, le=200)]
Budget = Annotated[int, msgspec.Meta(ge=0, le=50)]


class SlimsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one SLiMS is asked. `docs/systems/slims.md` tells each key.

    `page_size` is what is believed of its pages until it says so itself. `list_format`: `html` where it is known to
    give no XML. `item_pages`: most record pages read for one question of availability, 0 for none.
    """

    page_size: PageSize = 10
    list_format: Literal["xml", "html"] = "xml"
    folds_marks: bool = False
    item_pages: Budget = 10
