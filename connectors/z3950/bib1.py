"""What one server understands of bib-1: where fields are found and which attributes it takes. Data.

Source: bib-1 attribute set, Z39.50 Maintenance Agency.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from connectors.questions.cql_map import IsbnForm, LanguageCodes, MissingField, YearForm
from engine.model import Field

Number = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Kind = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,3}$")]
"""The type of an attribute, as a key of TOML has it."""

USE, RELATION, POSITION, STRUCTURE, TRUNCATION, COMPLETENESS = 1, 2, 3, 4, 5, 6
"""Types of attributes."""

ANY, ANYWHERE = 1016, 1035
PHRASE, WORD, YEAR, WORD_LIST = 1, 2, 4, 6
"""Values of Structure."""

LESS_OR_EQUAL, GREATER_OR_EQUAL = 2, 4
"""Values of Relation."""


class Words(StrEnum):
    """How the words of a clause are sent, where the reader did not ask for a phrase."""

    LIST = "list"
    """One term with Structure 6, word list: each word must occur, on most servers."""
    AND = "and"
    """One operand a word, joined with `and`: understood by every server."""
    PHRASE = "phrase"
    """One term with Structure 1, phrase."""


class TermCharset(StrEnum):
    """What octets a server takes terms in. To MARC-8 and ASCII marks are not sent: servers do not agree on how to."""

    UTF_8 = "utf-8"
    LATIN_1 = "latin-1"
    MARC_8 = "marc-8"
    ASCII = "ascii"


class Use(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a field is found on a server.

    `use`: Use attributes, of which any may hold the words; none sends terms without. `structure` 0 sends none;
    None: as of the map. `attributes`: further ones by type, instead of those of the map.
    """

    use: tuple[Number, ...]
    structure: Number | None = None
    words: Words | None = None
    attributes: dict[Kind, Number] | None = None


class Bib1Map(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one server understands of bib-1. Each key is told in `docs/systems/z3950.md`.

    A structure of 0 is not sent. `attributes` go with every term, by type. `truncation` is the value for "may go on",
    0 where there is none. `strip`: letters that are replaced by a space in every term. `marks_apart`: terms are sent in
    NFD.
    """

    uses: dict[Field, Number | tuple[Number, ...] | Use] = {}
    words: Words = Words.LIST
    word_structure: Number = WORD
    list_structure: Number = WORD_LIST
    phrase_structure: Number = PHRASE
    number_structure: Number = 0
    attributes: dict[Kind, Number] = {}
    truncation: Number = 1
    booleans: frozenset[str] = frozenset({"and", "or", "not"})
    missing_field: MissingField = MissingField.ANY
    strip: str = ""
    marks_apart: bool = False
    isbn_forms: tuple[IsbnForm, ...] = (IsbnForm.THIRTEEN, IsbnForm.TEN)
    year_use: Number = 0
    year_form: YearForm = YearForm.NONE
    year_structure: Number = YEAR
    language_use: Number = 0
    language_codes: LanguageCodes = LanguageCodes.NONE
    term_charset: TermCharset = TermCharset.UTF_8
