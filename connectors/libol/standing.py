"""Lists that stand beside the form whatever is asked: new titles, titles lent most. They are no results. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from bs4 import BeautifulSoup, Tag

from connectors.reading.html import attribute
from connectors.reading.none_found import says_none
from connectors.reading.record_links import Look, rows_of

_ALERT: Final = re.compile(
    r"""^\s*(?://<!\[CDATA\[|<!--)?\s*(?:window\.)?alert\(\s*(['"])(?P<said>.{1,300}?)\1\s*\)""", re.DOTALL
)

Standing = dict[str, frozenset[str]]
"""The records that each table links to, by the table's id: grids of ASP.NET always have one."""


def standing_lists(page: BeautifulSoup, look: Look) -> Standing:
    """Return the lists of a page on which nothing was asked yet."""
    return {name: frozenset(ids) for name, (_, ids) in _lists(page, look).items()}


def leave_out(page: BeautifulSoup, standing: Standing, look: Look) -> None:
    """Take the lists out of a page that stood there before: the same table, and half of its records or more."""
    for name, (table, ids) in _lists(page, look).items():
        if 2 * len(ids & standing.get(name, frozenset())) >= len(ids):
            table.extract()


def alerts_none(page: BeautifulSoup) -> bool:
    """Whether a script tells the reader in a box, as soon as the page is there, that nothing was found.

    Source: the published code of a system of the same descent, which answers so, with the form once more.
    """
    scripts = (_ALERT.match(script.get_text()) for script in page.find_all("script"))
    return any(found is not None and says_none(found["said"]) for found in scripts)


def _lists(page: BeautifulSoup, look: Look) -> dict[str, tuple[Tag, set[str]]]:
    """Return the innermost tables with ids, and the records they link to."""
    found: dict[str, tuple[Tag, set[str]]] = {}
    links: dict[int, set[str]] = defaultdict(set)
    for row in rows_of(page, look):
        table = row.link.find_parent("table")
        if isinstance(table, Tag) and (name := attribute(table, "id")):
            links[id(table)].add(row.id)
            found[name] = table, links[id(table)]
    return found
