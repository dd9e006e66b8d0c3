"""The table `[koha]` of a member file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec

from engine.model import Field


class Way(StrEnum):
    """A way to full records or to what can be had, by what it costs a server of 2019 for 20 records.

    CART: the download of a cart, all at once with items (283 ms). ILS_DI: all at once with items (623 ms). UNAPI, REST:
    one by one without items (6 ms each). EXPORT: one by one with items (56 ms each). PAGE: the page of a record, one by
    one (328 ms each).
    """

    CART = "cart"
    ILS_DI = "ils-di"
    UNAPI = "unapi"
    REST = "rest"
    EXPORT = "export"
    PAGE = "page"


INDEXES: Final[dict[Field, str]] = {
    Field.ANY: "kw",
    Field.TITLE: "ti",
    Field.PERSON: "au",
    Field.SUBJECT: "su",
    Field.PUBLISHER: "pb",
    Field.SERIES: "se",
    Field.ISBN: "nb",
    Field.ISSN: "ns",
    Field.CALL_NUMBER: "callnum",
}
"""Koha's own short names of its indexes, as its advanced search sends them."""

Index = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9,-]{0,39}$|^$")]
RecordWay = Literal["cart", "ils-di", "unapi", "rest", "export"]
ItemWay = Literal["cart", "ils-di", "rest", "page"]
Rows = Annotated[int, msgspec.Meta(ge=1, le=200)]
Requests = Annotated[int, msgspec.Meta(ge=0, le=50)]


class KohaSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[koha]`. `docs/systems/koha.md` tells each key."""

    search: Literal["page", "feed"] = "page"
    records: tuple[RecordWay, ...] = ("cart", "ils-di", "unapi", "rest", "export")
    availability: tuple[ItemWay, ...] = ("cart", "ils-di", "rest", "page")
    indexes: dict[Field, Index] = msgspec.field(default_factory=dict)
    engine: Literal["zebra", "elasticsearch"] = "zebra"
    sort: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{0,30}$")] = "relevance_dsc"
    max_rows: Rows = 50
    max_single: Requests = 6
    dialect: Literal["marc21", "unimarc"] = "marc21"
    folds_marks: bool = False
    branches: dict[str, str] = msgspec.field(default_factory=dict)
    locations: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def index_of(self) -> dict[Field, str]:
        """The index of each field that can be searched."""
        return {field: index for field, index in {**INDEXES, **self.indexes}.items() if index}
