"""Languages as ISO 639-2/B codes, out of codes of any part of ISO 639 and names in Vietnamese, English and native."""

from __future__ import annotations

import re
from functools import cache

from engine.normalise.remembered import remembered
from engine.normalise.tables import lists, rows
from engine.text import exact_key, folded_key

_NONE = frozenset({"und", "zxx", "mis", "xxx", "none", "n a", "khong xac dinh", "khac", "other"})
_BEFORE = re.compile(
    r"^(?:tieng|tiếng|ngon ngu|ngôn ngữ|chu|chữ|van ban tieng|bang tieng|bằng tiếng|language|in|langue) "
)
_BEHIND = re.compile(r" (?:language|ngu|ngữ|text|version)$")


@cache
def _codes() -> dict[str, str]:
    """Return every code and name, exact and folded -> ISO 639-2/B. What came first stays: codes before names."""
    table = rows("languages")
    said: list[tuple[str, str]] = [(row[column], row[0]) for column in (0, 1, 2) for row in table]
    others = [(word, code) for code, words in lists("languages").items() for word in words]
    names = [(name, row[0]) for column in (4, 3, 5) for row in table for name in row[column].split(";")]
    said += [(exact_key(name), code) for name, code in (*others, *((row[4], row[0]) for row in table))]
    said += [(folded_key(name), code) for name, code in (*others, *names)]
    return {name: code for name, code in reversed(said) if name}


@remembered
def language(text: str) -> str | None:
    """Return the ISO 639-2/B code of a language, None where the text names none or says that it is unknown.

    >>> [language(text) for text in ("vi", "Vie", "vn", "Tiếng Việt", "zho", "en-US", "français", "tieng anh", "und")]
    ['vie', 'vie', 'vie', 'vie', 'chi', 'eng', 'fre', 'eng', None]
    """
    known = _codes()
    if text in known:
        return known[text]
    key = folded_key(text)
    if not key or key in _NONE:
        return None
    # With its marks first: Hàn is not Hán.
    for made in (exact_key(text), key):
        bare = _BEHIND.sub("", _BEFORE.sub("", made))
        if found := known.get(made) or known.get(bare):
            return found
    # A tag of BCP 47: en-US, zh-Hant-TW.
    head, _, tail = text.strip().replace("_", "-").partition("-")
    if tail and len(head) in {2, 3} and head.isalpha() and len(tail) <= 12 and " " not in tail:
        return known.get(head.lower())
    return None


_SEPARATORS = re.compile(r"\s*(?:[;,/|+&]|\s[-–]\s|\bvà\b|\band\b)\s*", re.IGNORECASE)


@remembered
def languages(text: str) -> tuple[str, ...]:
    """Return every language that a text names, each once: lists, and codes packed without a blank.

    >>> languages("Tiếng Việt; Tiếng Anh"), languages("vieengfre")
    (('vie', 'eng'), ('vie', 'eng', 'fre'))
    """
    if one := language(text):
        return (one,)
    parts = _SEPARATORS.split(text.strip())
    if len(parts) == 1 and text.isalpha() and len(text) % 3 == 0:
        parts = [text[place : place + 3] for place in range(0, len(text), 3)]
        if any(part.lower() not in _codes() for part in parts):
            return ()
    return tuple(dict.fromkeys(code for part in parts if (code := language(part))))


@cache
def _tags() -> dict[str, str]:
    """Return every ISO 639-2/B code -> the shortest code of the language, as BCP 47 wants it."""
    return {row[0]: row[2] or row[1] or row[0] for row in rows("languages")}


def language_tag(code: str) -> str | None:
    """Return the BCP 47 tag of an ISO 639-2/B code, None where it names no single language.

    >>> [language_tag(code) for code in ("vie", "fre", "grc", "mul", "und")]
    ['vi', 'fr', 'grc', None, None]
    """
    return _tags().get(code) if code not in {"mul", *_NONE} else None
