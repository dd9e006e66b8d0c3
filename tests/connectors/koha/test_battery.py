"""Koha passes the tests that every connector passes."""

from __future__ import annotations

from pathlib import Path

from connectors.battery import Battery
from connectors.koha import SYSTEM

RECORDINGS = Path(__file__).parents[2] / "recordings"


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS):
    """Two made-up libraries: of 19.05 with everything on, of 24.05 with nothing but unAPI."""
