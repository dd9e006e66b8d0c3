"""The table of systems is what the systems, their recordings and the tests say."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

from engine.app import Systems

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "systems.md").read_text("utf-8")


def test_the_committed_page_is_the_one_that_the_systems_make() -> None:
    made = runpy.run_path(str(ROOT / "scripts" / "systems-page.py"))["systems_page"]()
    assert made == PAGE, "run scripts/systems-page.py"


def test_every_system_has_a_row_and_a_page_of_its_own() -> None:
    links = dict(re.findall(r"^\| \[([\w-]+)\]\(([\w./-]+)\) \|", PAGE, re.MULTILINE))
    assert links.keys() == set(Systems())
    assert all((ROOT / "docs" / link).exists() for link in links.values())
