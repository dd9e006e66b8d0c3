"""Says a search as the address of a list of SLiMS. Pure.

Source: SLiMS 9 "Bulian", lib/contents/default.inc.php: either `keywords` or the fields of the advanced search are read,
never both; `resultXML` and `page` go with either. Words are joined by "and", whatever is written between them.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from connectors.questions.expressions import sought
from connectors.questions.simpler import Abilities
from connectors.reading.web_address import with_pairs
from engine.model import Clause, Expression, Field, Reason

PARAMETERS: Final = {
    Field.TITLE: "title",
    Field.PERSON: "author",
    Field.SUBJECT: "subject",
    Field.PUBLISHER: "publisher",
    Field.ISBN: "isbn",
    Field.ISSN: "isbn",
    Field.CALL_NUMBER: "callnumber",
}
"""Each is a parameter of the advanced search; one column holds ISBN and ISSN."""

CAN: Final = Abilities(fields=frozenset({Field.ANY, *PARAMETERS}))

_OPERATORS: Final = re.compile(r"[\"()+*=<>~@|&;#\\]+|(?<!\w)-|-(?!\w)")


class Said(NamedTuple):
    """The parameters that ask a question, and what was given up to say it."""

    pairs: tuple[tuple[str, str], ...]
    notices: tuple[Reason, ...] = ()


def said(expression: Expression) -> Said:
    """Return the parameters of a question.

    >>> said(Clause("kinh tế (vi mô)")).pairs
    (('keywords', 'kinh tế vi mô'),)
    """
    clauses = sought(expression)
    if all(clause.field is Field.ANY for clause in clauses):
        return Said((("keywords", " ".join(_words(clause) for clause in clauses)),))
    boxes: dict[str, list[str]] = {}
    notices: tuple[Reason, ...] = ()
    for clause in clauses:
        if clause.field is Field.ANY:
            # The box for anything is not read beside the others; what it finds in most libraries are titles.
            notices = (Reason("notice.words-in-titles"),)
        boxes.setdefault(PARAMETERS.get(clause.field, "title"), []).append(_words(clause))
    return Said((*((name, " ".join(words)) for name, words in boxes.items()), ("searchtype", "advance")), notices)


def _words(clause: Clause) -> str:
    """Return the words of a clause without what SLiMS reads as an operator."""
    return " ".join(_OPERATORS.sub(" ", clause.text).split()) or clause.text


def list_url(base: str, pairs: tuple[tuple[str, str], ...], *, page: int, is_xml: bool) -> str:
    """Return the address of a page of a list; pages count from 1."""
    more = [("search", "search"), ("page", str(page))]
    return with_pairs(base, [*pairs, *more, ("resultXML", "true")] if is_xml else [*pairs, *more])


def record_url(base: str, record_id: str) -> str:
    """Return the address of a record's public page."""
    return with_pairs(base, [("p", "show_detail"), ("id", record_id)])
