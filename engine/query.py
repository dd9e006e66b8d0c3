"""What a reader types -> Query, and back. The language is told in docs/search-language.md.

    parse    any text -> a Query, or a QueryError that says where and proposes a text that can be read
    show     a Query -> its canonical text; parse(show(query)) == query
    terms    the key of a query in the index: words and filters, without page, in small letters
    words    the clauses that are looked for, for ranking and highlighting

How tightly things hold together, tightest first: words beside each other are one clause; `AND` and `NOT`; `OR`;
and last, clauses and filters that merely stand beside each other, all of which must hold.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.errors import QueryError
from engine.model import And, Clause, Expression, Filters, Not, Or, Query
from engine.query_filters import IsLibrary, resolve
from engine.query_narrowing import exclude, narrow, without
from engine.query_parse import Conjunction, Parser, whole
from engine.query_print import print_query
from engine.query_scan import has_letters, scan
from engine.text import clean

LONGEST = 1_000
"""Most characters of a question."""
MOST_CLAUSES = 30
DEEPEST = 12
"""Most levels of And, Or and Not within each other."""
EXAMPLE = "kinh tế vi mô"
"""What is proposed where nothing of a question can be kept."""


def parse(text: str, *, is_library: IsLibrary | None = None) -> Query:
    """Return what a reader asks. Raises QueryError with a proposal that can be read; nothing else, for any text.

    `is_library` tells whether words name a library, so that `library:hust kinh tế` is told from a longer name.

    >>> query = parse("giáo trình kinh tế vi mô tác giả:mankiw năm:2010-2020")
    >>> [(clause.field.value, clause.text) for clause in words(query)]
    [('any', 'giáo trình kinh tế vi mô'), ('person', 'mankiw')]
    >>> query.filters.year_from, query.filters.year_to
    (2010, 2020)
    """
    try:
        return _read(text, is_library)
    except QueryError as error:
        proposal = _readable(error.proposal, is_library)
        raise QueryError(
            error.problem, position=error.position, length=error.length, proposal=proposal, **error.values
        ) from None


def show(query: Query) -> str:
    """Return the canonical text of a query, without its page. `parse` reads it as the same query.

    >>> show(parse("tac gia: nguyễn nhật ánh, không gia đình HOẶC nxb:trẻ"))
    'author:nguyễn nhật ánh, không gia đình OR publisher:trẻ'
    """
    return print_query(query, _reread)


def terms(query: Query) -> str:
    """Return the key of a query in the index: equal for questions that must get equal answers.

    Small letters, values of filters in order, no page.

    >>> terms(parse("Kinh Tế loại:sách thư viện:b,a"))
    'kinh tế type:book library:a library:b'
    """
    filters = query.filters
    ordered = {
        name: tuple(sorted({value.lower() for value in getattr(filters, name)}))
        for name in ("languages", "not_languages", "members", "not_members")
    }
    ordered |= {name: tuple(sorted(set(getattr(filters, name)))) for name in ("materials", "not_materials", "degrees")}
    expression = query.expression and _lowered(query.expression)
    return show(Query(expression, msgspec.structs.replace(filters, **ordered)))


def words(query: Query) -> tuple[Clause, ...]:
    """Return the clauses that are looked for, in their order, without what is excluded."""
    return tuple(_positive(query.expression)) if query.expression is not None else ()


def _positive(expression: Expression) -> Iterable[Clause]:
    match expression:
        case Clause():
            yield expression
        case And(parts) | Or(parts):
            for part in parts:
                yield from _positive(part)


def _lowered(expression: Expression) -> Expression:
    match expression:
        case Clause():
            text = clean(expression.text.lower())
            return msgspec.structs.replace(expression, text=text) if has_letters(text) else expression
        case Not(part):
            return Not(_lowered(part))
        case And(parts):
            return And(tuple(_lowered(part) for part in parts))
        case Or(parts):
            return Or(tuple(_lowered(part) for part in parts))


# Reading ------------------------------------------------------------------------------


def _read(text: str, is_library: IsLibrary | None) -> Query:
    if len(text) > LONGEST:
        raise _too_long(text)
    query = _unbounded(text, is_library)
    if query.expression is None and query.filters == Filters():
        raise QueryError("empty", position=0, length=len(text), proposal=EXAMPLE)
    # Signs and prefixes may make the canonical text longer than what was typed; it must be readable too.
    if len(text) > LONGEST // 8 and len(show(query)) > LONGEST:
        raise _too_long(text[: len(text) * 2 // 3 + 1])
    return query


def _too_long(text: str) -> QueryError:
    kept = text[:LONGEST].rstrip()
    cut = kept.rfind(" ")
    shorter = kept[:cut] if cut > 0 else kept[: LONGEST // 2]
    start = min(len(text), LONGEST)
    return QueryError("too-long", position=start, length=len(text) - start, proposal=shorter, longest=LONGEST)


def _filters(text: str, found: Conjunction) -> Filters:
    filters = Filters()
    for narrowing, is_excluded in found.narrowings:
        more = exclude(filters, narrowing) if is_excluded else narrow(filters, narrowing)
        if more is not None:
            filters = more
            continue
        if is_excluded:
            problem, proposal = "cannot-exclude", without(text, narrowing.start, narrowing.end)
            if narrowing.name == "type":  # a degree can't be excluded, theses can
                proposal += " -type:thesis"
        else:
            first = narrowing.filters.year_from
            spans = [first, narrowing.filters.year_to, filters.year_from, filters.year_to]
            known = [year for year in spans if year is not None]
            years = f"year:{min(known)}-{max(known)}"
            rest = text
            for other, _ in reversed(found.narrowings):
                if other.name == "year":
                    rest = rest[: other.start] + rest[other.end :]
            problem, proposal = "no-year-left", f"{rest.strip()} {years}"
        raise QueryError(
            problem,
            position=narrowing.start,
            length=narrowing.end - narrowing.start,
            proposal=proposal,
            found=text[narrowing.start : narrowing.end],
        )
    return filters


def _unbounded(text: str, is_library: IsLibrary | None = None) -> Query:
    found = Parser(text, resolve(text, scan(text), is_library), most_clauses=MOST_CLAUSES).question()
    return Query(whole(text, found, DEEPEST), _filters(text, found))


def _reread(text: str) -> Query | None:
    try:
        return _unbounded(text)
    except QueryError:
        return None


def _readable(proposal: str, is_library: IsLibrary | None) -> str:
    """Return a proposal that can be read: mended as often as needed, else its bare words, else an example."""
    for _ in range(10):
        proposal = clean(proposal)
        try:
            _read(proposal, is_library)
        except QueryError as error:
            if error.proposal == proposal:
                break
            proposal = error.proposal
        else:
            return proposal
    bare = " ".join(word for word in proposal.lower().split() if word.isalnum())[:200].strip()
    try:
        _read(bare, is_library)
    except QueryError:
        return EXAMPLE
    return bare
