from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs" / "systems"


@pytest.mark.parametrize(
    ("system", "page"),
    [("sierra", "sierra"), ("encore", "encore"), ("evergreen", "evergreen"), ("eprints", "eprints"), ("slims", "slims"),
     ("omeka_s", "omeka-s")],
)  # fmt: skip
def test_every_setting_stands_on_the_page_of_its_system(system: str, page: str) -> None:
    module = import_module(f"connectors.{system}")
    text = (DOCS / f"{page}.md").read_text("utf-8")
    missing = [name for name in module.SYSTEM.settings.__struct_fields__ if f"| `{name}` |" not in text]
    assert not missing
