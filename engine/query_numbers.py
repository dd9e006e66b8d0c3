"""Identifiers among words: ISBN, ISSN, DOI and handle as readers type them, bare or behind a prefix."""

from __future__ import annotations

import re

from engine.model import Field, Identifier, Scheme
from engine.normalise.identifiers import doi, handle, isbn, issn, recognise
from engine.query_scan import Token, has_letters

FIELDS = {
    Scheme.ISBN: Field.ISBN,
    Scheme.ISSN: Field.ISSN,
    Scheme.DOI: Field.IDENTIFIER,
    Scheme.HANDLE: Field.IDENTIFIER,
}
_LABELS = re.compile(r"(isbn|issn|doi|hdl|handle)([-‑]1[03])?[:.]?", re.IGNORECASE)
_SPLIT_ISBN = re.compile(r"(97[89]([ -]?[0-9]){10}|[0-9]{1,5} [0-9]{1,7} [0-9]{1,7} [0-9Xx])")
DIGITS = re.compile(r"[0-9Xx‐‑‒–—− -]+")
IDENTIFIER_WORDS = 6  # "ISBN 978 604 1 23456 7"


def number(field: Field, text: str, *, is_truncated: bool, is_last: bool) -> str | None:
    """Return the normal form of a number of this field, None where it is none."""
    if is_truncated:
        bare = text.replace("-", "").replace(" ", "")
        return (bare if field is Field.ISBN else text) if has_letters(bare) and is_last else None
    if field is Field.IDENTIFIER:
        found = doi(text) or handle(text)
        return found.value if found else text if is_last and has_letters(text) else None
    found = isbn(text) if field is Field.ISBN else issn(text)
    return found.value if found and (found.valid or is_last) else None


def identifier_at(run: list[Token], at: int) -> tuple[Identifier | None, int]:
    """Return the identifier that is written from here on, and how many words it takes."""
    label = _LABELS.fullmatch(run[at].text)
    if not label and not any(map(str.isdigit, run[at].text)):
        return None, 1
    for count in range(min(len(run) - at, IDENTIFIER_WORDS), 0, -1):
        taken = run[at : at + count]
        if any(token.is_truncated or token.is_escaped for token in taken):
            continue
        text = " ".join(token.text for token in taken)
        if not label and count > 1 and not _SPLIT_ISBN.fullmatch(text):
            continue
        if label and (count == 1 or (count > 2 and not DIGITS.fullmatch(text, len(run[at].text)))):
            continue
        found = recognise(text)
        if found is not None and found.scheme in FIELDS:
            return found, count
    return None, 1
