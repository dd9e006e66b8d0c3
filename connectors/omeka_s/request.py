"""Says a search as the address of Omeka S's API. Pure.

Sources: Omeka S developer documentation, "REST API"; the adapter AbstractResourceEntityAdapter: rows of `property[n]`
are joined by their own `joiner`, the type `in` means "contains this run of letters", `nin` "does not"; an empty
property stands for any.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from connectors.omeka_s.settings import OmekaSettings
from connectors.questions.simpler import Abilities
from connectors.reading.web_address import below, with_pairs
from engine.model import And, Clause, Expression, Field, Not, Or, Reason

PROPERTIES: Final = {
    Field.TITLE: "dcterms:title",
    Field.PERSON: "dcterms:creator",
    Field.SUBJECT: "dcterms:subject",
    Field.PUBLISHER: "dcterms:publisher",
    Field.SERIES: "dcterms:isPartOf",
    Field.IDENTIFIER: "dcterms:identifier",
}
_NUMBERS: Final = frozenset({Field.ISBN, Field.ISSN})
"""Libraries keep them under half a dozen properties; they are looked for in any."""

CAN: Final = Abilities(
    fields=frozenset({Field.ANY, *PROPERTIES, *_NUMBERS}), has_or=True, has_not=True, has_phrases=True
)


class Said(NamedTuple):
    """The parameters that ask a question, and what was given up to say it."""

    pairs: tuple[tuple[str, str], ...]
    notices: tuple[Reason, ...] = ()


class _Row(NamedTuple):
    joiner: str
    term: str
    relation: str
    text: str


def said(expression: Expression | None, settings: OmekaSettings) -> Said:
    """Return the parameters of a question.

    >>> said(Clause("kinh tế"), OmekaSettings()).pairs
    (('fulltext_search', 'kinh tế'),)
    """
    words: list[str] = []
    rows: list[_Row] = []
    notices: dict[str, None] = {}
    if isinstance(expression, Or) and all(isinstance(part, Clause) for part in expression.parts):
        # Rows of any property are the only "or" there is; each alternative is then one run of letters.
        rows = [_row(clause, "or") for clause in expression.parts if isinstance(clause, Clause)]
    else:
        for clause, is_not in _conjuncts(expression, notices):
            if is_not:
                rows.append(_row(clause, "and")._replace(relation="nin"))
            elif clause.field is Field.ANY and not clause.is_phrase and settings.words == "fulltext":
                words.append(clause.text)
            elif settings.words == "values" and not clause.is_phrase:
                rows += [_row(clause, "and")._replace(text=word) for word in clause.text.split()[:_MOST_ROWS]]
            else:
                rows.append(_row(clause, "and"))
    pairs: list[tuple[str, str]] = [("fulltext_search", " ".join(words))] if words else []
    for number, row in enumerate(rows[:_MOST_ROWS]):
        at = f"property[{number}]"
        pairs += [(f"{at}[joiner]", row.joiner), (f"{at}[property]", row.term), (f"{at}[type]", row.relation)]
        pairs.append((f"{at}[text]", row.text))
    if len(" ".join(words).split()) > 1:
        # MySQL's search in natural language: any word, and what has more of them first.
        notices["notice.any-word"] = None
    if len(rows) > _MOST_ROWS:
        notices["notice.dropped-clause"] = None
    return Said(tuple(pairs), tuple(Reason(code) for code in notices))


_MOST_ROWS: Final = 12
"""Each row is a join of the value table."""


def _row(clause: Clause, joiner: str) -> _Row:
    return _Row(joiner, PROPERTIES.get(clause.field, ""), "in", clause.text)


def _conjuncts(expression: Expression | None, notices: dict[str, None]) -> Iterator[tuple[Clause, bool]]:
    """Return the clauses that must all hold, and whether each must not."""
    match expression:
        case Clause():
            yield expression, False
        case And(parts=parts):
            for part in parts:
                yield from _conjuncts(part, notices)
        case Or(parts=parts):
            notices["notice.dropped-alternatives"] = None
            yield from _conjuncts(parts[0], notices)
        case Not(part=Clause() as clause):
            yield clause, True
        case Not():
            notices["notice.dropped-exclusion"] = None
        case None:
            return


def items_url(base: str, pairs: tuple[tuple[str, str], ...], settings: OmekaSettings, *, page: int) -> str:
    """Return the address of a page of items; pages count from 1."""
    narrow = [
        (name, str(value))
        for name in ("site_id", "item_set_id", "resource_class_id")
        if (value := getattr(settings, name)) is not None
    ]
    more = [("page", str(page)), ("per_page", str(settings.page_size))]
    return with_pairs(below(base, "api/items"), [*pairs, *narrow, *more])


def sites_url(base: str) -> str:
    """Return the address of the list of sites."""
    return with_pairs(below(base, "api/sites"), [("per_page", "100")])


def item_url(base: str, slug: str, item_id: str) -> str:
    """Return the public page of an item on a site."""
    return below(base, f"s/{slug}/item/{item_id}")
