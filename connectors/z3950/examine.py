"""Finds out by asking what a server really does, for `lienthu member check`.

Costs about two dozen requests on one connection, one after the other: not for searches.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from connectors.finding_out import sample_of
from connectors.z3950.connector import Z3950Connector
from connectors.z3950.conversation import Conversation, HungUpError, Searched, closed
from connectors.z3950.diagnostics import Diagnostic
from connectors.z3950.ladder import after_diagnostics
from connectors.z3950.oids import Syntax
from connectors.z3950.operands import Joined, Operand, Term
from connectors.z3950.records import record_of
from connectors.z3950.rpn import rpn
from connectors.z3950.settings import Dialect, Z3950Settings, dialect, place
from engine.errors import LienThuError, UnreadableError
from engine.model import Clause, Field, Query, Reason, Record
from engine.ports import Door, Finding, Member
from engine.text import unmarked

_WORDS: Final = ("history", "giáo trình", "việt nam", "computer")
"""Words of which one stands in records of nearly every library."""


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return what a member's server does. Raises one of `engine.errors` where it answers no search at all."""
    assert isinstance(settings, Z3950Settings)
    connector = Z3950Connector(member, settings, door)
    assert door.dial is not None
    examination = _Examination(member, place(member, settings).databases, dialect(settings))
    async with door.dial.turn():
        conversation = await connector.opened()
        try:
            await examination.run(conversation)
        except HungUpError as error:
            raise closed(error) from error
        finally:
            conversation.close()
    return tuple(examination.findings)


