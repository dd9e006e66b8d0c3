"""Text that was read in the wrong encoding, put right."""

from __future__ import annotations

from engine.model import Noun


class Repaired(Noun, frozen=True):
    """A text after `repair`. `encoding` names what it had been, None where nothing was repaired."""

    text: str
    encoding: str | None = None


def repair(text: str) -> Repaired:
    """Return the text put right if it was read in the wrong encoding."""
    return Repaired(text)
