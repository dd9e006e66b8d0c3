"""The pages of the Vietnamese systems tell every key, and their examples load."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from engine.ports import System
from engine.settings import read_member

DOCS = Path(__file__).parents[2] / "docs" / "systems"
NAMES = ("tim_kiem", "ilib", "libol", "emiclib", "kipos", "bookworm")


@pytest.mark.parametrize("module", NAMES)
def test_every_key_stands_in_the_docs_and_the_examples_load(module: str, tmp_path: Path) -> None:
    system = import_module(f"connectors.{module}").SYSTEM
    assert isinstance(system, System)
    text = (DOCS / f"{system.name}.md").read_text("utf-8")
    for key in system.settings.__struct_fields__:
        assert f"`{key}`" in text, key
    examples = [part.partition("```")[0] for part in text.split("```toml\n")[1:]]
    assert examples
    for number, example in enumerate(examples):
        file = tmp_path / f"vi-du-{number}.toml"
        file.write_text(example, "utf-8")
        read_member(file, {system.name: system.settings})
