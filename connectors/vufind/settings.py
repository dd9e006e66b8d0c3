"""The table `[vufind]` of a member file."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from engine.model import Field

TYPES: dict[Field, str] = {
    Field.ANY: "AllFields",
    Field.TITLE: "Title",
    Field.PERSON: "Author",
    Field.SUBJECT: "Subject",
    Field.CALL_NUMBER: "CallNumber",
    Field.ISBN: "ISN",
    Field.ISSN: "ISN",
    Field.PUBLISHER: "publisher",
    Field.SERIES: "Series",
}
"""VuFind's own search types. Source: searches.ini and searchspecs.yaml as shipped."""

PageSize = Annotated[int, msgspec.Meta(ge=1, le=100)]
Path = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*\Z")]


class VufindSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[vufind]`; `docs/systems/vufind.md` tells each key.

    `types` adds to `TYPES`; a type of "" takes one away, and the field is looked for anywhere.
    """

    way: Literal["auto", "api", "pages"] = "auto"
    api_path: Path = "api/v1"
    api_key: str = ""
    full_record: bool = True
    page_size: PageSize = 20
    types: dict[Field, str] = {}
    year_filter: str = "publishDate"
    language_filter: str = "language"
    languages: dict[str, str] = {}
    filters: tuple[str, ...] = ()
    item_statuses: bool = True
    folds_marks: bool = True
    max_start: Annotated[int, msgspec.Meta(ge=0)] = 0
