"""Filters as they were typed, put together: what all of them allow, what one excludes, a question without one."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from engine.model import Filters


class Narrowing(NamedTuple):
    """One filter as it was typed: what it narrows, and characters `start` to before `end`."""

    name: str
    filters: Filters
    start: int
    end: int


def union(one: Filters, other: Filters) -> Filters:
    """Return the filters that allow the languages, kinds, degrees and libraries of both."""
    return msgspec.structs.replace(
        one,
        languages=tuple(dict.fromkeys((*one.languages, *other.languages))),
        materials=tuple(dict.fromkeys((*one.materials, *other.materials))),
        degrees=tuple(dict.fromkeys((*one.degrees, *other.degrees))),
        members=tuple(dict.fromkeys((*one.members, *other.members))),
    )


def narrow(filters: Filters, narrowing: Narrowing) -> Filters | None:
    """Return the filters with one more: any of the values of one filter, all filters, the years that all allow.

    None: no year is left.
    """
    more = narrowing.filters
    froms = [year for year in (filters.year_from, more.year_from) if year is not None]
    tos = [year for year in (filters.year_to, more.year_to) if year is not None]
    if froms and tos and max(froms) > min(tos):
        return None
    return msgspec.structs.replace(
        union(filters, more),
        year_from=max(froms, default=None),
        year_to=min(tos, default=None),
        available_only=filters.available_only or more.available_only,
        online_only=filters.online_only or more.online_only,
    )


def exclude(filters: Filters, narrowing: Narrowing) -> Filters | None:
    """Return the filters with one value excluded. None: this filter can't exclude."""
    less = narrowing.filters
    if narrowing.name not in {"language", "type", "library"} or less.degrees:
        return None
    return msgspec.structs.replace(
        filters,
        not_languages=tuple(dict.fromkeys((*filters.not_languages, *less.languages))),
        not_materials=tuple(dict.fromkeys((*filters.not_materials, *less.materials))),
        not_members=tuple(dict.fromkeys((*filters.not_members, *less.members))),
    )


def without(text: str, start: int, end: int) -> str:
    """Return the text without a filter and the sign or word that excluded it."""
    before = text[:start].rstrip()
    for sign in ("-", "NOT", "KHÔNG"):
        if before.endswith(sign):
            before = before.removesuffix(sign)
            break
    return f"{before} {text[end:]}".strip()
