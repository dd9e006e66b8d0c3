"""What copies of some records can be had: their ids in one search, their OPAC records in one present."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connectors.z3950.bib1 import USE
from connectors.z3950.conversation import Conversation, HungUpError, closed
from connectors.z3950.diagnostics import Diagnostic, Try
from connectors.z3950.kept import Lend
from connectors.z3950.oids import Syntax
from connectors.z3950.operands import Operand, Term, joined
from connectors.z3950.present import Cut
from connectors.z3950.records import record_of
from connectors.z3950.settings import Dialect
from engine.errors import LienThuError, UnreadableError, UnsupportedError
from engine.model import Holding

MOST_IDS: Final = 20
"""Ids of one search: as many operands every server takes."""

_MADE_HERE: Final = "content-"
"""How ids begin that were made of a record's text, since it has none: no server knows them."""


class Copies:
    """One question after copies. Raises UnsupportedError where the server has no OPAC records."""

    def __init__(self, member: str, databases: tuple[str, ...], speaking: Dialect) -> None:
        self._member, self._databases, self._speaking = member, databases, speaking

    async def run(self, lend: Lend, ids: Sequence[str]) -> dict[str, tuple[Holding, ...]]:
        """Return the holdings of records by their ids; those of which the server does not say are absent."""
        wanted = [one for one in dict.fromkeys(ids) if not one.startswith(_MADE_HERE)]
        found: dict[str, tuple[Holding, ...]] = {}
        size = MOST_IDS if "or" in self._speaking.booleans else 1
        batches = [wanted[at : at + size] for at in range(0, len(wanted), size)]
        for is_fresh in (False, True):
            async with lend(is_fresh=is_fresh) as conversation:
                try:
                    for batch in batches:
                        found |= await self._batch(conversation, batch)
                except HungUpError as error:
                    if is_fresh or not conversation.is_lost_idle:
                        raise closed(error) from error
                    continue
            break
        return found

    async def _batch(self, conversation: Conversation, ids: list[str]) -> dict[str, tuple[Holding, ...]]:
        speaking = self._speaking
        terms: list[Operand] = [Term(((USE, speaking.id_use),), one.encode()) for one in ids]
        root = joined("or", terms)
        if root is None:
            return {}
        searched = await conversation.search(self._databases, root, Syntax.OPAC)
        if not searched.count:
            for diagnostic in searched.diagnostics:
                raise diagnostic.failure(self._member)
            return {}
        found: dict[str, tuple[Holding, ...]] = {}
        first, last = 1, min(searched.count, 2 * len(ids))  # an id may be found in other fields too
        elements = speaking.element_sets.get(Syntax.OPAC, speaking.element_set)
        while first <= last:
            await conversation.ask_present(first, last - first + 1, syntax=Syntax.OPAC, elements=elements)
            came = await conversation.read_present()
            refused = [*came.diagnostics, *(row for row in came.rows if isinstance(row, Diagnostic))]
            if refused and len(refused) >= len(came.rows):
                raise self._failure(refused[0])
            if not came.rows:
                break
            found |= self._holdings([row for row in came.rows if isinstance(row, Cut)], ids)
            first += len(came.rows)
        return found

    def _holdings(self, cuts: list[Cut], ids: list[str]) -> dict[str, tuple[Holding, ...]]:
        found: dict[str, tuple[Holding, ...]] = {}
        for cut in cuts:
            if not cut.is_opac:
                raise UnsupportedError("this server sends no OPAC records, whatever is asked for")
            try:
                record = record_of(cut, member=self._member, charset=self._speaking.record_charset)
            except UnreadableError:
                continue
            if record.id in ids:
                found[record.id] = record.holdings
        return found

    def _failure(self, diagnostic: Diagnostic) -> LienThuError:
        if diagnostic.meaning.second_try is Try.SYNTAX:
            return UnsupportedError("this server has no OPAC records")
        return diagnostic.failure(self._member)
