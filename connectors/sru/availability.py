"""Asks an SRU server for known records again, several at once, to see what their holdings say now.

Only for servers whose records hold items and whose index of record ids is known: Alma (AVA, AVE, AVD), Koha (952).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from connectors.formats import record_from_xml
from connectors.questions.cql import quoted
from connectors.sru.asking import Fetch
from connectors.sru.diagnostics import Try
from connectors.sru.response import Row, response_beside, unpacked
from connectors.sru.settings import Dialect
from engine.errors import UnreadableError
from engine.model import Holding, Record

MOST_IDS: Final = 40
"""Of so many records is asked at once: their clauses make an address of about 2,000 letters."""


class UnknownIndexError(UnreadableError):
    """The server does not have the index of record ids that its member file or profile names."""


def ids_cql(ids: Sequence[str], speaking: Dialect) -> str:
    """Return CQL that finds records by their ids.

    >>> ids_cql(["991", "992"], Dialect(id_index="alma.mms_id"))
    '(alma.mms_id="991" or alma.mms_id="992")'
    """
    clauses = [f"{speaking.id_index}={quoted(own_id, speaking.quoting)}" for own_id in ids]
    return f"({' or '.join(clauses)})" if len(clauses) > 1 else clauses[0]


async def holdings_now(
    records: Sequence[Record], member: str, speaking: Dialect, fetch: Fetch
) -> dict[str, tuple[Holding, ...]]:
    """Return what the holdings of these records are now, by record id.

    A record that no longer comes is absent. Where no record of an answer has any holding, the server does not put them
    into its records, and says nothing. Raises UnknownIndexError, and what other diagnostics mean.
    """
    told: dict[str, tuple[Holding, ...]] = {}
    size = min(MOST_IDS, speaking.max_records) if "or" in speaking.booleans else 1
    ids = [record.id for record in records]
    for start in range(0, len(ids), size):
        batch = ids[start : start + size]
        reply = await fetch(ids_cql(batch, speaking), speaking, 1, len(batch))
        answer = await response_beside(reply, lenient=speaking.lenient)
        if answer.diagnostics and not answer.rows:
            diagnostic = answer.diagnostics[0]
            if diagnostic.meaning.second_try is Try.INDEX:
                raise UnknownIndexError(f"no index {speaking.id_index}")
            raise diagnostic.failure(member)
        came = dict(_holdings(answer.rows, member, speaking))
        if any(came.values()):
            told |= {own_id: came[own_id] for own_id in batch if own_id in came}
    return told


def _holdings(rows: Sequence[Row], member: str, speaking: Dialect) -> Iterator[tuple[str, tuple[Holding, ...]]]:
    for row in rows:
        if row.diagnostic is not None or (row.element is None and row.text is None):
            continue
        try:
            element = row.element if row.element is not None else unpacked(row.text or "")
            record = record_from_xml(element, member=member, dialect=speaking.record_dialect)
        except UnreadableError:
            continue
        yield row.identifier or record.id, record.holdings
