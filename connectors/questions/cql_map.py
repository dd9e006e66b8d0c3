"""What one server understands of CQL: its index map and its habits, as a member file tells them. Data."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from engine.model import Field

MOST_YEARS_LISTED = 12
"""A span of years is said as a list of single years up to this length."""


class Words(StrEnum):
    """How the words of a clause are sent, where the reader did not ask for a phrase."""

    AND = "and"
    """One clause a word, joined with `and`: understood by every server."""
    PHRASE = "phrase"
    """All words in one quoted term: side by side on most servers."""
    ALL = "all"
    """The relation `all` and one quoted term."""
    ADJ = "adj"
    """The relation `adj` and one quoted term."""


class Quoting(StrEnum):
    """What is done with letters that would end a quoted term or mask it."""

    BACKSLASH = "backslash"
    SPACE = "space"


class YearForm(StrEnum):
    """How a span of years is said."""

    RANGE = "range"
    """`dc.date >= "2010" and dc.date <= "2020"`"""
    WITHIN = "within"
    """`dc.date within "2010 2020"`"""
    LIST = "list"
    """`(dc.date = "2010" or dc.date = "2011" ...)`, for spans of up to `MOST_YEARS_LISTED` years."""
    NONE = "none"
    """Not at all: the records are filtered here."""


class LanguageCodes(StrEnum):
    """The codes a server's language index holds."""

    ISO_639_2B = "639-2b"
    ISO_639_1 = "639-1"
    NONE = "none"
    """Not asked: the records are filtered here."""


class IsbnForm(StrEnum):
    """A way of writing an ISBN."""

    THIRTEEN = "13"
    TEN = "10"
    HYPHENATED = "hyphenated"


class MissingField(StrEnum):
    """What is done with a clause whose field has no index here."""

    ANY = "any"
    REFUSE = "refuse"


class Index(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a field is found on a server.

    `names`: CQL index names, of which any may hold the words. `relation` and `words`: as of the map where not
    said. `phrase_relation`: the relation of a phrase.
    """

    names: tuple[str, ...]
    relation: str | None = None
    words: Words | None = None
    phrase_relation: str | None = None


class CqlMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one server understands of CQL. Each key is told in `docs/sru.md`.

    `indexes[Field.ANY]` without names sends bare terms. `context_sets`: prefix to identifier, bound at the head of the
    query. `truncation`: the mask for "may go on", empty where there is none.
    `strip`: letters that are replaced by a space in every term. `marks_apart`: terms are sent in NFD.
    """

    indexes: dict[Field, str | tuple[str, ...] | Index] = {}
    relation: str = "="
    phrase_relation: str = "="
    words: Words = Words.AND
    missing_field: MissingField = MissingField.ANY
    context_sets: dict[str, str] = {}
    truncation: str = ""
    booleans: frozenset[str] = frozenset({"and", "or", "not"})
    quoting: Quoting = Quoting.BACKSLASH
    strip: str = ""
    marks_apart: bool = False
    isbn_forms: tuple[IsbnForm, ...] = (IsbnForm.THIRTEEN, IsbnForm.TEN)
    year_index: str = ""
    year_form: YearForm = YearForm.NONE
    language_index: str = ""
    language_codes: LanguageCodes = LanguageCodes.NONE
