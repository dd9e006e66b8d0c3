"""Where, by whom and when: publication statements, editions, extents."""

from __future__ import annotations

from connectors.formats.fields import MarcField
from connectors.formats.tidy import tidy, unbracket, undot
from engine.normalise.imprint import place, publisher
from engine.normalise.years import year

# 264 ind2: 1 is publication; 0 production, 2 distribution, 3 manufacture, 4 copyright serve where nothing better is.
_FIRST = frozenset({"", " ", "1", "|", "#"})


def _is_publication(field: MarcField) -> bool:
    return field.tag != "264" or field.ind2 in _FIRST


def places(field: MarcField, codes: str) -> list[str]:
    """Read places of publication; one that stands before its publisher in $b counts where $a is missing."""
    if not _is_publication(field):
        return []
    texts = field.every(codes)
    if not texts and " : " in (text := field.first("b") or ""):
        texts = [text.partition(" : ")[0]]
    return [found for text in texts if (found := place(text))]


def publishers(field: MarcField, codes: str) -> list[str]:
    """Read publishers, but not distributors and printers."""
    if not _is_publication(field):
        return []
    has_place = field.first("a") is not None
    texts = [text if has_place else text.rpartition(" : ")[2] for text in field.every(codes)]
    return [found for text in texts if (found := publisher(text))]


def years(field: MarcField, codes: str) -> list[int]:
    """Read years of publication."""
    return spare_years(field, codes) if _is_publication(field) else []


def spare_publishers(field: MarcField, codes: str) -> list[str]:
    """Read whoever produced, distributed or made it: told where no publisher is."""
    if _is_publication(field) or field.ind2 == "4":
        return []
    return [found for text in field.every(codes) if (found := publisher(text))]


def spare_years(field: MarcField, codes: str) -> list[int]:
    """Read years of any kind."""
    return [found for code, text in field.subfields if code in codes and (found := year(text)) is not None]


def phrase(field: MarcField, codes: str) -> tuple[str, ...]:
    """Read the subfields as one line of text, joined by a space."""
    line = unbracket(tidy(" ".join(field.every(codes))))
    return (line,) if line else ()


def sentence(field: MarcField, codes: str) -> tuple[str, ...]:
    """Read the subfields as one line of text without final full stop."""
    line = undot(tidy(" ".join(field.every(codes))))
    return (line,) if line else ()