class _Examination:
    """The questions of one examination, and what they brought."""

    def __init__(self, member: Member, databases: tuple[str, ...], speaking: Dialect) -> None:
        self.member, self.databases, self.speaking = member, databases, speaking
        self.findings: list[Finding] = []

    def tell(self, what: str, code: str, *, is_well: bool = True, **values: str | int) -> None:
        self.findings.append(Finding(what, is_well, Reason(f"finding.z3950.{code}", dict(values))))

    async def run(self, conversation: Conversation) -> None:
        greeting = conversation.greeting
        self.tell("version", "version", version=greeting.version, server=greeting.server or "-")
        self.tell("charset", "charset" if greeting.speaks_utf8 else "no-charset")
        word, _ = await self._settle(conversation)
        sample = await self._syntaxes(conversation, word)
        await self._fields(conversation, sample, word)
        await self._booleans(conversation, sample, word)
        await self._marks(conversation, sample)
        await self._scan(conversation, word)

    async def _ask(self, conversation: Conversation, root: Operand) -> Searched:
        return await conversation.search(self.databases, root, self.speaking.syntax)

    async def _settle(self, conversation: Conversation) -> tuple[str, Searched]:
        """Return a word that finds something, on the first rung of the ladder that works."""
        searched = Searched(0, is_found=False)
        for word in _WORDS:
            query = Query(Clause(word))
            searched = await self._ask(conversation, rpn(query, self.speaking).root)
            while not searched.count and (step := after_diagnostics(self.speaking, query, searched.diagnostics)):
                self.speaking = step.speaking
                searched = await self._ask(conversation, rpn(query, self.speaking).root)
            if searched.count:
                return word, searched
        for diagnostic in searched.diagnostics:
            raise diagnostic.failure(self.member.id)
        return _WORDS[0], searched

    async def _syntaxes(self, conversation: Conversation, word: str) -> Record | None:
        """Tell which syntaxes give records that can be read, and return the first of them; OPAC is tried always."""
        await self._ask(conversation, rpn(Query(Clause(word)), self.speaking).root)
        first: Record | None = None
        wished = self.speaking.syntaxes
        for syntax in dict.fromkeys((*wished, Syntax.OPAC)):
            record, is_opac = await self._record(conversation, syntax)
            first = first or record
            if syntax is Syntax.OPAC:
                if is_opac and record is not None:
                    self.tell("syntax.opac", "opac" if record.holdings else "opac-bare")
                elif syntax in wished or self.speaking.opac:
                    self.tell("syntax.opac", "no-syntax", is_well=False, syntax="opac")
            elif record is not None:
                self.tell(f"syntax.{syntax}", "syntax", syntax=syntax.value)
            else:
                self.tell(f"syntax.{syntax}", "no-syntax", is_well=syntax is not wished[0], syntax=syntax.value)
        return first

    async def _record(self, conversation: Conversation, syntax: Syntax) -> tuple[Record | None, bool]:
        elements = self.speaking.element_sets.get(syntax, self.speaking.element_set)
        for element_set in dict.fromkeys((elements, "")):
            await conversation.ask_present(1, 1, syntax=syntax, elements=element_set)
            came = await conversation.read_present()
            for row in came.rows:
                if isinstance(row, Diagnostic):
                    continue
                try:
                    return record_of(row, member=self.member.id, charset=self.speaking.record_charset), row.is_opac
                except UnreadableError:
                    continue
        return None, False

    async def _fields(self, conversation: Conversation, sample: Record | None, word: str) -> None:
        for field, use in self.speaking.uses.items():
            if not use:
                continue
            text = sample_of(sample, field)
            said = rpn(Query(Clause(text or word, field=field)), self.speaking)
            searched = await self._ask(conversation, said.root)
            numbers = ", ".join(dict.fromkeys(str(dict(term.attributes).get(1, "-")) for term in _terms(said.root)))
            if searched.diagnostics and not searched.count:
                self.tell(f"field.{field}", "field-refused", is_well=False, field=field.value, use=numbers)
            elif searched.count or text is None:
                self.tell(f"field.{field}", "field", field=field.value, use=numbers)
            else:
                self.tell(f"field.{field}", "field-empty", is_well=False, field=field.value, use=numbers)

    async def _booleans(self, conversation: Conversation, sample: Record | None, word: str) -> None:
        """Hold the hits of two words against those of their and, or and and-not."""
        other = sample_of(sample, Field.TITLE) or "a"
        one, two = (rpn(Query(Clause(text)), self.speaking).root for text in (word, other))
        alone = [(await self._ask(conversation, root)).count for root in (one, two)]
        found = {by: (await self._ask(conversation, Joined(by, one, two))).count for by in ("and", "or", "and-not")}
        is_right = {
            "and": found["and"] <= min(alone),
            "or": found["or"] == sum(alone) - found["and"],
            "and-not": found["and-not"] == alone[0] - found["and"],
        }
        for by, fine in is_right.items():
            if not fine:
                self.tell(f"boolean.{by}", "booleans-wrong", is_well=False, boolean=by)
        if all(is_right.values()):
            self.tell("booleans", "booleans")

    async def _marks(self, conversation: Conversation, sample: Record | None) -> None:
        """Ask for a marked word of a title with and without its marks."""
        words = sample.title.split() if sample is not None else []
        marked = max((word for word in words if word.isalpha() and unmarked(word) != word), key=len, default="việt")
        counts = [
            (await self._ask(conversation, rpn(Query(Clause(text, field=Field.TITLE)), self.speaking).root)).count
            for text in (marked, unmarked(marked))
        ]
        if counts[0] and not counts[1]:
            self.tell("marks", "marks-needed", is_well=False)
        elif counts[1] and not counts[0]:
            self.tell("marks", "marks-lost", is_well=False)
        elif counts[0]:
            self.tell("marks", "marks" if counts[0] == counts[1] else "marks-needed", is_well=counts[0] == counts[1])

    async def _scan(self, conversation: Conversation, word: str) -> None:
        """Scan last: a server that cannot may hang up."""
        if "scan" not in conversation.greeting.options:
            self.tell("scan", "no-scan")
            return
        term = next(_terms(rpn(Query(Clause(word, field=Field.TITLE, is_phrase=True)), self.speaking).root))
        try:
            works = bool((await conversation.scan(self.databases, term, 5)).terms)
        except LienThuError:
            works = False
        self.tell("scan", "scan" if works else "scan-fails", is_well=works)


def _terms(root: Operand) -> Iterator[Term]:
    if isinstance(root, Term):
        yield root
    else:
        yield from _terms(root.left)
        yield from _terms(root.right)
