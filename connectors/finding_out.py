"""What is found out of any catalogue for `lienthu member check`: does it answer a search, does it tell its copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from engine.errors import LienThuError
from engine.model import Answer, Clause, Field, Holding, Query, Reason, Record, Scheme, Window
from engine.ports import Finding

_WORDS: Final = ("kinh tế", "history")
"""Of which at least one stands in every catalogue."""

_RECORDS: Final = 3
"""So many records are looked at: each may cost a request."""


class Searching(Protocol):
    """What can be searched."""

    async def search(self, query: Query, window: Window) -> Answer:
        """Return a window of the hits."""


class TellingCopies(Searching, Protocol):
    """What can be asked for copies too."""

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return the copies of records."""


async def sample(connector: Searching) -> Answer:
    """Return a few hits. Raises one of `engine.errors` where searches are not answered."""
    answer = await connector.search(Query(Clause(_WORDS[0])), Window(1, _RECORDS))
    if answer.placed:
        return answer
    return await connector.search(Query(Clause(_WORDS[1])), Window(1, _RECORDS))


def has_notice(answer: Answer, code: str) -> bool:
    """Whether an answer tells this."""
    return any(notice.code == code for notice in answer.notices)


async def copies_told(connector: TellingCopies, answer: Answer) -> Finding:
    """Find out for how many of the hits the state of copies is told."""
    records = [placed.record for placed in answer.placed]
    try:
        found = await connector.availability(records)
    except LienThuError as error:
        reason = Reason("finding.copies.closed", {"detail": error.detail or error.code})
        return Finding("availability", is_well=False, reason=reason)
    told = sum(any(copy.availability is not None for copy in copies) for copies in found.values())
    reason = Reason("finding.copies.told", {"told": told, "of": len(records)})
    return Finding("availability", is_well=told > 0 or not records, reason=reason)


def sample_of(record: Record | None, field: Field) -> str | None:
    """Return a word that stands in a field of a record, None where it has none: asked for there, it must be found."""
    if record is None:
        return None
    numbers = {Field.ISBN: Scheme.ISBN, Field.ISSN: Scheme.ISSN}
    if field in numbers:
        return next((one.value for one in record.identifiers if one.scheme is numbers[field]), None)
    texts = {
        Field.ANY: record.title,
        Field.TITLE: record.title,
        Field.PERSON: record.people[0].name if record.people else "",
        Field.SUBJECT: record.subjects[0] if record.subjects else "",
        Field.PUBLISHER: record.publisher or "",
        Field.SERIES: record.series[0].title if record.series else "",
        Field.CALL_NUMBER: record.classes[0].number if record.classes else "",
    }
    words = [word.strip(".,:;/()[]") for word in texts.get(field, "").split()]
    return max(words, key=len, default=None)
