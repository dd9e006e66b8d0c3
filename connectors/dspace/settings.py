"""The table `[dspace]` of a member file. `docs/systems/dspace.md` tells each key."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

Address = Annotated[str, msgspec.Meta(pattern=r"^(?:|https?://[^\s]+)$")]
Scope = Annotated[str, msgspec.Meta(pattern=r"^[^\s?&#]*$")]
Rows = Annotated[int, msgspec.Meta(ge=1, le=100)]
Completed = Annotated[int, msgspec.Meta(ge=0, le=20)]


class Way(StrEnum):
    """How a DSpace is asked. AUTO tries the ways from the cheapest, and keeps to the first that works."""

    AUTO = "auto"
    REST7 = "rest7"
    OPENSEARCH = "opensearch"
    XMLUI = "xmlui"
    JSPUI = "jspui"


class DspaceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say of a DSpace.

    `scope`: of which collection or community only; its uuid from version 7 on, before that its handle. `pages`: the
    address of the pages for people where it is not that of `url`. `max_records`: most rows asked for at once.
    `complete`: how many records of one search are completed from their own pages where the list says little of them
    (versions up to 6). `items_only`: versions up to 6 are asked to leave collections and communities out.
    """

    way: Way = Way.AUTO
    scope: Scope = ""
    pages: Address = ""
    max_records: Rows = 50
    complete: Completed = 5
    items_only: bool = True
    folds_marks: bool = True
