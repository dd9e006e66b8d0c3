"""Every sentence that is said to a reader, in Vietnamese and English, from `phrases/*.toml`.

A sentence is found by its code. Its holes are filled from the values of a Reason. A connector of another package brings
its sentences along: a folder `phrases` of the package that its entry point `lienthu.phrases` names.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from typing import Literal

from engine.model import Reason

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")


@cache
def sentences() -> dict[str, dict[Language, str]]:
    """All sentences: dotted code -> language -> text with `{holes}`."""
    found: dict[str, dict[Language, str]] = {}

    def walk(table: dict[str, object], path: tuple[str, ...]) -> None:
        if "vi" in table and isinstance(table["vi"], str):
            found[".".join(path)] = {language: str(table[language]) for language in LANGUAGES}
        for key, value in table.items():
            if isinstance(value, dict):
                walk(value, (*path, key))

    # Each topic has a file of its own beside this module, so that two people can write at once.
    for package in ("engine", *_further_packages()):
        for file in sorted(files(package).joinpath("phrases").iterdir(), key=lambda file: file.name):
            if file.name.endswith(".toml"):
                walk(tomllib.loads(file.read_text("utf-8")), ())
    return found


def _further_packages() -> list[str]:
    """Return the packages outside of this repository that bring sentences of their own: `lienthu.phrases`."""
    return sorted({point.value for point in entry_points(group="lienthu.phrases")})


def say(reason: Reason, language: Language) -> str:
    """Say a reason in a language. An unknown code is said as the code itself: never an exception to a reader.

    >>> say(Reason(code="failure.timed-out", values={"detail": ""}), "en")
    'It did not answer in time; it will be asked again later.'
    """
    texts = sentences().get(reason.code)
    if texts is None:
        return reason.code
    try:
        return texts[language].format_map(reason.values)
    except (KeyError, ValueError, IndexError):
        return texts[language]
