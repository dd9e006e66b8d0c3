"""Clean-ups that every dialect's rules share: punctuation of cataloguing rules, sort marks, joined subfields.

Each takes the text of subfields and returns it as a reader should see it, or None where nothing is left.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from engine.model import Role
from engine.normalise.names import person, role
from engine.normalise.tables import groups
from engine.text import clean

_ENDS = " /:;,="
# A dot after these belongs to the word, not to the cataloguing rules.
_ABBREVIATIONS = frozenset({
    "jr", "sr", "inc", "co", "ltd", "corp", "ed", "eds", "etc", "al", "dr", "vol", "no", "pt", "bd", "aufl", "hrsg",
    "tr", "nxb", "tp", "cie", "bros", "dept", "univ", "st", "mr", "mrs", "ms", "prof", "ph.d", "u.s", "p", "s",
})  # fmt: skip


def tidy(text: str) -> str:
    r"""Return text clean, without the punctuation that leads to the next subfield. Sort marks go with the controls.

    >>> tidy("Die Kunst des Programmierens /"), tidy("\x98Die\x9c Kunst")
    ('Die Kunst des Programmierens', 'Die Kunst')
    >>> tidy("Simon & Schuster, Inc.,")
    'Simon & Schuster, Inc.'
    """
    return clean(text).rstrip(_ENDS)


def undot(text: str) -> str:
    """Return text without its final full stop, unless this belongs to an abbreviation, an initial or an ellipsis.

    >>> undot("Phương pháp luận."), undot("Smith, John A."), undot("và tiếp theo..."), undot("Wiley & Sons, Inc.")
    ('Phương pháp luận', 'Smith, John A.', 'và tiếp theo...', 'Wiley & Sons, Inc.')
    """
    if text[-1:] != "." or text[-2:] == "..":
        return text
    word = text[:-1].rpartition(" ")[2].strip("([").lower()
    if len(word) < 2 or word in _ABBREVIATIONS or "." in word:
        return text
    return text[:-1].rstrip(_ENDS)


def unbracket(text: str) -> str:
    """Return text without square brackets around it, or an unpaired one at an end.

    >>> unbracket("[Hà Nội]"), unbracket("[Hà Nội"), unbracket("Báo [1]")
    ('Hà Nội', 'Hà Nội', 'Báo [1]')
    """
    if text.startswith("["):
        inner = text[1:-1] if text.endswith("]") else text[1:]
        if "[" not in inner and "]" not in inner:
            return inner.strip()
    elif text.endswith("]") and "[" not in text:
        return text[:-1].rstrip()
    return text


@lru_cache(maxsize=4096)
def role_of(text: str) -> Role | None:
    """Return the role that a relator code, term or address means; remembered, since few values make up a catalogue.

    >>> role_of("editor."), role_of("http://id.loc.gov/vocabulary/relators/trl")
    (<Role.EDITOR: 'editor'>, <Role.TRANSLATOR: 'translator'>)
    """
    text = text.strip().rstrip(".,;:").rpartition("/")[2]
    return role(text) if text else None


def name_of(text: str) -> tuple[str, Role | None]:
    """Return a human's name without ranks, dates and roles, and the role it spoke of.

    Names that are nothing but names, as most are, are not looked at any closer.

    >>> name_of("Nguyễn Văn Thanh,"), name_of("PGS.TS. Nguyễn Văn A (chủ biên)")
    (('Nguyễn Văn Thanh', None), ('Nguyễn Văn A', <Role.EDITOR: 'editor'>))
    """
    name = tidy(text)
    words = name.split(" ")
    if len(words) > 1 and all(map(_is_plain_word, words)):
        return name, None
    return person(text)


@lru_cache(maxsize=8192)
def _is_plain_word(word: str) -> bool:
    """Whether a word of a name is no more than that: capital and small letters, or an initial, and no rank."""
    word = word.rstrip(",")
    if len(word) == 2 and word[1] == ".":
        return word[0].isupper()
    return word.istitle() and word.isalpha() and word.lower() not in _loaded_words()


@cache
def _loaded_words() -> frozenset[str]:
    """Words that may be part of a rank or stand for nobody, in lower case."""
    tables = groups("names")
    phrases = [phrase for group in ("ranks", "nobody") for words in tables[group].values() for phrase in words]
    return frozenset(word for phrase in phrases for word in re.split(r"[\s.]+", phrase.lower()))
