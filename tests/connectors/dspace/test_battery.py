"""The battery over four made-up libraries: version 7 by REST, 5 by JSPUI, 6 by XMLUI's feed, 6 by Mirage 2."""

from __future__ import annotations

from pathlib import Path

from connectors.battery import Battery
from connectors.dspace import SYSTEM

ROOT = Path(__file__).parents[3]


class TestBattery(
    Battery, system=SYSTEM, recordings=ROOT / "tests" / "recordings", members=ROOT / "config" / "members"
): ...
