"""Tokens -> an expression and what narrows it. Every error says where, and how the typed text could be mended."""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.errors import QueryError
from engine.model import And, Clause, Expression, Field, Not, Or
from engine.query_narrowing import Narrowing
from engine.query_numbers import DIGITS, FIELDS, IDENTIFIER_WORDS, identifier_at, number
from engine.query_scan import Kind, Token, has_letters

MOST_PARENTHESES = 50
"""Deepest nesting of parentheses that is read; more can only be a mishap."""


class Conjunction(NamedTuple):
    """What must hold together. `narrowings` are filters, with whether each is excluded."""

    parts: tuple[Expression, ...] = ()
    narrowings: tuple[tuple[Narrowing, bool], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts or self.narrowings)


def joined(one: Conjunction, other: Conjunction) -> Conjunction:
    """Both must hold."""
    return Conjunction(one.parts + other.parts, one.narrowings + other.narrowings)


def depth(expression: Expression) -> int:
    """How many levels an expression has. Its own nesting is bounded by the parser's."""
    match expression:
        case Clause():
            return 0
        case Not(part):
            return 1 + depth(part)
        case And(parts) | Or(parts):
            return 1 + max(depth(part) for part in parts)


def whole(typed: str, found: Conjunction, deepest: int) -> Expression | None:
    """Return the conjunction as one expression; raise QueryError where it only excludes, or is too deep."""
    if not found.parts:
        return None
    expression = _as_expression(found.parts)
    if expression is None:
        raise QueryError("only-excluded", position=0, length=len(typed), proposal=_without_exclusion(typed))
    if depth(expression) > deepest:
        raise _too_deep(typed, 0, len(typed))
    return expression


def _as_expression(parts: tuple[Expression, ...]) -> Expression | None:
    """Return the parts as one expression; None where all are excluded."""
    if all(isinstance(part, Not) for part in parts):
        return None
    return parts[0] if len(parts) == 1 else And(parts)


def _without_exclusion(typed: str) -> str:
    return re.sub(r"(?:(?<=\s)|^|(?<=\())(?:-(?=\S)|(?:NOT|KHÔNG)(?=\s|\())", "", typed)


def _too_deep(typed: str, position: int, length: int = 1) -> QueryError:
    flat = re.sub(r"[()]", " ", typed)
    return QueryError("too-deep", position=position, length=length, proposal=flat)


