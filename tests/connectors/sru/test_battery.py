from __future__ import annotations

from pathlib import Path

from connectors.battery import Battery
from connectors.sru import SYSTEM

ROOT = Path(__file__).parents[3]


class TestBattery(
    Battery, system=SYSTEM, recordings=ROOT / "tests" / "recordings", members=ROOT / "config" / "members"
):
    """SRU servers, Koha's and one in UNIMARC."""
