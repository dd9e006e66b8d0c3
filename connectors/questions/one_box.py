"""A question for systems that have one box and one list of fields beside it: one field, one line of words. Pure.

What is said of several fields is looked for everywhere, if the system's box takes words in any order; else the clause
that says most is asked alone. Either is told.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple

import msgspec
from stdnum.isbn import format as format_isbn

from connectors.lists.numbered import Sheet
from connectors.questions.expressions import sought
from engine.errors import UnsupportedError
from engine.model import Clause, Expression, Field, Reason

_MOST_TELLING: Final = (
    Field.ISBN, Field.ISSN, Field.IDENTIFIER, Field.TITLE, Field.PERSON, Field.CALL_NUMBER, Field.ANY, Field.SUBJECT,
    Field.SERIES, Field.PUBLISHER,
)  # fmt: skip
MOST_LETTERS: Final = 400
"""Most letters of one box: some servers refuse more, and none finds more with them."""


class Boxed(NamedTuple):
    """What goes into the box, the field chosen beside it, and what was given up."""

    field: Field
    text: str
    notices: tuple[Reason, ...] = ()


def boxed(
    expression: Expression | None, *, joins: bool, phrase: Callable[[str], str] = str, truncation: str = ""
) -> Boxed:
    """Return what to ask for. `joins`: the box finds words in any order, in any field.

    `phrase` marks words that stand side by side; `truncation` is the sign behind a word that goes on.
    Raises UnsupportedError where nothing was asked but filters.

    >>> boxed(Clause("vi mô", Field.TITLE), joins=True)[:2]
    (<Field.TITLE: 'title'>, 'vi mô')
    """
    clauses = sought(expression)
    if not clauses:
        raise UnsupportedError("this system can be asked for words only, and the question has none")
    fields = {clause.field for clause in clauses}
    notices: list[Reason] = []
    if len(fields) == 1:
        field, chosen = clauses[0].field, clauses
    elif joins:
        field, chosen = Field.ANY, clauses
        notices.append(Reason("notice.any-field"))
    else:
        field = min(fields, key=_MOST_TELLING.index)
        chosen = tuple(clause for clause in clauses if clause.field is field)
        notices.append(Reason("notice.dropped-clause"))
    text = " ".join(_said(clause, phrase, truncation) for clause in chosen)
    if len(text) > MOST_LETTERS:
        text = re.sub(r"\s+\S*$", "", text[:MOST_LETTERS]).rstrip('"')
        notices.append(Reason("notice.dropped-clause"))
    return Boxed(field, text, tuple(notices))


def _said(clause: Clause, phrase: Callable[[str], str], truncation: str) -> str:
    if clause.is_phrase:
        return phrase(clause.text)
    return clause.text + truncation if clause.is_truncated and truncation else clause.text


Look = Callable[[Boxed, int], Awaitable[Sheet]]
"""Asks for the page of a number of what one box finds."""


class FirstThatFinds:
    """Reads pages of the first of several ways to put a question that finds anything; of the last, if none does."""

    def __init__(self, ways: Sequence[Boxed], look: Look) -> None:
        self._ways, self._look = list(ways), look

    async def __call__(self, number: int) -> Sheet:
        """Return the page of a number; remembers which way found something."""
        while True:
            way = self._ways[0]
            sheet = await self._look(way, number)
            if sheet.total != 0 or sheet.rows or len(self._ways) == 1:
                self._ways = [way]
                return msgspec.structs.replace(sheet, notices=(*sheet.notices, *way.notices))
            del self._ways[0]


def ways_to_ask(expression: Expression | None, *, joins: bool, isbn_forms: int) -> list[Boxed]:
    """Return the ways to put a question in one box: one, of an ISBN as many as it may be written in.

    `joins`: see `boxed`. `isbn_forms`: see `hyphenated`.
    """
    way = boxed(expression, joins=joins)
    if way.field is not Field.ISBN:
        return [way]
    return [way._replace(text=form) for form in hyphenated(way.text, isbn_forms)]


def hyphenated(isbn: str, most: int) -> list[str]:
    """Return ways to write an ISBN for a catalogue that finds only what it holds: as registered, split, bare.

    >>> hyphenated("9786044862200", 3)
    ['978-604-486-220-0', '978-604-48-6220-0', '9786044862200']
    """
    if len(isbn) != 13:
        return [isbn]
    prefix, group, rest, check = isbn[:3], isbn[3:6], isbn[6:12], isbn[12]
    splits = [f"{prefix}-{group}-{rest[:at]}-{rest[at:]}-{check}" for at in (3, 2, 4, 5)]
    written = dict.fromkeys([format_isbn(isbn), *(splits if group == "604" else [])])
    return [*list(written)[: most - 1], isbn] if most > 1 else [isbn]
