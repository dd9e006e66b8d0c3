"""The ladder: whether two signatures are one title, may never be, or whether nothing says so.

Pure functions of two signatures. Every bound is a name of this module, and stands in `docs/ranking.md`.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from engine import text
from engine.matching.signature import LONG_TITLE, Signature, TitleKey

NEAR_RATIO = 92.0
"""Per cent of likeness from which two full titles are one title with a slip in it."""

ALIKE_RATIO = 60.0
"""Per cent of likeness under which two titles that share an identifier are not one: the identifier is wrong."""

SUBTITLE_RATIO = 60.0
"""Per cent of likeness under which two subtitles tell two works apart."""


_NUMBER = re.compile(r"\b(?:\d+|[ivx]{2,})\b")


@lru_cache(maxsize=4096)
def numbers(full: str) -> tuple[str, ...]:
    """Return the numbers in a folded title, Arabic and Roman, in their order.

    >>> numbers("lich su viet nam tap ii 1945 1975")
    ('ii', '1945', '1975')
    """
    return tuple(_NUMBER.findall(full))


class Likeness(IntEnum):
    """How two titles stand to each other."""

    UNLIKE = 0
    ALIKE = 1  # alike enough for an identifier that both carry
    NEAR = 2  # the same with a slip, or marked otherwise
    EQUAL = 3  # the same title proper, and no subtitle that says otherwise


class Cut(IntEnum):
    """Whether two signatures contradict each other."""

    NONE = 0
    SOFT = 1  # other people, other language, other subtitle: an identifier that both carry outweighs it
    HARD = 2  # another kind of work, a title wholly unlike: nothing outweighs it


class Verdict(NamedTuple):
    """What two signatures are to each other. `strength` 0.0: nothing joins them without a shared link."""

    cut: Cut
    likeness: Likeness
    strength: float
    reason: str


def title_likeness(one: TitleKey, other: TitleKey) -> Likeness:
    """How two titles stand to each other; different numbers ("Toán 10", "Toán 11") are never near."""
    if one.folded == other.folded:
        if one.subtitle and other.subtitle and one.subtitle != other.subtitle and not _subtitles_agree(one, other):
            return Likeness.ALIKE
        if one.is_marked and other.is_marked and one.marked != other.marked:
            is_same = text.exact_key(one.marked) == text.exact_key(other.marked)
            return Likeness.EQUAL if is_same else Likeness.NEAR
        return Likeness.EQUAL
    if one.full == other.full:
        return Likeness.EQUAL
    ratio = fuzz.ratio(one.full, other.full, score_cutoff=ALIKE_RATIO)
    if ratio >= NEAR_RATIO and numbers(one.full) == numbers(other.full):
        return Likeness.NEAR
    if ratio or _is_beginning(one, other) or _is_beginning(other, one):
        return Likeness.ALIKE
    if fuzz.token_set_ratio(one.full, other.full) >= NEAR_RATIO:
        return Likeness.ALIKE
    return Likeness.UNLIKE


def _subtitles_agree(one: TitleKey, other: TitleKey) -> bool:
    if numbers(one.full) != numbers(other.full):
        return False
    return fuzz.ratio(one.subtitle, other.subtitle) >= SUBTITLE_RATIO or (
        one.subtitle.startswith(other.subtitle) or other.subtitle.startswith(one.subtitle)
    )


def _is_beginning(short: TitleKey, long: TitleKey) -> bool:
    return bool(short.folded) and long.full.startswith(f"{short.folded} ")


def people_agree(one: frozenset[str], other: frozenset[str]) -> bool | None:
    """Whether two sets of people have someone in common; None where one side names nobody."""
    if not one or not other:
        return None
    if not one.isdisjoint(other):
        return True
    return any(is_same_person(left, right) for left in one for right in other)


def is_same_person(one: str, other: str) -> bool:
    """Whether two names with sorted folded syllables may be one person's: initials, a left-out name, one slip.

    >>> is_same_person("gregory mankiw n", "g mankiw n")
    True
    >>> is_same_person("hung nguyen van", "dung nguyen van")
    False
    """
    if one == other:
        return True
    left, right = one.split(" "), other.split(" ")
    short, long = (left, right) if len(left) <= len(right) else (right, left)
    whole = [syllable for syllable in short if len(syllable) > 1]
    if not whole:
        return False
    rest = list(long)
    for syllable in whole:
        if syllable in rest:
            rest.remove(syllable)
        elif len(syllable) >= 5 and (slip := _slip(syllable, rest)) is not None:
            rest.remove(slip)
        elif syllable[0] in rest and len(whole) > 1:
            rest.remove(syllable[0])  # the other side has the initial only
        else:
            return False
    for syllable in short:
        if len(syllable) == 1:
            met = next((candidate for candidate in rest if candidate[0] == syllable), None)
            if met is None:
                return False
            rest.remove(met)
    kept = sum(1 for syllable in whole if syllable in long)
    return kept >= 2 or (kept == 1 and ((len(short) > 1 and len(whole) < len(short)) or _has_initials(long)))


def _has_initials(syllables: list[str]) -> bool:
    return any(len(syllable) == 1 for syllable in syllables)


def _slip(syllable: str, among: list[str]) -> str | None:
    for candidate in among:
        if len(candidate) >= 5 and Levenshtein.distance(syllable, candidate, score_cutoff=1) <= 1:
            return candidate
    return None


def compare(one: Signature, other: Signature) -> Verdict:
    """What two signatures are to each other. Symmetric."""
    people = people_agree(one.people, other.people)
    if _kinds_contradict(one, other, people):
        return Verdict(Cut.HARD, Likeness.UNLIKE, 0.0, "")
    likeness = title_likeness(one.title, other.title)
    if likeness is Likeness.UNLIKE:
        return Verdict(Cut.HARD, likeness, 0.0, "")
    if people is False or (one.languages and other.languages and one.languages.isdisjoint(other.languages)):
        return Verdict(Cut.SOFT, likeness, 0.0, "")
    if likeness is Likeness.ALIKE:
        has_both = one.title.folded == other.title.folded
        return Verdict(Cut.SOFT if has_both else Cut.NONE, likeness, 0.0, "")
    if people:
        if likeness is Likeness.EQUAL:
            return Verdict(Cut.NONE, likeness, 0.9, "match.title-people")
        return Verdict(Cut.NONE, likeness, 0.7, "match.near-title-people")
    if likeness is Likeness.EQUAL and not one.people and not other.people and _say_enough(one, other):
        return Verdict(Cut.NONE, likeness, 0.5, "match.long-title")
    return Verdict(Cut.NONE, likeness, 0.0, "")


def _kinds_contradict(one: Signature, other: Signature, people: bool | None) -> bool:
    if one.degree and other.degree and one.degree != other.degree:
        return True
    if not one.kind or not other.kind or one.kind == other.kind:
        return False
    return not (people and {one.kind, other.kind} == {"text", "thesis"})


def _say_enough(one: Signature, other: Signature) -> bool:
    """Whether an equal title alone may join two signatures that name nobody."""
    if one.bodies and other.bodies:
        return not one.bodies.isdisjoint(other.bodies)
    return one.title.length >= LONG_TITLE
