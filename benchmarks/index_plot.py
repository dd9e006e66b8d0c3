"""Draws how the cost of the index grows: `python -m benchmarks.index_plot` reads `build/bench-index.json`."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from pathlib import Path

WIDTH, HEIGHT, LEFT, TOP = 330, 220, 46, 34
PANELS = ("lookup", "search", "suggestion")
COLOURS = {"embedded": "#b5471b", "elasticsearch": "#1f5f8b"}
TARGET = Path("docs/images/bench-index.svg")

Points = dict[tuple[str, str, str], list[tuple[int, float]]]
"""What was measured, on which backend, median or 95th percentile: sizes and milliseconds."""


def points(source: Path) -> Points:
    """Return the measured points of a run."""
    found: Points = defaultdict(list)
    for row in json.loads(source.read_text("utf-8")):
        told = re.fullmatch(r"(\w+), ([\d,]+) records: (\w+), (median|95th percentile)", row["name"])
        if told and told[3] in PANELS:
            found[told[3], told[1], told[4]].append((int(told[2].replace(",", "")), row["value"]))
    return found


def drawn(found: Points) -> str:
    """Return the picture: a panel for each thing measured, both axes by powers of ten."""
    sizes = sorted({size for line in found.values() for size, _ in line})
    first, last = math.log10(sizes[0]), max(math.log10(sizes[-1]), math.log10(sizes[0]) + 1)
    parts = []

    def across(panel: int, size: float) -> float:
        return panel * WIDTH + LEFT + (math.log10(size) - first) / (last - first) * (WIDTH - LEFT - 26)

    def down(ms: float) -> float:
        return TOP + (1 - (math.log10(max(ms, 0.1)) + 1) / 4) * (HEIGHT - TOP - 28)  # 0.1 ms to 1 s

    for panel, what in enumerate(PANELS):
        parts.append(f'<text x="{panel * WIDTH + LEFT}" y="18" font-weight="bold">{what}, milliseconds</text>')
        for ms in (0.1, 1, 10, 100, 1000):
            left, right = panel * WIDTH + LEFT, (panel + 1) * WIDTH - 20
            parts.append(f'<path d="M{left} {down(ms):.0f}H{right}" stroke="#ddd"/>')
            parts.append(f'<text x="{left - 6}" y="{down(ms) + 4:.0f}" text-anchor="end">{ms:g}</text>')
        parts += [
            f'<text x="{across(panel, size):.0f}" y="{HEIGHT - 8}" text-anchor="middle">{size:,}</text>'
            for size in sizes
        ]
        for (measured, backend, which), line in sorted(found.items()):
            if measured == what:
                way = " ".join(f"{across(panel, size):.0f},{down(ms):.0f}" for size, ms in sorted(line))
                dashes = ' stroke-dasharray="5 4"' if which != "median" else ""
                colour = COLOURS[backend]
                parts.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>')
                parts += [
                    f'<circle cx="{at.split(",")[0]}" cy="{at.split(",")[1]}" r="3" fill="{colour}"/>'
                    for at in way.split()
                ]
    for number, (backend, colour) in enumerate(COLOURS.items()):
        parts.append(f'<text x="{LEFT + number * 120}" y="{HEIGHT + 16}" fill="{colour}">{backend}</text>')
    parts.append(
        f'<text x="{LEFT + 260}" y="{HEIGHT + 16}">line: median, dashes: 95th percentile; across: records</text>'
    )
    box = f'viewBox="0 0 {WIDTH * len(PANELS)} {HEIGHT + 26}"'
    style = 'font-family="sans-serif" font-size="12" fill="#333"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}><g {style}>' + "\n".join(parts) + "</g></svg>\n"


def main() -> None:
    """Write the picture into the docs."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(drawn(points(Path("build/bench-index.json"))), "utf-8")


if __name__ == "__main__":
    main()
