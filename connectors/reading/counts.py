"""How many hits a page of results tells, and which of them it shows, in the words around its rows. Pure.

Numbers are written with points or commas between thousands. The words are Vietnamese and English; of a range ("21 - 40
... 1.234") they do not matter.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_NUMBER: Final = r"\d[\d.,]*"
_RANGE: Final = re.compile(
    rf"(?<![\d.,])(?P<first>{_NUMBER})\s*(?:[-–—]|đến|tới|to)\s*(?P<last>{_NUMBER})\D{{1,24}}?(?P<total>{_NUMBER})",
    re.IGNORECASE,
)
_THINGS: Final = (
    r"kết quả|biểu ghi|bản ghi|ấn phẩm|tài liệu|nhan đề|cuốn sách|sách"
    r"|results?|records?|titles?|hits?|items?|documents?"
)
_COUNTS: Final = (
    re.compile(rf"(?:tìm thấy|tìm được|tổng số|tổng cộng|found|total)\D{{0,24}}?(?P<total>{_NUMBER})", re.IGNORECASE),
    re.compile(rf"(?<![\d.,/])(?P<total>{_NUMBER})\s*(?:{_THINGS})(?!\w)", re.IGNORECASE),
    re.compile(rf"(?:{_THINGS})\s*[:(]\s*(?P<total>{_NUMBER})", re.IGNORECASE),
)


class Counts(NamedTuple):
    """First and last place on the page, counted from 1, and the number of hits; None for what is not told."""

    first: int | None = None
    last: int | None = None
    total: int | None = None


def counts(text: str) -> Counts:
    """Return what the words around the rows of a page say.

    >>> tuple(counts("Kết quả 21 - 40 trong 1.234")), tuple(counts("Mục 1 đến 10 của 57"))
    ((21, 40, 1234), (1, 10, 57))
    >>> counts("Tìm thấy 1,204 ấn phẩm").total, counts("Có 0 kết quả").total, counts("Năm 2010").total
    (1204, 0, None)
    """
    for found in _RANGE.finditer(text):
        first, last, total = (number(found[name]) for name in ("first", "last", "total"))
        if first <= last <= total:
            return Counts(first, last, total) if total else Counts(total=0)
    for pattern in _COUNTS:
        if found_count := pattern.search(text):
            return Counts(total=number(found_count["total"]))
    return Counts()


def number(text: str) -> int:
    """Return the number that digits with marks between thousands write."""
    return int(re.sub(r"\D", "", text) or "0")
