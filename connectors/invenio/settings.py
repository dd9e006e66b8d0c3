"""The table `[invenio]` of a member file."""

from __future__ import annotations

from typing import Annotated

import msgspec

PageSize = Annotated[int, msgspec.Meta(ge=1, le=100)]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]*$")]


class InvenioSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one InvenioRDM is asked. `docs/systems/invenio.md` tells each key."""

    community: Slug = ""
    page_size: PageSize = 20
    folds_marks: bool = False
