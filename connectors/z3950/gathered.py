"""The records of one result set as they come: each at its place, what cannot be read or is withheld counted."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import quote

import msgspec
from lxml import etree

from connectors.lists.narrow import narrows, passes
from connectors.z3950.diagnostics import Diagnostic
from connectors.z3950.present import Cut
from connectors.z3950.records import parsed_together, record_of
from connectors.z3950.settings import Dialect
from engine.errors import UnreadableError
from engine.model import Filters, Placed, Reason, Record

RECORDS_A_SLICE: Final = 25
"""How many records are read before others may run: about 5 ms."""


class Gathered:
    """What came of a result set so far."""

    def __init__(self, member: str) -> None:
        self._member = member
        self._found: dict[int, Record] = {}
        self._withheld = 0
        self._first_withheld: Diagnostic | None = None
        self.unreadable = 0

    def __bool__(self) -> bool:
        """Whether there is a record that can be shown."""
        return bool(self._found)

    def placed(self, unasked: Filters) -> tuple[Placed, ...]:
        """Return the records at their places, without those that filters leave out."""
        found = sorted(self._found.items())
        is_narrowed = narrows(unasked)
        return tuple(Placed(place, one) for place, one in found if not is_narrowed or passes(one, unasked))

    def notices(self) -> list[Reason]:
        """Return what is told of records that cannot be shown."""
        counts = {"notice.records-unreadable": self.unreadable, "notice.records-withheld": self._withheld}
        return [Reason(code, {"count": count}) for code, count in counts.items() if count]

    async def read(self, rows: tuple[Cut | Diagnostic, ...], first: int, speaking: Dialect) -> None:
        """Read records from a place on, letting others run in between."""
        parsed: list[etree._Element | None] = []
        for at, row in enumerate(rows):
            if at == len(parsed):
                if at:
                    await asyncio.sleep(0)
                parsed += parsed_together(rows[at : at + RECORDS_A_SLICE])
            if isinstance(row, Diagnostic):
                self._withheld += 1
                self._first_withheld = self._first_withheld or row
                continue
            try:
                record = record_of(row, member=self._member, charset=speaking.record_charset, element=parsed[at])
            except UnreadableError:
                self.unreadable += 1
                continue
            if speaking.record_url:
                url = speaking.record_url.replace("{id}", quote(record.id, safe="/:"))
                record = msgspec.structs.replace(record, url=url)
            self._found[first + at] = record

    def finish(self) -> None:
        """Keep each record once, or raise where nothing of what came can be shown."""
        if not self._found and self._withheld and self._first_withheld is not None:
            raise self._first_withheld.failure(self._member)
        if not self._found and self.unreadable:
            raise UnreadableError(f"none of {self.unreadable} records can be read")
        self._drop_repeated()

    def _drop_repeated(self) -> None:
        """Keep the first of records with one id: a reader is shown none twice."""
        seen: set[str] = set()
        for place, record in sorted(self._found.items()):
            if record.id in seen:
                del self._found[place]
            seen.add(record.id)
