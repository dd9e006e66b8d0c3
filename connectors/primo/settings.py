"""The table `[primo]` of a member file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from engine.model import Field


class Way(StrEnum):
    """How a Primo is asked."""

    VE = "ve"
    """Primo VE: `/primaws/rest/pub`."""
    CLASSIC = "classic"
    """Classic Primo with its newer interface: `/primo_library/libweb/webservices/rest/primo-explore/v1`."""
    PAGES = "pages"
    """Classic Primo by its older pages: `/primo_library/libweb/action/dlSearch.do`, else `search.do`."""


INDEXES: dict[Field, str] = {
    Field.ANY: "any",
    Field.TITLE: "title",
    Field.PERSON: "creator",
    Field.SUBJECT: "sub",
    Field.ISBN: "isbn",
    Field.ISSN: "issn",
}

Code = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_.:~-]{0,120}\Z")]
Index = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_]{0,40}\Z")]


class PrimoSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[primo]`; `docs/systems/primo.md` tells each key."""

    vid: Code
    tab: Code = ""
    scope: Code = ""
    inst: Code = ""
    way: Literal["auto", "ve", "classic", "pages"] = "auto"
    lang: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z_-]{2,8}\Z")] = "en"
    indexes: dict[Field, Index] = {}
    guest: Literal["auto", "always", "never"] = "auto"
    filters_years: bool = True
    filters_languages: bool = True
    record_url: str = ""
    folds_marks: bool = True
    max_records: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
    max_start: Annotated[int, msgspec.Meta(ge=0)] = 2000
    most_items: Annotated[int, msgspec.Meta(ge=0, le=50)] = 10

    @property
    def institution(self) -> str:
        """The institution's code: the head of the view's, in Primo VE."""
        return self.inst or self.vid.partition(":")[0]
