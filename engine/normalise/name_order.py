"""In which order a name is shown. A Vietnamese one is never inverted; where its family name stands must be known.

Catalogues put a comma behind the family name ("Phí, Mạnh Hồng") or, having taken the last word for it, behind the given
name ("Hồng, Phí Mạnh"). The table of family names tells which; where it can't, a name stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

from engine.normalise.tables import lists
from engine.text import exact_key, folded_key
from engine.vietnamese.syllables import is_plain, is_spelt

_MOST_SYLLABLES = 7  # Công Tằng Tôn Nữ Bích Ngọc has six; more is a phrase, or several people


@cache
def _families(row: str, *, is_marked: bool) -> frozenset[str]:
    key: Callable[[str], str] = exact_key if is_marked else folded_key
    return frozenset(map(key, lists("families")[row]))


@lru_cache(maxsize=4096)
def direct_name(name: str, *, is_vietnamese_text: bool = False) -> str:
    """Return a Vietnamese name in direct order where its order is sure, any other name as it is.

    A name without any mark could be of another language; it is turned in a text known to be Vietnamese only.

    >>> direct_name("Phí, Mạnh Hồng"), direct_name("Hồng, Phí Mạnh"), direct_name("Mankiw, N. Gregory")
    ('Phí Mạnh Hồng', 'Phí Mạnh Hồng', 'Mankiw, N. Gregory')
    >>> direct_name("Tran, Van An"), direct_name("Tran, Van An", is_vietnamese_text=True)
    ('Tran, Van An', 'Tran Van An')
    """
    first, comma, last = name.partition(",")
    if not comma or "," in last:
        return name
    before, after = first.lower().split(), last.lower().split()
    is_marked = not name.isascii()
    if not before or not after or len(before) + len(after) > _MOST_SYLLABLES or not (is_marked or is_vietnamese_text):
        return name
    if not all(map(_is_syllable, (*before, *after)) if is_marked else map(is_plain, (*before, *after))):
        return name
    is_turned = _begins_with_given_name(before, after, is_marked=is_marked)
    if is_turned is None:
        return name
    return " ".join((*last.split(), *first.split()) if is_turned else (*first.split(), *last.split()))


def _is_syllable(word: str) -> bool:
    return is_spelt(word) or (word.isascii() and is_plain(word))


def _begins_with_given_name(before: list[str], after: list[str], *, is_marked: bool) -> bool | None:
    """Whether the given name stands before the comma; None where nothing tells."""
    key: Callable[[str], str] = exact_key if is_marked else folded_key
    sure, either, middle, second = (
        _families(row, is_marked=is_marked) for row in ("sure", "either", "middle", "second")
    )
    head, other = key(before[0]), key(after[0])
    is_family = head in sure or head in either
    # Two syllables in all are likelier a pen name, its first word taken for a family name ("Nam, Cao").
    could_be_turned = (len(after) > 1 and (other in sure or other in either)) or (len(before) > 1 and other in sure)
    if is_family and could_be_turned:
        if len(after) > 1 and (key(after[-1]) in middle or key(after[1]) in second):
            return True
        return None if head in either and other in sure else False
    if is_family:
        return False
    return True if could_be_turned else None


def in_order_of(inverted: str, direct: str) -> str:
    """Return an inverted name in the order of a direct form of it, which may lack its marks; else as it is.

    >>> in_order_of("Mai, Nguyễn Hà", "Nguyen Ha Mai"), in_order_of("Mai, Nguyễn Hà", "N. H. Mai")
    ('Nguyễn Hà Mai', 'Mai, Nguyễn Hà')
    """
    first, _, last = (part.strip() for part in inverted.partition(","))
    wanted = folded_key(direct)
    readings = (f"{first} {last}", f"{last} {first}")
    return next((reading for reading in readings if folded_key(reading) == wanted), inverted)
