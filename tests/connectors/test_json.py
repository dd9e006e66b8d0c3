"""JSON that members send with one bad letter in it."""

from __future__ import annotations

import pytest

from connectors.reading.json import count_of, parse_json
from engine.errors import UnreadableError


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (rb'{"title": "cut within a smile \ud83d"}', "cut within a smile \ufffd"),
        (rb'{"title": "the other half \uDE00 alone"}', "the other half \ufffd alone"),
        (rb'{"title": "whole \ud83d\ude00, half \ud83d"}', "whole \U0001f600, half \ufffd"),
        (rb'{"title": "no letter at all \\ud83d, and half \ud83d"}', "no letter at all \\ud83d, and half \ufffd"),
        ('{"title": "Kinh tế'.encode()[:-1] + b'"}', "Kinh t\ufffd"),
        (b'{"title": "two\nlines\tand a tab"}', "two\nlines\tand a tab"),
    ],
)
def test_one_bad_letter_costs_itself_and_not_the_page(body: bytes, title: str) -> None:
    assert parse_json(body) == {"title": title}


@pytest.mark.parametrize(
    "body", [b'{"title": "cut off', b'{"title": 1,}', b'{"title": \xff}', b"[" * 100_000 + b"\xff"]
)
def test_what_is_no_json_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(UnreadableError, match="no JSON"):
        parse_json(body)


@pytest.mark.parametrize("huge", [b"1e30", b"1" + b"0" * 40, b"NaN", b"-Infinity", b"1e999"])
def test_a_count_beyond_all_measure_is_no_count(huge: bytes) -> None:
    assert count_of(parse_json(huge)) is None
