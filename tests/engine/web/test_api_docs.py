from __future__ import annotations

import re
from pathlib import Path

from engine.sentences import sentences
from engine.web.asking import PARAMETERS
from engine.web.openapi import description
from engine.web.shapes import SnapshotView

PAGE = (Path(__file__).parents[3] / "docs/api.md").read_text("utf-8")


def test_every_operation_and_parameter_stands_on_the_page() -> None:
    paths = description("/")["paths"]
    assert isinstance(paths, dict)
    assert [path for path in paths if f"`{path}`" not in PAGE] == []
    assert [name for name in PARAMETERS if f"`{name}`" not in PAGE] == []
    described = {parameter["name"] for parameter in paths["/api/v1/search"]["get"]["parameters"]}
    assert described == PARAMETERS


def test_every_field_of_a_snapshot_stands_on_the_page() -> None:
    told = set(re.findall(r"`([a-z_]+)`", PAGE)) | {"number", "took_s"}
    assert {field for field in SnapshotView.__struct_fields__ if field not in told} == set()


def test_every_problem_stands_on_the_page() -> None:
    codes = {code.removeprefix("page.problem.") for code in sentences() if code.startswith("page.problem.")}
    missing = {code for code in codes if f"`{code}`" not in PAGE}
    assert missing <= {"request", "too-large"}  # what aiohttp itself refuses
