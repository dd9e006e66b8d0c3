"""Pages of one list must not contradict each other."""

from __future__ import annotations

import pytest

from connectors.forms.page_search import Got, of_one_list
from connectors.lists.numbered import Sheet
from connectors.reading.html import parse_html
from engine.errors import UnreadableError
from engine.model import Record

PAGE = parse_html(b"<p>a page</p>")
ROWS = (Record("m", "1", "A"), Record("m", "2", "B"))


def page(number: int, sheet: Sheet) -> Got:
    return Got(PAGE, "https://o.example.org/", number, sheet)


def test_a_further_page_that_knows_of_no_hits_is_a_lost_search_and_not_no_hits() -> None:
    with pytest.raises(UnreadableError, match="page 2 of 43 hits"):
        of_one_list(page(1, Sheet(ROWS, 43)), page(2, Sheet((), 0)), 2)


def test_behind_the_end_nothing_is_there_and_the_count_stays() -> None:
    assert of_one_list(page(1, Sheet(ROWS, 4)), page(3, Sheet((), 0)), 3).sheet == Sheet((), 4)
    assert of_one_list(page(1, Sheet(ROWS, 4)), page(2, Sheet(ROWS, None)), 2).sheet == Sheet(ROWS, 4)
    assert of_one_list(page(1, Sheet(ROWS, None)), page(2, Sheet((), 0)), 2).sheet == Sheet((), 0)
