"""Which hits of a DSpace a reader is shown, and what must be said of them. Pure.

Its search looks into full text, closed files too, and into what it writes itself. What is found only in closed full
text is not taken: it was given away by mistake.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from connectors.dspace.listed import Row
from connectors.dspace.words import of_system, shown, stands
from connectors.lists.narrow import narrows, passes
from engine.model import Expression, Filters, Placed, Reason

_NOTICES: Final = {
    "unreadable": "notice.records-unreadable",
    "gone": "notice.records-withheld",
    "collections": "notice.collections-left-out",
    "closed": "notice.closed-full-text",
    "full-text": "notice.full-text-only",
    "system": "notice.system-words-only",
    "unseen": "notice.words-unseen",
    "brief": "notice.brief-records",
}
"""What is counted, and the sentence that tells it."""


def shows_words(row: Row, expression: Expression | None) -> bool:
    """Whether the words that were asked for stand in what an item shows."""
    return stands(expression, shown(row.pairs))


def judged(
    rows: dict[int, Row], expression: Expression | None, filters: Filters
) -> tuple[tuple[Placed, ...], tuple[Reason, ...]]:
    """Return the hits to show at their places, and what is to be told of them and of those left out."""
    counts: Counter[str] = Counter()
    placed: list[Placed] = []
    for place, row in rows.items():
        kind = _kind(row, expression)
        if kind:
            counts[kind] += 1
        if row.record is None or kind in {"gone", "closed"}:
            continue
        counts["brief"] += row.is_brief
        placed.append(Placed(place, row.record))
    notices = [Reason(code, {"count": counts[kind]}) for kind, code in _NOTICES.items() if counts[kind]]
    if narrows(filters) or filters.available_only:
        kept = [one for one in placed if passes(one.record, filters) and not _is_unwanted(rows[one.place], filters)]
        if len(kept) < len(placed):
            notices.append(Reason("notice.filtered-here"))
        placed = kept
    return tuple(placed), tuple(notices)


def _kind(row: Row, expression: Expression | None) -> str:
    """Return what is to be counted of a row, "" for a hit like any other."""
    if row.record is None:
        return "gone" if row.is_gone else "unreadable" if row.is_item else "collections"
    if shows_words(row, expression):
        return ""
    if stands(expression, of_system(row.pairs)):
        return "system"
    if row.access is None or not row.access.has_files:
        return "unseen"
    return "closed" if row.access.is_closed else "full-text"


def _is_unwanted(row: Row, filters: Filters) -> bool:
    """Whether a reader who wants only what can be had now does not want a hit."""
    return filters.available_only and row.access is not None and row.access.is_closed
