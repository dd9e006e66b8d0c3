"""Says a search as the address of Evergreen's OpenSearch. Pure.

Sources: Evergreen, OpenILS::WWW::SuperCat, opensearch_feed (`count` is at most 25; `startPage` counts pages from 1);
Evergreen documentation, "Search": classes, `&&`, `||`, `-`, quotes, filters like `between(2010,2020)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

import msgspec

from connectors.evergreen.settings import EvergreenSettings
from connectors.questions.simpler import Abilities
from connectors.reading.web_address import below, with_pairs
from engine.model import And, Clause, Expression, Field, Filters, Not, Or

CLASSES: Final = {
    Field.TITLE: "title",
    Field.PERSON: "author",
    Field.SUBJECT: "subject",
    Field.SERIES: "series",
    Field.PUBLISHER: "keyword|publisher",
    Field.ISBN: "identifier|isbn",
    Field.ISSN: "identifier|issn",
    Field.CALL_NUMBER: "identifier|bibcn",
}
CAN: Final = Abilities(
    fields=frozenset({Field.ANY, *CLASSES}), has_or=True, has_not=True, has_phrases=True, has_truncation=True
)

_SPECIAL: Final = re.compile(r"""["'(){}\[\]|&:#*^~<>=!\\/$%+@;,?]+""")
_LEADING: Final = re.compile(r"(?<!\w)[-.]+|[-.]+(?!\w)")
_MARC_LANGUAGE: Final = re.compile(r"[a-z]{3}")


class Said(NamedTuple):
    """A question in the words of Evergreen's query parser, and the class in which bare words are looked for."""

    terms: str
    search_class: str = "keyword"


def said(expression: Expression | None, filters: Filters, *, has_filters: bool = True) -> Said:
    """Return a question in the words of Evergreen's query parser; its terms are empty where it can't be asked.

    >>> said(Clause("vi mô", Field.TITLE), Filters(year_from=2010))
    Said(terms='vi mô between(2010,9999)', search_class='title')
    """
    search_class = "keyword"
    parts: list[str] = []
    if isinstance(expression, Clause) and "|" not in CLASSES.get(expression.field, "keyword"):
        search_class = CLASSES.get(expression.field, "keyword")
        parts.append(_text(expression))
    elif expression is not None:
        parts.append(_said(expression, is_inner=False))
    if has_filters:
        parts += _filters(filters)
    return Said(" ".join(part for part in parts if part), search_class)


def unasked(filters: Filters, *, has_filters: bool = True) -> Filters:
    """Return the filters that a question does not hold."""
    if not has_filters:
        return filters
    return msgspec.structs.replace(filters, year_from=None, year_to=None, languages=(), not_languages=())


def _filters(filters: Filters) -> Iterator[str]:
    if filters.year_from is not None or filters.year_to is not None:
        yield f"between({filters.year_from or 0},{filters.year_to or 9999})"
    for name, languages in (("item_lang", filters.languages), ("-item_lang", filters.not_languages)):
        codes = [code for code in languages if _MARC_LANGUAGE.fullmatch(code)]
        if codes:
            yield f"{name}({','.join(codes)})"


def _said(expression: Expression, *, is_inner: bool) -> str:
    match expression:
        case Clause():
            return _clause(expression)
        case Not(part=Clause() as clause):
            return f"-{_clause(clause, in_brackets=True)}"
        case Not(part=part):
            return f"-({_said(part, is_inner=False)})"
        case And(parts=parts):
            joined = " && ".join(_said(part, is_inner=True) for part in parts)
        case Or(parts=parts):
            joined = " || ".join(_said(part, is_inner=True) for part in parts)
    return f"({joined})" if is_inner else joined


def _clause(clause: Clause, *, in_brackets: bool = False) -> str:
    text, name = _text(clause), CLASSES.get(clause.field)
    if name is not None:
        return f"{name}:({text})"
    return f"({text})" if in_brackets and " " in text else text


def _text(clause: Clause) -> str:
    words = _words(clause.text)
    if clause.is_phrase and len(words) > 1:
        return f'"{" ".join(words)}"'
    return " ".join(words) + ("*" if clause.is_truncated else "")


def _words(text: str) -> list[str]:
    """Return words without what the query parser reads as more than a letter. It drops most of it itself."""
    return _LEADING.sub(" ", _SPECIAL.sub(" ", text)).split() or ["-"]


def list_url(base: str, asked: Said, settings: EvergreenSettings, *, page: int) -> str:
    """Return the address of a page of hits; pages count from 1."""
    kind = "marcxml-full" if settings.with_holdings else "marcxml"
    path = f"{settings.org_unit}/{kind}/{asked.search_class}/{quote(asked.terms, safe='')}"
    return with_pairs(
        below(base, f"opac/extras/opensearch/1.1/{path}"),
        [("startPage", str(page)), ("count", str(settings.page_size))],
    )


def records_url(base: str, ids: Sequence[str], settings: EvergreenSettings) -> str:
    """Return the address of several records with their copies, by the filter `record_list`."""
    asked = quote(f"record_list({','.join(ids)})", safe="")
    return with_pairs(
        below(base, f"opac/extras/opensearch/1.1/{settings.org_unit}/marcxml-full/keyword/{asked}"),
        [("startPage", "1"), ("count", str(len(ids)))],
    )


def copies_url(base: str, record_id: str, settings: EvergreenSettings) -> str:
    """Return the address of the copies of one record (unAPI)."""
    tag = f"tag::U2@bre/{record_id}{{holdings_xml,acn,acp}}/{settings.org_unit}/0"
    return with_pairs(below(base, "opac/extras/unapi"), [("id", tag), ("format", "holdings_xml-full")])


def record_url(base: str, record_id: str) -> str:
    """Return the public page of a record."""
    return below(base, f"eg/opac/record/{record_id}")
