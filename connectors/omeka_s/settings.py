"""The table `[omeka-s]` of a member file."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Slug = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]*$")]
PageSize = Annotated[int, msgspec.Meta(ge=1, le=100)]
Number = Annotated[int, msgspec.Meta(ge=1)]


class OmekaSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one Omeka S is asked. `docs/systems/omeka-s.md` tells each key.

    `site` is the slug of the site whose pages readers are sent to; empty: the server is asked for it once. `site_id`
    and the others narrow what is searched. `words`: `fulltext` asks Omeka's own full-text index, and in a field for the
    words side by side; `values` asks for each word on its own, anywhere in a value.
    """

    site: Slug = ""
    site_id: Number | None = None
    item_set_id: Number | None = None
    resource_class_id: Number | None = None
    words: Literal["fulltext", "values"] = "fulltext"
    page_size: PageSize = 20
    folds_marks: bool = False
