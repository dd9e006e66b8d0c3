"""The page on taking titles along says what there is."""

from __future__ import annotations

from pathlib import Path

from engine.export.citations import STYLES
from engine.export.formats import FORMATS

PAGE = (Path(__file__).parents[3] / "docs/export.md").read_text("utf-8")


def rows(first: str) -> list[list[str]]:
    """Return the rows of the table whose first column is headed so."""
    table = PAGE.partition(f"| {first} |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]


def test_the_table_of_formats_is_the_one_of_the_code() -> None:
    assert [(name, media_type, suffix) for name, _, media_type, suffix in rows("name")] == [
        (f"`{one.name}`", f"`{one.media_type}`", f"`.{one.suffix}`") for one in FORMATS.values()
    ]


def test_the_table_of_styles_is_the_one_of_the_code() -> None:
    assert [(name, file) for name, _, file in rows("style")] == [
        (f"`{style}`", f"`/api/v1/styles/{style}.csl`") for style in STYLES
    ]