class Parser:
    """Reads one question. A method reads from where the parser stands, and leaves it behind what it read."""

    def __init__(self, typed: str, tokens: list[Token | Narrowing], *, most_clauses: int) -> None:
        self.typed = typed
        self.tokens = tokens
        self.at = 0
        self.clauses = 0
        self.parentheses = 0
        self.most_clauses = most_clauses

    def question(self) -> Conjunction:
        """Read everything."""
        found = self._side_by_side(Field.ANY)
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            raise self._error("unopened-parenthesis", token, self._cut(token.start, token.end))
        return found

    # Errors ---------------------------------------------------------------------------

    def _error(self, problem: str, token: Token | Narrowing, proposal: str) -> QueryError:
        return QueryError(
            problem,
            position=token.start,
            length=token.end - token.start,
            proposal=proposal,
            found=self.typed[token.start : token.end],
        )

    def _cut(self, start: int, end: int) -> str:
        return f"{self.typed[:start]} {self.typed[end:]}"

    # Combining ------------------------------------------------------------------------

    def _kind(self) -> Kind | None:
        """Return what stands next; None at the end and before a filter."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        return token.kind if isinstance(token, Token) else None

    def _side_by_side(self, field: Field) -> Conjunction:
        found = Conjunction()
        while self.at < len(self.tokens) and self._kind() is not Kind.CLOSE:
            found = joined(found, self._choice(field))
        return found

    def _choice(self, field: Field) -> Conjunction:
        """Read `one OR other`."""
        start = self.at
        choices = [self._together(field)]
        begins = [start]
        ors: list[Token] = []
        while self._kind() is Kind.OR:
            token = self._take()
            ors.append(token)
            begins.append(self.at)
            if self._kind() in {Kind.OR, Kind.AND, Kind.CLOSE} or self.at >= len(self.tokens):
                raise self._error("dangling-operator", token, self._cut(token.start, token.end))
            choices.append(self._together(field))
        if not ors:
            return choices[0]
        parts: list[Expression] = []
        for place, choice in enumerate(choices):
            near = ors[max(place - 1, 0)]
            without_or = self._cut(near.start, near.end)
            if not choice:
                raise self._error("dangling-operator", near, without_or)
            if choice.narrowings:
                raise self._error("filter-in-or", choice.narrowings[0][0], without_or)
            expression = _as_expression(choice.parts)
            if expression is None:
                raise self._error("not-in-or", self.tokens[begins[place]], without_or)
            parts += expression.parts if isinstance(expression, Or) else [expression]
        return Conjunction((Or(tuple(parts)),))

    def _together(self, field: Field) -> Conjunction:
        """Read `one AND other NOT third`."""
        if self._kind() in {Kind.AND, Kind.OR}:
            token = self._take()
            raise self._error("dangling-operator", token, self._cut(token.start, token.end))
        found = self._one(field)
        while self._kind() in {Kind.AND, Kind.NOT}:
            if self._kind() is Kind.AND:
                token = self._take()
                if self._kind() in {Kind.AND, Kind.OR, Kind.CLOSE} or self.at >= len(self.tokens):
                    raise self._error("dangling-operator", token, self._cut(token.start, token.end))
            found = joined(found, self._one(field))
        return found

    def _take(self) -> Token:
        token = self.tokens[self.at]
        assert isinstance(token, Token)
        self.at += 1
        return token

    def _one(self, field: Field) -> Conjunction:
        """Read one clause, filter or group, and what excludes it."""
        exclusions: list[Token] = []
        while self._kind() in {Kind.NOT, Kind.MINUS}:
            exclusions.append(self._take())
        is_short = bool(exclusions) and exclusions[-1].kind is Kind.MINUS
        if exclusions and (self.at >= len(self.tokens) or self._kind() in {Kind.AND, Kind.OR, Kind.CLOSE}):
            last = exclusions[-1]
            raise self._error("dangling-operator", last, self._cut(last.start, last.end))
        found = self._plain(field, is_short=is_short)
        return self._excluded(found, exclusions[0]) if len(exclusions) % 2 else found

    def _excluded(self, found: Conjunction, sign: Token) -> Conjunction:
        if not found:
            return found
        if found.narrowings:
            ((narrowing, is_excluded), *more) = found.narrowings
            if more or found.parts or is_excluded:
                raise self._error("cannot-exclude", narrowing, self._cut(sign.start, sign.end))
            return Conjunction((), ((narrowing, True),))
        if len(found.parts) == 1 and isinstance(found.parts[0], Not):
            return Conjunction((found.parts[0].part,))
        expression = _as_expression(found.parts)
        if expression is None:
            raise self._error("only-excluded", sign, self._cut(sign.start, sign.end))
        return Conjunction((Not(expression),))

    # Single things --------------------------------------------------------------------

    def _plain(self, field: Field, *, is_short: bool, is_asked: bool = False) -> Conjunction:
        """Read a clause, filter or group. `is_short`: one word only. `is_asked`: a prefix named the field."""
        token = self.tokens[self.at]
        if isinstance(token, Narrowing):
            self.at += 1
            return Conjunction((), ((token, False),))
        match token.kind:
            case Kind.OPEN:
                return self._group(field)
            case Kind.FIELD:
                return self._field()
            case Kind.PHRASE:
                self.at += 1
                return self._clause(token, token.text, field, is_phrase=True, is_truncated=token.is_truncated)
            case _:
                return self._words(field, most=1 if is_short else None, is_asked=is_asked)

    def _group(self, field: Field) -> Conjunction:
        opening = self._take()
        self.parentheses += 1
        if self.parentheses > MOST_PARENTHESES:
            raise _too_deep(self.typed, opening.start)
        found = self._side_by_side(field)
        if self.at >= len(self.tokens):
            raise self._error("unclosed-parenthesis", opening, f"{self.typed})")
        self.at += 1
        self.parentheses -= 1
        return found

    def _field(self) -> Conjunction:
        prefix = self._take()
        field = Field(prefix.text)
        sign = self._take() if self._kind() is Kind.MINUS else None
        found = Conjunction()
        if self._kind() in {Kind.WORD, Kind.PHRASE, Kind.OPEN}:
            found = self._plain(field, is_short=False, is_asked=True)
        if not found:
            raise self._error("empty-field", prefix, self._cut(prefix.start, prefix.end))
        return self._excluded(found, sign) if sign else found

    def _words(self, field: Field, *, most: int | None, is_asked: bool) -> Conjunction:
        """Read the words that stand here side by side: clauses, and identifiers among them."""
        run: list[Token] = []
        while self._kind() is Kind.WORD and len(run) != most:
            run.append(self._take())
            if run[-1].is_truncated:
                break
        if field in {Field.ISBN, Field.ISSN, Field.IDENTIFIER}:
            return self._number(field, run)
        found = Conjunction()
        pending: list[Token] = []
        at = 0
        while at < len(run):
            identifier, count = (None, 1) if is_asked or field is not Field.ANY else identifier_at(run, at)
            if identifier is None:
                pending.append(run[at])
            else:
                found = joined(found, self._text(pending, field))
                pending = []
                where = FIELDS[identifier.scheme]
                found = joined(found, self._clause(run[at], identifier.value, where))
            at += count
        return joined(found, self._text(pending, field))

    def _text(self, run: list[Token], field: Field) -> Conjunction:
        text = " ".join(token.text for token in run)
        if not has_letters(text):
            return Conjunction()
        return self._clause(run[0], text, field, is_truncated=run[-1].is_truncated)

    def _clause(
        self, token: Token, text: str, field: Field, *, is_phrase: bool = False, is_truncated: bool = False
    ) -> Conjunction:
        self.clauses += 1
        if self.clauses > self.most_clauses:
            raise QueryError(
                "too-many-clauses",
                position=token.start,
                length=len(self.typed) - token.start,
                proposal=self.typed[: token.start].rstrip(),
                most=self.most_clauses,
            )
        return Conjunction((Clause(text, field, is_phrase, is_truncated),))

    def _number(self, field: Field, run: list[Token]) -> Conjunction:
        """Read an ISBN, ISSN, DOI or handle that a prefix announced; give back the words after it."""
        for count in range(min(len(run), IDENTIFIER_WORDS), 0, -1):
            text = " ".join(token.text for token in run[:count])
            if count > 1 and (field is Field.IDENTIFIER or not DIGITS.fullmatch(text)):
                continue
            is_truncated = run[count - 1].is_truncated
            value = number(field, text, is_truncated=is_truncated, is_last=count == 1)
            if value is not None:
                self.at -= len(run) - count
                return self._clause(run[0], value, field, is_truncated=is_truncated)
        bad = run[0]
        prefix = self.typed.rfind(":", 0, bad.start)
        proposal = self._cut(prefix, prefix + 1) if prefix >= 0 else self._cut(bad.start, bad.end)
        raise self._error(f"not-{field.value}", bad, proposal)
