"""Check that the docs speak of what is there: links lead somewhere, commands and settings stand in the docs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def pages() -> list[Path]:
    """Return the pages that are kept in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],  # noqa: S607 - git of the path
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines()]


def broken_links(page: Path) -> list[str]:
    """Return the relative links of a page that lead nowhere."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    return [
        f"{page.relative_to(ROOT)}: link to {link} leads nowhere"
        for link in links
        if not re.match(r"[a-z]+:", link) and not (page.parent / link).exists()
    ]


def main() -> int:
    """Print what is wrong; return the status."""
    problems = [problem for page in pages() for problem in broken_links(page)]
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201 - it is a command
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
