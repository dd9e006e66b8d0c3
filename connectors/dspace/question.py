"""Says a query in the syntax of Lucene that DSpace hands on to Solr, for each way of asking it. Pure.

Source: recorded answers of DSpace 6.4, 7.6.7 and 9.2. Two words mean AND; a field that does not exist finds nothing and
is no error; operators are capitals. From version 7 on, what is escaped with a backslash is taken as it is. Version 6
escapes a colon before a blank itself, so that one escaped already finds nothing on its pages and in JSPUI's feed; the
feed of XMLUI does not.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

import msgspec

from connectors.dspace.kinds import language_clause, material_clause
from connectors.questions.simpler import Abilities, simpler
from engine.errors import UnsupportedError
from engine.model import And, Clause, Expression, Field, Filters, Not, Or, Reason

FIELDS: Final = frozenset(Field) - {Field.CALL_NUMBER}
"""What can be looked for on its own. A repository has no shelves."""

MOST_QUERY_BYTES: Final = 4_500
"""Of the words, percent-encoded: a request line of more than 8 KB is 400, and filters take up to 3 KB of it."""

_CAN: Final = Abilities(FIELDS, has_or=True, has_not=True, has_phrases=True, has_truncation=True)
_CUTS: Final = (1_200, 500, 240, 100)
_SPECIAL: Final = re.compile(r'([-+!(){}\[\]^"~*?:\\/&|])')
_BLANKED: Final = re.compile(r'[+!(){}\[\]^"~*?\\/|]|&&|:(?!\s)|(?<!\w)[-&]|[-&](?!\w)')
_OPERATORS: Final = frozenset({"AND", "OR", "NOT", "TO"})

_INDEXES: Final[dict[Field, tuple[str, ...]]] = {
    Field.TITLE: ("dc.title", "dc.title.alternative"),
    Field.PERSON: (
        "dc.contributor.author", "dc.contributor.advisor", "dc.contributor.editor", "dc.contributor.other",
        "dc.contributor", "dc.creator",
    ),
    Field.SUBJECT: ("subject", "dc.subject"),
    Field.PUBLISHER: ("dc.publisher",),
    Field.SERIES: ("dc.relation.ispartofseries", "dc.relation.ispartof"),
    Field.ISBN: ("dc.identifier.isbn", "dc.identifier"),
    Field.ISSN: ("dc.identifier.issn", "dc.identifier"),
    Field.IDENTIFIER: (),
}  # fmt: skip
"""A field that a repository does not use costs nothing: it finds nothing."""


class Escaping(StrEnum):
    """What becomes of letters that the syntax reads as more than letters.

    BACKSLASH: escaped. TYPED: a colon before a blank stays as typed, the others become blanks, since a blank parts
    words as they do. BLANK: all become blanks, which is right for every version.
    """

    BACKSLASH = "backslash"
    TYPED = "typed"
    BLANK = "blank"


class Question(msgspec.Struct, frozen=True):
    """A query as it is sent, "" for everything, and what was given up to say it."""

    text: str
    notices: tuple[Reason, ...] = ()


def question(expression: Expression | None, escaping: Escaping) -> Question:
    r"""Return an expression as the parameter `query`.

    Raises UnsupportedError where no word is left to look for, or the question stays too long however it is cut.

    >>> question(Clause("Hóa học: giáo trình"), Escaping.BACKSLASH).text
    'Hóa học\\: giáo trình'
    >>> question(Clause("Hóa học: giáo trình"), Escaping.TYPED).text
    'Hóa học: giáo trình'
    >>> question(And((Clause("hóa học", field=Field.PUBLISHER), Not(Clause("đề")))), Escaping.BACKSLASH).text
    'dc.publisher:(hóa học) NOT đề'
    """
    if expression is None:
        return Question("")
    left, notices = simpler(expression, _CAN)
    assert left is not None
    for cut in _CUTS:
        text, is_cut = _said(left, escaping, cut)
        if not text:
            raise UnsupportedError("a question without a word to look for")
        if encoded_bytes(text) <= MOST_QUERY_BYTES:
            cut_notice = (Reason("notice.dropped-clause"),) if is_cut else ()
            return Question(text, tuple(dict.fromkeys((*notices, *cut_notice), None)) if is_cut else notices)
    raise UnsupportedError("a question longer than an address may be")


def narrowed(text: str, filters: Filters, *, items_only: bool, years: bool) -> str:
    """Return a query with the filters that it can carry itself: language, kind, years, items only.

    >>> narrowed("hóa học", Filters(year_from=2010), items_only=True, years=True)
    '(hóa học) AND dateIssued.year:[2010 TO *] AND search.resourcetype:2'
    """
    parts = [material_clause(filters.materials), language_clause(filters.languages)]
    if years:
        parts.append(year_clause(filters))
    if items_only:
        parts.append("search.resourcetype:2")
    kept = [part for part in parts if part]
    if not text:
        return " AND ".join(kept)
    return " AND ".join([f"({text})", *kept]) if kept else text


def year_clause(filters: Filters) -> str:
    """Return the years as a clause, "" for any."""
    span = year_span(filters)
    return f"dateIssued.year:{span}" if span else ""


def year_span(filters: Filters) -> str:
    """Return the years as a range, "" for any.

    >>> year_span(Filters(year_from=2010, year_to=2015)), year_span(Filters(year_to=2015)), year_span(Filters())
    ('[2010 TO 2015]', '[* TO 2015]', '')
    """
    if filters.year_from is None and filters.year_to is None:
        return ""
    low = "*" if filters.year_from is None else filters.year_from
    high = "*" if filters.year_to is None else filters.year_to
    return f"[{low} TO {high}]"


def encoded_bytes(text: str) -> int:
    """Return how long a text is in an address: three letters for each byte that is not plain."""
    encoded = text.encode()
    plain = sum(byte in _PLAIN for byte in encoded)
    return plain + 3 * (len(encoded) - plain)


_PLAIN: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


# Parts of an expression -----------------------------------------------------------------


def _said(expression: Expression, escaping: Escaping, cut: int) -> tuple[str, bool]:
    """Return an expression in the syntax, and whether a clause was cut on the way."""
    match expression:
        case Clause():
            return _clause(expression, escaping, cut)
        case Or(parts=parts):
            said = [_said(part, escaping, cut) for part in parts]
            texts = [_grouped(text) for text, _ in said if text]
            return " OR ".join(texts) if len(texts) > 1 else "".join(texts), any(is_cut for _, is_cut in said)
        case And(parts=parts):
            return _both(parts, escaping, cut)
        case Not():
            raise UnsupportedError("a question that only excludes")


def _both(parts: tuple[Expression, ...], escaping: Escaping, cut: int) -> tuple[str, bool]:
    is_cut = False
    wanted: list[str] = []
    unwanted: list[str] = []
    for part in parts:
        text, was_cut = _said(part.part if isinstance(part, Not) else part, escaping, cut)
        is_cut = is_cut or was_cut
        if text:
            (unwanted if isinstance(part, Not) else wanted).append(text)
    if not wanted:
        return "", is_cut
    if len(wanted) == 1 and not unwanted:
        return wanted[0], is_cut
    said = " AND ".join(map(_grouped, wanted))
    return "".join([said, *(f" NOT {_grouped(text)}" for text in unwanted)]), is_cut


def _grouped(text: str) -> str:
    """Return a text that stays together beside an operator."""
    is_one = " " not in text or _ONE_GROUP.fullmatch(text) is not None
    return text if is_one else f"({text})"


_ONE_GROUP: Final = re.compile(r'(?:[A-Za-z.]+:)?(?:\([^()"\\]*\)|"[^"\\]*")')


def _clause(clause: Clause, escaping: Escaping, cut: int) -> tuple[str, bool]:
    text = clause.text
    is_cut = len(text.encode()) > cut
    if is_cut:
        short = text.encode()[:cut].decode("utf-8", "ignore")
        text = short.rpartition(" ")[0] or short
    match clause.field:
        case Field.ISBN:
            return _in_indexes(" OR ".join(_isbn_forms(text)), _INDEXES[Field.ISBN]), is_cut
        case Field.ISSN:
            return _in_indexes(_quoted(text), _INDEXES[Field.ISSN]), is_cut
        case Field.IDENTIFIER:
            phrase = _quoted(text)
            return f"handle:{phrase} OR {phrase}", is_cut
    if clause.is_phrase and " " in text:
        words = _quoted(text) if escaping is not Escaping.BLANK else _quoted(_blanked(text.replace(":", " ")))
    else:
        words = _words(text, escaping, is_truncated=clause.is_truncated and not clause.is_phrase)
    return _in_indexes(words, _INDEXES.get(clause.field, ())), is_cut


def _in_indexes(words: str, indexes: tuple[str, ...]) -> str:
    if not indexes or not words:
        return words
    group = _grouped(words)
    return " OR ".join(f"{index}:{group}" for index in indexes)


def _isbn_forms(text: str) -> list[str]:
    """Return an ISBN in both lengths: an index holds the one that was typed."""
    digits = re.sub(r"[^0-9Xx]", "", text).upper()
    if len(digits) != 13 or not digits.startswith("978"):
        return [digits or _quoted(text)]
    nine = digits[3:12]
    check = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), nine, strict=True))
    last = (11 - check % 11) % 11
    return [digits, nine + ("X" if last == 10 else str(last))]


def _quoted(text: str) -> str:
    """Return a phrase. Within quotes only these two mean more than themselves."""
    return '"' + " ".join(text.replace("\\", " ").replace('"', " ").split()) + '"'


def _words(text: str, escaping: Escaping, *, is_truncated: bool) -> str:
    if escaping is Escaping.BACKSLASH:
        tokens = [_SPECIAL.sub(r"\\\1", _small(token)) for token in text.split() if _is_word(token)]
    else:
        spaced = text.replace(":", " ") if escaping is Escaping.BLANK else text
        tokens = [_small(token) for token in _blanked(spaced).split() if _is_word(token)]
        if tokens:
            tokens[-1] = tokens[-1].rstrip(":")
    if is_truncated and tokens and tokens[-1].isalnum():
        tokens[-1] += "*"
    return " ".join(tokens)


def _blanked(text: str) -> str:
    """Return text in which nothing means more than a letter, but for a colon before a blank."""
    return _BLANKED.sub(" ", text)


def _small(token: str) -> str:
    return token.lower() if token in _OPERATORS else token


def _is_word(token: str) -> bool:
    return any(letter.isalnum() for letter in token)
