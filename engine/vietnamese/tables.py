"""The tables beside this module, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

_FOLDER = files("engine.vietnamese")


@cache
def table(name: str) -> dict[str, object]:
    """Return the TOML table of this name."""
    return tomllib.loads(_FOLDER.joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the lines of the TSV table of this name, without its comments and its head."""
    lines = _FOLDER.joinpath(f"{name}.tsv").read_text("utf-8").splitlines()
    told = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple(tuple(line) for line in told[1:])


def words(name: str, key: str) -> tuple[str, ...]:
    """Return a list of strings from a TOML table."""
    found = table(name)[key]
    assert isinstance(found, list)
    return tuple(str(word) for word in found)


def pairs(name: str, key: str) -> dict[str, str]:
    """Return a table of strings from a TOML table."""
    found = table(name)[key]
    assert isinstance(found, dict)
    return {str(one): str(other) for one, other in found.items()}
