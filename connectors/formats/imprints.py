"""Where, by whom and when: publication statements, editions, extents."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.formats.fields import MarcField
from connectors.formats.tidy import tidy, unbracket, undot
from engine.normalise.imprint import place, publisher
from engine.normalise.years import year

# 264 ind2: 1 is publication; 0 production, 2 distribution, 3 manufacture, 4 copyright serve where nothing better is.
_FIRST = frozenset({"", " ", "1", "|", "#"})


def places(field: MarcField, codes: str) -> Iterator[str]:
    """Read places of publication; one that stands before its publisher in $b counts where $a is missing."""
    if field.tag != "264" or field.ind2 in _FIRST:
        texts = field.every(codes)
        if not texts and " : " in (text := field.first("b") or ""):
            texts = [text.partition(" : ")[0]]
        for text in texts:
            if found := place(text):
                yield found


def publishers(field: MarcField, codes: str) -> Iterator[str]:
    """Read publishers, but not distributors and printers."""
    if field.tag != "264" or field.ind2 in _FIRST:
        has_place = field.first("a") is not None
        for text in field.every(codes):
            if found := publisher(text if has_place else text.rpartition(" : ")[2]):
                yield found


def years(field: MarcField, codes: str) -> Iterator[int]:
    """Read years of publication."""
    if field.tag != "264" or field.ind2 in _FIRST:
        yield from spare_years(field, codes)


def spare_publishers(field: MarcField, codes: str) -> Iterator[str]:
    """Read whoever produced, distributed or made it: told where no publisher is."""
    if field.ind2 not in _FIRST and field.ind2 != "4":
        for text in field.every(codes):
            if found := publisher(text):
                yield found


def spare_years(field: MarcField, codes: str) -> Iterator[int]:
    """Read years of any kind."""
    for text in field.every(codes):
        if (found := year(text)) is not None:
            yield found


def phrase(field: MarcField, codes: str) -> Iterator[str]:
    """Read the subfields as one line of text, joined by a space."""
    line = unbracket(tidy(" ".join(field.every(codes))))
    if line:
        yield line


def sentence(field: MarcField, codes: str) -> Iterator[str]:
    """Read the subfields as one line of text without final full stop."""
    line = undot(tidy(" ".join(field.every(codes))))
    if line:
        yield line
