"""Pure functions of short texts, remembered: catalogues repeat their publishers, languages and names."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_Result = TypeVar("_Result")

_LONGEST = 200  # letters: longer texts do not come again, and would fill the memory


def remembered(function: Callable[[str], _Result]) -> Callable[[str], _Result]:
    """Return the function with its last results at hand; long texts are worked out each time."""
    kept = lru_cache(maxsize=2048)(function)

    @wraps(function)
    def call(text: str) -> _Result:
        return kept(text) if len(text) <= _LONGEST else function(text)

    return call
