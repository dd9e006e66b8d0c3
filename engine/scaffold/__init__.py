"""Writes what a new library or a new kind of system begins with: a member file, or a connector born with its tests."""

from __future__ import annotations

from engine.scaffold.connector import scaffold_connector
from engine.scaffold.member import scaffold_member

__all__ = ["scaffold_connector", "scaffold_member"]
