"""Whether a page says in words that nothing was found: for systems that have no other sign of it. Pure.

The phrases are data (`none_found.toml`), Vietnamese and English, compared without marks. They are believed only where a
page has neither rows nor a count.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from engine.text import folded_key


@cache
def _phrases() -> tuple[str, ...]:
    table = tomllib.loads(files("connectors.reading").joinpath("none_found.toml").read_text("utf-8"))
    return tuple(folded_key(phrase) for phrase in table["phrases"])


def says_none(text: str) -> bool:
    """Whether a page's words, rows and hidden parts left out, say that nothing was found.

    >>> says_none("Không tìm thấy tài liệu nào."), says_none("Trang này không còn nữa.")
    (True, False)
    """
    key = f" {folded_key(text)} "
    return any(f" {phrase} " in key for phrase in _phrases())
