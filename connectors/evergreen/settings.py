"""The table `[evergreen]` of a member file."""

from __future__ import annotations

from typing import Annotated

import msgspec

OrgUnit = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]+$")]
PageSize = Annotated[int, msgspec.Meta(ge=1, le=25)]
Budget = Annotated[int, msgspec.Meta(ge=0, le=50)]


class EvergreenSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one Evergreen is asked. `docs/systems/evergreen.md` tells each key.

    `org_unit` is the short name of the library or branch that is searched, `-` for all. `with_holdings`: lists are
    asked for with their copies. `filters`: years and languages are asked for in the query. `item_pages`: most requests
    for one question of availability where the copies of several records cannot be asked for at once.
    """

    org_unit: OrgUnit = "-"
    with_holdings: bool = True
    page_size: PageSize = 20
    filters: bool = True
    folds_marks: bool = True
    copies_at_once: bool = True
    item_pages: Budget = 10
