"""Kinds and languages as clauses of a query: the words that repositories type for them, those without any let through.

`dc.type` and `dc.language.iso` are free text. Solr finds the words whatever their case and marks; what a record says
itself is looked at again when it has come.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from engine.model import Material
from engine.normalise.tables import groups, lists, rows

_TYPES: Final = ("dc.type",)
_LANGUAGES: Final = ("dc.language.iso", "dc.language")
_COAR: Final = re.compile(r"c [0-9a-f]{4,8}|c 18\w+")
_MOST_PHRASES: Final = 24
_STOP_WORDS: Final = frozenset({"no", "is", "it", "as", "be", "or", "to"})
"""Codes of languages that Solr's English analysis takes for words that say nothing."""


def material_clause(materials: tuple[Material, ...]) -> str:
    """Return a clause for kinds of things, "" for any.

    >>> material_clause((Material.MAP,))[:33]
    '(dc.type:("ban do" OR atlas OR "s'
    """
    phrases = [phrase for material in materials for phrase in _phrases(material)]
    return _clause(phrases, _TYPES)


def language_clause(languages: tuple[str, ...]) -> str:
    """Return a clause for languages, "" for any.

    >>> language_clause(("vie",))[:50]
    '(dc.language.iso:(vie OR vi OR vietnamese OR "tien'
    """
    return _clause([name for code in languages for name in _names(code)], _LANGUAGES)


def _clause(phrases: list[str], indexes: tuple[str, ...]) -> str:
    if not phrases:
        return ""
    said = " OR ".join(f'"{phrase}"' if " " in phrase else phrase for phrase in dict.fromkeys(phrases))
    unsaid = "".join(f" NOT {index}:[* TO *]" for index in indexes)
    return "(" + " OR ".join([*(f"{index}:({said})" for index in indexes), f"(*:*{unsaid})"]) + ")"


@cache
def _phrases(material: Material) -> tuple[str, ...]:
    """Return the words for a kind, without those that a longer word finds as well ("luan van thac si": "luan van")."""
    found = [phrase for phrase in groups("materials")["materials"][material.value] if not _COAR.fullmatch(phrase)]
    shortest = [
        phrase for phrase in found if not any(other != phrase and f" {other} " in f" {phrase} " for other in found)
    ]
    return tuple(shortest[:_MOST_PHRASES])


@cache
def _names(code: str) -> tuple[str, ...]:
    """Return codes and names of a language."""
    found = [code]
    for row in rows("languages"):
        if row[0] == code:
            names = [row[1], row[2], row[3].partition(";")[0].lower(), f"tieng {row[4].partition(';')[0]}".lower()]
            found += [name for name in names if name and name not in _STOP_WORDS]
    found += [word for word in lists("languages").get(code, ()) if len(word) == 2]
    return tuple(dict.fromkeys(found))
