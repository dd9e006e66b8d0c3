"""Years as a reader writes a span of them."""

from __future__ import annotations

import re
from functools import cache

from engine.query_scan import vocabulary
from engine.text import folded_key


@cache
def _year_patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    def words(row: str) -> str:
        known = {spelling for word in vocabulary().table["years"][row] for spelling in (word, folded_key(word) or word)}
        return "(?:" + "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True)) + ")"

    of, year = r"(?:n[ăa]m\s+)?", r"([0-9]{1,4})"
    dash = r"(?:-|–|—|\.\.+|…|/)"
    patterns = [
        (f"{of}{year}", "only"),
        (rf"\[?{year}\s*(?:{dash}|\s{words('between')}\s)\s*{of}{year}\]?", "span"),
        (rf"{words('from')}\s*{of}{year}\s*(?:{dash}|{words('between')})\s*{of}{year}", "span"),
        (rf"{year}\s*(?:{dash}|\+)", "from"),
        (rf"{dash}\s*{year}", "to"),
        *((rf"{words(row)}\s*{of}{year}", row) for row in ("from", "to", "after", "before")),
    ]
    return tuple((re.compile(pattern, re.IGNORECASE), sort) for pattern, sort in patterns)


def years(text: str) -> tuple[int | None, int | None] | None:
    """Return the first and last year that are meant, None for an open end; None where no years are.

    >>> years("2010-2020"), years("từ 2010 đến 2020"), years(">2010"), years("-2020"), years("xuân")
    ((2010, 2020), (2010, 2020), (2011, None), (None, 2020), None)
    """
    for pattern, sort in _year_patterns():
        if found := pattern.fullmatch(text):
            return _span(sort, int(found[1]), int(found[2]) if sort == "span" else 0)
    return None


def _span(sort: str, year: int, other: int) -> tuple[int | None, int | None]:
    return {
        "only": (year, year),
        "span": (min(year, other), max(year, other)),
        "from": (year, None),
        "to": (None, year),
        "after": (year + 1, None),
        "before": (None, year - 1),
    }[sort]
