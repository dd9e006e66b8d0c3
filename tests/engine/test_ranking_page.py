"""docs/ranking.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.fields import TABLE
from engine.rank import POINTS
from engine.sentences import sentences

PAGE = Path(__file__).parents[2] / "docs" / "ranking.md"


def rows(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading."""
    part = PAGE.read_text("utf-8").split(f"\n{heading}\n", 1)[1]
    table = re.search(r"(?:^\|.*\n)+", part, re.MULTILINE)
    assert table is not None
    return [[cell.strip() for cell in line.strip("|\n").split("|")] for line in table[0].splitlines()[2:]]


def test_every_reason_stands_on_the_page_with_its_points_strongest_rungs_first() -> None:
    assert [(row[0].strip("`"), float(row[1])) for row in rows("## The reasons of ranking")] == list(POINTS.items())


def test_the_field_table_of_the_page_is_that_of_the_code() -> None:
    assert rows("## The field table") == [
        [rule.field, rule.merge, "" if rule.key == "-" else rule.key, str(rule.weight or ""), rule.facet or ""]
        for rule in TABLE
    ]


@pytest.mark.parametrize("code", sorted(code for code in sentences() if code.startswith("match.")))
def test_every_sentence_of_a_join_stands_on_the_page(code: str) -> None:
    assert f"`{code}`" in PAGE.read_text("utf-8")
