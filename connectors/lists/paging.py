"""Turns a window of a member's list into the pages that a system gives: by number, and of its own size. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.model import Window


class PagePart(NamedTuple):
    """The part of a page that a window needs: the page's number, counted from 1, and the rows of it, from 0."""

    number: int
    first_row: int
    end_row: int
    first_place: int
    """The place, counted from 1, of the first needed row in the member's whole list."""


def page_parts(window: Window, page_size: int) -> Iterator[PagePart]:
    """Return the pages that a window lies on, in order.

    >>> list(page_parts(Window(1, 20), 20))
    [PagePart(number=1, first_row=0, end_row=20, first_place=1)]
    >>> [tuple(part) for part in page_parts(Window(21, 20), 30)]
    [(1, 20, 30, 21), (2, 0, 10, 31)]
    """
    place, end = window.start, window.start + window.count
    while place < end:
        number, first_row = divmod(place - 1, page_size)
        rows = min(end - place, page_size - first_row)
        yield PagePart(number + 1, first_row, first_row + rows, place)
        place += rows
