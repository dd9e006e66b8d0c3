"""What a person did for an edition, out of relator codes, terms and the words of statements of responsibility."""

from __future__ import annotations

import re
from functools import cache

from engine.model import Role
from engine.normalise.remembered import remembered
from engine.normalise.tables import groups
from engine.text import exact_key, folded_key

_SEVERAL = re.compile(r"[,;/]|\s(?:và|and|et|&)\s")


@cache
def role_keys() -> dict[str, Role]:
    """Return every phrase that says a role, as a folded key -> the role."""
    found: dict[str, Role] = {}
    for name, phrases in groups("names")["roles"].items():
        for phrase in phrases:
            found.setdefault(folded_key(phrase), Role(name))
    return found


@cache
def _marked_role_keys() -> dict[str, Role]:
    """Return the phrases with marks, as exact keys: h.đ. is no h.d."""
    phrases = {phrase: name for name, words in groups("names")["roles"].items() for phrase in words}
    return {exact_key(phrase): Role(name) for phrase, name in phrases.items() if not phrase.isascii()}


@cache
def role_pattern() -> str:
    """Return a pattern of the phrases that say a role, as they are written in lower case, the longest first."""
    written = {
        phrase
        for phrases in groups("names")["roles"].values()
        for phrase in phrases
        # Codes and single letters say a role in brackets only.
        if len(phrase) > 3 or not phrase.isascii() or (phrase.endswith(".") and len(phrase) > 1)
    }
    parts = (re.split(r"\s+|(?<=\.)(?=\w)", phrase) for phrase in sorted(written, key=len, reverse=True))
    return "|".join(r"\s*".join(map(re.escape, pieces)).replace(r"\.", r"\.?") for pieces in parts)


@remembered
def role(text: str) -> Role | None:
    """Return the role that a relator code, term or phrase says; None where it says none.

    >>> [role(text).value for text in ("chủ biên", "trl", "http://id.loc.gov/vocabulary/relators/edt", "ill.", "H.đ.")]
    ['editor', 'translator', 'editor', 'illustrator', 'reviser']
    """
    if not text.isascii() and (marked := _marked_role_keys().get(exact_key(text))):
        return marked
    key = folded_key(text.rsplit("/", 1)[-1] if "://" in text else text)
    said = role_keys()
    if not key or key in said:
        return said.get(key)
    # "biên soạn và dịch", "editor and translator": the first that is known.
    return next((said[part] for part in map(folded_key, _SEVERAL.split(text)) if part in said), None)


def is_role_word(word: str) -> bool:
    """Whether one capitalised word among names says a role: only with its marks, since Anh is a name and no "ảnh".

    Codes and other short words could be anything.

    >>> [is_role_word(word) for word in ("Dịch", "Ảnh", "Anh", "Tranh", "Editor", "Com")]
    [True, True, False, True, True, False]
    """
    return (len(word) > 3 or not word.isascii()) and exact_key(word) in _written_role_keys()


@cache
def _written_role_keys() -> frozenset[str]:
    """Return the phrases that say a role, as exact keys."""
    return frozenset(exact_key(phrase) for words in groups("names")["roles"].values() for phrase in words)
