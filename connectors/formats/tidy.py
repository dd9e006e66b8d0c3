"""Clean-ups that every dialect's rules share: punctuation of cataloguing rules, sort marks, joined subfields.

Each takes the text of subfields and returns it as a reader should see it, or None where nothing is left.
"""

from __future__ import annotations

from functools import lru_cache

from engine.model import Role
from engine.normalise.languages import language
from engine.normalise.names import person, role
from engine.text import clean

_SORT_MARKS = str.maketrans("", "", "\x88\x89\x98\x9c")
_ENDS = " \t\r\n/:;,="
# A dot after these belongs to the word, not to the cataloguing rules.
_ABBREVIATIONS = frozenset({
    "jr", "sr", "inc", "co", "ltd", "corp", "ed", "eds", "etc", "al", "dr", "vol", "no", "pt", "bd", "aufl", "hrsg",
    "tr", "nxb", "tp", "cie", "bros", "dept", "univ", "st", "mr", "mrs", "ms", "prof", "ph.d", "u.s", "p", "s",
})  # fmt: skip


def tidy(text: str) -> str:
    """Return text without sort marks and without the punctuation that leads to the next subfield.

    >>> tidy("Die Kunst des Programmierens /")
    'Die Kunst des Programmierens'
    >>> tidy("Simon & Schuster, Inc.,")
    'Simon & Schuster, Inc.'
    """
    if not text.isascii():
        text = text.translate(_SORT_MARKS)
    return clean(text).rstrip(_ENDS)


def undot(text: str) -> str:
    """Return text without its final full stop, unless this belongs to an abbreviation, an initial or an ellipsis.

    >>> undot("Phương pháp luận."), undot("Smith, John A."), undot("và tiếp theo..."), undot("Wiley & Sons, Inc.")
    ('Phương pháp luận', 'Smith, John A.', 'và tiếp theo...', 'Wiley & Sons, Inc.')
    """
    if not text.endswith(".") or text.endswith(".."):
        return text
    last = text[:-1].rpartition(" ")[2]
    word = last.strip("([").lower()
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
def language_of(text: str) -> str | None:
    """Return the language that a code or word means; remembered, since few values make up a catalogue."""
    return language(text)


@lru_cache(maxsize=4096)
def role_of(text: str) -> Role | None:
    """Return the role that a relator code, term or address means; remembered as `language_of`."""
    text = text.strip().rstrip(".,;:").rpartition("/")[2]
    return role(text) if text else None


@lru_cache(maxsize=8192)
def name_of(text: str) -> tuple[str, Role | None]:
    """Return a human's name without ranks, dates and roles, and the role it spoke of; remembered."""
    return person(text)
