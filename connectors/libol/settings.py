"""The table `[libol]` of a member file."""

from __future__ import annotations

from typing import Annotated

import msgspec

from engine.model import Field


class LibolSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[libol]`; `docs/systems/libol.md` tells each key.

    `form_path` is beside the member's address; "" is the address itself. `boxes`, `choice`, `codes` and `button` say
    what is else found out from the form: names of its controls.
    """

    form_path: str = ""
    boxes: dict[Field, str] = msgspec.field(default_factory=dict)
    choice: str = ""
    codes: dict[Field, str] = msgspec.field(default_factory=dict)
    button: str = ""
    results_path: str = "WShowResult.aspx"
    holdings_path: str = "WHoldingCollection.aspx"
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
    isbn_forms: Annotated[int, msgspec.Meta(ge=1, le=6)] = 3
    folds_marks: bool = False
    joins_fields: bool = False
