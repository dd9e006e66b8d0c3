"""The table `[emiclib]` of a member file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

import msgspec


class Way(StrEnum):
    """A way to ask: two generations of the JSON API, two of the pages; ANY tries them in this order."""

    ANY = ""
    JSON = "json"
    JSON_BOOTH = "json-booth"
    OSHOW = "oshow"
    MVC = "mvc"


WAYS: Final = (Way.JSON, Way.JSON_BOOTH, Way.OSHOW, Way.MVC)


class EmiclibSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[emiclib]`; `docs/systems/emiclib.md` tells each key."""

    way: Way = Way.ANY
    opac_url: str = ""
    booth: str = ""
    doc_type: str = "0"
    first_page: Annotated[int, msgspec.Meta(ge=0, le=1)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    folds_marks: bool = False
