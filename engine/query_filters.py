"""What stands behind `year:`, `language:`, `type:`, `library:`, `available:` and their like -> Filters.

A value takes as many of the following words as can be understood and leaves the rest to the search.
Where a colon with a space after it is followed by nothing that can be understood, it is taken for a title's
("Language: its structure and use").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from engine.errors import QueryError
from engine.model import Degree, Filters, Material
from engine.normalise.languages import language
from engine.normalise.materials import degree, material
from engine.normalise.tables import groups
from engine.query_narrowing import Narrowing, union, without
from engine.query_scan import Kind, Token, has_letters, is_known_word
from engine.query_years import years
from engine.text import clean, folded_key

_MATERIALS = frozenset(each.value for each in Material)
_DEGREES = frozenset(each.value for each in Degree)
_VALUE_WORDS = 6  # "từ năm 2010 đến năm 2020", "luận văn thạc sĩ", "tiếng Trung Quốc cổ"


IsLibrary = Callable[[str], bool]
"""Whether words name a library. Where nobody can tell, all words behind `library:` are taken for its name."""


def resolve(typed: str, tokens: Sequence[Token], is_library: IsLibrary | None = None) -> list[Token | Narrowing]:
    """Replace each filter prefix and its value by what it means, or by words where it means nothing."""
    found: list[Token | Narrowing] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token.kind is not Kind.FILTER:
            found.append(token)
            continue
        narrowing, after = _read(typed, token, tokens, at, is_library)
        if narrowing is None:
            found += _as_words(typed, token)
        else:
            if is_library is not None:
                _look_for_libraries(typed, narrowing, tokens[at].start, is_library)
            found.append(narrowing)
            at = after
    return found


def _look_for_libraries(typed: str, narrowing: Narrowing, value_start: int, is_library: IsLibrary) -> None:
    """Raise QueryError where a library that is named is none."""
    unknown = next((name for name in narrowing.filters.members if not is_library(name)), None)
    if unknown is not None:
        raise QueryError(
            "no-such-library",
            position=value_start,
            length=narrowing.end - value_start,
            proposal=without(typed, narrowing.start, narrowing.end),
            library=unknown,
        )


def _as_words(typed: str, token: Token) -> list[Token]:
    return [
        Token(Kind.WORD, text, token.start + word.start(), token.start + word.end())
        for word in re.finditer(r"\S+", typed[token.start : token.end])
        if (text := clean(word.group()))
    ]


def _read(
    typed: str, prefix: Token, tokens: Sequence[Token], at: int, is_library: IsLibrary | None
) -> tuple[Narrowing | None, int]:
    if at < len(tokens) and tokens[at].kind is Kind.OPEN:
        return _read_group(typed, prefix, tokens, at)
    if at < len(tokens) and tokens[at].kind is Kind.PHRASE:
        filters = _meaning(prefix.text, tokens[at].text, is_whole=True)
        if filters is None:
            raise _not_understood(typed, prefix, tokens[at])
        return Narrowing(prefix.text, filters, prefix.start, tokens[at].end), at + 1
    words = _words_from(tokens, at)
    if prefix.text in {"available", "online"}:
        return _read_flag(typed, prefix, words, at)
    return _read_words(typed, prefix, tokens, at, is_library if prefix.text == "library" else None)


def _read_words(
    typed: str, prefix: Token, tokens: Sequence[Token], at: int, is_library: IsLibrary | None
) -> tuple[Narrowing | None, int]:
    words = _words_from(tokens, at)
    longest, shortest = (len(words), 1) if is_library else _bounds(prefix, tokens, at, words)
    for count in range(longest, shortest - 1, -1):
        value = " ".join(word.text for word in words[:count])
        if prefix.is_spaced and prefix.text == "language" and len(value) <= 3 and count < len(words):
            continue  # "Language: an introduction": a code, but hardly meant
        filters = _meaning(prefix.text, value) if count else None
        if filters is None:
            continue
        # A single word that is no library's name is told so by whoever knows them.
        is_unknown = is_library is not None and not all(map(is_library, filters.members))
        if not is_unknown or (count == 1 and not prefix.is_spaced):
            return Narrowing(prefix.text, filters, prefix.start, words[count - 1].end), at + count
    first = words[0].text if words else ""
    if words and prefix.is_spaced and not (prefix.text == "year" and first[0].isdecimal()):
        return None, at
    if not first:
        raise QueryError(
            "empty-filter",
            position=prefix.start,
            length=prefix.end - prefix.start,
            proposal=typed[: prefix.start] + typed[prefix.end :],
            found=typed[prefix.start : prefix.end],
        )
    raise _not_understood(typed, prefix, words[0])


def _bounds(prefix: Token, tokens: Sequence[Token], at: int, words: list[Token]) -> tuple[int, int]:
    """Return how many of the words a value may take at most and at least."""
    if prefix.text != "library":
        return min(len(words), _VALUE_WORDS), 1
    # "Library: an unquiet history" and nothing else can only be a title: no library is asked for everything.
    if prefix.is_spaced and at == 1 and 1 < len(words) == len(tokens) - 1:
        return 0, 0
    is_excluded = at > 1 and tokens[at - 2].kind is Kind.MINUS
    count = min(len(words), 1) if is_excluded else len(words)
    return count, count


def _not_understood(typed: str, prefix: Token, value: Token) -> QueryError:
    return QueryError(
        f"unknown-{prefix.text}",
        position=value.start,
        length=value.end - value.start,
        proposal=f"{typed[: prefix.end - 1]} {typed[prefix.end :]}",
        found=value.text,
    )


def _words_from(tokens: Sequence[Token], at: int) -> list[Token]:
    words: list[Token] = []
    while at < len(tokens) and tokens[at].kind is Kind.WORD:
        words.append(tokens[at])
        at += 1
    return words


def _read_flag(typed: str, prefix: Token, words: list[Token], at: int) -> tuple[Narrowing | None, int]:
    filters = Filters(available_only=True) if prefix.text == "available" else Filters(online_only=True)
    first = words[0].text if words else ""
    if is_known_word(first, "flags", "yes"):
        return Narrowing(prefix.text, filters, prefix.start, words[0].end), at + 1
    if is_known_word(first, "flags", "no"):
        raise QueryError(
            "cannot-exclude",
            position=prefix.start,
            length=words[0].end - prefix.start,
            proposal=typed[: prefix.start] + typed[words[0].end :],
            found=typed[prefix.start : words[0].end],
        )
    if words and prefix.is_spaced:
        return None, at  # "Learning online: a guide"
    return Narrowing(prefix.text, filters, prefix.start, prefix.end), at


def _read_group(typed: str, prefix: Token, tokens: Sequence[Token], at: int) -> tuple[Narrowing, int]:
    """Read `language:(vi OR en)`: any of the values."""
    opening, values, words = tokens[at], list[Token](), list[Token]()
    at += 1
    while at < len(tokens) and tokens[at].kind in {Kind.WORD, Kind.PHRASE, Kind.OR}:
        if tokens[at].kind is Kind.WORD:
            words.append(tokens[at])
        else:
            values += _one(words)
            words = []
            if tokens[at].kind is Kind.PHRASE:
                values.append(tokens[at])
        at += 1
    values += _one(words)
    if at >= len(tokens):
        raise QueryError("unclosed-parenthesis", position=opening.start, proposal=f"{typed})")
    meanings = [_meaning(prefix.text, value.text) for value in values]
    closing = tokens[at]
    if closing.kind is not Kind.CLOSE or not values or prefix.text in {"year", "available", "online"}:
        wrong_from = opening.start if closing.kind is Kind.CLOSE else closing.start
        raise QueryError(
            "filter-group",
            position=wrong_from,
            length=closing.end - wrong_from,
            proposal=typed[: prefix.start] + typed[closing.end :],
            found=typed[prefix.start : opening.end],
        )
    filters = Filters()
    for value, meaning in zip(values, meanings, strict=True):
        if meaning is None:
            raise _not_understood(typed, prefix, value)
        filters = union(filters, meaning)
    return Narrowing(prefix.text, filters, prefix.start, closing.end), at + 1


def _one(words: Sequence[Token]) -> list[Token]:
    """Return words that stand together as one value."""
    text = " ".join(word.text for word in words)
    return [Token(Kind.WORD, text, words[0].start, words[-1].end)] if text else []


def _meaning(name: str, value: str, *, is_whole: bool = False) -> Filters | None:
    """Return what a value of a filter says, or None where it says nothing. `is_whole`: commas are part of it."""
    if name == "year":
        span = years(value)
        return span and Filters(year_from=span[0], year_to=span[1])
    if name in {"available", "online"}:
        return None
    found = Filters()
    for piece in [value] if is_whole else re.split(r"\s*[,;|]\s*", value):
        if not has_letters(piece):
            continue
        one = _piece(name, piece)
        if one is None:
            return None
        found = union(found, one)
    return found if found != Filters() else None


def _piece(name: str, piece: str) -> Filters | None:
    match name:
        case "language":
            code = language(piece)
            return Filters(languages=(code,)) if code else None
        case "type":
            return _kind(piece)
        case "degree":
            sort = _degree(piece)
            return Filters(degrees=(sort,)) if sort else None
        case _:
            return Filters(members=(piece,))


def _kind(piece: str) -> Filters | None:
    if piece.lower() in _MATERIALS:
        return Filters(materials=(Material(piece.lower()),))
    key = folded_key(piece)
    if key in _known("degrees") or _is_thesis_for(key):
        sort = degree(piece)
        return Filters(materials=(Material.THESIS,), degrees=(sort,)) if sort else None
    what = material(piece) if key in _known("materials") else None
    return Filters(materials=(what,)) if what else None


@cache
def _known(group: str) -> frozenset[str]:
    """Return the words for materials or degrees as folded keys. What follows one of them is for the search."""
    return frozenset(folded_key(word) for words in groups("materials")[group].values() for word in words)


def _is_thesis_for(key: str) -> bool:
    words = key.split()
    return (
        any(
            " ".join(words[:place]) in _known("materials") and " ".join(words[place:]) in _known("degrees")
            for place in range(1, len(words))
        )
        and material(key) is Material.THESIS
    )


def _degree(piece: str) -> Degree | None:
    if piece.lower() in _DEGREES:
        return Degree(piece.lower())
    key = folded_key(piece)
    return degree(piece) if key in _known("degrees") or _is_thesis_for(key) else None
