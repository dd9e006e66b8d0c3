"""Says And, Or and Not in the words of a server that may know only some of them. For CQL and RPN. Pure."""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

import msgspec

from connectors.questions.expressions import rewritten
from engine.errors import UnsupportedError
from engine.model import And, Clause, Expression, Filters, Not, Or, Query, Reason

Said = TypeVar("Said")


class Saying(ABC, Generic[Said]):
    """One query being said, and the notices gathered on the way. What is said of nothing is false.

    `booleans` are those of `and`, `or`, `not` that the server knows; `marks_apart`: its catalogue has letters and their
    marks apart (NFD), and finds them so only; `language` names the language of its queries.
    """

    language: str

    def __init__(self, booleans: frozenset[str], *, marks_apart: bool = False) -> None:
        self.booleans = booleans
        self.marks_apart = marks_apart
        self.notices: list[Reason] = []

    def query(self, query: Query) -> tuple[Said, Filters]:
        """Return the whole query, and the filters that it does not hold.

        Raises UnsupportedError where nothing is left that this server can be asked.
        """
        expression = query.expression
        if expression is not None and self.marks_apart:
            expression = rewritten(expression, lambda text: unicodedata.normalize("NFD", text))
        parts = [self.expression(expression)] if expression is not None else []
        unasked = query.filters
        if years := self.years(query.filters):
            parts.append(years)
            unasked = msgspec.structs.replace(unasked, year_from=None, year_to=None)
        if languages := self.languages(query.filters):
            parts.append(languages)
            unasked = msgspec.structs.replace(unasked, languages=())
        whole = self.joined("and", [part for part in parts if part])
        if not whole:
            raise UnsupportedError("nothing of this query can be asked of this server")
        return whole, unasked

    def expression(self, expression: Expression) -> Said:
        """Return an expression; what the server has no boolean for is given up."""
        match expression:
            case Clause():
                return self.clause(expression)
            case Or():
                return self._either(expression)
            case And():
                return self._every(expression)
            case Not():
                raise UnsupportedError(f"a query that only excludes cannot be said in {self.language}")

    def _either(self, expression: Or) -> Said:
        parts = [said for part in expression.parts if (said := self.expression(part))]
        if len(parts) > 1 and "or" not in self.booleans:
            self.notices.append(Reason("notice.dropped-alternatives"))
            return parts[0]
        return self.joined("or", parts)

    def _every(self, expression: And) -> Said:
        wanted = [said for part in expression.parts if not isinstance(part, Not) and (said := self.expression(part))]
        unwanted = [part.part for part in expression.parts if isinstance(part, Not)]
        if len(wanted) > 1 and "and" not in self.booleans:
            self.notices.append(Reason("notice.dropped-clause"))
            wanted = wanted[:1]
        if unwanted and "not" not in self.booleans:
            self.notices.append(Reason("notice.dropped-exclusion"))
            unwanted = []
        whole = self.joined("and", wanted)
        if not whole and unwanted:
            raise UnsupportedError("what is wanted cannot be asked of this server, only what is not")
        return self.without(whole, unwanted) if unwanted else whole

    @abstractmethod
    def clause(self, clause: Clause) -> Said:
        """Return one clause; nothing where it holds no word that a server could look for."""

    @abstractmethod
    def joined(self, boolean: str, parts: list[Said]) -> Said:
        """Join what was said with `and` or `or`."""

    @abstractmethod
    def without(self, whole: Said, unwanted: list[Expression]) -> Said:
        """Return what was said without what is unwanted."""

    @abstractmethod
    def years(self, filters: Filters) -> Said:
        """Return the span of years, nothing where the server cannot be asked for it."""

    @abstractmethod
    def languages(self, filters: Filters) -> Said:
        """Return the languages, nothing where the server cannot be asked for them."""
