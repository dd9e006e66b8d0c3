"""The ladder: whether two signatures are one title, may never be, or whether nothing says so.

Pure functions of two signatures. Every bound is a name of this module, and stands in `docs/ranking.md`.
"""

from __future__ import annotations

import re
import unicodedata
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

TOKENS_RATIO = 92.0
"""Per cent of likeness of their words from which two titles of unlike length are still alike."""

SUBTITLE_RATIO = 85.0
"""Per cent of likeness under which two subtitles tell two works apart."""


SLIP_LENGTH = 7
"""Letters from which on two parts of names that differ in one are the same with a slip. Vietnamese ones are shorter."""

_CONNECTING = frozenset({"and", "va", "et", "und", "the"})

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
    MARKED = 2  # the same letters, but both have marks and they differ: "vi mô", "vĩ mô"
    NEAR = 3  # the same with a slip
    EQUAL = 4  # the same title proper, and no subtitle that says otherwise


class Cut(IntEnum):
    """Whether two signatures contradict each other."""

    NONE = 0
    SOFT = 1  # other people, language, subtitle or marks: an identifier that both carry outweighs it
    HARD = 2  # another kind of work, a title wholly unlike: nothing outweighs it


class Verdict(NamedTuple):
    """What two signatures are to each other. `strength` 0.0: nothing joins them without a shared link."""

    cut: Cut
    likeness: Likeness
    strength: float
    reason: str


def title_likeness(one: TitleKey, other: TitleKey) -> Likeness:
    """How two titles stand to each other; different numbers ("Toán 10", "Toán 11") are never near.

    One syllable more or less is another word in Vietnamese: titles are near only where a longer word has a slip,
    the marks differ, or words are written together.
    """
    if one.folded == other.folded:
        return Likeness.ALIKE if _subtitles_contradict(one, other) else _marks_likeness(one, other)
    if one.full == other.full:
        return Likeness.EQUAL
    if _is_slip(one.full, other.full):
        return Likeness.NEAR
    is_alike = (
        fuzz.ratio(one.full, other.full) >= ALIKE_RATIO
        or _is_beginning(one, other)
        or _is_beginning(other, one)
        or fuzz.token_set_ratio(one.full, other.full) >= TOKENS_RATIO
    )
    return Likeness.ALIKE if is_alike else Likeness.UNLIKE


def _marks_likeness(one: TitleKey, other: TitleKey) -> Likeness:
    """How two titles proper with the same letters stand to each other."""
    if not (one.is_marked and other.is_marked) or one.marked == other.marked:
        return Likeness.EQUAL
    left, right = text.exact_key(one.marked), text.exact_key(other.marked)
    if left == right:
        return Likeness.EQUAL
    return Likeness.NEAR if _without_hoi(left) == _without_hoi(right) else Likeness.MARKED


def _without_hoi(exact: str) -> str:
    """Return a key in which hỏi is written as ngã: the two that catalogues confuse ("sửa chữa", "sữa chữa")."""
    return unicodedata.normalize("NFD", exact).replace("\u0309", "\u0303")


def _is_slip(one: str, other: str) -> bool:
    if numbers(one) != numbers(other) or fuzz.ratio(one, other) < NEAR_RATIO:
        return False
    left = [word for word in one.split(" ") if word not in _CONNECTING]
    right = [word for word in other.split(" ") if word not in _CONNECTING]
    if "".join(left) == "".join(right):
        return True
    if len(left) != len(right):
        return False
    return all(a == b or _is_word_slip(a, b) for a, b in zip(left, right, strict=True))


def _is_word_slip(one: str, other: str) -> bool:
    if min(len(one), len(other)) < SLIP_LENGTH:
        return False
    return Levenshtein.distance(one, other, score_cutoff=2) <= 2


def _subtitles_contradict(one: TitleKey, other: TitleKey) -> bool:
    if not one.subtitle or not other.subtitle or one.subtitle == other.subtitle:
        return False
    if numbers(one.full) != numbers(other.full):
        return True
    if one.subtitle.startswith(other.subtitle) or other.subtitle.startswith(one.subtitle):
        return False
    return fuzz.ratio(one.subtitle, other.subtitle) < SUBTITLE_RATIO


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
    rest, slips = list(long), 0
    for syllable in whole:
        if syllable in rest:
            rest.remove(syllable)
        elif len(syllable) >= SLIP_LENGTH and (slip := _slip(syllable, rest)) is not None:
            rest.remove(slip)
            slips += 1
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
    kept = slips + sum(1 for syllable in whole if syllable in long)
    return kept >= 2 or (kept == 1 and ((len(short) > 1 and len(whole) < len(short)) or _has_initials(long)))


def _has_initials(syllables: list[str]) -> bool:
    return any(len(syllable) == 1 for syllable in syllables)


def _slip(syllable: str, among: list[str]) -> str | None:
    for candidate in among:
        if len(candidate) >= SLIP_LENGTH and Levenshtein.distance(syllable, candidate, score_cutoff=1) <= 1:
            return candidate
    return None


def compare(one: Signature, other: Signature) -> Verdict:
    """Return what two signatures are to each other. Symmetric."""
    people = people_agree(one.people, other.people)
    likeness = Likeness.UNLIKE
    if not _kinds_contradict(one, other, people):
        likeness = title_likeness(one.title, other.title)
    if likeness is Likeness.UNLIKE:
        return Verdict(Cut.HARD, likeness, 0.0, "")
    if (
        likeness is Likeness.MARKED
        or people is False
        or (one.languages and other.languages and one.languages.isdisjoint(other.languages))
    ):
        return Verdict(Cut.SOFT, likeness, 0.0, "")
    if likeness is Likeness.ALIKE:
        # The same title proper with another subtitle.
        return Verdict(Cut.SOFT if one.title.folded == other.title.folded else Cut.NONE, likeness, 0.0, "")
    strength, reason = _strength(one, other, likeness, people=bool(people))
    return Verdict(Cut.NONE, likeness, strength, reason)


def _strength(one: Signature, other: Signature, likeness: Likeness, *, people: bool) -> tuple[float, str]:
    """Return how strongly near or equal titles join, and why."""
    if people:
        return (0.9, "match.title-people") if likeness is Likeness.EQUAL else (0.7, "match.near-title-people")
    if likeness is Likeness.EQUAL and not one.people and not other.people and _say_enough(one, other):
        return 0.5, "match.long-title"
    return 0.0, ""


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
