"""Figures with their bounds: a table for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Figure(NamedTuple):
    """One measured figure. `bound` is the most it may be, or the least where `at_least`."""

    name: str
    value: float
    unit: str
    bound: float
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Tell whether the figure keeps its bound."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def tell(figures: Sequence[Figure], path: Path) -> None:
    """Print the figures as a table and write them as JSON: name, value, unit, bound, met."""
    width = max(len(figure.name) for figure in figures)
    print(f"\n{'figure':<{width}}  {'value':>10}  {'bound':>12}  unit")
    for figure in figures:
        bound = f"{'≥' if figure.at_least else '≤'} {figure.bound:g}"
        mark = "" if figure.is_met else "   NOT MET"
        print(f"{figure.name:<{width}}  {figure.value:>10.2f}  {bound:>12}  {figure.unit}{mark}")
    path.parent.mkdir(exist_ok=True)
    rows = [
        {
            "name": figure.name,
            "value": round(figure.value, 3),
            "unit": figure.unit,
            "bound": figure.bound,
            "met": figure.is_met,
        }
        for figure in figures
    ]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")
