"""What answers say about a server: each judgement is a line, or several. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Final

from engine.checkup.findings import Line, unknown, wanting, well
from engine.checkup.listening import Listener
from engine.checkup.samples import holds
from engine.model import Answer, Field, Record

SLOW_MS: Final = 3000
"""Readers seldom wait longer."""

_USUAL_FIELDS: Final = frozenset({Field.TITLE, Field.PERSON, Field.SUBJECT, Field.PUBLISHER, Field.ISBN})
"""What readers ask for so often that every catalogue should search it."""


def about_records(records: Sequence[Record]) -> tuple[Line, ...]:
    """Say how much the records tell."""
    if not records:
        return ()
    counts = {
        "people": sum(bool(record.people or record.responsibility) for record in records),
        "years": sum(record.year is not None for record in records),
        "numbers": sum(bool(record.identifiers) for record in records),
        "holdings": sum(bool(record.holdings) for record in records),
        "urls": sum(record.url is not None for record in records),
    }
    few = counts["years"] < len(records) / 2 or counts["people"] < len(records) / 3
    make = wanting if few else well
    return (make("records", "records.few" if few else "records.well", count=len(records), **counts),)


def about_field(what: str, field: Field, text: str, answer: Answer) -> Line:
    """Say whether a field was searched for words that stand in it."""
    if any(notice.code == "notice.any-field" for notice in answer.notices):
        return wanting(what, "field.anywhere", word=text) if field in _USUAL_FIELDS else unknown(what, "field.none")
    if not answer.placed:
        return wanting(what, "field.empty", word=text)
    found = [placed.record for placed in answer.placed]
    fitting = sum(holds(record, field, text) for record in found)
    if fitting * 2 < len(found):
        return wanting(what, "field.loose", word=text, fitting=fitting, count=len(found))
    return well(what, "field.well", word=text, total=shown(answer))


def about_bare(text: str, marked: int, bare: int) -> Line:
    """Say what words without marks find, against those with theirs."""
    values: dict[str, str | float] = {"text": text, "bare": bare, "marked": marked}
    if bare == 0 and marked:
        return wanting("marks.bare", "marks.bare-nothing", **values)
    if bare < marked:
        return wanting("marks.bare", "marks.bare-fewer", **values)
    return well("marks.bare", "marks.bare-same" if bare == marked else "marks.bare-more", **values)


def about_apart(apart: int, marked: int) -> Line:
    """Say what words find whose letters and marks stand apart, against composed ones."""
    if apart == marked:
        return well("marks.apart", "marks.apart", found=apart, marked=marked)
    code = "marks.only-apart" if apart and not marked else "marks.apart-lost"
    return wanting("marks.apart", code, found=apart, marked=marked)


def about_paging(first: Answer, second: Answer, *, total: int | None, start: int) -> tuple[Line, ...]:
    """Say whether the records from a place on are other ones, each once, of a list as long as before.

    `total` is what the very first answer told.
    """
    before, after = _ids(first), _ids(second)
    repeated = len(set(before) & set(after))
    capped = next((notice for notice in (*second.notices, *first.notices) if notice.code == "notice.list-capped"), None)
    if not after and capped is not None:
        line = unknown("paging", "paging.capped", **capped.values)
    elif not after:
        line = wanting("paging", "paging.empty", start=start, total="?" if total is None else total)
    elif repeated == len(after):
        line = wanting("paging", "paging.same")
    elif repeated or len(set(after)) < len(after):
        line = wanting("paging", "paging.repeats", count=repeated or len(after) - len(set(after)))
    elif total is not None and second.total is not None and total != second.total:
        line = wanting("paging", "paging.totals", first=total, second=second.total)
    else:
        line = well("paging", "paging.well", start=start, count=len(after))
    return (line,) if total is not None else (line, wanting("paging.total", "paging.no-total"))


def about_encodings(records: Sequence[Record], heard: Listener) -> tuple[Line, ...]:
    """Say what was wrong with the letters that came."""
    lines = []
    repaired = [raw.encoding for record in records for raw in record.raw]
    if repaired:
        count = sum(bool(record.raw) for record in records)
        kinds = ", ".join(sorted(set(repaired)))
        lines.append(wanting("encoding.old", "encoding.old", count=count, all=len(records), kinds=kinds))
    lost = max(heard.lost, sum("\ufffd" in record.title for record in records))
    if lost:
        lines.append(wanting("encoding.lost", "encoding.lost", count=lost))
    if heard.decomposed:
        lines.append(wanting("encoding.apart", "encoding.apart", count=heard.decomposed, all=heard.answers))
    if heard.undeclared:
        lines.append(wanting("encoding.undeclared", "encoding.undeclared", count=heard.undeclared))
    if heard.mistyped:
        lines.append(wanting("encoding.type", "encoding.type", count=heard.mistyped))
    return tuple(lines) or (well("encoding", "encoding.well"),)


def about_times(took_ms: Sequence[int]) -> Line:
    """Say whether searches end before readers leave."""
    median, slowest = round(statistics.median(took_ms)), max(took_ms)
    make, code = (wanting, "times.slow") if median > SLOW_MS else (well, "times.well")
    return make("times", code, median=median, slowest=slowest, count=len(took_ms))


def hits_of(answer: Answer) -> int:
    """Return the hits of an answer: its total, or what is known to be there."""
    return answer.total if answer.total is not None else len(answer.placed) + answer.has_more


def shown(answer: Answer) -> str:
    """Return how many hits an answer tells of, as it is said."""
    return "?" if answer.total is None else str(answer.total)


def _ids(answer: Answer) -> list[str]:
    return [placed.record.id for placed in answer.placed]
