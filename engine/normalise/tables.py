"""The tables beside this package's modules, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

_FOLDER = files("engine.normalise")


@cache
def lists(name: str) -> dict[str, tuple[str, ...]]:
    """Return the lists of the TOML table of this name: key -> strings."""
    table = tomllib.loads(_FOLDER.joinpath(f"{name}.toml").read_text("utf-8"))
    return {key: tuple(str(word) for word in words) for key, words in table.items() if isinstance(words, list)}


@cache
def groups(name: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the tables of the TOML table of this name: group -> key -> strings."""
    table = tomllib.loads(_FOLDER.joinpath(f"{name}.toml").read_text("utf-8"))
    return {
        group: {key: tuple(str(word) for word in words) for key, words in lists_.items()}
        for group, lists_ in table.items()
        if isinstance(lists_, dict)
    }


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the lines of the TSV table of this name, without its comments and its head."""
    lines = _FOLDER.joinpath(f"{name}.tsv").read_text("utf-8").splitlines()
    told = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple(tuple(line) for line in told[1:])
