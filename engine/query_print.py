"""A Query -> text that is read as the same Query again: English prefixes, and the reader's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Query
from engine.query_scan import SPECIAL, Kind, canonical_prefix, vocabulary

Reread = Callable[[str], Query | None]
"""What a text is read as; None where it can't be read."""

_ESCAPED = str.maketrans({letter: f"\\{letter}" for letter in SPECIAL})
_QUOTED = str.maketrans({letter: f"\\{letter}" for letter in '"“”„‟«»＂*\\'})
_RISKY = frozenset(SPECIAL + "-")


def print_query(query: Query, reread: Reread) -> str:
    """Return the canonical print of expression and filters. `reread` is the parser: doubtful words are tried on it."""
    parts: list[str] = []
    if query.expression is not None:
        printed = _expression(query.expression, reread)
        if _needs_parentheses(query, printed):
            printed = f"({printed})"
        parts.append(printed)
    parts += _filters(query.filters)
    return " ".join(parts)


def _needs_parentheses(query: Query, printed: str) -> bool:
    """Whether words in capitals only would take the operators between them for words too."""
    if isinstance(query.expression, Clause):
        return False
    if isinstance(query.expression, Or) and query.filters != Filters():
        return True
    return not any(map(str.islower, printed))


def _expression(expression: Expression, reread: Reread) -> str:
    match expression:
        case Clause():
            return _clause(expression, reread)
        case Not(part):
            return f"NOT {_inner(part, reread)}"
        case Or(parts):
            return " OR ".join(_inner(part, reread) for part in parts)
        case And(parts):
            printed = ""
            for part in parts:
                joint = " " if isinstance(part, Not) else " AND "
                printed += (joint if printed else "") + _inner(part, reread)
            return printed


def _is_read_aright(clause: Clause, printed: str, reread: Reread) -> bool:
    """Whether a print is read as this clause, alone and between others: a filter's value ends at an operator."""
    if reread(printed) != Query(clause):
        return False
    other = Clause("x")
    return reread(f"x AND {printed} AND x") == Query(And((other, clause, other)))


def _inner(part: Expression, reread: Reread) -> str:
    printed = _expression(part, reread)
    return f"({printed})" if isinstance(part, And | Or) else printed


def _clause(clause: Clause, reread: Reread) -> str:
    prefix = "" if clause.field is Field.ANY else canonical_prefix(Kind.FIELD, clause.field) + ":"
    star = "*" if clause.is_truncated else ""
    if clause.is_phrase:
        return f'{prefix}"{clause.text.translate(_QUOTED)}"{star}'
    words = clause.text.split(" ")
    is_plain = (
        _RISKY.isdisjoint(clause.text)
        and vocabulary().operators.keys().isdisjoint(words)
        and (bool(prefix) or not any(map(str.isdigit, clause.text)))
    )
    if is_plain and (not prefix or clause.field not in _NUMBERS):
        return prefix + clause.text + star
    # The readable spelling where it is read aright, else every sign with a backslash before it.
    readable = prefix + " ".join(_word(word, is_escaped=False) for word in words) + star
    if _is_read_aright(clause, readable, reread):
        return readable
    escaped = " ".join(_word(word, is_escaped=True) for word in words) + star
    return (prefix or canonical_prefix(Kind.FIELD, Field.ANY) + ":") + escaped


_NUMBERS = frozenset({Field.ISBN, Field.ISSN, Field.IDENTIFIER})


def _word(word: str, *, is_escaped: bool) -> str:
    if word in vocabulary().operators:
        return f"\\{word}"
    if not is_escaped:
        return word
    escaped = word.translate(_ESCAPED)
    return f"\\{escaped}" if escaped.startswith("-") else escaped


def _filters(filters: Filters) -> Iterable[str]:
    if filters.year_from is not None or filters.year_to is not None:
        first = "" if filters.year_from is None else str(filters.year_from)
        last = "" if filters.year_to is None else str(filters.year_to)
        yield f"year:{first}" if first == last else f"year:{first}-{last}"
    for name, values, excluded in (
        ("language", filters.languages, filters.not_languages),
        ("type", filters.materials, filters.not_materials),
        ("degree", filters.degrees, ()),
        ("library", filters.members, filters.not_members),
    ):
        prefix = canonical_prefix(Kind.FILTER, name)
        yield from (f"{prefix}:{_value(value)}" for value in values)
        yield from (f"-{prefix}:{_value(value)}" for value in excluded)
    if filters.available_only:
        yield "available:yes"
    if filters.online_only:
        yield "online:yes"


def _value(value: str) -> str:
    is_plain = value.replace("-", "").isalnum() and value[0] != "-" and value not in vocabulary().operators
    return str(value) if is_plain else f'"{value.translate(_QUOTED)}"'
