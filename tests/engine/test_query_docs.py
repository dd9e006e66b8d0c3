from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from engine.errors import QueryError
from engine.query import parse, show

HERE = Path(__file__).parents[2]
PAGE = (HERE / "docs/search-language.md").read_text("utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| `")]
ERRORS = [row for row in ROWS if len(row) == 3 and row[1].startswith("`query.")]
EXAMPLES = [row for row in ROWS if len(row) == 2]
WORDS = tomllib.loads((HERE / "engine/query_words.toml").read_text("utf-8"))


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row[0])
def test_every_example_of_the_page_can_be_read(row: list[str]) -> None:
    query = parse(row[0].strip("`"))
    assert parse(show(query)) == query


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: row[1])
def test_every_error_of_the_page_is_the_one_that_comes(row: list[str]) -> None:
    typed, sentence, proposal = (re.sub("^`|`$", "", cell) for cell in row)
    with pytest.raises(QueryError) as caught:
        parse(typed, is_library=lambda _: False)
    assert (caught.value.reason.code, caught.value.proposal) == (sentence, proposal)


@pytest.mark.parametrize("name", [names[0] for table in ("fields", "filters") for names in WORDS[table].values()])
def test_every_prefix_stands_on_the_page(name: str) -> None:
    assert f"`{name}:`" in PAGE
