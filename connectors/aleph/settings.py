"""The table `[aleph]` of a member file."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from engine.model import Field

CODES: dict[Field, str] = {
    Field.ANY: "WRD",
    Field.TITLE: "WTI",
    Field.PERSON: "WAU",
    Field.SUBJECT: "WSU",
    Field.PUBLISHER: "WPU",
    Field.ISBN: "020",
    Field.ISSN: "022",
}
"""Aleph's own find codes, of the demonstration libraries from which most sites were made. Source: tab00, pc_tab_exp."""

Code = Annotated[str, msgspec.Meta(pattern=r"\A(?:[A-Za-z0-9]{2,5})?\Z")]
Base = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_-]{2,30}\Z")]


class AlephSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[aleph]`; `docs/systems/aleph.md` tells each key.

    `codes` adds to `CODES`; a code of "" takes one away, and the field is looked for anywhere.
    """

    base: Base
    library: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_-]{0,30}\Z")] = ""
    x_path: Annotated[str, msgspec.Meta(pattern=r"\A/?[A-Za-z0-9._/-]+\Z")] = "X"
    codes: dict[Field, Code] = {}
    year_code: Code = ""
    language_code: Code = ""
    max_records: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
    record_url: str = ""
    items: Literal["auto", "publish_avail", "circ_status", "none"] = "auto"
    most_items: Annotated[int, msgspec.Meta(ge=0, le=50)] = 10
    user_name: str = ""
    user_password: str = ""
    folds_marks: bool = False
