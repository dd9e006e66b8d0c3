"""Says a search as the address of Encore. Pure.

Source: addresses of Encore: `/iii/encore/search/C__S<words>__Orightresult__U`, further pages as `__P0,1` behind the
words (counted from 0), `/iii/encore/record/C__Rb1234567`. Words stand in the path, in which two underscores begin a new
part. Fields are named as in WebPAC: `t:(…)`, `a:(…)`, `d:(…)`; `|` is "or".
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from connectors.encore.settings import EncoreSettings
from connectors.questions.simpler import Abilities
from connectors.reading.web_address import below, with_pairs
from engine.model import And, Clause, Expression, Field, Not, Or

PREFIXES: Final = {Field.TITLE: "t", Field.PERSON: "a", Field.SUBJECT: "d"}
_IN_ANY: Final = frozenset({Field.ISBN, Field.ISSN})
"""Numbers are found among all words."""

CAN: Final = Abilities(
    fields=frozenset({Field.ANY, *PREFIXES, *_IN_ANY}), has_or=True, has_phrases=True, has_truncation=True
)

_SPECIAL: Final = re.compile(r"""["'(){}\[\]|&:#*^~<>=!\\/$%+@;,?_]+""")
_LEADING: Final = re.compile(r"(?<!\w)[-.]+|[-.]+(?!\w)")
_OPERATORS: Final = frozenset({"AND", "OR", "NOT"})
_SESSION: Final = re.compile(r";jsessionid=[^?/#]*", re.IGNORECASE)


def said(expression: Expression, *, is_inner: bool = False) -> str:
    """Return a question in Encore's words.

    >>> said(And((Clause("vi mô"), Clause("mankiw", Field.PERSON))))
    'vi mô a:(mankiw)'
    """
    match expression:
        case Clause():
            return _clause(expression)
        case Not():
            return ""
        case And(parts=parts):
            joined = " ".join(filter(None, (said(part, is_inner=True) for part in parts)))
        case Or(parts=parts):
            joined = " | ".join(filter(None, (said(part, is_inner=True) for part in parts)))
    return f"({joined})" if is_inner else joined


def _clause(clause: Clause) -> str:
    words = _words(clause.text)
    if clause.is_phrase and len(words) > 1:
        text = f'"{" ".join(words)}"'
    else:
        text = " ".join(words) + ("*" if clause.is_truncated else "")
    prefix = PREFIXES.get(clause.field)
    return f"{prefix}:({text})" if prefix else text


def _words(text: str) -> list[str]:
    words = _LEADING.sub(" ", _SPECIAL.sub(" ", text)).split()
    return [word.lower() if word in _OPERATORS else word for word in words] or ["-"]


def search_url(base: str, words: str, settings: EncoreSettings, *, page: int) -> str:
    """Return the address of a page of hits; pages count from 1."""
    turned = f"__P0%2C{page - 1}__Orightresult__U__X0" if page > 1 else "__Orightresult__U"
    pairs = [("lang", settings.language), *([("suite", settings.suite)] if settings.suite else [])]
    return with_pairs(below(base, f"iii/encore/search/C__S{quote(words, safe='')}{turned}"), pairs)


def record_url(base: str, number: str) -> str:
    """Return the public page of a record."""
    return below(base, f"iii/encore/record/C__R{number}")


def marc_url(link: str) -> str:
    """Return the MARC view of a record by the link to it, without the session that it may carry.

    >>> marc_url("https://x.example.org/iii/encore/record/C__Rb1;jsessionid=A1?lang=vie")
    'https://x.example.org/iii/encore/record/C__Rb1?marcData=Y&lang=vie'
    """
    parts = urlsplit(link)
    query = f"marcData=Y&{parts.query}" if parts.query else "marcData=Y"
    return urlunsplit((parts.scheme, parts.netloc, _SESSION.sub("", parts.path), query, ""))
