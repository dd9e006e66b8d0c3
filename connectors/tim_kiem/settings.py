"""The table `[tim-kiem]` of a member file."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from engine.model import Field

CODES: dict[Field, str] = {
    Field.ANY: "qs",
    Field.TITLE: "ti",
    Field.PERSON: "au",
    Field.ISBN: "bn",
    Field.SUBJECT: "kw",
}
"""What each field is called in `searchBy`. Source: public clients of two libraries, 2024 to 2026."""


class TimKiemSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[tim-kiem]`; `docs/systems/tim-kiem.md` tells each key.

    `codes` adds to the known ones; "" takes one away. `sort` is a field and a direction, "" for the server's own order.
    `details`: most records of one search whose own page is fetched for what the list leaves out.
    """

    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    codes: dict[Field, str] = msgspec.field(default_factory=dict)
    sort: str = "year_pub desc"
    facets: bool = False
    joins_fields: bool = True
    folds_marks: bool = False
    isbn_forms: Annotated[int, msgspec.Meta(ge=1, le=6)] = 4
    details: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    details_by: Literal["table", "download"] = "table"
    token_uses: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 40
    form_path: str = "/tim-kiem"
    search_path: str = "/Search"
    download_path: str = "/download-marc"

    @property
    def known_codes(self) -> dict[Field, str]:
        """The codes of the fields that can be searched."""
        return {field: code for field, code in {**CODES, **self.codes}.items() if code}
