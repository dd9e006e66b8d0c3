"""The table `[kipos]` of a member file."""

from __future__ import annotations

from typing import Annotated

import msgspec

from engine.model import Field

CODES: dict[Field, str] = {Field.TITLE: "t"}
"""What is known of `search_field1`. Source: a public client of one library, 2026. Others are read from the form."""


class KiposSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[kipos]`; `docs/systems/kipos.md` tells each key."""

    search_path: str = "/opac/keywordsearch.aspx"
    codes: dict[Field, str] = msgspec.field(default_factory=dict)
    reads_form: bool = True
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
    isbn_forms: Annotated[int, msgspec.Meta(ge=1, le=6)] = 3
    folds_marks: bool = False
    joins_fields: bool = False
