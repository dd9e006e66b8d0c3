"""Says a search as the address of a WebPAC. Pure.

Sources: addresses of Millennium and Sierra WebPAC: `/search~S<scope>*<language>/X?SEARCH=…` is the keyword search, in
which `t:(…)` names a field and `and`, `or`, `and not` join; `/search~S1/i?SEARCH=…` looks up a heading in an index.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from connectors.questions.simpler import Abilities
from connectors.reading.web_address import below, with_pairs
from connectors.sierra.settings import SierraSettings
from engine.model import And, Clause, Expression, Field, Not, Or

PREFIXES: Final = {Field.TITLE: "t", Field.PERSON: "a", Field.SUBJECT: "d"}
INDEXES: Final = {
    Field.ISBN: "i",
    Field.ISSN: "i",
    Field.CALL_NUMBER: "c",
    Field.TITLE: "t",
    Field.PERSON: "a",
    Field.SUBJECT: "d",
}
_ONLY_INDEXED: Final = frozenset({Field.ISBN, Field.ISSN, Field.CALL_NUMBER})

_SPECIAL: Final = re.compile(r"""["'(){}\[\]|&:#*^~<>=!\\/$%+@;,?]+""")
_LEADING: Final = re.compile(r"(?<!\w)[-.]+|[-.]+(?!\w)")
_OPERATORS: Final = frozenset({"and", "or", "not", "near", "within"})


class Spoken(NamedTuple):
    """How one server is spoken to: its prefixes and indexes, with what the member file says."""

    prefixes: dict[Field, str]
    indexes: dict[Field, str]
    can: Abilities


def spoken(settings: SierraSettings) -> Spoken:
    """Return how a server is spoken to."""
    prefixes = {field: letter for field, letter in {**PREFIXES, **settings.prefixes}.items() if letter}
    indexes = {field: letter for field, letter in {**INDEXES, **settings.indexes}.items() if letter}
    fields = frozenset({Field.ANY, *prefixes, *(field for field in indexes if field in _ONLY_INDEXED)})
    return Spoken(
        prefixes, indexes, Abilities(fields, has_or=True, has_not=True, has_phrases=True, has_truncation=True)
    )


class Asked(NamedTuple):
    """The letter of the index that is asked (`X`: keywords) and the words."""

    letter: str
    words: str


def asked(expression: Expression, speaking: Spoken) -> Asked:
    """Return a question.

    >>> asked(Clause("vi mô", Field.TITLE), spoken(SierraSettings()))
    Asked(letter='X', words='t:(vi mô)')
    """
    if isinstance(expression, Clause) and expression.field in _ONLY_INDEXED:
        return Asked(speaking.indexes[expression.field], " ".join(_words(expression.text, keeps_points=True)))
    return Asked("X", _said(expression, speaking, is_inner=False))


def asked_of_index(expression: Expression, speaking: Spoken) -> Asked | None:
    """Return the same question to a list of headings, where it is of one field that has one; None else."""
    if not isinstance(expression, Clause) or expression.field in _ONLY_INDEXED:
        return None
    letter = speaking.indexes.get(expression.field)
    return Asked(letter, " ".join(_words(expression.text))) if letter else None


def _said(expression: Expression, speaking: Spoken, *, is_inner: bool) -> str:
    match expression:
        case Clause():
            return _clause(expression, speaking)
        case Not(part=part):
            return f"not {_grouped(part, speaking)}"
        case And(parts=parts):
            kept = sorted(parts, key=lambda part: isinstance(part, Not))  # a question can't begin with "not"
            joined = " and ".join(_said(part, speaking, is_inner=True) for part in kept)
        case Or(parts=parts):
            joined = " or ".join(_grouped(part, speaking) for part in parts)
    return f"({joined})" if is_inner else joined


def _grouped(part: Expression, speaking: Spoken) -> str:
    """Return a part whose words stay together: WebPAC joins from the left, word by word."""
    text = _said(part, speaking, is_inner=True)
    return f"({text})" if isinstance(part, Clause) and " " in text and text[0] != '"' and ":(" not in text else text


def _clause(clause: Clause, speaking: Spoken) -> str:
    words = _words(clause.text)
    if clause.is_phrase and len(words) > 1:
        text = f'"{" ".join(words)}"'
    else:
        text = " ".join(words) + ("*" if clause.is_truncated else "")
    prefix = speaking.prefixes.get(clause.field)
    return f"{prefix}:({text})" if prefix else text


def _words(text: str, *, keeps_points: bool = False) -> list[str]:
    """Return words without what WebPAC reads as more than a letter, and without its operators."""
    words = (_SPECIAL.sub(" ", text) if keeps_points else _LEADING.sub(" ", _SPECIAL.sub(" ", text))).split()
    return [word for word in words if word.lower() not in _OPERATORS] or words[:1] or ["-"]


def search_url(base: str, question: Asked, settings: SierraSettings) -> str:
    """Return the address of the first page of hits."""
    pairs = [("SEARCH", question.words)]
    if settings.scope:
        pairs.append(("searchscope", settings.scope))
    if settings.sort and question.letter == "X":
        pairs.append(("SORT", settings.sort))
    return with_pairs(below(base, f"search{_scope(settings)}/{question.letter}"), pairs)


def record_url(base: str, number: str, settings: SierraSettings) -> str:
    """Return the public page of a record."""
    scope = f"~S{settings.scope}" if settings.scope else ""
    return below(base, f"record={number}{scope}")


def marc_url(base: str, number: str, settings: SierraSettings) -> str:
    """Return the MARC view of a record by its number."""
    return below(base, f"search{_scope(settings)}") + f"?/.{number}/.{number}/1%2C1%2C1%2CB/marc~{number}"


def _scope(settings: SierraSettings) -> str:
    language = f"*{settings.language}" if settings.language else ""
    return f"~S{settings.scope}{language}" if settings.scope else language


_START: Final = re.compile(r"/(\d+)(%2C|,)(-?\d+)(%2C|,)(-?\d+)(%2C|,)B/browse")


def page_url(link: str, place: int, page_size: int) -> str | None:
    """Return the address of the page that holds a place, made of a link to any page of the same list.

    >>> page_url("/search/X?/Xluat/Xluat/51%2C120%2C120%2CB/browse", 108, 50)
    '/search/X?/Xluat/Xluat/101%2C120%2C120%2CB/browse'
    """
    start = (place - 1) // page_size * page_size + 1
    if _START.search(link) is None:
        return None
    return _START.sub(lambda found: f"/{start}{found[0][len(found[1]) + 1 :]}", link, count=1)
