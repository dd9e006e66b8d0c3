"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine.sentences import Language

Config = Annotated[
    Path, typer.Option("--config", "-c", envvar="LIENTHU_CONFIG", help="The settings file, lienthu.toml.")
]
Lang = Annotated[str, typer.Option("--lang", help="Language of the sentences: vi or en.")]
Recordings = Annotated[Path, typer.Option("--recordings", help="The folder of all recordings.")]
CONFIG = Path("config/lienthu.toml")
RECORDINGS = Path("tests/recordings")


def language_of(lang: str) -> Language:
    """Return the language of an option; raises typer.BadParameter for one that is not spoken."""
    if lang == "vi":
        return "vi"
    if lang == "en":
        return "en"
    raise typer.BadParameter(f"{lang!r} is neither vi nor en")
