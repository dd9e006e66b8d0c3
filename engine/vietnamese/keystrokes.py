"""Vietnamese keys typed while the keyboard was set to another language."""

from __future__ import annotations


def keystrokes(text: str) -> str | None:  # noqa: ARG001 - a first version
    """Return what the keys would have written, None where that is not plausible."""
    return None
