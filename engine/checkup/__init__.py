"""Finds out by asking how a member's server behaves, and says it to its librarian: `lienthu member check`.

Knows no system and no protocol; what is special to one comes from its `System.examine`.
"""

from __future__ import annotations

from engine.checkup.examination import check_member
from engine.checkup.findings import Checkup, Line, Verdict

__all__ = ["Checkup", "Line", "Verdict", "check_member"]
