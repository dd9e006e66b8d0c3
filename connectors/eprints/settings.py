"""The table `[eprints]` of a member file."""

from __future__ import annotations

from typing import Annotated

import msgspec

RepositoryId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]*$")]
Count = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Budget = Annotated[int, msgspec.Meta(ge=0, le=50)]


class EprintsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one EPrints is asked. `docs/systems/eprints.md` tells each key.

    `repository` is the id that stands in its export addresses; empty: it is read from the page of hits. An export may
    hold all hits, whatever was asked: `most_exported` is how many hits a question may have to be exported from a server
    that is not yet known to keep to the number asked for. `record_pages`: most exports of single records for one search
    where lists cannot be exported.
    """

    repository: RepositoryId = ""
    order: str = "-date/creators_name/title"
    most_exported: Count = 300
    record_pages: Budget = 0
    folds_marks: bool = False
